import { Failure } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';
import { type ImageReference, isRepository, toApiHost, toRegistryName } from '../../core/reference.ts';
import type { RegistryOptions } from './options.ts';

/** One place that may have the repository. */
export interface Endpoint {
  /** `host[:port]` as credentials, realms and messages name it. */
  readonly name: string;
  /** Scheme, host and port. */
  readonly origin: URL;
  /** As it is called there. */
  readonly repository: string;
  readonly mirror: boolean;
}

/**
 * The mirrors of the reference's registry in the order given, then the registry itself. A mirror is a host of its own:
 * its credentials are looked up under its own name, and what it serves is checked as everything else.
 * @throws Failure USAGE
 */
export function toEndpoints(
  { registry, repository }: ImageReference,
  { mirrors = {}, plainHttp = false }: Pick<RegistryOptions, 'mirrors' | 'plainHttp'>,
): [Endpoint, ...Endpoint[]] {
  const bases = Object.entries(mirrors)
    .filter(([host]) => toRegistryName(host) === registry)
    .flatMap(([, list]) => list);
  const isPlain = (host: string): boolean =>
    typeof plainHttp === 'boolean' ? plainHttp : plainHttp.some((name) => toRegistryName(name) === host);
  const origin = URL.parse(`${isPlain(registry) ? 'http' : 'https'}://${toApiHost(registry)}/`);
  if (origin === null) throw new Failure('USAGE', `${registry} is no host that can be reached`);
  const own = { name: registry, origin, repository, mirror: false };
  const [first, ...rest] = bases.map((base) => toMirror(base, repository));
  return first === undefined ? [own] : [first, ...rest, own];
}

/** A leading `/v2`, as containerd writes it, is where the API is anyway. */
function toMirror(base: string, repository: string): Endpoint {
  const url = URL.parse(base);
  const isPlainUrl =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '');
  if (!isPlainUrl) {
    throw new Failure('USAGE', `"${toOneLine(base, 100)}" is no mirror: give https://HOST[:PORT][/PATH]`);
  }
  const prefix = url.pathname.replace(/^\/v2(?=\/|$)/, '').replace(/^\/|\/$/g, '');
  const path = prefix === '' ? repository : `${prefix}/${repository}`;
  if (!isRepository(path)) throw new Failure('USAGE', `mirror ${url.host}: "${path}" is no repository name`);
  return { name: toRegistryName(url.host), origin: new URL(url.origin), repository: path, mirror: true };
}
