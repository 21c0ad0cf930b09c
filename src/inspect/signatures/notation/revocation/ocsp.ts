import { createHash, randomBytes } from 'node:crypto';
import {
  type Certificate,
  EXTENSION,
  isIssuedBy,
  isSame,
  KEY_USAGE,
  mayUse,
  parseCertificate,
  purposesOf,
  toExtension,
} from '../x509/certificate.ts';
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
} from '../x509/der.ts';
import { isSignedBy, openSigned, type SignedDer } from '../x509/signature.ts';
import { type IssuedCertificate, type RevocationStatus, staleness, unknown } from './status.ts';

/*
 * OCSP (RFC 6960). Responses come over http, from whoever answers; nothing but the outer frame is read before the signature of the
 * issuer, or of a responder that the issuer certified for just that, holds. A response says "good" of one certificate,
 * and only until a time: it counts for this certificate, and now. With a nonce in it, it must be ours.
 */

/** What was asked, to hold the response against. */
export interface OcspRequest {
  readonly bytes: Uint8Array;
  readonly nonce: Uint8Array;
}

/** Says whether the responder's own certificate still holds; asked only where the issuer did not spare us the question. */
export type CheckResponder = (responder: IssuedCertificate) => Promise<RevocationStatus>;

const SHA1 = '1.3.14.3.2.26';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const INVALIDITY_DATE = '2.5.29.24';
const STATUS_NAMES = [
  'successful',
  'malformed request',
  'internal error',
  'try later',
  '',
  'signature required',
  'unauthorized',
];
const MAX_CERTIFICATES = 8;

/** An unsigned request for one certificate. SHA-1 only names the issuer here, and many responders know no other. */
export function toOcspRequest({ certificate, issuer }: IssuedCertificate): OcspRequest {
  const nonce = randomBytes(16);
  const algorithm = encode(TAG.sequence, encode(TAG.oid, oidBytes(SHA1)), Buffer.of(0x05, 0x00));
  const id = encode(
    TAG.sequence,
    algorithm,
    encode(TAG.octets, createHash('sha1').update(issuer.subject).digest()),
    encode(TAG.octets, createHash('sha1').update(issuer.keyBits).digest()),
    encode(TAG.integer, certificate.serial),
  );
  const extension = encode(
    TAG.sequence,
    encode(TAG.oid, oidBytes(NONCE)),
    encode(TAG.octets, encode(TAG.octets, nonce)),
  );
  const list = encode(TAG.sequence, encode(TAG.sequence, id));
  const extensions = encode(explicitTag(2), encode(TAG.sequence, extension));
  return { bytes: encode(TAG.sequence, encode(TAG.sequence, list, extensions)), nonce };
}

/** @throws Failure MALFORMED */
export async function readOcspResponse(
  bytes: Uint8Array,
  subject: IssuedCertificate,
  { nonce }: OcspRequest,
  now: Date,
  checkResponder: CheckResponder,
): Promise<RevocationStatus> {
  const outer = new Members(parseDer(bytes));
  const status = toNumber(outer.take(TAG.enumerated));
  if (status !== 0) return unknown(`the responder answers: ${STATUS_NAMES[status] ?? status}`);
  const body = new Members(onlyMember(outer.take(explicitTag(0))));
  if (toOid(body.take(TAG.oid)) !== BASIC_RESPONSE)
    return unknown('the response is of a kind that is not supported');
  const response = openSigned(parseDer(body.take(TAG.octets).content));
  const flaw = await signerFlaw(response, subject.issuer, now, checkResponder);
  if (flaw !== undefined) return unknown(flaw);
  const data = readData(response.signed);
  if (data.nonce !== undefined && !Buffer.from(nonce).equals(data.nonce)) {
    return unknown('the response is to another request');
  }
  const answers = data.answers.map(readAnswer).filter(({ id }) => isIdOf(id, subject));
  return judge(answers, now);
}

