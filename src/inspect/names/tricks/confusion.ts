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

export function suspectConfusion(name: SplitName, { own }: NameBook): Suspicion[] {
  if (own.internal.length === 0 || isAmong(name, own.internal)) return [];
  for (const pattern of own.internal) {
    const parts = confusedWith(name, pattern);
    if (parts.length > 0) return [toSuspicion('dependency-confusion', pattern, parts, 'block')];
  }
  return [];
}

function confusedWith(name: SplitName, pattern: string): Part[] {
  const [host = '', ...rest] = pattern.split('/');
  const fixed = rest.filter((part) => !part.includes('*')).join('/');
  const path = name.path.join('/').replace(/^library\//, '');
  const isWhole = !pattern.includes('*');
  const last = fixed.split('/').at(-1) ?? '';
  if (fixed !== '' && (path === fixed || (!isWhole && path.startsWith(`${fixed}/`)))) {
    return [[0.9, `${path} is the path of ${pattern}, here in ${name.host}`]];
  }
  const mark = marksOf(host).find((word) => (name.path[0] ?? '').includes(word));
  if (mark === undefined) return [];
  const parts: Part[] = [[0.5, `the namespace ${name.path[0]} has "${mark}" of your registry ${host} in it`]];
  if (isWhole && name.path.at(-1) === last) parts.push([0.4, `${last} is the name of ${pattern}`]);
  return parts.length > 1 || !isWhole ? parts : [];
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
