import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FailureCode, isFailure } from '../../core/failure.ts';
import { parsePublicKey } from './keys.ts';

const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = P256.publicKey.export({ format: 'pem', type: 'spki' }).toString();

const GOOD = {
  'P-256': PEM,
  'P-384': toPem(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
  'P-521': toPem(generateKeyPairSync('ec', { namedCurve: 'P-521' })),
  Ed25519: toPem(generateKeyPairSync('ed25519')),
  'RSA, SubjectPublicKeyInfo': toPem(RSA),
  'RSA, PKCS #1': RSA.publicKey.export({ format: 'pem', type: 'pkcs1' }).toString(),
  'line ends of Windows': PEM.replaceAll('\n', '\r\n'),
  'empty lines around': `\n\n${PEM}\n\n`,
};

for (const [name, pem] of Object.entries(GOOD)) {
  test(`a key is read: ${name}`, () => {
    const { key, fingerprint, name: called } = parsePublicKey('release', pem);
    const spki = key.export({ format: 'der', type: 'spki' });
    assert.equal(called, 'release');
    assert.equal(key.type, 'public');
    assert.equal(fingerprint, `sha256:${createHash('sha256').update(spki).digest('hex')}`);
  });
}

test('both forms of an RSA key have one fingerprint', () => {
  const [a, b] = [GOOD['RSA, SubjectPublicKeyInfo'], GOOD['RSA, PKCS #1']].map((pem) =>
    parsePublicKey('k', pem),
  );
  assert.equal(a?.fingerprint, b?.fingerprint);
});

test('one point on a curve has one fingerprint, however it is written: it is one signer', () => {
  const whole = P256.publicKey.export({ format: 'der', type: 'spki' });
  const [head, x, y] = [whole.subarray(0, 26), whole.subarray(27, 59), whole.subarray(59)];
  const parity = (y.at(-1) ?? 0) & 1;
  const compressed = Buffer.concat([head, Buffer.of(2 + parity), x]);
  compressed[1] = 57;
  compressed[24] = 34;
  const hybrid = Buffer.concat([head, Buffer.of(6 + parity), x, y]);
  const fingerprints = [whole, compressed, hybrid].map((der) => {
    const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
    return parsePublicKey('k', pem).fingerprint;
  });
  assert.equal(new Set(fingerprints).size, 1);
});

const secret = P256.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

const BAD: Readonly<Record<string, readonly [FailureCode, RegExp, string]>> = {
  'a private key': ['USAGE', /is a private key: keep it secret/, secret],
  'a private key after a public one': ['USAGE', /is a private key/, PEM + secret],
  "cosign's encrypted private key": [
    'USAGE',
    /is a private key/,
    '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\ne30=\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n',
  ],
  'a certificate': [
    'USAGE',
    /openssl x509/,
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  ],
  'two keys': ['MALFORMED', /holds 2 keys/, PEM + PEM],
  'a key and text': ['MALFORMED', /and nothing else/, `${PEM}trust me`],
  'an end of another kind': ['MALFORMED', /and nothing else/, PEM.replace('END PUBLIC', 'END RSA PUBLIC')],
  'no PEM': ['MALFORMED', /no public key in PEM/, 'AAAA'],
  nothing: ['MALFORMED', /no public key in PEM/, ''],
  'no DER': ['MALFORMED', /cannot be read/, '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  'too long': ['MALFORMED', /characters/, PEM + ' '.repeat(40_000)],
  'RSA with 1024 bits': [
    'UNSUPPORTED',
    /RSA with 1024 bits/,
    toPem(generateKeyPairSync('rsa', { modulusLength: 1024 })),
  ],
  'another curve': [
    'UNSUPPORTED',
    /secp256k1/,
    toPem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' })),
  ],
  X25519: ['UNSUPPORTED', /x25519/, toPem(generateKeyPairSync('x25519'))],
  'a reference to a KMS': ['UNSUPPORTED', /KMS \(awskms:\/\//, 'awskms:///alias/release'],
};

for (const [name, [code, message, pem]] of Object.entries(BAD)) {
  test(`a key is refused: ${name}`, () => {
    assert.throws(
      () => parsePublicKey('release', pem),
      (error) => isFailure(error, code) && message.test(error.message),
    );
  });
}

for (const scheme of ['awskms', 'gcpkms', 'azurekms', 'hashivault', 'k8s']) {
  test(`a key named by a reference to a KMS is refused: ${scheme}`, () => {
    assert.throws(
      () => parsePublicKey(`${scheme}://release`, ''),
      (error) => isFailure(error, 'UNSUPPORTED'),
    );
  });
}

test('a private key given by mistake is not printed', () => {
  const body = secret.split('\n')[1] ?? '';
  for (const pem of [secret, PEM + secret]) {
    assert.throws(
      () => parsePublicKey('release', pem),
      (error) => isFailure(error) && !error.message.includes(body),
    );
  }
});

test('whatever is given, the answer is a key or a failure', () => {
  const flip = fc.tuple(fc.nat(PEM.length - 1), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.oneof(fc.string(), flip), (input) => {
      const pem =
        typeof input === 'string' ? input : PEM.slice(0, input[0]) + input[1] + PEM.slice(input[0] + 1);
      try {
        parsePublicKey('k', pem);
      } catch (error) {
        assert.ok(isFailure(error), String(error));
      }
    }),
    { numRuns: 300 },
  );
});

function toPem(keys: { readonly publicKey: KeyObject }): string {
  return keys.publicKey.export({ format: 'pem', type: 'spki' }).toString();
}
