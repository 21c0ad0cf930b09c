import { isIPv6 } from 'node:net';
import { type Digest, isDigest } from './digest.ts';
import { Failure } from './failure.ts';
import { toOneLine } from './one-line.ts';

/**
 * A reference to an image in a registry, as github.com/distribution/reference defines it
 * (`[domain[:port]/]path[:tag][@digest]`), with Docker's defaults filled in.
 */
export interface ImageReference {
  /** Host, with its port where one was written, in lower case: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/alpine`: lower case, at most 255 characters. */
  readonly repository: string;
  /** `latest` when neither tag nor digest was written. */
  readonly tag?: string;
  /** Wins over the tag where both were written. */
  readonly digest?: Digest;
}

export const DOCKER_HUB = 'docker.io';

const HTTPS_PORT = 443;
const MAX_TEXT = 1024;
const MAX_REPOSITORY = 255;
const TAG = /^\w[\w.-]{0,127}$/;
const HOST_LABEL = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,253}[a-zA-Z0-9])?$/;

/**
 * Parses what a person types: `alpine` is `docker.io/library/alpine:latest`. Host names are one name in every case,
 * so the host is lower-cased; a path in upper case is refused as Docker refuses it.
 * @throws Failure USAGE
 */
export function parseReference(text: string): ImageReference {
  const refuse = (why: string): Failure =>
    new Failure('USAGE', `"${toOneLine(text, 120)}" is no image reference: ${why}`);
  if (text === '') throw refuse('it is empty');
  if (text.length > MAX_TEXT) throw refuse(`it is longer than ${MAX_TEXT} characters`);
  if (text.includes('://')) throw refuse('leave out the scheme');
  if (/^[0-9a-f]{64}$/.test(text)) throw refuse('a bare image id names no repository');

  const { name, tag, digest } = splitReference(text);
  if (digest !== undefined && !isDigest(digest)) {
    throw refuse('what follows @ must be sha256: with 64 or sha512: with 128 lower-case hex digits');
  }
  if (tag !== undefined && !isTag(tag)) throw refuse('the tag must be [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}');
  const { registry, repository } = splitRegistry(name);
  if (!isRegistryHost(registry)) throw refuse(`"${toOneLine(registry, 80)}" is no host[:port]`);
  if (repository !== repository.toLowerCase()) throw refuse('the repository must be in lower case');
  if (!isRepository(repository)) throw refuse('the repository is not well formed');

  const base = { registry: toRegistryName(registry), repository };
  if (digest !== undefined) return tag === undefined ? { ...base, digest } : { ...base, tag, digest };
  return { ...base, tag: tag ?? 'latest' };
}

/** The whole reference: `docker.io/library/alpine:latest`, also with digest. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** As people write it: the shortest form that still means the same, `alpine:latest`. */
export function toFamiliarReference(reference: ImageReference): string {
  const { registry, repository } = reference;
  const rest = formatReference(reference).slice(registry.length + 1 + repository.length);
  const short = [repository.replace(/^library\//, ''), repository].find((name) => {
    const split = splitRegistry(name);
    return split.registry === registry && split.repository === repository;
  });
  return `${short ?? `${registry}/${repository}`}${rest}`;
}

/** Docker Hub has several names; everything else is its own name in lower case. */
export function toRegistryName(host: string): string {
  const lower = host.toLowerCase();
  return lower === 'index.docker.io' || lower === 'registry-1.docker.io' ? DOCKER_HUB : lower;
}

/**
 * `registry/repository` in the one spelling that rules are looked up by: without `:443`, and without zeros before a port, so that a
 * registry does not escape its rules by being written with the port that is meant anyway.
 * @param name as `parseReference` gives it; what is none stays as it is
 */
export function toPlainRepository(name: string): string {
  const [, bare = '', port = '', repository = ''] =
    /^([^/]{1,255}):([0-9]{1,5})\/(.{1,1024})$/s.exec(name) ?? [];
  if (port === '') return name;
  // Where only the port makes it a host, it stays.
  const isHost = /[.\]]/.test(bare) || bare === 'localhost';
  if (Number(port) !== HTTPS_PORT || !isHost) return `${bare}:${Number(port)}/${repository}`;
  const registry = toRegistryName(bare);
  return registry === DOCKER_HUB && !repository.includes('/')
    ? `${registry}/library/${repository}`
    : `${registry}/${repository}`;
}

/** The host that answers for a registry's name. */
export function toApiHost(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** `path-component ['/' path-component]*` of the grammar. */
export function isRepository(text: string): boolean {
  return text.length <= MAX_REPOSITORY && text.split('/').every(isPathComponent);
}

/** `host [':' port]` of the grammar; the port must also be one (1 to 65535). */
function isRegistryHost(text: string): boolean {
  const port = /:([0-9]{1,5})$/.exec(text);
  const host = port === null ? text : text.slice(0, port.index);
  if (port !== null && (Number(port[1]) < 1 || Number(port[1]) > 65_535)) return false;
  if (host.length > 255) return false;
  if (host.startsWith('[') && host.endsWith(']')) return isIPv6(host.slice(1, -1)) && !host.includes('%');
  // A host of digits only has to be an IPv4 address, which the grammar does not say but the URL parser does.
  return host.split('.').every((label) => HOST_LABEL.test(label)) && URL.canParse(`https://${host}/`);
}

function splitReference(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf('@');
  const front = at === -1 ? text : text.slice(0, at);
  const colon = front.indexOf(':', front.lastIndexOf('/') + 1);
  return {
    name: colon === -1 ? front : front.slice(0, colon),
    ...(colon === -1 ? {} : { tag: front.slice(colon + 1) }),
    ...(at === -1 ? {} : { digest: text.slice(at + 1) }),
  };
}

/**
 * What stands before the first slash is a host if a dot or colon is in it, or if it is localhost. Upper case alone does
 * not make it one, as it does in newer versions of the grammar: in lower case it would be another reference.
 */
function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first.toLowerCase() === 'localhost';
  const registry = isHost ? toRegistryName(first) : DOCKER_HUB;
  const rest = isHost ? name.slice(slash + 1) : name;
  return { registry, repository: registry === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest };
}

/** Alternating `[a-z0-9]+` and separators, where a separator is `.`, `_`, `__` or any number of dashes. */
function isPathComponent(text: string): boolean {
  if (!/^[a-z0-9._-]+$/.test(text) || !/^[a-z0-9]/.test(text) || !/[a-z0-9]$/.test(text)) return false;
  return (text.match(/[._-]+/g) ?? []).every(
    (separator) => ['.', '_', '__'].includes(separator) || /^-+$/.test(separator),
  );
}
