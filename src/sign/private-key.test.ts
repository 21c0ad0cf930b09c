import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { type FailureCode, isFailure } from '../core/failure.ts';
import { parsePrivateKey, readPrivateKey } from './private-key.ts';
import { sealAsCosign, toPem } from './testing/sealed-key.ts';

const work = mkdtempSync(join(tmpdir(), 'pratique-keys-'));
after(() => rmSync(work, { recursive: true, force: true }));

const PASSWORD = 'open sesame';
const give = async (): Promise<string> => PASSWORD;
const nobody = async (): Promise<undefined> => undefined;
const never = (): Promise<string> => Promise.reject(new Error('asked for a password that is not needed'));

const KEYS: Readonly<Record<string, KeyObject>> = {
  'RSA 2048': generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'RSA 3072': generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey,
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  Ed25519: generateKeyPairSync('ed25519').privateKey,
};
const P256 = KEYS['P-256'] as KeyObject;
const RSA = KEYS['RSA 2048'] as KeyObject;

const toPkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
const toLocked = (key: KeyObject, password: string): string =>
  toPem('ENCRYPTED SIGSTORE PRIVATE KEY', Buffer.from(JSON.stringify(sealAsCosign(toPkcs8(key), password))));
const toEncrypted = (key: KeyObject): string =>
  key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: PASSWORD }).toString();

describe('every kind of key in every kind of file', () => {
  for (const [kind, key] of Object.entries(KEYS)) {
    const own =
      key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : undefined;
    const files: [name: string, text: string, password: () => Promise<string>][] = [
      ['PKCS #8', toPem('PRIVATE KEY', toPkcs8(key)), never],
      ['encrypted PKCS #8', toEncrypted(key), give],
      ['cosign', toLocked(key, PASSWORD), give],
      ['cosign before 2.0', toLocked(key, PASSWORD).replaceAll('SIGSTORE', 'COSIGN'), give],
    ];
    if (own !== undefined) {
      files.push([own, key.export({ format: 'pem', type: own }).toString(), never]);
      const locked = { format: 'pem', type: own, cipher: 'aes-256-cbc', passphrase: PASSWORD } as const;
      files.push([`encrypted ${own}`, key.export(locked).toString(), give]);
    }
    for (const [name, text, password] of files) {
      test(`${kind}, ${name}`, async () => {
        const { publicKey, sign } = await parsePrivateKey(text, password);
        assert.ok(publicKey.equals(createPublicKey(key)));
        assert.ok(sign(Buffer.from('x')).length >= 64);
      });
    }
  }
});

test('what stands before, between and after is passed over', async () => {
  const parameters = toPem('EC PARAMETERS', Buffer.from('06082a8648ce3d030107', 'hex'));
  const sec1 = P256.export({ format: 'pem', type: 'sec1' }).toString().replaceAll('\n', '\r\n');
  const { publicKey } = await parsePrivateKey(`Key of Alice\n${parameters}\r\n${sec1}\nend`, never);
  assert.ok(publicKey.equals(createPublicKey(P256)));
});

/** SEC 1 (RFC 5915): the public half stands at the end. */
function withForeignPublicHalf(): string {
  const own = P256.export({ format: 'der', type: 'sec1' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'der',
    type: 'sec1',
  });
  return toPem('EC PRIVATE KEY', Buffer.concat([own.subarray(0, -64), other.subarray(-64)]));
}

/** PBES2 with this many iterations of PBKDF2 (RFC 8018), around nothing. */
function withIterations(count: string): string {
  const salt = '040801020304050607080000'.slice(0, 20);
  const derivation = sequence(`06092a864886f70d01050c${sequence(`${salt}${count}`)}`);
  const cipher = sequence('060960864801650304012a041000000000000000000000000000000000');
  const algorithm = sequence(`06092a864886f70d01050d${sequence(`${derivation}${cipher}`)}`);
  return toPem('ENCRYPTED PRIVATE KEY', Buffer.from(sequence(`${algorithm}0410${'00'.repeat(16)}`), 'hex'));
}

function sequence(hex: string): string {
  return `30${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`;
}

const small = (modulusLength: number): string =>
  toPem('PRIVATE KEY', toPkcs8(generateKeyPairSync('rsa', { modulusLength }).privateKey));
const plain = (key: KeyObject): string => toPem('PRIVATE KEY', toPkcs8(key));
const publicPem = createPublicKey(P256).export({ format: 'pem', type: 'spki' }).toString();

