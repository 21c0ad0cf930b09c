import { constants, type KeyObject, verify } from 'node:crypto';

/*
 * The six algorithms of Notation (signature-specification.md, "Signature Algorithm Requirements"). The signing certificate's key
 * decides which one it is; what the envelope says must agree, and chooses nothing. So there is no `none`, no HMAC with a public
 * key for a secret, and no weaker hash than the key is good for.
 */

export interface Algorithm {
  /** RFC 7518, 3.1. */
  readonly jws: string;
  /** RFC 9053, 2.1; RFC 8230, 2. */
  readonly cose: number;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly key:
    | { readonly type: 'rsa'; readonly bits: number }
    | { readonly type: 'ec'; readonly curve: string };
}

export const ALGORITHMS: readonly Algorithm[] = [
  { jws: 'PS256', cose: -37, hash: 'sha256', key: { type: 'rsa', bits: 2048 } },
  { jws: 'PS384', cose: -38, hash: 'sha384', key: { type: 'rsa', bits: 3072 } },
  { jws: 'PS512', cose: -39, hash: 'sha512', key: { type: 'rsa', bits: 4096 } },
  { jws: 'ES256', cose: -7, hash: 'sha256', key: { type: 'ec', curve: 'prime256v1' } },
  { jws: 'ES384', cose: -35, hash: 'sha384', key: { type: 'ec', curve: 'secp384r1' } },
  { jws: 'ES512', cose: -36, hash: 'sha512', key: { type: 'ec', curve: 'secp521r1' } },
];

/** The one algorithm that this key signs with; undefined where it is of no kind or size that signs images. */
export function algorithmOfKey(key: KeyObject): Algorithm | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return ALGORITHMS.find((algorithm) =>
    algorithm.key.type === 'rsa'
      ? key.asymmetricKeyType === 'rsa' && algorithm.key.bits === modulusLength
      : key.asymmetricKeyType === 'ec' && algorithm.key.curve === namedCurve,
  );
}

/** What makes a key none of the six; undefined when it is one. */
export function toKeyFlaw(key: KeyObject): string | undefined {
  return algorithmOfKey(key) === undefined ? 'has a key of a kind or size that is not allowed' : undefined;
}

/** Whether the key made the signature: PSS with a salt as long as the hash, ECDSA as two numbers side by side. Never throws. */
export function isSignature(
  { hash, key: { type } }: Algorithm,
  key: KeyObject,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const options =
    type === 'rsa'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { dsaEncoding: 'ieee-p1363' as const };
  try {
    return verify(hash, bytes, { key, ...options }, signature);
  } catch {
    return false;
  }
}
