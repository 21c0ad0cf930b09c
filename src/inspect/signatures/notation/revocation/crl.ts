import { basicConstraintsOf, type Certificate, KEY_USAGE, mayUse, toExtension } from '../x509/certificate.ts';
import {
  type Der,
  explicitTag,
  implicitTag,
  Members,
  membersOf,
  onlyMember,
  parseDer,
  TAG,
  toBoolean,
  toTime,
} from '../x509/der.ts';
import { isSignedBy, openSigned } from '../x509/signature.ts';
import { urlsOfName } from './locations.ts';
import { type IssuedCertificate, type RevocationStatus, staleness, unknown } from './status.ts';

/*
 * Revocation lists (RFC 5280, 5 and 6.3). They come over http from whoever answers, so nothing but the outer frame is read before
 * the issuer's signature holds. Then: is it the list that this certificate is in (a list for authorities only, or of another
 * distribution point, would be a true list in the wrong place), and does it hold now.
 *
 * Delta lists and indirect ones are not read. A list that says there are such is not taken for the whole truth: unknown.
 */

const ISSUING_DISTRIBUTION_POINT = '2.5.29.28';
const DELTA_INDICATOR = '2.5.29.27';
const FRESHEST_CRL = '2.5.29.46';
const REASON = '2.5.29.21';
const INVALIDITY_DATE = '2.5.29.24';
/** removeFromCRL (RFC 5280, 5.3.1): only in delta lists, where it takes an entry back. */
const ENTRY_EXTENSIONS: ReadonlySet<string> = new Set([REASON, INVALIDITY_DATE]);

/**
 * What a list says of a certificate.
 * @param urls of the distribution point that the list was fetched from
 * @throws Failure MALFORMED
 */
export function readCrl(
  bytes: Uint8Array,
  { certificate, issuer }: IssuedCertificate,
  urls: readonly string[],
  now: Date,
): RevocationStatus {
  const { signed, algorithm, signature } = openSigned(parseDer(bytes));
  if (mayUse(issuer, KEY_USAGE.crlSigning) === false)
    return unknown('the issuer must not sign revocation lists');
  if (!isSignedBy(issuer.key, { signed: signed.raw, algorithm, signature })) {
    return unknown('the revocation list is not signed by the issuer of the certificate');
  }
  const list = readList(signed);
  if (!Buffer.from(list.issuer).equals(issuer.subject))
    return unknown('the revocation list is of another authority');
  const flaw = scopeFlaw(list, certificate, urls);
  if (flaw !== undefined) return unknown(`the revocation list does not cover the certificate: ${flaw}`);
  const entry = findEntry(list.entries, certificate.serial);
  if (entry.kind === 'unread') return unknown('the revocation list has an entry that is not understood');
  const stale = staleness(list.thisUpdate, list.nextUpdate, now);
  const until = list.nextUpdate ?? now;
  // An old list still tells what was revoked by then.
  if (entry.kind === 'listed') return { ...entry.revocation, until };
  if (stale !== undefined) return unknown(`the revocation list is not current: ${stale}`);
  if (list.extensions.has(FRESHEST_CRL)) return unknown('there are delta lists, which are not supported');
  return { kind: 'good', until };
}

interface RevocationList {
  readonly issuer: Uint8Array;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly entries: Der | undefined;
  readonly extensions: ReadonlyMap<string, ReturnType<typeof toExtension>['extension']>;
}

function readList(der: Der): RevocationList {
  const members = new Members(der);
  members.optional(TAG.integer);
  members.take(TAG.sequence);
  const issuer = members.take(TAG.sequence).raw;
  const thisUpdate = toTime(members.take(TAG.utcTime, TAG.generalizedTime));
  const next = members.optional(TAG.utcTime, TAG.generalizedTime);
  const entries = members.optional(TAG.sequence);
  const wrapped = members.optional(explicitTag(0));
  members.end();
  const extensions = wrapped === undefined ? [] : new Members(onlyMember(wrapped)).rest().map(toExtension);
  return {
    issuer,
    thisUpdate,
    nextUpdate: next === undefined ? undefined : toTime(next),
    entries,
    extensions: new Map(extensions.map(({ oid, extension }) => [oid, extension])),
  };
}

function scopeFlaw(
  { extensions }: RevocationList,
  certificate: Certificate,
  urls: readonly string[],
): string | undefined {
  if (extensions.has(DELTA_INDICATOR)) return 'it is a delta list, which is not supported';
  for (const [oid, { critical }] of extensions) {
    if (critical && oid !== ISSUING_DISTRIBUTION_POINT) return `it has the critical extension ${oid}`;
  }
  const point = extensions.get(ISSUING_DISTRIBUTION_POINT);
  return point === undefined ? undefined : pointFlaw(new Members(parseDer(point.value)), certificate, urls);
}

/** IssuingDistributionPoint (RFC 5280, 5.2.5). */
function pointFlaw(point: Members, certificate: Certificate, urls: readonly string[]): string | undefined {
  const name = point.optional(explicitTag(0));
  if (name !== undefined && !urlsOfName(onlyMember(name)).some((url) => urls.includes(url))) {
    return 'it is of another distribution point';
  }
  const isSet = (number: number): boolean => {
    const flag = point.optional(implicitTag(number));
    return flag !== undefined && toBoolean({ ...flag, tag: TAG.boolean });
  };
  const usersOnly = isSet(1);
  const authoritiesOnly = isSet(2);
  const someReasons = point.optional(implicitTag(3)) !== undefined;
  const indirect = isSet(4);
  if (someReasons || indirect || isSet(5))
    return 'it covers some reasons, other authorities or other things only';
  const isAuthority = basicConstraintsOf(certificate)?.authority === true;
  if (usersOnly && isAuthority) return 'it does not list authorities';
  return authoritiesOnly && !isAuthority ? 'it lists authorities only' : undefined;
}

type Revoked = Extract<RevocationStatus, { kind: 'revoked' }>;
type Entry =
  | { readonly kind: 'listed'; readonly revocation: Omit<Revoked, 'until'> }
  | { readonly kind: 'absent' | 'unread' };

/** Walks all entries: a critical extension that is not understood spoils the list, wherever it stands (RFC 5280, 5.3). */
function findEntry(entries: Der | undefined, serial: Uint8Array): Entry {
  let found: Entry = { kind: 'absent' };
  if (entries === undefined) return found;
  const wanted = Buffer.from(serial);
  for (const der of membersOf(entries)) {
    const members = new Members(der);
    const isWanted = wanted.equals(members.take(TAG.integer).content);
    const since = members.take(TAG.utcTime, TAG.generalizedTime);
    const extras = members.optional(TAG.sequence);
    const extensions = extras === undefined ? [] : new Members(extras).rest().map(toExtension);
    if (extensions.some(({ oid, extension }) => extension.critical && !ENTRY_EXTENSIONS.has(oid))) {
      return { kind: 'unread' };
    }
    if (!isWanted) continue;
    const invalid = extensions.find(({ oid }) => oid === INVALIDITY_DATE)?.extension.value;
    const revocation = {
      kind: 'revoked' as const,
      since: toTime(since),
      ...(invalid === undefined ? {} : { invalidSince: toTime(parseDer(invalid)) }),
    };
    // Listed twice: the entry that leaves nothing valid.
    if (found.kind !== 'listed' || invalid === undefined) found = { kind: 'listed', revocation };
  }
  return found;
}
