import { DOCKER_HUB, toRegistryName } from '../../core/reference.ts';
import { isAscii } from './skeleton.ts';

/** Longest name that is looked at; what is cut off is said. */
export const MAX_NAME = 1024;

/** A name taken apart, whatever it is: also what no registry would take. */
export interface SplitName {
  /** As judged: without a prefix, cut to `MAX_NAME`. */
  readonly text: string;
  readonly isCut: boolean;
  /** In lower case and without the port of HTTPS; `docker.io` where none was written. */
  readonly host: string;
  readonly namesHost: boolean;
  /** Path components in lower case; `library` in front where Docker Hub would put it. */
  readonly path: readonly string[];
  /** The first path component that was written with upper-case letters. */
  readonly upperCase?: string;
  readonly tag?: string;
  /** Between an `@` and the path, where a digest cannot be: `docker.io@evil.example/x`. */
  readonly userinfo?: string;
}

export const HUB = DOCKER_HUB;
/** A kind of location, and not a host of that name with a port. */
const PREFIX = /^(?:registry|docker|podman):(?!\d{1,5}\/)(?:\/\/)?/;
const HTTPS_PORT = 443;

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
  const { path: written, ...hosted } = splitHost(name);
  const upperCase = written.find((part) => /[A-Z]/.test(part));
  return {
    text,
    isCut: whole.length > MAX_NAME,
    ...hosted,
    path: upperCase === undefined ? written : written.map(toLowerCase),
    ...(upperCase === undefined ? {} : { upperCase }),
    ...(tag === undefined ? {} : { tag }),
    ...(userinfo === undefined ? {} : { userinfo }),
  };
}

/** `registry/repository`, as rules and lists have it. */
export function repositoryOf({ host, path }: Pick<SplitName, 'host' | 'path'>): string {
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
  const first = toLowerCase(name.slice(0, Math.max(slash, 0)));
  const namesHost = /[.:]|^localhost$|^xn--/.test(first);
  const host = namesHost ? toHost(withPlainPort(first)) : DOCKER_HUB;
  const rest = (namesHost ? name.slice(slash + 1) : name).split('/');
  return { host, namesHost, path: host === HUB && rest.length === 1 ? ['library', ...rest] : rest };
}

/** Docker Hub has several names. What is not ASCII stays as it is. */
function toHost(host: string): string {
  return isAscii(host) ? toRegistryName(host) : host;
}

/** `registry.example:0443` is where `registry.example` answers; where only the port makes it a host, it stays. */
function withPlainPort(host: string): string {
  const [, bare = '', port = ''] = /^([^/]{1,255}):(\d{1,5})$/.exec(host) ?? [];
  if (port === '') return host;
  const isHost = /[.\]]/.test(bare) || bare === 'localhost';
  return Number(port) === HTTPS_PORT && isHost ? bare : `${bare}:${Number(port)}`;
}

/** ASCII only: the lower case of the Kelvin sign is a plain k, and `docKer.io` with it is not Docker's. */
export function toLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
