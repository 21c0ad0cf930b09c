import type { FileSystem, NodeId } from '../filesystem/contract.ts';
import { below, childrenOf, type VolumeFolder } from './opened-volume.ts';

/** Inode of the top folder of each subvolume (BTRFS_FIRST_FREE_OBJECTID). */
const TOP_INODE = 256;
/** The number of the top level (BTRFS_FS_TREE_OBJECTID); 0 means the same. */
const TOP_LEVEL = 5;
/** Folders looked into, and how deep. */
const MAX_FOLDERS = 2000;
const MAX_DEPTH = 6;

/** @param id of a folder of a btrfs */
export function isSubvolume(id: NodeId): boolean {
  return String(id).endsWith(`:${TOP_INODE}`);
}

/**
 * The subvolume of a btrfs with a number, wherever a folder names it; undefined where none was found.
 * @param top of the file system, as a mount without options shows it
 * @throws Failure of the source
 */
export async function subvolumeById(top: VolumeFolder, id: number): Promise<VolumeFolder | undefined> {
  const wanted = `${id === 0 ? TOP_LEVEL : id}:${TOP_INODE}`;
  if (top.start.id === wanted) return top;
  const finders = FINDERS.get(top.fileSystem) ?? new Map<string, Finder>();
  FINDERS.set(top.fileSystem, finders);
  const finder = finders.get(top.base) ?? new Finder(top);
  finders.set(top.base, finder);
  return finder.find(wanted);
}

/** Of each file system, by the folder that is looked through: a table may name a thousand numbers, and it is looked through once. */
const FINDERS = new WeakMap<FileSystem, Map<string, Finder>>();

/** Where a subvolume is named. */
interface Named {
  readonly id: string;
  readonly folder: VolumeFolder;
  readonly name: string;
}

/** Goes on where the last search ended. */
class Finder {
  readonly #met = new Map<string, Named>();
  readonly #walk: AsyncGenerator<Named>;

  constructor(top: VolumeFolder) {
    this.#walk = subvolumesBelow(top);
  }

  async find(id: string): Promise<VolumeFolder | undefined> {
    for (;;) {
      const known = this.#met.get(id);
      if (known !== undefined) return below(known.folder, known.name);
      const { done, value } = await this.#walk.next();
      if (done === true) return undefined;
      if (!this.#met.has(value.id)) this.#met.set(value.id, value);
    }
  }
}

/** Level by level. */
async function* subvolumesBelow(top: VolumeFolder): AsyncGenerator<Named> {
  let level: VolumeFolder[] = [top];
  let looked = 0;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: VolumeFolder[] = [];
    for (const folder of level) {
      for await (const { name, id, open } of childrenOf(folder)) {
        if (isSubvolume(id)) yield { id: String(id), folder, name };
        if (looked >= MAX_FOLDERS) continue;
        const start = await open();
        if (start?.kind !== 'directory') continue;
        looked++;
        next.push({ ...folder, start, base: folder.base === '' ? name : `${folder.base}/${name}` });
      }
    }
    level = next;
  }
}
