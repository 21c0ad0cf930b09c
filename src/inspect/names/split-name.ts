/** Longest name that is looked at; what is cut off is said. */
export const MAX_NAME = 1024;

/** A name taken apart, whatever it is: also what no registry would take. */
export interface SplitName {
  /** As judged: without a prefix, cut to `MAX_NAME`. */
  readonly text: string;
  readonly isCut: boolean;
  /** As written, but lower case; `docker.io` where none was written. */
  readonly host: string;
  readonly namesHost: boolean;
  /** Path components; `library` in front where Docker Hub would put it. */
  readonly path: readonly string[];
  readonly tag?: string;
  /** Between an `@` and the path, where a digest cannot be: `docker.io@evil.example/x`. */
  readonly userinfo?: string;
}

export const HUB = 'docker.io';
const PREFIX = /^(?:registry|docker|podman):(?:\/\/)?/;
const HUB_NAMES: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/**
 * Splits as Docker does (github.com/distribution/reference), but refuses nothing: what imitates a name is often none that a
 * registry would take.
 */
export function splitName(given: string): SplitName {
  const whole = given
    .trim()
    .replace(PREFIX, '')
    .replace(/^https?:\/\//, '');
  const text = whole.slice(0, MAX_NAME);
  const { front, userinfo } = takeDigest(text);
  const colon = front.indexOf(':', front.lastIndexOf('/') + 1);
  const name = colon === -1 ? front : front.slice(0, colon);
  const tag = colon === -1 ? undefined : front.slice(colon + 1);
  const { host, namesHost, path } = splitHost(name);
  return {
    text,
    isCut: whole.length > MAX_NAME,
    host,
    namesHost,
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(userinfo === undefined ? {} : { userinfo }),
  };
}

/** `registry/repository`, as rules and lists have it. */
export function repositoryOf({ host, path }: SplitName): string {
  return [host, ...path].join('/');
}

function takeDigest(text: string): { front: string; userinfo?: string } {
  const at = text.indexOf('@');
  if (at === -1) return { front: text };
  const rest = text.slice(at + 1);
  if (/^[a-z0-9]{1,16}:/i.test(rest) || !rest.includes('/')) return { front: text.slice(0, at) };
  return { front: rest, userinfo: text.slice(0, at) };
}

function splitHost(name: string): Pick<SplitName, 'host' | 'namesHost' | 'path'> {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0)).toLowerCase();
  const namesHost = /[.:]|^localhost$|^xn--/.test(first);
  const host = !namesHost || HUB_NAMES.has(first) ? HUB : first;
  const rest = (namesHost ? name.slice(slash + 1) : name).split('/');
  return { host, namesHost, path: host === HUB && rest.length === 1 ? ['library', ...rest] : rest };
}
