import { Failure } from '../../../core/failure.ts';
import { toOneLine } from '../../../core/one-line.ts';
import {
  DOCKER_HUB,
  type ImageReference,
  isRepository,
  parseReference,
  toPlainRepository,
} from '../../../core/reference.ts';
import { type GlobPart, matchesGlob, parseGlob } from './glob.ts';
import type { NamePattern } from './rules.ts';

/** Matches every name, and also what has none: a file, an image in a folder. */
const EVERYTHING = '**';
const MAX_PATTERN = 512;

export const everyImage: NamePattern = { text: EVERYTHING, matches: () => true };

/**
 * Parses `registry.acme.example/payments/*`. A pattern that can match nothing is refused: a rule that silently never applies
 * is a rule that somebody believes in.
 * @throws Failure USAGE saying what to write instead
 */
export function parseNamePattern(text: string): NamePattern {
  if (text === EVERYTHING) return everyImage;
  const refuse = (why: string): Failure =>
    new Failure('USAGE', `"${toOneLine(text, 120)}" is no pattern for image names: ${why}`);
  if (text === '') throw refuse('it is empty');
  if (text.length > MAX_PATTERN) throw refuse(`it is longer than ${MAX_PATTERN} characters`);
  if (/[\\^$()|+?[\]]/.test(text) && !text.startsWith('[')) {
    throw refuse('regular expressions are not read; * is a part of one path component, a last ** all below');
  }
  if (text.includes('://')) throw refuse('leave out the scheme');
  const slash = text.indexOf('/');
  const host = text.slice(0, Math.max(slash, 0));
  if (host.includes('*')) throw refuse('the registry must be written out; ** alone means every image');
  if (!/[.:]/.test(host) && host.toLowerCase() !== 'localhost') {
    throw refuse(`write the registry too: ${DOCKER_HUB}/library/nginx, ${DOCKER_HUB}/acme/**`);
  }
  const { registry: written, repository } = splitPattern(host, text.slice(slash + 1), refuse);
  const registry = toPlainRepository(`${written}/x/x`).slice(0, -'/x/x'.length);
  const components = repository.split('/').map((component) => toParts(component, refuse));
  const isBelow = components.at(-1)?.[0]?.kind === 'across';
  const fixed = isBelow ? components.slice(0, -1) : components;
  if (fixed.some((parts) => parts.some(({ kind }) => kind === 'across'))) {
    throw refuse('** may only be the last component of the path');
  }
  return {
    text,
    matches: (given) => {
      const name = toPlainRepository(given);
      if (!name.startsWith(`${registry}/`)) return false;
      const found = name.slice(registry.length + 1).split('/');
      const isLongEnough = isBelow ? found.length > fixed.length : found.length === fixed.length;
      return isLongEnough && fixed.every((parts, index) => matchesGlob(parts, found[index] ?? ''));
    },
  };
}

/** Brings the literal part into the form that references have: host in lower case, `docker.io/nginx` under `library`. */
function splitPattern(
  host: string,
  path: string,
  refuse: (why: string) => Failure,
): { registry: string; repository: string } {
  if (/[:@]/.test(path)) throw refuse('rules are for repositories: leave out tag and digest');
  // Every star becomes a letter that a name may have, so that the rest is held to the grammar of references.
  const sample = path.replace(/\*{1,2}/g, 'x');
  if (!isRepository(sample)) throw refuse('a path is lower-case letters, digits, and . _ - between them');
  const reference = referenceFrom(host, sample);
  if (reference === undefined) throw refuse('what stands before the first slash is no host[:port]');
  const { registry, repository } = reference;
  if (repository === sample || path === EVERYTHING) return { registry, repository: path };
  if (path.includes('*')) {
    throw refuse(`names on Docker Hub have two parts: write ${DOCKER_HUB}/library/${path}`);
  }
  return { registry, repository };
}

/** Only the host can still be wrong. */
function referenceFrom(host: string, repository: string): ImageReference | undefined {
  try {
    return parseReference(`${host}/${repository}`);
  } catch {
    return undefined;
  }
}

function toParts(component: string, refuse: (why: string) => Failure): readonly GlobPart[] {
  const parts = parseGlob(component);
  if (parts === undefined) throw refuse('*** means nothing');
  if (component !== EVERYTHING && component.includes(EVERYTHING))
    throw refuse('** stands alone between slashes');
  return parts;
}
