import { Unreadable } from '../disk/unreadable.ts';
import type { FileSystem, Node } from '../filesystem/contract.ts';
import { lookUp, readSmall } from '../filesystem/lookup.ts';
import type { Volume } from '../partition/contract.ts';
import { ROOT_FOLDERS } from '../rootfs/root-names.ts';
import { decodeName } from '../unpack/tar-text.ts';
import { isMeant, type Mount, parseFstab, parseMountUnit } from './fstab.ts';

/*
 * Decides what is laid over what: the part that the kernel and systemd play at boot.
 *
 * A machine often has its system on several volumes. Read each for itself, `/var/lib/dpkg` on one would know nothing of `/usr` on
 * another, and every program would look like a stranger. So each system's own table of mounts is read, and what it mounts is laid where
 * it mounts it. What no system mounts is inspected as a root of its own: a detector that looks for `etc/cron.d` finds it there
 * too, and nobody hides a system by leaving it out of a table.
 */

/** A volume that could be opened. */
export interface OpenedVolume {
  readonly volume: Volume;
  readonly fileSystem: FileSystem;
}

/** A folder of a volume, laid into a tree. */
export interface Placement extends OpenedVolume {
  readonly start: Node;
  /** Where `start` is in its volume. */
  readonly base: string;
  readonly except: ReadonlySet<string>;
  readonly tree: number;
  /** Undefined: nothing mounts it. */
  readonly mount: string | undefined;
}

const MAX_TABLE = 1024 * 1024;
/** Folders looked into for a system below the top: btrfs and ostree keep it in one. */
const MAX_FOLDERS = 64;
const MAX_UNITS = 256;

/** @throws Failure of the source */
export async function planTrees(volumes: readonly OpenedVolume[]): Promise<Placement[]> {
  const systems = (await Promise.all(volumes.map(systemsOn))).flat();
  const placed: Omit<Placement, 'except'>[] = [];
  const isTaken = ({ fileSystem }: OpenedVolume, base: string): boolean =>
    placed.some((one) => one.fileSystem === fileSystem && one.base === base);
  let tree = 0;
  for (const system of systems) {
    if (isTaken(system, system.base)) continue;
    placed.push({ ...system, tree, mount: '' });
    for (const mount of await mountsOf(system)) {
      const found = await findMounted(mount, volumes);
      if (found === undefined || mount.where === '' || isTaken(found, found.base)) continue;
      placed.push({ ...found, tree, mount: mount.where });
    }
    tree++;
  }
  for (const one of volumes) {
    if (isTaken(one, '')) continue;
    const start = await rootOf(one);
    if (start !== undefined) placed.push({ ...one, start, base: '', tree: tree++, mount: undefined });
  }
  return placed.map((one) => ({ ...one, except: partsPlacedElsewhere(one, placed) })).sort(byTreeAndDepth);
}

interface System extends OpenedVolume {
  readonly start: Node;
  readonly base: string;
}

/** A mount point comes after what it lies in. */
function byTreeAndDepth(a: Placement, b: Placement): number {
  const depth = ({ mount = '' }: Placement): number => (mount === '' ? 0 : mount.split('/').length);
  return a.tree - b.tree || depth(a) - depth(b);
}

function partsPlacedElsewhere(
  one: Omit<Placement, 'except'>,
  placed: readonly Omit<Placement, 'except'>[],
): Set<string> {
  const prefix = one.base === '' ? '' : `${one.base}/`;
  const others = placed.filter(({ fileSystem, base }) => fileSystem === one.fileSystem && base !== one.base);
  return new Set(
    others.filter(({ base }) => base.startsWith(prefix)).map(({ base }) => base.slice(prefix.length)),
  );
}

async function systemsOn(volume: OpenedVolume): Promise<System[]> {
  const start = await rootOf(volume);
  if (start === undefined) return [];
  const { fileSystem } = volume;
  const names = await namesIn(fileSystem, start);
  if (isSystem(names)) return [{ ...volume, start, base: '' }];
  const systems: System[] = [];
  for (const base of [...names.slice(0, MAX_FOLDERS), ...(await deploymentsOn(fileSystem, start, names))]) {
    const folder = await orUndefined(lookUp(fileSystem, start, base));
    if (folder?.kind !== 'directory' || !isSystem(await namesIn(fileSystem, folder))) continue;
    // The folder of a plain file system that holds a copy of one is no system.
    if (fileSystem.kind === 'btrfs' || base.includes('/')) systems.push({ ...volume, start: folder, base });
  }
  return systems;
}

/** `ostree/deploy/NAME/deploy/DIGEST.N`, as Fedora CoreOS and its kin have their systems. */
async function deploymentsOn(
  fileSystem: FileSystem,
  start: Node,
  names: readonly string[],
): Promise<string[]> {
  if (!names.includes('ostree')) return [];
  const found: string[] = [];
  for (const name of await foldersIn(fileSystem, start, 'ostree/deploy')) {
    const folder = `ostree/deploy/${name}/deploy`;
    for (const one of await foldersIn(fileSystem, start, folder)) found.push(`${folder}/${one}`);
  }
  return found.slice(0, MAX_FOLDERS);
}

async function foldersIn(fileSystem: FileSystem, start: Node, path: string): Promise<string[]> {
  const folder = await orUndefined(lookUp(fileSystem, start, path));
  return folder?.kind === 'directory' ? (await namesIn(fileSystem, folder)).slice(0, MAX_FOLDERS) : [];
}

function isSystem(names: readonly string[]): boolean {
  const lower = names.map((name) => name.toLowerCase());
  return (
    lower.includes('windows') ||
    (lower.includes('etc') && ROOT_FOLDERS.filter((name) => lower.includes(name)).length >= 3)
  );
}

/** A failed look here is said by the walk over the same folder. */
async function namesIn(fileSystem: FileSystem, folder: Node): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const listed of fileSystem.list(folder)) {
      if (listed.kind === 'name') names.push(decodeName(listed.name));
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
  return names;
}

async function rootOf({ fileSystem }: OpenedVolume): Promise<Node | undefined> {
  return orUndefined(fileSystem.root());
}

async function orUndefined<T>(work: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

async function mountsOf({ fileSystem, start }: System): Promise<Mount[]> {
  const mounts = parseFstab((await orUndefined(readSmall(fileSystem, start, 'etc/fstab', MAX_TABLE))) ?? '');
  for (const folder of ['etc/systemd/system', 'usr/lib/systemd/system']) {
    const names = (await foldersIn(fileSystem, start, folder)).filter((name) => name.endsWith('.mount'));
    for (const name of names.slice(0, MAX_UNITS)) {
      const text = await orUndefined(readSmall(fileSystem, start, `${folder}/${name}`, MAX_TABLE));
      mounts.push(...parseMountUnit(text ?? ''));
    }
  }
  return mounts;
}

/** Where another subvolume than the top level is the default one, the btrfs room lists the top level in a folder of this name. */
function placesOf(subvolume: string | undefined): string[] {
  return subvolume === undefined ? [''] : [subvolume, `.btrfs-top-level/${subvolume}`, ''];
}

async function findMounted(mount: Mount, volumes: readonly OpenedVolume[]): Promise<System | undefined> {
  const found = volumes.find(({ volume, fileSystem }) => isMeant(mount.what, volume.names, fileSystem));
  const top = found === undefined ? undefined : await rootOf(found);
  if (found === undefined || top === undefined) return undefined;
  for (const base of placesOf(mount.subvolume)) {
    const start = await orUndefined(lookUp(found.fileSystem, top, base));
    if (start?.kind === 'directory') return { ...found, start, base };
  }
  return undefined;
}
