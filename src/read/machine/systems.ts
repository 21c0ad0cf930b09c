import { Unreadable } from '../disk/unreadable.ts';
import { ROOT_FOLDERS } from '../rootfs/root-names.ts';
import { below, childrenOf, namesIn, type OpenedVolume, topOf, type VolumeFolder } from './opened-volume.ts';
import { isSubvolume, subvolumeById } from './subvolume.ts';

/*
 * Where systems are on a volume.
 *
 * Which of them starts is said by a boot loader, a firmware's variable or a hand at the console: so each that could is a root of its own. A
 * decoy beside it, or one that mounts it somewhere harmless, changes nothing.
 */

/** A folder that may be started from. */
export interface System extends VolumeFolder {
  /** What it has from elsewhere in its volume without any table: `/var` of an ostree deployment. */
  readonly own: readonly { readonly folder: string; readonly where: string }[];
}

/** Folders looked into for a system below the top. */
const MAX_FOLDERS = 1024;
/** What the driver calls the top level of a btrfs where another subvolume is the default. */
export const BTRFS_TOP = '.btrfs-top-level';

/** Subvolumes that boot files name, as paths below the top level or as numbers. */
export type NamedSubvolumes = ReadonlySet<string | number>;

/** @throws Failure of the source */
export async function systemsOn(
  opened: OpenedVolume,
  named: NamedSubvolumes,
  flaw: (flaw: Unreadable) => void,
): Promise<System[]> {
  const top = await topOf(opened);
  if (top === undefined) return [];
  const names = await namesIn(top);
  const systems: System[] = isSystem(names) ? [{ ...top, own: [] }] : [];
  if (opened.fileSystem.kind === 'btrfs') systems.push(...(await subvolumesOf(top, named, flaw)));
  if (names.includes('ostree')) systems.push(...(await deploymentsOn(top, flaw)));
  return systems.filter(
    ({ start }, index) => systems.findIndex((other) => other.start.id === start.id) === index,
  );
}

export function isSystem(names: readonly string[]): boolean {
  const lower = names.map((name) => name.toLowerCase());
  return (
    lower.includes('windows') ||
    (lower.includes('etc') && ROOT_FOLDERS.filter((name) => lower.includes(name)).length >= 3)
  );
}

/**
 * Whether a volume does something by itself though a table mounts it in `where`: a system starts from it, for which little is needed and of
 * which `/usr` has some; a firmware or a boot loader reads it; or cloud-init takes it for its seed.
 */
export function actsAlone(names: readonly string[], where: string): boolean {
  const lower = names.map((name) => name.toLowerCase());
  const has = (...wanted: readonly string[]): boolean => wanted.some((name) => lower.includes(name));
  if (has('etc', 'usr', 'init', 'windows', 'user-data', 'meta-data', 'openstack')) return true;
  if (
    !/^(?:boot|efi)(?:\/|$)/.test(where) &&
    has('boot', 'efi', 'loader', 'grub', 'grub2', 'syslinux', 'extlinux')
  )
    return true;
  return where === 'usr' ? has('var', 'root') : has('bin', 'sbin');
}

/** Of a folder that can be the root of a system only if it has more than what `/usr` has. */
function isRootOfMore(names: readonly string[]): boolean {
  return ['etc', 'usr', 'init', 'var', 'root', 'Windows'].some((name) => names.includes(name));
}

/** The folder of a plain file system that holds a copy of a system is none, as nothing can mount it; a subvolume is. */
async function subvolumesOf(
  top: VolumeFolder,
  named: NamedSubvolumes,
  flaw: (flaw: Unreadable) => void,
): Promise<System[]> {
  const hidden = await below(top, BTRFS_TOP);
  const systems: System[] = [];
  for (const one of hidden === undefined ? [top] : [top, hidden]) {
    let count = 0;
    for await (const found of subvolumesIn(one)) {
      if (++count > MAX_FOLDERS) {
        const what = `${top.volume.name} has more than ${MAX_FOLDERS} subvolumes that may be systems: not all were looked into`;
        flaw(new Unreadable('LIMIT_FILES', what));
        break;
      }
      if (isRootOfMore(await namesIn(found))) systems.push({ ...found, own: [] });
    }
    for (const name of named) {
      const found = typeof name === 'string' ? await below(one, name) : await subvolumeById(one, name);
      if (found?.start.kind === 'directory') systems.push({ ...found, own: [] });
    }
  }
  return systems;
}

async function* subvolumesIn(folder: VolumeFolder): AsyncGenerator<VolumeFolder> {
  for await (const { name, id, open } of childrenOf(folder)) {
    const start = isSubvolume(id) ? await open() : undefined;
    if (start?.kind === 'directory')
      yield { ...folder, start, base: folder.base === '' ? name : `${folder.base}/${name}` };
  }
}

/** `ostree/deploy/NAME/deploy/DIGEST.N`, as Fedora CoreOS and its kin have their systems; `ostree/deploy/NAME/var` is `/var` in each. */
async function deploymentsOn(top: VolumeFolder, flaw: (flaw: Unreadable) => void): Promise<System[]> {
  const systems: System[] = [];
  const all = await below(top, 'ostree/deploy');
  let left = MAX_FOLDERS;
  const someOf = async (folder: VolumeFolder | undefined): Promise<string[]> => {
    const names = folder === undefined ? [] : await namesIn(folder);
    if (names.length > left) {
      const what = `${top.volume.name} has more than ${MAX_FOLDERS} deployments of systems: not all were looked into`;
      flaw(new Unreadable('LIMIT_FILES', what));
    }
    const some = names.slice(0, left);
    left -= some.length;
    return some;
  };
  for (const name of await someOf(all)) {
    const base = `ostree/deploy/${name}`;
    for (const one of await someOf(await below(top, `${base}/deploy`))) {
      const found = await below(top, `${base}/deploy/${one}`);
      if (found?.start.kind !== 'directory' || !isRootOfMore(await namesIn(found))) continue;
      systems.push({ ...found, own: [{ folder: `${base}/var`, where: 'var' }] });
    }
  }
  return systems;
}
