import type { OpenedVolume } from '../opened-volume.ts';
import { planTrees } from '../plan.ts';
import { type Files, memoryVolume } from './memory-volume.ts';

/* Volumes for plans, and plans in lines. */

export const SYSTEM: Files = { 'etc/passwd': '', 'usr/bin/x': '', 'var/lib/x': '', 'sbin/init': '' };
export function root(fstab: string, more: Files = {}): OpenedVolume {
  return memoryVolume(
    'root',
    { ...SYSTEM, 'etc/fstab': fstab, ...more },
    { label: 'root', names: { partition: 1 } },
  );
}

/** `0 root /`: the tree, what is laid, and where; `alone` where nothing mounts it. */
export async function laid(...volumes: readonly OpenedVolume[]): Promise<string[]> {
  const { placements, problems } = await planTrees(volumes);
  const lines = placements.map(({ volume, base, tree, mount, except }) => {
    const without = except.size === 0 ? '' : ` without ${[...except].join(' ')}`;
    const what = base === '' ? volume.name : `${volume.name}:${base}`;
    return `${tree} ${what} ${mount === undefined ? 'alone' : `/${mount}`}${without}`;
  });
  return [...lines, ...problems.map(({ code, effect }) => `${code} ${effect}`)];
}