const refused: readonly [
  name: string,
  text: string,
  password: () => Promise<string | undefined>,
  FailureCode,
][] = [
  ['an empty file', '', never, 'USAGE'],
  ['no PEM', 'AAAA', never, 'USAGE'],
  ['a beginning without an end', '-----BEGIN PRIVATE KEY-----\nAAAA\n', never, 'USAGE'],
  ['a public key', publicPem, never, 'USAGE'],
  ['a certificate', toPem('CERTIFICATE', Buffer.from('x')), never, 'USAGE'],
  ['two private keys', plain(P256) + plain(RSA), never, 'USAGE'],
  ['OpenSSH', toPem('OPENSSH PRIVATE KEY', Buffer.from('openssh-key-v1')), never, 'UNSUPPORTED'],
  ['no DER inside', toPem('PRIVATE KEY', Buffer.from('x')), never, 'MALFORMED'],
  ['RSA of 1024 bits', small(1024), never, 'UNSUPPORTED'],
  [
    'a curve that nobody verifies',
    plain(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey),
    never,
    'UNSUPPORTED',
  ],
  ['a key that cannot sign', plain(generateKeyPairSync('x25519').privateKey), never, 'UNSUPPORTED'],
  [
    'RSA bound to PSS',
    plain(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
    never,
    'UNSUPPORTED',
  ],
  ['encrypted PKCS #8, nobody to ask', toEncrypted(P256), nobody, 'UNAUTHORIZED'],
  ['encrypted PKCS #8, wrong password', toEncrypted(P256), async () => 'x', 'UNAUTHORIZED'],
  ['cosign, nobody to ask', toLocked(P256, 'x'), nobody, 'UNAUTHORIZED'],
  ['cosign, wrong password', toLocked(P256, 'x'), give, 'UNAUTHORIZED'],
  [
    'cosign, no key inside',
    toPem(
      'ENCRYPTED COSIGN PRIVATE KEY',
      Buffer.from(JSON.stringify(sealAsCosign(Buffer.from('x'), PASSWORD))),
    ),
    give,
    'MALFORMED',
  ],
  ['cosign, no JSON', toPem('ENCRYPTED COSIGN PRIVATE KEY', Buffer.from('x')), never, 'MALFORMED'],
  ['a password to be hashed 2^31 times', withIterations('02047fffffff'), never, 'UNSUPPORTED'],
  ['a password to be hashed 2^63 times', withIterations('02087fffffffffffffff'), never, 'UNSUPPORTED'],
  ['a password to be hashed a number of times that is none', withIterations('0200'), never, 'MALFORMED'],
];

for (const [name, text, password, code] of refused) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(
      () => parsePrivateKey(text, password),
      (error) => isFailure(error, code) && !error.message.includes('\n'),
    );
  });
}

test('a key whose public half is another one’s signs nothing', async () => {
  const { sign } = await parsePrivateKey(withForeignPublicHalf(), never);
  assert.throws(
    () => sign(Buffer.from('x')),
    (error) => isFailure(error, 'MALFORMED'),
  );
});

describe('files', () => {
  test('is read', async () => {
    const file = join(work, 'good.pem');
    writeFileSync(file, plain(P256));
    assert.ok((await readPrivateKey(file, never)).publicKey.equals(createPublicKey(P256)));
  });

  const wrong: readonly [name: string, file: string, FailureCode][] = [
    ['none', join(work, 'nothing'), 'NOT_FOUND'],
    ['a folder', work, 'USAGE'],
    ['one that is no key by its size', join(work, 'large'), 'TOO_LARGE'],
    ['one without end', '/dev/zero', 'TOO_LARGE'],
    ['AWS KMS', 'awskms:///alias/release', 'UNSUPPORTED'],
    ['HashiCorp Vault', 'hashivault://release', 'UNSUPPORTED'],
    ['Kubernetes', 'k8s://ns/name', 'UNSUPPORTED'],
    ['PKCS #11', 'pkcs11:token=x', 'UNSUPPORTED'],
  ];
  writeFileSync(join(work, 'large'), Buffer.alloc(1 << 20));
  for (const [name, file, code] of wrong) {
    test(`${name}: ${code}`, async () => {
      await assert.rejects(
        () => readPrivateKey(file, never),
        (error) => isFailure(error, code),
      );
    });
  }

  test('what is wrong with a file is told with its name', async () => {
    const file = join(work, 'public.pem');
    writeFileSync(file, publicPem);
    await assert.rejects(
      () => readPrivateKey(file, never),
      (error) => isFailure(error, 'USAGE') && error.message.startsWith(`${file}: `),
    );
  });
});

test('no file breaks the reader', async () => {
  const honest = [toEncrypted(P256), plain(P256), toLocked(P256, 'x'), withIterations('02020800')];
  const mutated = fc
    .tuple(
      fc.constantFrom(...honest),
      fc.array(fc.tuple(fc.nat(4000), fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 4 }),
    )
    .map(([text, changes]) =>
      changes.reduce(
        (all, [at, put]) =>
          `${all.slice(0, at % all.length)}${put}${all.slice((at % all.length) + put.length)}`,
        text,
      ),
    );
  await fc.assert(
    fc.asyncProperty(mutated, async (text) => {
      try {
        await parsePrivateKey(text, nobody);
      } catch (error) {
        assert.ok(isFailure(error), String(error));
      }
    }),
    { numRuns: 500 },
  );
});
