import { Failure, isFailure, messageOf } from '../../../../core/failure.ts';
import type { RevocationFetch } from '../../contract.ts';
import { EXTENSION } from '../x509/certificate.ts';
import type { Chain } from '../x509/chain.ts';
import { describeSubject } from '../x509/distinguished-name.ts';
import { readCrl } from './crl.ts';
import { type DistributionPoint, distributionPointsOf, respondersOf } from './locations.ts';
import { RevocationMemory } from './memory.ts';
import { readOcspResponse, toOcspRequest } from './ocsp.ts';
import { type IssuedCertificate, type RevocationStatus, unknown } from './status.ts';

/*
 * Whether a chain's certificates were revoked (trust-store-trust-policy.md, "Certificate Revocation Evaluation"): for each but
 * the root OCSP first; where that does not settle it, the revocation lists, all of them.
 *
 * Others fell to this step by leaving it out for one chain of two (CVE-2024-56138), and by what broke around a cache
 * (CVE-2024-51491). Here the outcome has four parts, and whoever asks must say what becomes of each.
 */

export interface RevocationOutcome {
  /** A sentence for each certificate that was revoked. */
  readonly revoked: readonly string[];
  /** A sentence for each that could not be found out about, and why. */
  readonly unknown: readonly string[];
  /** A sentence for each that names no place to ask. */
  readonly unchecked: readonly string[];
}

export interface RevocationContext {
  readonly now: Date;
  readonly signal: AbortSignal;
  /** Absent: offline. */
  readonly fetch?: RevocationFetch;
  /** When a trusted clock saw the signature; absent where none did. What was compromised later does not touch it. */
  readonly signedAt?: Date;
}

/** Requests for one chain; a chain with more places to ask than this has not been made by anybody honest. */
const MAX_REQUESTS = 24;

const memory = new RevocationMemory();

/** @throws Failure CANCELLED */
export async function checkRevocation(chain: Chain, given: RevocationContext): Promise<RevocationOutcome> {
  const context = withBudget(given);
  const outcome = { revoked: [] as string[], unknown: [] as string[], unchecked: [] as string[] };
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1];
    if (issuer === undefined) break;
    const name = describeSubject(certificate);
    const status = await findStatus({ certificate, issuer }, context);
    if (status === undefined)
      outcome.unchecked.push(`${name} names no OCSP responder and no revocation list`);
    else if (status.kind === 'unknown') outcome.unknown.push(`${name}: ${status.why}`);
    else if (status.kind === 'revoked' && coversSignature(status.invalidSince, context.signedAt)) {
      outcome.revoked.push(`${name} was revoked at ${status.since.toISOString()}`);
    }
  }
  return outcome;
}

function withBudget(context: RevocationContext): RevocationContext {
  const { fetch } = context;
  if (fetch === undefined) return context;
  let requests = 0;
  return {
    ...context,
    fetch: async (url, body, signal) => {
      requests += 1;
      if (requests > MAX_REQUESTS) throw new Failure('TOO_LARGE', `more than ${MAX_REQUESTS} places to ask`);
      return fetch(url, body, signal);
    },
  };
}

function coversSignature(invalidSince: Date | undefined, signedAt: Date | undefined): boolean {
  return invalidSince === undefined || signedAt === undefined || signedAt >= invalidSince;
}

/** Undefined where the certificate names no place to ask. */
async function findStatus(
  subject: IssuedCertificate,
  context: RevocationContext,
): Promise<RevocationStatus | undefined> {
  const known = memory.recall(subject, context.now);
  if (known !== undefined) return known;
  const status = await askForStatus(subject, context);
  if (status !== undefined && context.fetch !== undefined) memory.remember(subject, status, context.now);
  return status;
}

async function askForStatus(
  subject: IssuedCertificate,
  context: RevocationContext,
): Promise<RevocationStatus | undefined> {
  let places: { responders: readonly string[]; points: readonly DistributionPoint[] };
  try {
    const { certificate } = subject;
    places = { responders: respondersOf(certificate), points: distributionPointsOf(certificate) };
  } catch (error) {
    return unknown(`where to ask cannot be read: ${messageOf(error)}`);
  }
  const { responders, points } = places;
  if (responders.length + points.length === 0) return undefined;
  const byOcsp = await askResponders(subject, responders, context);
  if (byOcsp !== undefined && byOcsp.kind !== 'unknown') return byOcsp;
  if (points.length === 0) return byOcsp;
  const byList = await readLists(subject, points, context);
  if (byList.kind !== 'unknown' || byOcsp === undefined) return byList;
  return unknown(`${byOcsp.why}; ${byList.why}`);
}

/** The first responder that settles it. */
async function askResponders(
  subject: IssuedCertificate,
  urls: readonly string[],
  context: RevocationContext,
): Promise<Exclude<RevocationStatus, undefined> | undefined> {
  let last: RevocationStatus | undefined;
  for (const url of urls) {
    last = await attempt(
      url,
      async (fetch) => {
        const request = toOcspRequest(subject);
        const response = await fetch(url, request.bytes, context.signal);
        return readOcspResponse(response, subject, request, context.now, (responder) =>
          readLists(responder, distributionPointsOf(responder.certificate), context),
        );
      },
      context,
    );
    if (last.kind !== 'unknown') return last;
  }
  return last;
}

/** Good when every distribution point's list is; the addresses of one point all lead to the same list. */
async function readLists(
  subject: IssuedCertificate,
  points: readonly DistributionPoint[],
  context: RevocationContext,
): Promise<RevocationStatus> {
  const { certificate } = subject;
  if (certificate.extensions.has(EXTENSION.freshestCrl))
    return unknown('there are delta lists, which are not supported');
  let status: RevocationStatus = unknown('no revocation list is named');
  let earliest: Date | undefined;
  for (const point of points) {
    status = await readPoint(subject, point, context);
    if (status.kind !== 'good') return status;
    earliest = earliest === undefined || status.until < earliest ? status.until : earliest;
  }
  return status.kind === 'good' && earliest !== undefined ? { kind: 'good', until: earliest } : status;
}

async function readPoint(
  subject: IssuedCertificate,
  { urls, isPlain }: DistributionPoint,
  context: RevocationContext,
): Promise<RevocationStatus> {
  if (!isPlain)
    return unknown('a revocation list of another authority, or for some reasons only, is not supported');
  let last = unknown('a revocation list has no address');
  for (const url of urls) {
    last = await attempt(
      url,
      async (fetch) => readCrl(await fetch(url, undefined, context.signal), subject, urls, context.now),
      context,
    );
    if (last.kind !== 'unknown') return last;
  }
  return last;
}

/** What goes wrong on the way is `unknown`, except that somebody no longer wants to know. */
async function attempt(
  url: string,
  ask: (fetch: RevocationFetch) => Promise<RevocationStatus>,
  { fetch, signal }: RevocationContext,
): Promise<RevocationStatus> {
  if (fetch === undefined) return unknown('offline');
  if (!/^https?:\/\//i.test(url)) return unknown('it names an address that is neither http nor https');
  try {
    return await ask(fetch);
  } catch (error) {
    if (isFailure(error, 'CANCELLED')) throw error;
    if (signal.aborted) throw new Failure('CANCELLED', 'cancelled', { cause: error });
    return unknown(messageOf(error));
  }
}
