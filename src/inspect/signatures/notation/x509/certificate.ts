import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { type Digest, toDigest } from '../../../../core/digest.ts';
import { Failure, messageOf } from '../../../../core/failure.ts';
import { type Der, explicitTag, hasBit, Members, parseDer, TAG, toBoolean, toNumber, toOid } from './der.ts';
import { isStrong } from './signature.ts';

/*
 * One certificate (RFC 5280, 4.1), with what decides about it. Keys and signatures are `node:crypto`'s business; it says
 * nothing of critical flags, path lengths or exact names, so those are read here from the same bytes.
 */

export interface Certificate {
  readonly raw: Uint8Array;
  readonly x509: X509Certificate;
  readonly key: KeyObject;
  /** Names, serial number and public key as DER: compared byte by byte. */
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly serial: Uint8Array;
  /** The content of subjectPublicKey, as OCSP hashes it. */
  readonly keyBits: Uint8Array;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly strongSignature: boolean;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** SHA-256 of `raw`. */
  readonly fingerprint: Digest;
}

interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlDistributionPoints: '2.5.29.31',
  extendedKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
} as const;

/** Bits of keyUsage (RFC 5280, 4.2.1.3). */
export const KEY_USAGE = {
  digitalSignature: 0,
  contentCommitment: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  certificateSigning: 5,
  crlSigning: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

const MAX_BYTES = 65_536;

/** @throws Failure MALFORMED */
export function parseCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > MAX_BYTES) throw new Failure('MALFORMED', `a certificate of ${bytes.length} bytes`);
  const raw = Uint8Array.from(bytes);
  const outer = new Members(parseDer(raw));
  const body = new Members(outer.take(TAG.sequence));
  const algorithm = outer.take(TAG.sequence);
  const version = body.optional(explicitTag(0));
  const serial = body.take(TAG.integer).content;
  body.take(TAG.sequence);
  const issuer = body.take(TAG.sequence).raw;
  body.take(TAG.sequence);
  const subject = body.take(TAG.sequence).raw;
  const keyInfo = new Members(body.take(TAG.sequence));
  keyInfo.take(TAG.sequence);
  const keyBits = keyInfo.take(TAG.bits).content.subarray(1);
  const extensions = body.rest().find(({ tag }) => tag === explicitTag(3));
  return {
    raw,
    ...openWithCrypto(raw),
    subject,
    issuer,
    serial,
    keyBits,
    strongSignature: isStrong(algorithm),
    extensions: version === undefined ? new Map() : readExtensions(extensions),
    fingerprint: toDigest('sha256', createHash('sha256').update(raw).digest('hex')),
  };
}

function openWithCrypto(raw: Uint8Array): Pick<Certificate, 'x509' | 'key' | 'validFrom' | 'validTo'> {
  try {
    const x509 = new X509Certificate(raw);
    const { validFromDate: validFrom, validToDate: validTo, publicKey: key } = x509;
    if (Number.isNaN(validFrom.getTime()) || Number.isNaN(validTo.getTime()))
      throw new Error('it has no end');
    return { x509, key, validFrom, validTo };
  } catch (cause) {
    throw new Failure('MALFORMED', `a certificate cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function readExtensions(wrapped: Der | undefined): Map<string, Extension> {
  const found = new Map<string, Extension>();
  if (wrapped === undefined) return found;
  const [list] = new Members(wrapped, explicitTag(3), 1).rest();
  for (const member of list === undefined ? [] : new Members(list).rest()) {
    const { oid, extension } = toExtension(member);
    if (found.has(oid)) throw new Failure('MALFORMED', `a certificate has the extension ${oid} twice`);
    found.set(oid, extension);
  }
  return found;
}

/** An Extension (RFC 5280, 4.1) of a certificate, a CRL, an OCSP response. @throws Failure MALFORMED */
export function toExtension(der: Der): { readonly oid: string; readonly extension: Extension } {
  const members = new Members(der);
  const oid = toOid(members.take(TAG.oid));
  const flag = members.optional(TAG.boolean);
  const value = members.take(TAG.octets).content;
  members.end();
  return { oid, extension: { critical: flag !== undefined && toBoolean(flag), value } };
}

/** Whether the bit of keyUsage is set; undefined where there is no such extension. */
export function mayUse({ extensions }: Certificate, bit: number): boolean | undefined {
  const usage = extensions.get(EXTENSION.keyUsage);
  return usage === undefined ? undefined : hasBit(parseDer(usage.value), bit);
}

export interface BasicConstraints {
  readonly critical: boolean;
  readonly authority: boolean;
  readonly pathLength?: number;
}

export function basicConstraintsOf({ extensions }: Certificate): BasicConstraints | undefined {
  const extension = extensions.get(EXTENSION.basicConstraints);
  if (extension === undefined) return undefined;
  const members = new Members(parseDer(extension.value));
  const flag = members.optional(TAG.boolean);
  const length = members.optional(TAG.integer);
  members.end();
  return {
    critical: extension.critical,
    authority: flag !== undefined && toBoolean(flag),
    ...(length === undefined ? {} : { pathLength: toNumber(length) }),
  };
}

/** The purposes of extendedKeyUsage; undefined where there is no such extension. */
export function purposesOf({ extensions }: Certificate): readonly string[] | undefined {
  const extension = extensions.get(EXTENSION.extendedKeyUsage);
  return extension === undefined ? undefined : new Members(parseDer(extension.value)).rest().map(toOid);
}

/** Whether `issuer` issued `certificate`: by name, and by signature. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!Buffer.from(certificate.issuer).equals(issuer.subject)) return false;
  try {
    return certificate.x509.verify(issuer.key);
  } catch {
    return false;
  }
}

export function isSelfSigned(certificate: Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

export function isSame(a: Certificate, b: Certificate): boolean {
  return a.fingerprint === b.fingerprint;
}
