import { createPublicKey, type KeyObject } from 'node:crypto';
import { ASN1Obj, X509Certificate } from '@sigstore/core';
import { Failure, messageOf } from '../../../core/failure.ts';
import { Refusal } from '../refusal.ts';
import { isSupportedKey } from './public-key.ts';

/*
 * What a signing certificate must be, and whom it names (RFC 5280; sigstore/fulcio, docs/certificate-specification.md).
 *
 * The library checks that the chain holds at the given time, and nothing else: a certificate of the same authority for
 * another purpose, or another authority's own, would sign for it. Names are taken from their DER, with their kind of
 * string checked: a name sliced out as ASCII can lose a byte and become somebody else's.
 */

/** Who a Fulcio certificate names. */
export interface CertificateIdentity {
  readonly issuer: string;
  readonly subject: string;
}

export interface SigningCertificate {
  readonly der: Buffer;
  readonly parsed: X509Certificate;
  readonly key: KeyObject;
  readonly identity: CertificateIdentity;
}

const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';
const USER_NAME = '1.3.6.1.4.1.57264.1.7';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/** Extensions that are understood here; any other that is critical refuses the certificate (RFC 5280, 4.2). */
const UNDERSTOOD = new Set([KEY_USAGE, SUBJECT_ALT_NAME, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE]);

const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const RFC822_NAME = 1;
const URI = 6;
const OTHER_NAME = 0;
const MAX_EXTENSIONS = 64;
const MAX_NAME_BYTES = 4096;

/**
 * Whom a Fulcio certificate names: the OIDC issuer and the one subject alternative name. It proves nothing.
 * @param der one X.509 certificate
 * @throws Failure MALFORMED when it is none, or names nobody, or more than one
 */
export function identityOf(der: Uint8Array): CertificateIdentity {
  try {
    return readIdentity(extensionsOf(X509Certificate.parse(copy(der))));
  } catch (cause) {
    throw new Failure('MALFORMED', `the certificate names nobody: ${messageOf(cause)}`, { cause });
  }
}

