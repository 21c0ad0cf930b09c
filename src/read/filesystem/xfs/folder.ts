import { Unreadable } from '../../disk/unreadable.ts';
import { readExtents } from './extent-tree.ts';
import type { Extent } from './extents.ts';
import { parseFolderBlock } from './folder-block.ts';
import type { FolderEntry } from './folder-entry.ts';
import { checkFolderIndex } from './folder-index.ts';
import { parseShortFolder } from './folder-short.ts';
import { indexAt, placeOf, readWhole } from './fork-content.ts';
import type { Inode } from './inode.ts';
import type { Volume } from './volume.ts';

/*
 * A folder is a file of names, then at 32 GiB an index by hash, then at 64 GiB a map of free space. All that names something is in the
 * first part, which is read from its beginning to its end; the index is only checked.
 */

const NAMES_END = 32 * 2 ** 30;
const INDEX_END = 64 * 2 ** 30;

/** Read at once. */
const RUN = 256 * 1024;

/**
 * Every name but `.` and `..`, and what could not be read.
 * @throws Unreadable when nothing can be, Failure of the source
 */
export async function* listFolder(volume: Volume, inode: Inode): AsyncGenerator<FolderEntry | Unreadable> {
  if (inode.data.format === 'local') yield* parseShortFolder(volume, inode);
  else yield* new FolderReader(volume, inode).list();
}

class FolderReader {
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #starts = new Map<number, Uint8Array>();
  /** A part of the names could not be read: the index knows more than was seen. */
  #isPartial = false;

  constructor(volume: Volume, inode: Inode) {
    this.#volume = volume;
    this.#inode = inode;
  }

  async *list(): AsyncGenerator<FolderEntry | Unreadable> {
    const { data, number } = this.#inode;
    const flaws: Unreadable[] = [];
    const what = `the directory in inode ${number}`;
    const extents = await readExtents(this.#volume, data, number, what, 'refused', flaws);
    yield* flaws;
    requireDistinct(extents, what);
    for await (const block of this.#blocks(extents, 0, NAMES_END)) {
      if (block instanceof Unreadable) yield this.#miss(block);
      else yield* this.#names(block);
    }
    if (this.#isPartial) return;
    for await (const block of this.#blocks(extents, NAMES_END, INDEX_END)) {
      if (block instanceof Unreadable) yield block;
      else yield* this.#index(block);
    }
  }

  *#names({ bytes, from, place }: Block): Generator<FolderEntry | Unreadable> {
    try {
      const { entries, flaws, starts } = parseFolderBlock(
        this.#volume,
        bytes,
        this.#inode.number,
        from,
        place,
      );
      this.#starts.set(from, starts);
      for (const flaw of flaws) yield this.#miss(flaw);
      yield* entries;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      yield this.#miss(error);
    }
  }

  *#index({ bytes, from, place }: Block): Generator<Unreadable> {
    try {
      yield* checkFolderIndex(this.#volume, bytes, this.#inode.number, from, place, this.#starts);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      yield error;
    }
  }

  #miss(flaw: Unreadable): Unreadable {
    this.#isPartial = true;
    return flaw;
  }

  /** Blocks that are at least partly there, in order. */
  async *#blocks(extents: readonly Extent[], start: number, end: number): AsyncGenerator<Block | Unreadable> {
    const size = this.#volume.superblock.folderBlockSize;
    let next = start;
    for (let index = indexAt(extents, start); index < extents.length; index++) {
      const extent = extents[index];
      if (extent === undefined || extent.from >= end) return;
      const first = Math.max(next, extent.from - (extent.from % size));
      next = Math.max(next, Math.min(end, Math.ceil((extent.from + extent.length) / size) * size));
      for (let at = first; at < next; at += RUN) yield* this.#run(extents, at, Math.min(RUN, next - at));
    }
  }

  async *#run(extents: readonly Extent[], from: number, length: number): AsyncGenerator<Block | Unreadable> {
    const size = this.#volume.superblock.folderBlockSize;
    const what = `the directory in inode ${this.#inode.number}, block at ${from}`;
    let bytes: Buffer;
    try {
      bytes = await readWhole(this.#volume, extents, from, length, what);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      if (length <= size) yield error;
      // One of them cannot be read: the others can.
      else for (let at = 0; at < length; at += size) yield* this.#run(extents, from + at, size);
      return;
    }
    for (let at = 0; at < length; at += size) {
      const place = placeOf(extents, from + at) ?? 0;
      yield { bytes: bytes.subarray(at, at + size), from: from + at, place };
    }
  }
}

interface Block {
  readonly bytes: Buffer;
  /** In the folder. */
  readonly from: number;
  /** In the volume. */
  readonly place: number;
}

/**
 * That no block is in the folder twice: one block of names, repeated eight million times, would never end.
 * @throws Unreadable
 */
function requireDistinct(extents: readonly Extent[], what: string): void {
  const sorted = [...extents].sort((a, b) => a.place - b.place);
  for (const [index, { place }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && before.place + before.length > place)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} has a block twice`, place);
  }
}
