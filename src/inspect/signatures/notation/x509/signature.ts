import { constants, type KeyObject, verify } from 'node:crypto';
import { type Der, Members, TAG, toOctets, toOid } from './der.ts';

/*
 * Signatures inside X.509's world: CRLs, OCSP responses, time stamps. (Certificates are checked by `node:crypto` whole.)
 * SHA-1 and MD5 are not in the tables, so nothing signed with them is ever believed.
 */

type Hash = 'sha256' | 'sha384' | 'sha512';

const HASHES: ReadonlyMap<string, Hash> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

interface Scheme {
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  /** Absent where the hash is named elsewhere (CMS), or is part of the scheme. */
  readonly hash?: Hash;
}

/** RFC 4055, 5758, 8410. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['1.2.840.113549.1.1.11', { keyType: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { keyType: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { keyType: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { keyType: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { keyType: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { keyType: 'ec', hash: 'sha512' }],
  ['1.3.101.112', { keyType: 'ed25519' }],
]);
/** CMS writes RSA signatures so, and names the hash beside (RFC 3370, 3.2). */
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSASSA_PSS = '1.2.840.113549.1.1.10';

/** The outer form of certificates, CRLs and OCSP responses: what is signed, how, and the signature. */
export interface SignedDer {
  readonly signed: Der;
  readonly algorithm: Der;
  readonly signature: Uint8Array;
  readonly rest: readonly Der[];
}

/** @throws Failure MALFORMED. Nothing of what is signed is looked at yet. */
export function openSigned(der: Der): SignedDer {
  const members = new Members(der);
  const signed = members.take(TAG.sequence);
  const algorithm = members.take(TAG.sequence);
  const signature = toOctets(members.take(TAG.bits));
  return { signed, algorithm, signature, rest: members.rest() };
}

/** The hash that an AlgorithmIdentifier names; undefined for those that are not safe. */
export function toHash(algorithm: Der): Hash | undefined {
  return HASHES.get(toOid(new Members(algorithm).take(TAG.oid)));
}

/**
 * Whether the key made the signature, by an algorithm that is safe. Never throws for a wrong signature.
 * @param cmsHash of a CMS signer, for algorithms that name none
 * @throws Failure MALFORMED
 */
export function isSignedBy(
  key: KeyObject,
  { signed, algorithm, signature }: Pick<SignedDer, 'algorithm' | 'signature'> & { signed: Uint8Array },
  cmsHash?: Hash,
): boolean {
  const oid = toOid(new Members(algorithm).take(TAG.oid));
  const scheme: Scheme | undefined =
    oid === RSA_ENCRYPTION && cmsHash !== undefined ? { keyType: 'rsa', hash: cmsHash } : SCHEMES.get(oid);
  if (scheme === undefined || scheme.keyType !== key.asymmetricKeyType) return false;
  try {
    const padding = scheme.keyType === 'rsa' ? { padding: constants.RSA_PKCS1_PADDING } : {};
    return verify(scheme.hash ?? null, signed, { key, ...padding }, signature);
  } catch {
    return false;
  }
}

/** Whether a certificate's signature algorithm is one that still holds: SHA-2 with RSA (PKCS #1 or PSS), ECDSA, or Ed25519. */
export function isStrong(algorithm: Der): boolean {
  const members = new Members(algorithm);
  const oid = toOid(members.take(TAG.oid));
  if (oid !== RSASSA_PSS) return SCHEMES.has(oid);
  // RSASSA-PSS-params (RFC 4055, 3.1): the hash stands in [0]; where it is absent it is SHA-1.
  const [parameters] = members.rest();
  const hash = parameters === undefined ? undefined : new Members(parameters).optional(0xa0);
  if (hash === undefined) return false;
  const [identifier] = new Members(hash, 0xa0, 1).rest();
  return identifier !== undefined && toHash(identifier) !== undefined;
}