/** @throws Refusal MALFORMED, UNSUPPORTED for its key, CERTIFICATE_USAGE when it is not for signing */
export function openCertificate(der: Uint8Array): SigningCertificate {
  try {
    const parsed = X509Certificate.parse(copy(der));
    const extensions = extensionsOf(parsed);
    // The library would trip over a certificate without these in the middle of a proof.
    if (!(parsed.notBefore <= parsed.notAfter)) throw new Error('it ends before it begins');
    const key = createPublicKey({ key: parsed.publicKey, format: 'der', type: 'spki' });
    checkUsage(extensions, key);
    return { der: copy(der), parsed, key, identity: readIdentity(extensions) };
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal('MALFORMED', `the certificate cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function checkUsage(extensions: Extensions, key: KeyObject): void {
  if (!isSupportedKey(key)) {
    throw new Refusal('UNSUPPORTED', "the certificate's key is of a kind that is not supported");
  }
  const flaw = usageFlaw(extensions);
  if (flaw !== undefined) throw new Refusal('CERTIFICATE_USAGE', `the certificate ${flaw}`);
}

function usageFlaw(extensions: Extensions): string | undefined {
  for (const [oid, { critical }] of extensions) {
    if (critical && !UNDERSTOOD.has(oid)) return `has a critical extension that is not understood: ${oid}`;
  }
  const constraints = contentOf(extensions, BASIC_CONSTRAINTS);
  // The first member is the authority flag, false where absent.
  if (constraints?.subs[0] !== undefined && isTrue(constraints.subs[0]))
    return 'is an authority, not a signer';
  const bits = readBits(contentOf(extensions, KEY_USAGE));
  if (bits[0] !== 1) return 'is not for digital signatures';
  if (bits[5] === 1) return 'is for signing certificates';
  if (!purposesOf(extensions).includes(CODE_SIGNING)) return 'is not for code signing';
  const names = contentOf(extensions, SUBJECT_ALT_NAME)?.subs.length ?? 0;
  if (names !== 1) return `names ${names} subjects, it must name one`;
  return undefined;
}

/** What makes a time stamping authority's certificate none (RFC 3161, 2.3): the purpose must stand alone, and be critical. */
export function stampingFlaw(certificate: X509Certificate): string | undefined {
  const extensions = extensionsOf(certificate);
  const purposes = purposesOf(extensions);
  if (!purposes.includes(TIME_STAMPING)) return 'is not for time stamping';
  if (purposes.length > 1) return 'is for more than time stamping';
  if (extensions.get(EXTENDED_KEY_USAGE)?.critical !== true)
    return 'does not insist on being for time stamping';
  return undefined;
}

type Extensions = ReadonlyMap<string, { readonly critical: boolean; readonly value: Buffer }>;

function extensionsOf(certificate: X509Certificate): Extensions {
  const found = new Map<string, { critical: boolean; value: Buffer }>();
  if (certificate.extensions.length > MAX_EXTENSIONS) throw new Error('it has too many extensions');
  for (const { subs } of certificate.extensions) {
    const [name, second, third] = subs;
    const value = third ?? second;
    if (name === undefined || value === undefined || value.tag.number !== OCTET_STRING) {
      throw new Error('an extension has no value');
    }
    const oid = name.toOID();
    if (found.has(oid)) throw new Error(`it has the extension ${oid} twice`);
    found.set(oid, {
      critical: third !== undefined && second !== undefined && isTrue(second),
      value: value.value,
    });
  }
  return found;
}

/** The DER inside an extension; undefined where it is absent. */
function contentOf(extensions: Extensions, oid: string): ASN1Obj | undefined {
  const extension = extensions.get(oid);
  return extension === undefined ? undefined : ASN1Obj.parseBuffer(copy(extension.value));
}

function purposesOf(extensions: Extensions): string[] {
  const purposes = contentOf(extensions, EXTENDED_KEY_USAGE)?.subs ?? [];
  return purposes.filter(({ tag }) => tag.isOID()).map((purpose) => purpose.toOID());
}

function readBits(content: ASN1Obj | undefined): number[] {
  return content?.tag.isBitString() === true && content.value.length > 0 ? content.toBitString() : [];
}

function isTrue(content: ASN1Obj): boolean {
  return content.tag.isBoolean() && content.value[0] !== 0;
}

function readIdentity(extensions: Extensions): CertificateIdentity {
  const names = contentOf(extensions, SUBJECT_ALT_NAME)?.subs ?? [];
  const [name] = names;
  if (name === undefined || names.length !== 1) {
    throw new Refusal(
      'CERTIFICATE_USAGE',
      `the certificate names ${names.length} subjects, it must name one`,
    );
  }
  return { issuer: readIssuer(extensions), subject: readSubject(name) };
}

function readIssuer(extensions: Extensions): string {
  const issuer = contentOf(extensions, ISSUER_V2);
  if (issuer !== undefined) {
    if (!isUtf8String(issuer)) throw new Refusal('MALFORMED', "the certificate's issuer is no UTF-8 string");
    return toName(issuer.value, 'issuer');
  }
  // The older extension is the text itself, without DER around it.
  return toName(extensions.get(ISSUER_V1)?.value ?? Buffer.of(), 'issuer');
}

/** RFC 5280, 4.2.1.6, of the three kinds that Fulcio issues. */
function readSubject(name: ASN1Obj): string {
  const { tag, value, subs } = name;
  if (tag.isContextSpecific(URI) || tag.isContextSpecific(RFC822_NAME)) {
    if (value.some((byte) => byte > 0x7f))
      throw new Refusal('MALFORMED', "the certificate's subject is not ASCII");
    return toName(value, 'subject');
  }
  const [kind, wrapped] = subs;
  const text = wrapped?.subs[0];
  if (tag.isContextSpecific(OTHER_NAME) && kind?.tag.isOID() === true && kind.toOID() === USER_NAME) {
    if (text !== undefined && isUtf8String(text)) return toName(text.value, 'subject');
  }
  throw new Refusal('CERTIFICATE_USAGE', 'the certificate names its subject in a way that Fulcio does not');
}

function isUtf8String({ tag }: ASN1Obj): boolean {
  return tag.isUniversal() && tag.number === UTF8_STRING;
}

function toName(bytes: Uint8Array, what: string): string {
  if (bytes.length === 0) throw new Refusal('MALFORMED', `the certificate has no ${what}`);
  if (bytes.length > MAX_NAME_BYTES) throw new Refusal('TOO_LARGE', `the certificate's ${what} is too long`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Refusal('MALFORMED', `the certificate's ${what} is not UTF-8`, { cause });
  }
}

/** The parser keeps views of what it is given and wants a plain buffer. */
function copy(bytes: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.from(bytes);
}
