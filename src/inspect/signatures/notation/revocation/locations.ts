import { type Certificate, EXTENSION } from '../x509/certificate.ts';
import {
  type Der,
  explicitTag,
  implicitTag,
  Members,
  onlyMember,
  parseDer,
  TAG,
  toOid,
} from '../x509/der.ts';

/*
 * Where a certificate says that its revocation can be looked up: OCSP responders (RFC 5280, 4.2.2.1) and revocation lists
 * (4.2.1.13).
 */

/** One distribution point: addresses of the same list. */
export interface DistributionPoint {
  readonly urls: readonly string[];
  /** False where the list covers some reasons only, or is another authority's: such lists are not read. */
  readonly isPlain: boolean;
}

const OCSP = '1.3.6.1.5.5.7.48.1';
const URI = implicitTag(6);
const MAX_LOCATIONS = 8;

/** @throws Failure MALFORMED */
export function respondersOf({ extensions }: Certificate): readonly string[] {
  const extension = extensions.get(EXTENSION.authorityInfoAccess);
  if (extension === undefined) return [];
  const urls = new Members(parseDer(extension.value)).rest().flatMap((description) => {
    const members = new Members(description);
    const method = toOid(members.take(TAG.oid));
    const [location] = members.rest();
    return method === OCSP && location?.tag === URI ? [toUrl(location)] : [];
  });
  return urls.slice(0, MAX_LOCATIONS);
}

/** All of them: each may list what the others do not. @throws Failure MALFORMED */
export function distributionPointsOf({ extensions }: Certificate): readonly DistributionPoint[] {
  const extension = extensions.get(EXTENSION.crlDistributionPoints);
  if (extension === undefined) return [];
  return new Members(parseDer(extension.value), TAG.sequence, MAX_LOCATIONS).rest().map((point) => {
    const members = new Members(point);
    const name = members.optional(explicitTag(0));
    const urls = name === undefined ? [] : urlsOfName(onlyMember(name));
    return { urls, isPlain: members.rest().length === 0 };
  });
}

/** The addresses in a DistributionPointName; a name relative to its issuer has none. @throws Failure MALFORMED */
export function urlsOfName(name: Der): readonly string[] {
  if (name.tag !== explicitTag(0)) return [];
  const names = new Members(name, name.tag).rest();
  return names
    .filter(({ tag }) => tag === URI)
    .map(toUrl)
    .slice(0, MAX_LOCATIONS);
}

function toUrl({ content }: Der): string {
  return Buffer.from(content).toString('latin1');
}
