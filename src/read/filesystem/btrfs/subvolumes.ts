import { updateCrc32c } from '../../disk/crc32c.ts';
import { FlawList } from '../../disk/flaw-list.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import {
  CSUM_TREE,
  DIR_INDEX,
  DIR_ITEM,
  FIRST_FREE,
  FS_TREE,
  INODE_ITEM,
  INODE_REF,
  MAX_U64,
  ROOT_ITEM,
  ROOT_REF,
  readSafe,
  toSafe,
} from './key.ts';
import { malformed } from './malformed.ts';
import { parseFirstReference, parseNamedItems } from './named-items.ts';
import { type Pointer, requireLevel, type Superblock } from './superblock.ts';
import type { Item, Trees } from './trees.ts';

/*
 * The tree of trees: every subvolume and snapshot is a tree of its own, and a folder of another one names it.
 *
 * The attack: a subvolume that no folder names is never met on a walk, and `subvolid=` in a table of mounts starts it all the same. So each is
 * followed up to the top; where that fails, it is given a name of its own (index.ts).
 */

/** A tree of files. */
export interface Subvolume {
  readonly id: number;
  readonly root: Pointer;
  /** Inode of its top folder. */
  readonly top: number;
}

/** Which folder of another tree names it (struct btrfs_root_ref): without this a kernel shows an empty folder. */
interface Reference {
  readonly parent: number;
  readonly child: number;
  readonly folder: number;
  readonly index: bigint;
  readonly name: Buffer;
}

const ROOT_ITEM_BYTES = 239;
const REFERENCE_BYTES = 18;
/** The hash a name is filed under begins so. */
const NAME_SEED = 0xfffffffe;
/** Numbers at the very end are of trees of the kernel's own. */
const LAST_FREE = 2n ** 64n - 256n;
const MAX_DEPTH = 4096;

export class Subvolumes {
  /** What a kernel mounts without being told. */
  readonly defaultId: number;
  readonly checksums: Pointer | undefined;
  readonly flaws: readonly Unreadable[];
  readonly #trees: Trees;
  readonly #subvolumes: ReadonlyMap<number, Subvolume>;
  /** By where they come from and lead to: there is one for each pair. */
  readonly #references: ReadonlyMap<string, Reference>;
  readonly #byChild: ReadonlyMap<number, readonly Reference[]>;
  /** Folders known to be below the top of their tree, or not to be. */
  readonly #isBelowTop = new Map<string, boolean>();

  private constructor(trees: Trees, found: Found) {
    this.#trees = trees;
    this.#subvolumes = found.subvolumes;
    this.#references = new Map(found.references.map((one) => [toPair(one.parent, one.child), one]));
    this.#byChild = Map.groupBy(found.references, ({ child }) => child);
    this.checksums = found.checksums;
    this.defaultId = found.subvolumes.has(found.defaultId) ? found.defaultId : FS_TREE;
    if (this.defaultId !== found.defaultId)
      found.flaws.add(malformed(`there is no subvolume ${found.defaultId}, which is the default`));
    this.flaws = found.flaws.all;
  }

  /** @throws Unreadable when the tree of trees cannot be read; Failure of the source */
  static async read(trees: Trees, { root, rootFolder }: Superblock): Promise<Subvolumes> {
    const found = new Found(rootFolder);
    const from = { objectid: 0n, type: 0, offset: 0n };
    for await (const batch of trees.scan(root, from, { objectid: LAST_FREE, type: 255, offset: MAX_U64 })) {
      if (batch.kind === 'flaw') found.flaws.add(batch.flaw);
      else for (const item of batch.items) found.add(item);
    }
    return new Subvolumes(trees, found);
  }

  /** @throws Unreadable MALFORMED_FILE_SYSTEM */
  get(id: number): Subvolume {
    const subvolume = this.#subvolumes.get(id);
    if (subvolume === undefined) throw malformed(`there is no subvolume ${id}`);
    return subvolume;
  }

  /** Whether that name leads into the subvolume; else it is an empty folder, as those in snapshots are. */
  isEntrance(parent: number, folder: number, name: Buffer, child: number): boolean {
    const reference = this.#references.get(toPair(parent, child));
    return reference !== undefined && reference.folder === folder && reference.name.equals(name);
  }