/** Why nobody who may speak for the issuer signed it; undefined when somebody did (RFC 6960, 4.2.2.2). */
async function signerFlaw(
  { signed, algorithm, signature, rest }: SignedDer,
  issuer: Certificate,
  now: Date,
  checkResponder: CheckResponder,
): Promise<string | undefined> {
  const given = { signed: signed.raw, algorithm, signature };
  if (isSignedBy(issuer.key, given)) return undefined;
  const [wrapped] = rest;
  const list =
    wrapped?.tag === explicitTag(0)
      ? new Members(onlyMember(wrapped), TAG.sequence, MAX_CERTIFICATES)
      : undefined;
  for (const { raw } of list?.rest() ?? []) {
    const responder = parseCertificate(raw);
    if (isSame(responder, issuer) || !isIssuedBy(responder, issuer) || !isSignedBy(responder.key, given))
      continue;
    if (!(purposesOf(responder) ?? []).includes(OCSP_SIGNING))
      return 'the signer is not certified to answer for the issuer';
    if (mayUse(responder, KEY_USAGE.digitalSignature) === false)
      return 'the signer is not for digital signatures';
    if (!responder.strongSignature) return 'the signer is certified by an algorithm that no longer holds';
    if (now < responder.validFrom || now > responder.validTo)
      return "the signer's certificate is not valid now";
    if (responder.extensions.has(EXTENSION.ocspNoCheck)) return undefined;
    const status = await checkResponder({ certificate: responder, issuer });
    return status.kind === 'good' ? undefined : `the signer's own certificate is not known to be good`;
  }
  return 'the response is signed neither by the issuer nor by a responder that it certified';
}

interface ResponseData {
  readonly answers: readonly Der[];
  readonly nonce: Uint8Array | undefined;
}

function readData(der: Der): ResponseData {
  const members = new Members(der);
  members.optional(explicitTag(0));
  members.take(explicitTag(1), explicitTag(2));
  members.take(TAG.generalizedTime);
  const answers = new Members(members.take(TAG.sequence)).rest();
  const wrapped = members.optional(explicitTag(1));
  const extensions = wrapped === undefined ? [] : new Members(onlyMember(wrapped)).rest().map(toExtension);
  const nonce = extensions.find(({ oid }) => oid === NONCE)?.extension.value;
  return { answers, nonce: nonce === undefined ? undefined : parseDer(nonce).content };
}

interface Answer {
  readonly id: Der;
  readonly status: Der;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly invalidSince: Date | undefined;
}

function readAnswer(der: Der): Answer {
  const members = new Members(der);
  const id = members.take(TAG.sequence);
  const status = members.take(implicitTag(0), explicitTag(1), implicitTag(2));
  const thisUpdate = toTime(members.take(TAG.generalizedTime));
  const next = members.optional(explicitTag(0));
  const wrapped = members.optional(explicitTag(1));
  const extensions = wrapped === undefined ? [] : new Members(onlyMember(wrapped)).rest().map(toExtension);
  const invalid = extensions.find(({ oid }) => oid === INVALIDITY_DATE)?.extension.value;
  return {
    id,
    status,
    thisUpdate,
    nextUpdate: next === undefined ? undefined : toTime(onlyMember(next)),
    invalidSince: invalid === undefined ? undefined : toTime(parseDer(invalid)),
  };
}

/** CertID (RFC 6960, 4.1.1), by either hash that responders use. */
function isIdOf(id: Der, { certificate, issuer }: IssuedCertificate): boolean {
  const members = new Members(id);
  const oid = toOid(new Members(members.take(TAG.sequence)).take(TAG.oid));
  const hash = oid === SHA1 ? 'sha1' : oid === SHA256 ? 'sha256' : undefined;
  if (hash === undefined) return false;
  const digest = (bytes: Uint8Array): Buffer => createHash(hash).update(bytes).digest();
  return (
    digest(issuer.subject).equals(members.take(TAG.octets).content) &&
    digest(issuer.keyBits).equals(members.take(TAG.octets).content) &&
    Buffer.from(certificate.serial).equals(members.take(TAG.integer).content)
  );
}

/** Of several answers about the certificate, the worst. */
function judge(answers: readonly Answer[], now: Date): RevocationStatus {
  const revoked = answers.find(({ status }) => status.tag === explicitTag(1));
  if (revoked !== undefined) {
    const { invalidSince } = revoked;
    return {
      kind: 'revoked',
      since: toTime(new Members(revoked.status, revoked.status.tag).take(TAG.generalizedTime)),
      until: revoked.nextUpdate ?? now,
      ...(invalidSince === undefined ? {} : { invalidSince }),
    };
  }
  const [answer] = answers;
  if (answer === undefined) return unknown('the response is about another certificate');
  if (answers.some(({ status }) => status.tag !== implicitTag(0)))
    return unknown('the responder does not know the certificate');
  const { thisUpdate, nextUpdate } = answer;
  const stale = staleness(thisUpdate, nextUpdate, now);
  return stale === undefined && nextUpdate !== undefined
    ? { kind: 'good', until: nextUpdate }
    : unknown(`the response is not current: ${stale}`);
}

function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oidBytes(oid: string): Buffer {
  const [first = 0, second = 0, ...arcs] = oid.split('.').map(Number);
  const bytes = [first * 40 + second, ...arcs].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let rest = arc >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return Buffer.from(bytes);
}
