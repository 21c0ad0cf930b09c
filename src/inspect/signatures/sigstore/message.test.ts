import assert from 'node:assert/strict';
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { ed25519ph } from '@noble/curves/ed25519.js';
import type { SerializedBundle } from '@sigstore/bundle';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from '../../../core/statement.ts';
import type { KeyPair } from './testing/authority.ts';
import { prove, toFile, toStatement, toTrustedKey } from './testing/found.ts';
import { newKeyPair } from './testing/keyless.ts';

/* Every kind of key that signs files and statements, with the file at hand and with its digest alone. */

const BYTES = Buffer.from('disk image '.repeat(1000));
type HashName = 'sha256' | 'sha384' | 'sha512';
type Signer = (bytes: Uint8Array, key: KeyObject) => Uint8Array;

const plain =
  (hash: HashName | null): Signer =>
  (bytes, key) =>
    sign(hash, bytes, key);
const pss: Signer = (bytes, key) => sign('sha256', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING });
const prehashed: Signer = (bytes, key) =>
  ed25519ph.sign(bytes, Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaPss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ed25519 = generateKeyPairSync('ed25519');
const [p256, p384, p521, koblitz] = ['P-256', 'P-384', 'P-521', 'secp256k1'].map((curve) =>
  newKeyPair(curve),
);

interface Row {
  readonly name: string;
  readonly pair: KeyPair | undefined;
  readonly hash?: HashName;
  readonly signer: Signer;
  /** With the bytes; with the digest alone. */
  readonly expected: readonly [string, string];
}

const rows: readonly Row[] = [
  { name: 'P-256', pair: p256, hash: 'sha256', signer: plain('sha256'), expected: ['PROVEN', 'PROVEN'] },
  {
    name: 'P-384 with SHA-256',
    pair: p384,
    hash: 'sha256',
    signer: plain('sha256'),
    expected: ['PROVEN', 'PROVEN'],
  },
  {
    name: 'P-384 with SHA-384',
    pair: p384,
    hash: 'sha384',
    signer: plain('sha384'),
    expected: ['PROVEN', 'UNSUPPORTED'],
  },
  {
    name: 'P-521 with SHA-256',
    pair: p521,
    hash: 'sha256',
    signer: plain('sha256'),
    expected: ['PROVEN', 'PROVEN'],
  },
  {
    name: 'P-521 with SHA-512',
    pair: p521,
    hash: 'sha512',
    signer: plain('sha512'),
    expected: ['PROVEN', 'UNSUPPORTED'],
  },
  { name: 'RSA PKCS #1', pair: rsa, hash: 'sha256', signer: plain('sha256'), expected: ['PROVEN', 'PROVEN'] },
  {
    name: 'RSA PKCS #1 with SHA-512',
    pair: rsa,
    hash: 'sha512',
    signer: plain('sha512'),
    expected: ['PROVEN', 'UNSUPPORTED'],
  },
  { name: 'RSA PSS', pair: rsa, hash: 'sha256', signer: pss, expected: ['PROVEN', 'SIGNATURE_INVALID'] },
  {
    name: 'RSA PSS, by a key for nothing else',
    pair: rsaPss,
    hash: 'sha256',
    signer: pss,
    expected: ['PROVEN', 'UNSUPPORTED'],
  },
  { name: 'Ed25519', pair: ed25519, signer: plain(null), expected: ['PROVEN', 'UNSUPPORTED'] },
  {
    name: 'Ed25519 with a digest beside',
    pair: ed25519,
    hash: 'sha256',
    signer: plain(null),
    expected: ['PROVEN', 'UNSUPPORTED'],
  },
  {
    name: 'Ed25519ph',
    pair: ed25519,
    hash: 'sha512',
    signer: prehashed,
    expected: ['PROVEN', 'UNSUPPORTED'],
  },
  {
    name: 'P-256, its digest not named',
    pair: p256,
    signer: plain('sha256'),
    expected: ['MALFORMED', 'MALFORMED'],
  },
  {
    name: 'P-256 with SHA-384',
    pair: p256,
    hash: 'sha384',
    signer: plain('sha384'),
    expected: ['SIGNATURE_INVALID', 'UNSUPPORTED'],
  },
  {
    name: 'RSA of 1024 bits',
    pair: weak,
    hash: 'sha256',
    signer: plain('sha256'),
    expected: ['SIGNATURE_INVALID', 'SIGNATURE_INVALID'],
  },
  {
    name: 'a curve that nobody signs images with',
    pair: koblitz,
    hash: 'sha256',
    signer: plain('sha256'),
    expected: ['SIGNATURE_INVALID', 'SIGNATURE_INVALID'],
  },
];

const ALGORITHMS = { sha256: 'SHA2_256', sha384: 'SHA2_384', sha512: 'SHA2_512' };

function toBundle(key: KeyObject, content: object): Uint8Array {
  const hint = Buffer.from(toTrustedKey(key).fingerprint.slice(7), 'hex').toString('base64');
  const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  return Buffer.from(
    JSON.stringify({ mediaType, verificationMaterial: { publicKey: { hint } }, ...content }),
  );
}

function toMessageBundle({ pair, hash, signer }: Row, bytes: Uint8Array): Uint8Array {
  assert.ok(pair !== undefined);
  const messageDigest =
    hash === undefined
      ? {}
      : { algorithm: ALGORITHMS[hash], digest: createHash(hash).update(bytes).digest('base64') };
  const signature = Buffer.from(signer(bytes, pair.privateKey)).toString('base64');
  return toBundle(pair.publicKey, { messageSignature: { messageDigest, signature } });
}

for (const row of rows) {
  test(`a file signed by ${row.name}`, async () => {
    assert.ok(row.pair !== undefined);
    const keys = [toTrustedKey(row.pair.publicKey)];
    const bundle = toMessageBundle(row, BYTES);
    for (const [index, whole] of [true, false].entries()) {
      const { code, message } = await prove(bundle, { keys }, { file: toFile(BYTES, whole) });
      assert.equal(code, row.expected[index], message);
    }
    const forged = JSON.parse(Buffer.from(bundle).toString()) as SerializedBundle;
    const signature = Buffer.from(forged.messageSignature?.signature ?? '', 'base64');
    signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    Object.assign(forged.messageSignature ?? {}, { signature: signature.toString('base64') });
    const { code } = await prove(forged, { keys }, { file: toFile(BYTES) });
    assert.notEqual(code, 'PROVEN');
  });

  test(`a statement signed by ${row.name}`, async () => {
    assert.ok(row.pair !== undefined);
    const payload = Buffer.from(toStatement('ab'.repeat(32)));
    const signature = row.signer(preAuthEncoding(IN_TOTO_PAYLOAD, payload), row.pair.privateKey);
    const dsseEnvelope = {
      payload: payload.toString('base64'),
      payloadType: IN_TOTO_PAYLOAD,
      signatures: [{ sig: Buffer.from(signature).toString('base64') }],
    };
    const { code, message } = await prove(toBundle(row.pair.publicKey, { dsseEnvelope }), {
      keys: [toTrustedKey(row.pair.publicKey)],
    });
    const unproven = row.expected[0] === 'SIGNATURE_INVALID';
    assert.equal(code, unproven ? 'SIGNATURE_INVALID' : 'PROVEN', message);
  });
}

test('Ed25519 does not take files into memory that do not fit', async () => {
  const megabyte = Buffer.alloc(2 ** 20);
  let read = 0;
  const endless = async function* () {
    for (;;) {
      read += megabyte.length;
      yield megabyte;
    }
  };
  const row = { name: '', pair: ed25519, signer: plain(null), expected: ['', ''] } as const;
  const file = { ...toFile(BYTES), bytes: endless };
  const { code, message } = await prove(
    toMessageBundle(row, BYTES),
    { keys: [toTrustedKey(ed25519.publicKey)] },
    { file },
  );
  assert.equal(code, 'UNSUPPORTED', message);
  assert.ok(read <= 66 * 2 ** 20);
});

test('a cancelled run stops in the middle of the file', async () => {
  const controller = new AbortController();
  controller.abort();
  const row = { name: '', pair: p384, hash: 'sha384', signer: plain('sha384'), expected: ['', ''] } as const;
  const proving = prove(
    toMessageBundle(row, BYTES),
    { keys: [toTrustedKey(ed25519.publicKey)] },
    { file: toFile(BYTES), signal: controller.signal },
  );
  await assert.rejects(proving, { code: 'CANCELLED' });
});
