import { constants, type KeyObject, publicDecrypt, type VerifyKeyObjectInput, verify } from 'node:crypto';
import type { HashName } from './bundle-json.ts';

/*
 * Signatures by every kind of key that signs here, over bytes or over a digest of them.
 *
 * Over a digest, because what a file's bundle signs is an image of many gigabytes whose digest is known anyway: hashing
 * it again would take a minute, and leave a moment in which the file is another than the one that was named.
 * `node:crypto` hashes by itself always, so ECDSA over a digest is @noble/curves', and PKCS #1 v1.5 is undone and compared.
 */

const CURVES: ReadonlyMap<string, { readonly hashes: readonly HashName[]; readonly size: number }> = new Map([
  ['prime256v1', { hashes: ['sha256'], size: 32 }],
  ['secp384r1', { hashes: ['sha384', 'sha256'], size: 48 }],
  ['secp521r1', { hashes: ['sha512', 'sha256'], size: 66 }],
]);
const RSA_HASHES: readonly HashName[] = ['sha256', 'sha384', 'sha512'];
const MIN_RSA_BITS = 2048;

/** DER of `DigestInfo` up to the digest (RFC 8017, 9.2, note 1). */
const DIGEST_INFO: Readonly<Record<HashName, Buffer>> = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
};

/** Whether signatures by this kind of key can be verified at all. */
export function isSupportedKey(key: KeyObject): boolean {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ec':
      return CURVES.has(namedCurve ?? '');
    case 'rsa':
    case 'rsa-pss':
      return (modulusLength ?? 0) >= MIN_RSA_BITS;
    default:
      return key.asymmetricKeyType === 'ed25519';
  }
}

/** Whether `signature` is the key's over `bytes`, with any hash that is used with such keys. Never throws. */
export async function isSignatureOf(
  key: KeyObject,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const plain = schemesOf(key).some(([hash, options]) => {
    try {
      return verify(hash, bytes, options, signature);
    } catch {
      return false;
    }
  });
  return plain || (key.asymmetricKeyType === 'ed25519' && isPrehashed(key, bytes, signature));
}

/** Ed25519ph (RFC 8032, 5.1), which cosign makes of Ed25519 keys where Rekor has to take the signature. */
async function isPrehashed(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const { ed25519ph } = await import('@noble/curves/ed25519.js');
  const point = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  try {
    return ed25519ph.verify(signature, bytes, point, { zip215: false });
  } catch {
    return false;
  }
}

/** Hash and padding of each way that such a key signs. */
function schemesOf(key: KeyObject): [HashName | null, VerifyKeyObjectInput][] {
  if (!isSupportedKey(key)) return [];
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return [[null, { key }]];
    case 'ec':
      return hashesOf(key).map((hash) => [hash, { key }]);
    case 'rsa':
      return [constants.RSA_PKCS1_PADDING, constants.RSA_PKCS1_PSS_PADDING].flatMap((padding) =>
        RSA_HASHES.map((hash): [HashName, VerifyKeyObjectInput] => [hash, { key, padding }]),
      );
    default:
      return RSA_HASHES.map((hash) => [hash, { key, padding: constants.RSA_PKCS1_PSS_PADDING }]);
  }
}

function hashesOf(key: KeyObject): readonly HashName[] {
  return CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? '')?.hashes ?? [];
}

/** Whether `signature` is the key's over content with that digest: ECDSA, and RSA PKCS #1 v1.5. Never throws. */
export async function isSignatureOfDigest(
  key: KeyObject,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!isSupportedKey(key)) return false;
  if (key.asymmetricKeyType === 'rsa') return isPkcs1Signature(key, hash, digest, signature);
  if (key.asymmetricKeyType !== 'ec' || !hashesOf(key).includes(hash)) return false;
  return isEcdsaSignature(key, digest, signature);
}

function isPkcs1Signature(
  key: KeyObject,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const signed = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return signed.equals(Buffer.concat([DIGEST_INFO[hash], digest]));
  } catch {
    return false;
  }
}

async function isEcdsaSignature(key: KeyObject, digest: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const { p256, p384, p521 } = await import('@noble/curves/nist.js');
  const curve = { prime256v1: p256, secp384r1: p384, secp521r1: p521 }[
    key.asymmetricKeyDetails?.namedCurve ?? ''
  ];
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const size = CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? '')?.size ?? 0;
  const point = Buffer.concat([Buffer.of(4), toCoordinate(x, size), toCoordinate(y, size)]);
  try {
    // High S is as good as low S: X9.62 and every signer of images but Bitcoin's libraries allow both.
    return curve?.verify(signature, digest, point, { prehash: false, lowS: false, format: 'der' }) === true;
  } catch {
    return false;
  }
}

function toCoordinate(text: string, size: number): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  return Buffer.concat([Buffer.alloc(Math.max(0, size - bytes.length)), bytes]);
}
