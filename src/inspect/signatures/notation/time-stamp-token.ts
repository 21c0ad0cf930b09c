import { createHash } from 'node:crypto';
import { messageOf } from '../../../core/failure.ts';
import { Refusal } from '../refusal.ts';
import { type Certificate, EXTENSION, parseCertificate } from './x509/certificate.ts';
import {
  type Der,
  explicitTag,
  implicitTag,
  Members,
  onlyMember,
  parseDer,
  TAG,
  toNumber,
  toOid,
  toTime,
} from './x509/der.ts';
import { isSignedBy, toHash } from './x509/signature.ts';

/*
 * A TimeStampToken (RFC 3161, 2.4.2): CMS SignedData (RFC 5652, 5) over a TSTInfo. Read here: which certificate of the token
 * signed it, that it did, and what it said. Whether that certificate belongs to an authority is asked elsewhere.
 *
 * The token is found in the part of an envelope that nobody signed, so each link is checked by hand: the attributes' digest is the
 * content's, the signature is over the attributes, and the certificate that the signer names under its signature
 * (signing-certificate-v2, RFC 5035) is the one whose key made it.
 */

export interface TimeStampToken {
  /** When, as the authority says. */
  readonly time: Date;
  /** How far off it may be, in milliseconds. */
  readonly accuracy: number;
  readonly signer: Certificate;
  /** All certificates of the token, in no order. */
  readonly certificates: readonly Certificate[];
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
/** RFC 3628's baseline policy: a second where nothing is said. */
const BASELINE_POLICY = '0.4.0.2023.1.1';
const MAX_CERTIFICATES = 16;

/**
 * @param bytes of the token
 * @param stamped what it must be a stamp of
 * @throws Refusal TIMESTAMP_INVALID
 */
export function openTimeStamp(bytes: Uint8Array, stamped: Uint8Array): TimeStampToken {
  try {
    const { content, certificates, signerInfo } = readSignedData(parseDer(bytes));
    const signer = findSigner(signerInfo, content, certificates);
    return { ...readInfo(parseDer(content), stamped), signer, certificates };
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw invalid(`it cannot be read: ${messageOf(cause)}`);
  }
}

interface SignedData {
  /** DER of the TSTInfo. */
  readonly content: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signerInfo: Der;
}

function readSignedData(contentInfo: Der): SignedData {
  const outer = new Members(contentInfo);
  if (toOid(outer.take(TAG.oid)) !== SIGNED_DATA) throw invalid('it is not signed');
  const data = new Members(onlyMember(outer.take(explicitTag(0))));
  data.take(TAG.integer);
  data.take(TAG.set);
  const encapsulated = new Members(data.take(TAG.sequence));
  if (toOid(encapsulated.take(TAG.oid)) !== TST_INFO) throw invalid('it is about something else');
  const octets = onlyMember(encapsulated.take(explicitTag(0)));
  if (octets.tag !== TAG.octets) throw invalid('its content is no octets');
  const set = data.optional(explicitTag(0));
  data.optional(explicitTag(1));
  const signers = new Members(data.take(TAG.set), TAG.set).rest();
  const [signerInfo] = signers;
  if (signerInfo === undefined || signers.length > 1)
    throw invalid(`it has ${signers.length} signers, not one`);
  const members = set === undefined ? [] : new Members(set, set.tag, MAX_CERTIFICATES).rest();
  return {
    content: octets.content,
    certificates: members.map(({ raw }) => parseCertificate(raw)),
    signerInfo,
  };
}

/** The certificate whose key made the token's signature. */
function findSigner(der: Der, content: Uint8Array, certificates: readonly Certificate[]): Certificate {
  const info = new Members(der);
  const version = toNumber(info.take(TAG.integer));
  const identifier = info.take(TAG.sequence, implicitTag(0));
  // RFC 5652, 5.3: the version says how the signer is named.
  if (version !== (identifier.tag === TAG.sequence ? 1 : 3))
    throw invalid('it is of a version that is not known');
  const hash = toHash(info.take(TAG.sequence));
  const attributes = info.take(explicitTag(0));
  const algorithm = info.take(TAG.sequence);
  const signature = info.take(TAG.octets).content;
  if (hash === undefined) throw invalid('it is signed with a hash that no longer holds');
  const signed = readAttributes(attributes);
  if (toOid(attribute(signed, CONTENT_TYPE)) !== TST_INFO)
    throw invalid('its signature is over something else');
  const digest = createHash(hash).update(content).digest();
  if (!digest.equals(attribute(signed, MESSAGE_DIGEST).content)) {
    throw invalid('its signature is over another content');
  }
  const signer = certificates.find((certificate) => isNamedBy(certificate, identifier));
  if (signer === undefined) throw invalid('it does not have the certificate that it is signed with');
  checkSigningCertificate(attribute(signed, SIGNING_CERTIFICATE_V2), signer);
  // Signed is the SET, not the [0] that stands in its place (RFC 5652, 5.4).
  const bytes = Uint8Array.from(attributes.raw);
  bytes[0] = TAG.set;
  if (!isSignedBy(signer.key, { signed: bytes, algorithm, signature }, hash)) {
    throw invalid('its signature does not hold');
  }
  return signer;
}

/** SignedAttributes: type to its one value. */
function readAttributes(der: Der): ReadonlyMap<string, Der> {
  const attributes = new Map<string, Der>();
  for (const member of new Members(der, der.tag).rest()) {
    const parts = new Members(member);
    const type = toOid(parts.take(TAG.oid));
    const [value, ...others] = new Members(parts.take(TAG.set), TAG.set).rest();
    if (value === undefined || others.length > 0 || attributes.has(type)) {
      throw invalid(`its attribute ${type} is not given once`);
    }
    attributes.set(type, value);
  }
  return attributes;
}

function attribute(attributes: ReadonlyMap<string, Der>, type: string): Der {
  const value = attributes.get(type);
  if (value === undefined) throw invalid(`it lacks the attribute ${type}`);
  return value;
}

/** SignerIdentifier: issuer and serial number, or the subject key identifier. */
function isNamedBy(certificate: Certificate, identifier: Der): boolean {
  if (identifier.tag !== TAG.sequence) {
    const own = certificate.extensions.get(EXTENSION.subjectKeyIdentifier);
    return own !== undefined && Buffer.from(parseDer(own.value).content).equals(identifier.content);
  }
  const members = new Members(identifier);
  const issuer = members.take(TAG.sequence).raw;
  const serial = members.take(TAG.integer).content;
  return Buffer.from(certificate.issuer).equals(issuer) && Buffer.from(certificate.serial).equals(serial);
}

/** ESSCertIDv2 (RFC 5035, 4): the first of the list is the signer's; SHA-256 where no hash is named. */
function checkSigningCertificate(der: Der, signer: Certificate): void {
  const [first] = new Members(new Members(der).take(TAG.sequence)).rest();
  if (first === undefined) throw invalid('it names no certificate that it is signed with');
  const members = new Members(first);
  const algorithm = members.optional(TAG.sequence);
  const hash = algorithm === undefined ? 'sha256' : toHash(algorithm);
  const wanted = members.take(TAG.octets).content;
  if (hash === undefined || !createHash(hash).update(signer.raw).digest().equals(wanted)) {
    throw invalid('it names another certificate than it is signed with');
  }
}

function readInfo(der: Der, stamped: Uint8Array): Pick<TimeStampToken, 'time' | 'accuracy'> {
  const info = new Members(der);
  if (toNumber(info.take(TAG.integer)) !== 1) throw invalid('it is of a version that is not known');
  const policy = toOid(info.take(TAG.oid));
  const imprint = new Members(info.take(TAG.sequence));
  const hash = toHash(imprint.take(TAG.sequence));
  if (hash === undefined) throw invalid('it stamps by a hash that no longer holds');
  if (!createHash(hash).update(stamped).digest().equals(imprint.take(TAG.octets).content)) {
    throw invalid('it is a stamp of something else');
  }
  info.take(TAG.integer);
  const time = toTime(info.take(TAG.generalizedTime));
  const accuracy = toAccuracy(info.optional(TAG.sequence));
  return { time, accuracy: accuracy === 0 && policy === BASELINE_POLICY ? 1000 : accuracy };
}

/** Seconds, milliseconds, microseconds, each where it is not zero. */
function toAccuracy(der: Der | undefined): number {
  if (der === undefined) return 0;
  const members = new Members(der);
  const read = (tag: number): number => {
    const part = members.optional(tag);
    return part === undefined ? 0 : toNumber(part);
  };
  return read(TAG.integer) * 1000 + read(implicitTag(0)) + Math.ceil(read(implicitTag(1)) / 1000);
}

function invalid(what: string): Refusal {
  return new Refusal('TIMESTAMP_INVALID', `the time stamp is none: ${what}`);
}
