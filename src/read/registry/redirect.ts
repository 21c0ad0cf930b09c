import { Failure } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';
import { toOuterReach } from './address.ts';
import type { Incoming, Outgoing, Transport } from './transport.ts';

const MAX_REDIRECTS = 5;
const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What answered in the end. */
export interface Followed extends Incoming {
  /** True once a redirect left the first origin: whoever answered is not the one that was asked. */
  readonly crossed: boolean;
}

/**
 * Sends a GET and follows redirects by hand, because each is a decision: `Authorization` stays with the origin it is
 * for and, once dropped, does not come back; https never becomes http; and no redirect leads further into the
 * network than the hosts before it lie.
 * @throws Failure REGISTRY_ERROR, FORBIDDEN, or what `Transport.send` throws
 */
export async function sendFollowing(transport: Transport, outgoing: Outgoing): Promise<Followed> {
  let { url, headers, reach } = outgoing;
  let crossed = false;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await transport.send({ ...outgoing, url, headers, reach });
    if (!STATUSES.has(response.status)) return { ...response, crossed };
    response.body.destroy();
    const target = toRedirectTarget(url, response.headers.location);
    if (target.origin !== url.origin) {
      crossed = true;
      reach = toOuterReach(reach, transport.reachOf(url));
      const { authorization: _, ...rest } = headers;
      headers = rest;
    }
    url = target;
  }
  throw new Failure('REGISTRY_ERROR', `${outgoing.url.host} redirects more than ${MAX_REDIRECTS} times`);
}

/** @throws Failure REGISTRY_ERROR, FORBIDDEN. The target's path stays out of messages: signed URLs are secrets. */
export function toRedirectTarget(from: URL, location: string | string[] | undefined): URL {
  const target = typeof location === 'string' ? URL.parse(location, from.href) : null;
  if (target === null) throw new Failure('REGISTRY_ERROR', `${from.host} redirects to nowhere`);
  if (!/^https?:$/.test(target.protocol) || target.username !== '' || target.password !== '') {
    const scheme = toOneLine(target.protocol, 20);
    throw new Failure('FORBIDDEN', `${from.host} redirects to a ${scheme} URL that is not followed: refused`);
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new Failure('FORBIDDEN', `${from.host} redirects from https to http (${target.host}): refused`);
  }
  target.hash = '';
  return target;
}