  /**
   * Subvolumes that no walk from the top or from the default meets; of those below each other the first.
   * @throws Failure of the source
   */
  async unnamed(): Promise<Subvolume[]> {
    const met = new Set([FS_TREE, this.defaultId]);
    const unnamed: Subvolume[] = [];
    for (const { id } of this.#subvolumes.values()) {
      const way = new Set<number>();
      let current = id;
      while (!met.has(current) && !way.has(current)) {
        way.add(current);
        current = (await this.#parentOf(current)) ?? current;
      }
      const last = this.#subvolumes.get(current);
      if (!met.has(current) && last !== undefined) unnamed.push(last);
      for (const one of way) met.add(one);
    }
    return unnamed;
  }

  async #parentOf(id: number): Promise<number | undefined> {
    for (const reference of this.#byChild.get(id) ?? []) {
      const parent = this.#subvolumes.get(reference.parent);
      if (parent === undefined) continue;
      try {
        if (await this.#isNamed(parent, reference)) return parent.id;
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }
    return undefined;
  }

  /** Whether there is such an entry, in a folder that itself is below the top of its tree. */
  async #isNamed(parent: Subvolume, { folder, index, child, name }: Reference): Promise<boolean> {
    const entry = { index, name, objectid: BigInt(child), type: ROOT_ITEM };
    return (await this.#hasEntry(parent, folder, entry)) && this.#leadsToTop(parent, folder);
  }

  async #leadsToTop(tree: Subvolume, folder: number): Promise<boolean> {
    const way: string[] = [];
    let result: boolean | undefined;
    let current: number | undefined = folder;
    while (result === undefined) {
      if (current === undefined || way.length === MAX_DEPTH) result = false;
      else if (current === tree.top) result = true;
      else {
        const place = toPair(tree.id, current);
        way.push(place);
        result = this.#isBelowTop.get(place);
        if (result === undefined) current = await this.#folderAbove(tree, current);
      }
    }
    for (const place of way) this.#isBelowTop.set(place, result);
    return result;
  }

  async #folderAbove(tree: Subvolume, folder: number): Promise<number | undefined> {
    const objectid = BigInt(folder);
    const from = { objectid, type: INODE_REF, offset: 0n };
    for await (const batch of this.#trees.scan(tree.root, from, { ...from, offset: MAX_U64 })) {
      if (batch.kind === 'flaw') throw batch.flaw;
      for (const { key, data } of batch.items) {
        const above = toSafe(key.offset, 'the folder of a folder');
        const entry = { ...parseFirstReference(data), objectid, type: INODE_ITEM };
        if (await this.#hasEntry(tree, above, entry)) return above;
      }
    }
    return undefined;
  }

  async #hasEntry(tree: Subvolume, folder: number, { index, name, objectid, type }: Entry): Promise<boolean> {
    const key = { objectid: BigInt(folder), type: DIR_INDEX, offset: index };
    const item = await this.#trees.find(tree.root, key);
    if (item === undefined) return false;
    return parseNamedItems(item.data).some(
      ({ location, name: found }) =>
        location.objectid === objectid && location.type === type && found.equals(name),
    );
  }
}

/** How a folder would name something. */
interface Entry {
  readonly index: bigint;
  readonly name: Buffer;
  readonly objectid: bigint;
  readonly type: number;
}

function toPair(from: number, to: number): string {
  return `${from}:${to}`;
}

/** What a walk over the tree of trees gathers. */
class Found {
  readonly subvolumes = new Map<number, Subvolume>();
  readonly references: Reference[] = [];
  readonly flaws = new FlawList();
  checksums: Pointer | undefined;
  defaultId = FS_TREE;
  readonly #rootFolder: bigint;

  /** @param rootFolder where the default is named */
  constructor(rootFolder: bigint) {
    this.#rootFolder = rootFolder;
  }

  add(item: Item): void {
    try {
      if (item.key.type === ROOT_ITEM) this.#addRoot(item);
      else if (item.key.type === ROOT_REF) this.#addReference(item);
      else if (item.key.type === DIR_ITEM && item.key.objectid === this.#rootFolder) this.#addDefault(item);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.flaws.add(error);
    }
  }

  /** struct btrfs_root_item. */
  #addRoot({ key: { objectid }, data }: Item): void {
    const isOfFiles = objectid === BigInt(FS_TREE) || (objectid >= FIRST_FREE && objectid < LAST_FREE);
    if (!isOfFiles && objectid !== BigInt(CSUM_TREE)) return;
    if (data.length < ROOT_ITEM_BYTES) throw malformed(`the root of tree ${objectid} is cut off`);
    // Deleted, and only not gone yet.
    if (isOfFiles && data.readUInt32LE(216) === 0) return;
    const id = Number(objectid);
    if (!Number.isSafeInteger(id)) throw malformed(`there is a tree ${objectid}`);
    const root = {
      logical: readSafe(data, 176, `the root of tree ${id}`),
      level: requireLevel(data[238] ?? 0),
      generation: data.readBigUInt64LE(160),
    };
    // Of several with one number the last counts.
    if (!isOfFiles) this.checksums = root;
    else {
      // A kernel begins at the same inode in every tree: older ones, at what the root says when the tree is met on a walk.
      const said = data.readBigUInt64LE(168);
      if (said !== 0n && said !== BigInt(FIRST_FREE))
        this.flaws.add(malformed(`tree ${id} says that it begins at inode ${said}`));
      this.subvolumes.set(id, { id, root, top: FIRST_FREE });
    }
  }

  #addReference({ key, data }: Item): void {
    const parent = toSafe(key.objectid, 'a tree with a reference');
    if (data.length < REFERENCE_BYTES) throw malformed(`a reference from tree ${parent} is cut off`);
    const end = REFERENCE_BYTES + data.readUInt16LE(16);
    if (end > data.length) throw malformed(`a name in a reference from tree ${parent} is cut off`);
    this.references.push({
      parent,
      child: toSafe(key.offset, 'a tree in a reference'),
      folder: readSafe(data, 0, `the folder of a reference from tree ${parent}`),
      index: data.readBigUInt64LE(8),
      name: Buffer.from(data.subarray(REFERENCE_BYTES, end)),
    });
  }

  #addDefault({ key, data }: Item): void {
    const name = Buffer.from('default');
    if (key.offset !== BigInt(updateCrc32c(NAME_SEED, name))) return;
    const entry = parseNamedItems(data).find((one) => one.name.equals(name));
    if (entry !== undefined) this.defaultId = Number(entry.location.objectid);
  }
}
