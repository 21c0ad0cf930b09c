import type { Suspicion } from '../../../core/naming.ts';
import { isAmong, type NameBook } from '../book.ts';
import { repositoryOf, type SplitName } from '../split-name.ts';
import { type Part, toSuspicion } from '../suspicion.ts';

/*
 * Dependency confusion: a name of ours, in a registry where anybody may take it. `docker.io/acme-internal/x` where
 * `registry.acme.example/x` is ours; a build that forgets the registry, or a mirror that falls back, fetches the stranger's.
 */

/** Parts of host names that say nothing of whose they are. */
const GENERIC: ReadonlySet<string> = new Set([
  'registry',
  'docker',
  'container',
  'containers',
  'images',
  'image',
  'hub',
  'harbor',
  'artifactory',
  'nexus',
  'repo',
  'cr',
  'oci',
  'com',
  'net',
  'org',
  'io',
  'dev',
  'cloud',
  'internal',
  'local',
  'corp',
  'lan',
  'example',
  'www',
  'eu',
  'us',
  'de',
  'co',
  'uk',
]);

/** @param isKnown whether the namespace is a known publisher's: then only the very path of an internal image is confusing */
export function suspectConfusion(name: SplitName, { own }: NameBook, isKnown: boolean): Suspicion[] {
  const ours = [...own.internal, ...own.images];
  if (ours.length === 0 || isAmong(name, ours)) return [];
  const found = ours.flatMap((pattern) => confusedWith(name, pattern, isKnown));
  return found.toSorted((a, b) => b.score - a.score).slice(0, 1);
}

function confusedWith(name: SplitName, pattern: string, isKnown: boolean): Suspicion[] {
  const [host = '', ...rest] = pattern.split('/');
  const fixed = rest.filter((part) => !part.includes('*')).join('/');
  const path = name.path.join('/').replace(/^library\//, '');
  const isWhole = !pattern.includes('*');
  const suspicion = (parts: readonly Part[], hardest: 'block' | 'review'): Suspicion[] => [
    toSuspicion('dependency-confusion', pattern, parts, hardest),
  ];
  if (fixed !== '' && (path === fixed || (!isWhole && path.startsWith(`${fixed}/`)))) {
    return suspicion([[0.9, `${path} is the path of ${pattern}, here in ${name.host}`]], 'block');
  }
  const mark = isKnown ? undefined : marksOf(host).find((word) => (name.path[0] ?? '').includes(word));
  if (mark === undefined) return [];
  const marked = `the namespace ${name.path[0]} has "${mark}" of your registry ${host} in it`;
  if (!isWhole) return suspicion([[0.65, marked]], 'review');
  const last = fixed.split('/').at(-1) ?? '';
  if (name.path.at(-1) !== last) return [];
  return suspicion(
    [
      [0.5, marked],
      [0.4, `${last} is the name of ${pattern}`],
    ],
    'block',
  );
}

function marksOf(host: string): string[] {
  return host
    .replace(/:\d+$/, '')
    .split(/[.-]/)
    .filter((word) => word.length >= 4 && !GENERIC.has(word));
}

/** Whether a name is ours by configuration. */
export function isInternal(name: SplitName, { own }: NameBook): boolean {
  return own.internal.length > 0 && isAmong(name, own.internal);
}

/** Whether the user has looked at a name, and wants it quiet. */
export function isAllowed(name: SplitName, { own }: NameBook): boolean {
  return isAmong(name, own.allow) || isAmong(name, own.images) || own.allow.includes(repositoryOf(name));
}
