import { isIP } from 'node:net';
import { Failure } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';

/**
 * A registry names in its challenge the realm where tokens are to be had, and it may name any. Whoever can write
 * that header (the registry, or whoever sits between where http was asked for) would collect passwords meant for
 * someone else if they were sent along blindly. So a realm is one of three:
 *
 * - `own`: the registry's own host at the registry's own port or the https port; a host below the registry's host
 *   (`auth.r.example` for `r.example`), which only its owner can create; or a host above it (`gitlab.com` for
 *   `registry.gitlab.com`), whose owner controls the registry's name anyway. The upper of the two must have two labels
 *   or more. Addresses have no above and below.
 * - `named`: the user said so (`authRealms`), or it is a pair known to belong together.
 * - `foreign`: everything else. Credentials never go there.
 *
 * Siblings (`auth.example.com` for `registry.example.com`) are foreign on purpose: on hosts that many tenants share
 * (`*.azurecr.io`, `*.co.uk`) the sibling belongs to somebody else, and no list of such suffixes is ever complete.
 *
 * A foreign realm is still asked without credentials: an anonymous token tells nobody anything, and public images
 * behind vanity host names need it. A realm must speak https, unless the registry itself is spoken to in http.
 */
export type RealmTrust = 'own' | 'named' | 'foreign';

interface Realm {
  readonly url: URL;
  readonly trust: RealmTrust;
}

const KNOWN_PAIRS: Readonly<Record<string, readonly string[]>> = { 'docker.io': ['auth.docker.io'] };

/**
 * @param realm as the challenge gives it.
 * @param registry where the registry was reached.
 * @param name what the registry is called: the key of `authRealms`.
 * @throws Failure REGISTRY_ERROR (no URL), UNAUTHORIZED (a realm that would carry tokens in the clear)
 */
export function judgeRealm(
  realm: string,
  registry: URL,
  name: string,
  authRealms: Readonly<Record<string, readonly string[]>>,
): Realm {
  const url = URL.parse(realm);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new Failure(
      'REGISTRY_ERROR',
      `${name} names a token realm that is no URL: ${toOneLine(realm, 100)}`,
    );
  }
  if (url.protocol === 'http:' && registry.protocol !== 'http:') {
    throw new Failure(
      'UNAUTHORIZED',
      `${name} sends for tokens to ${url.origin}, which is not https: refused`,
    );
  }
  url.hash = '';
  if (isOwn(url, registry)) return { url, trust: 'own' };
  const named = [...(KNOWN_PAIRS[name] ?? []), ...(authRealms[name] ?? [])];
  return { url, trust: named.some((host) => host.toLowerCase() === url.host) ? 'named' : 'foreign' };
}

function isOwn(realm: URL, registry: URL): boolean {
  const samePort = realm.port === registry.port && realm.protocol === registry.protocol;
  const httpsPort = realm.protocol === 'https:' && realm.port === '';
  if (!samePort && !httpsPort) return false;
  const [a, b] = [realm.hostname, registry.hostname];
  return a === b || isBelow(a, b) || isBelow(b, a);
}

function isBelow(host: string, ancestor: string): boolean {
  const isName = isIP(ancestor) === 0 && !ancestor.startsWith('[') && isIP(host) === 0;
  return isName && /^[^.]+\.[^.]/.test(ancestor) && host.endsWith(`.${ancestor}`);
}
