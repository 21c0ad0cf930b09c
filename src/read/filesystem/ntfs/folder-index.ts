import { requireUnreadable, Unreadable } from '../../disk/unreadable.ts';
import { BITMAP, FOLDER_INDEX, INDEX_ALLOCATION, INDEX_ROOT } from './attribute.ts';
import { attributeOf, type File, residentOf } from './file.ts';
import { restoreSectors } from './fixup.ts';
import { type IndexEntry, type IndexNode, parseIndexNode } from './index-node.ts';
import { readSafeInteger } from './safe-integer.ts';
import { openStream, type Stream } from './stream.ts';
import type { Volume } from './volume.ts';
import { Windows } from './windows.ts';

/*
 * A folder is a tree of names: its root in the folder's record, the other nodes in blocks of a stream.
 *
 * The attacks: a tree with a loop; a stream that maps the same clusters over and over, for more blocks than the disk holds; a
 * block that the tree does not reach, which Windows does not show and Linux, going by the bitmap of blocks in use, does; one
 * set of blocks that a thousand folders share. Every block is read once, whoever would show it, has to be where it says it is,
 * and its names have to be this folder's; a folder of errors is given up.
 */

const WINDOW_BYTES = 2 ** 20;
const WINDOWS = 8;
/** Blocks count in clusters, or in these where a block is smaller than a cluster. */
const SMALL_UNIT = 512;
/** Flaws after which the rest of a folder is not read. */
const MAX_FLAWS = 64;

/** One name, or what could not be read. @throws Unreadable when there is no index, Failure */
export async function* readFolder(volume: Volume, folder: File): AsyncGenerator<IndexEntry | Unreadable> {
  const what = `the folder in record ${folder.number}`;
  const root = residentOf(folder, INDEX_ROOT, FOLDER_INDEX);
  if (root === undefined || root.length < 32)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} has no index of names`);
  const top = parseIndexNode(root.subarray(16), what);
  const blocks = new Blocks(volume, folder, root.readUInt32LE(8), what);
  let flaws = 0;
  for await (const node of withTop(top, blocks.walk(top.below))) {
    for (const found of namesOf(node, folder, what)) {
      yield found;
      if (!(found instanceof Unreadable) || ++flaws < MAX_FLAWS) continue;
      yield malformed(`${what} has ${flaws} errors: the rest of it was not read`);
      return;
    }
  }
}

async function* withTop(top: IndexNode, others: AsyncIterable<IndexNode>): AsyncGenerator<IndexNode> {
  yield top;
  yield* others;
}

function* namesOf(node: IndexNode, folder: File, what: string): Generator<IndexEntry | Unreadable> {
  for (const entry of node.entries) {
    if (entry.folder.number !== folder.number)
      yield malformed(`${what} has a name that belongs to folder ${entry.folder.number}`);
    yield entry;
  }
  if (node.flaw !== undefined) yield node.flaw;
}

class Blocks {
  readonly #volume: Volume;
  readonly #folder: File;
  readonly #what: string;
  readonly #size: number;
  readonly #seen = new Set<number>();
  #stream: Stream | undefined;
  #windows: Windows | undefined;

  constructor(volume: Volume, folder: File, size: number, what: string) {
    this.#volume = volume;
    this.#folder = folder;
    this.#size = size;
    this.#what = what;
  }

  /** Nodes of the tree, then those that only the bitmap has. */
  async *walk(below: readonly number[]): AsyncGenerator<IndexNode> {
    const allocation = attributeOf(this.#folder, INDEX_ALLOCATION, FOLDER_INDEX);
    if (allocation === undefined) {
      if (below.length > 0) yield noNode(`${this.#what} has names in blocks, and no blocks`);
      return;
    }
    try {
      this.#open(openStream(this.#volume, allocation.source));
    } catch (error) {
      yield noNode(`${this.#what}: ${requireUnreadable(error).message}`);
      return;
    }
    yield* this.#tree(below);
    yield* this.#strays();
  }

  #open(stream: Stream): void {
    const size = this.#size;
    if (size < 512 || size > 2 ** 16 || !Number.isInteger(Math.log2(size)))
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `blocks of ${size} bytes`);
    if (stream.size > this.#volume.source.size) throw malformed('its blocks are more than the volume holds');
    this.#stream = stream;
    this.#windows = new Windows(stream, WINDOW_BYTES, WINDOWS);
  }

  async *#tree(below: readonly number[]): AsyncGenerator<IndexNode> {
    const waiting: number[] = [];
    let next: readonly number[] = below;
    for (;;) {
      for (const vcn of next) {
        const offset = vcn * this.#unit;
        if (this.#seen.has(offset)) yield noNode(`${this.#what} leads twice to its block at ${offset}`);
        else waiting.push(offset);
        this.#seen.add(offset);
      }
      const offset = waiting.pop();
      if (offset === undefined) return;
      const node = await this.#block(offset);
      yield node;
      next = node.below;
    }
  }

  async *#strays(): AsyncGenerator<IndexNode> {
    const bitmap = attributeOf(this.#folder, BITMAP, FOLDER_INDEX);
    if (bitmap === undefined) return;
    const blocks = Math.floor((this.#stream?.size ?? 0) / this.#size);
    let bits: Buffer;
    try {
      const stream = openStream(this.#volume, bitmap.source);
      bits = await stream.read(0, Math.min(stream.size, Math.ceil(blocks / 8)));
    } catch (error) {
      yield noNode(`${this.#what}, bitmap of its blocks: ${requireUnreadable(error).message}`);
      return;
    }
    for (let block = 0; block < Math.min(blocks, bits.length * 8); block++) {
      if (((bits[block >> 3] ?? 0) & (1 << (block & 7))) === 0 || this.#seen.has(block * this.#size))
        continue;
      yield noNode(`${this.#what} has a block at ${block * this.#size} in use that its tree does not reach`);
      yield await this.#block(block * this.#size);
      this.#seen.add(block * this.#size);
    }
  }

  async #block(offset: number): Promise<IndexNode> {
    const what = `${this.#what}, block at ${offset},`;
    try {
      if (this.#windows === undefined || offset % this.#size !== 0)
        throw new Unreadable('MALFORMED_FILE_SYSTEM', 'is at no place for a block');
      const bytes = await this.#windows.copy(offset, this.#size);
      const torn = restoreSectors(bytes, ['INDX'], what);
      const { flaw, ...node } = parseIndexNode(bytes.subarray(24), what);
      return { ...node, flaw: torn ?? this.#misplaced(bytes, offset, what) ?? flaw };
    } catch (error) {
      const { code, message } = requireUnreadable(error);
      return {
        entries: [],
        below: [],
        flaw: new Unreadable(code, message.startsWith(what) ? message : `${what} ${message}`),
      };
    }
  }

  #misplaced(bytes: Buffer, offset: number, what: string): Unreadable | undefined {
    const vcn = readSafeInteger(bytes, 16, 'the place of a block');
    if (vcn * this.#unit === offset) return undefined;
    return malformed(`${what} says that it belongs at ${vcn * this.#unit}`);
  }

  get #unit(): number {
    const { clusterSize } = this.#volume.geometry;
    return this.#size >= clusterSize ? clusterSize : SMALL_UNIT;
  }
}

function noNode(message: string): IndexNode {
  return { entries: [], below: [], flaw: malformed(message) };
}

function malformed(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', message);
}
