import type { Placed } from './plan.ts';
import { BTRFS_TOP } from './systems.ts';

/**
 * Folders below a placement that are inspected elsewhere, where they belong; by their path below it. What a table mounts in a second place is
 * still in the first: only what a system does not see here is left out.
 */
export function foldersElsewhere(one: Placed, placed: readonly Placed[]): Set<string> {
  const prefix = one.base === '' ? '' : `${one.base}/`;
  const inside = placed.filter(
    ({ fileSystem, base }) => fileSystem === one.fileSystem && base !== one.base && base.startsWith(prefix),
  );
  const rooted = new Set(
    placed
      .filter(({ fileSystem, mount }) => fileSystem === one.fileSystem && mount === '')
      .map(({ tree }) => tree),
  );
  const isElsewhere = (other: Placed): boolean => {
    const folder = other.base.slice(prefix.length);
    if (one.mount === undefined) return rooted.has(other.tree);
    // The reader's own name for the top level: no system has it.
    if (folder.startsWith(`${BTRFS_TOP}/`)) return rooted.has(other.tree);
    return other.tree === one.tree && other.mount === (one.mount === '' ? folder : `${one.mount}/${folder}`);
  };
  return new Set(inside.filter(isElsewhere).map(({ base }) => base.slice(prefix.length)));
}
