import { Unreadable } from '../../disk/unreadable.ts';
import { type AttributeSet, LOCAL } from './attributes.ts';
import { checkHeader, TREE_HEADER } from './block-header.ts';
import type { Extent } from './extents.ts';
import { placeOf, readWhole } from './fork-content.ts';
import { readRemoteValue } from './remote-value.ts';
import type { Volume } from './volume.ts';

/*
 * Attributes that do not fit into the inode: one leaf, or a tree of leaves by hash. Every leaf that the tree reaches is read,
 * each once. What is between them in the fork are values, whose bytes somebody chose: no block is taken for a leaf
 * because it looks like one.
 */

const LEAF_V4 = 0xfbee;
const NODE_V4 = 0xfebe;
const LEAF_V5 = 0x3bee;
const NODE_V5 = 0x3ebe;
const MOST_LEVELS = 5;

/** @throws Unreadable LIMIT_FILE_MEMORY, Failure of the source; what else is wrong becomes a flaw of `found` */
export async function readAttributeTree(
  volume: Volume,
  extents: readonly Extent[],
  owner: number,
  found: AttributeSet,
): Promise<void> {
  await new AttributeTree(volume, extents, owner, found).read(0, MOST_LEVELS);
}

class AttributeTree {
  readonly #volume: Volume;
  readonly #extents: readonly Extent[];
  readonly #owner: number;
  readonly #found: AttributeSet;
  readonly #seen = new Set<number>();

  constructor(volume: Volume, extents: readonly Extent[], owner: number, found: AttributeSet) {
    this.#volume = volume;
    this.#extents = extents;
    this.#owner = owner;
    this.#found = found;
  }

  async read(index: number, levels: number): Promise<void> {
    if (levels === 0 || this.#seen.has(index))
      throw this.#found.wrong(`lead back into themselves at block ${index}`);
    this.#seen.add(index);
    const { blockSize } = this.#volume.superblock;
    const what = `block ${index} of ${this.#found.what}`;
    const block = await readWhole(this.#volume, this.#extents, index * blockSize, blockSize, what);
    const place = placeOf(this.#extents, index * blockSize) ?? 0;
    const [leaf, node] = this.#volume.hasChecksums ? [LEAF_V5, NODE_V5] : [LEAF_V4, NODE_V4];
    const magic = block.readUInt16BE(8);
    if (magic !== leaf && magic !== node)
      throw this.#found.wrong(`have a block ${index} that is none of theirs`, place);
    const flaw = checkHeader(this.#volume, block, TREE_HEADER, place, this.#owner, what);
    if (flaw !== undefined) this.#found.flaws.push(flaw);
    if (magic === leaf) await this.#leaf(block, place);
    else await this.#node(block, place, levels);
  }

  async #node(block: Buffer, place: number, levels: number): Promise<void> {
    const count = block.readUInt16BE(this.#volume.hasChecksums ? 56 : 12);
    const first = this.#volume.hasChecksums ? 64 : 16;
    if (first + count * 8 > block.length) throw this.#found.wrong(`have a node of ${count} entries`, place);
    for (let index = 0; index < count; index++) {
      await this.#attempt(() => this.read(block.readUInt32BE(first + index * 8 + 4), levels - 1));
    }
  }

  async #leaf(block: Buffer, place: number): Promise<void> {
    const count = block.readUInt16BE(this.#volume.hasChecksums ? 56 : 12);
    const first = this.#volume.hasChecksums ? 80 : 32;
    if (first + count * 8 > block.length) throw this.#found.wrong(`have a leaf of ${count} entries`, place);
    for (let index = 0; index < count; index++) {
      const entry = first + index * 8;
      const flags = block.readUInt8(entry + 6);
      if (!this.#found.isShown(flags)) continue;
      await this.#attempt(() => this.#entry(block, block.readUInt16BE(entry + 4), flags, place));
    }
  }

  async #entry(block: Buffer, at: number, flags: number, place: number): Promise<void> {
    const header = (flags & LOCAL) === 0 ? 9 : 3;
    const length = at + header <= block.length ? block.readUInt8(at + header - 1) : 0;
    const end = at + header + length;
    if (length === 0 || end > block.length)
      throw this.#found.wrong('name something outside their block', place + at);
    const name = block.subarray(at + header, end);
    if ((flags & LOCAL) === 0) {
      const [index, size] = [block.readUInt32BE(at), block.readUInt32BE(at + 4)];
      const value = await readRemoteValue(this.#volume, this.#extents, index, size, this.#owner, this.#found);
      this.#found.add(flags, name, value);
      return;
    }
    const size = block.readUInt16BE(at);
    if (end + size > block.length) throw this.#found.wrong('have a value that leaves its block', place + at);
    this.#found.add(flags, name, block.subarray(end, end + size));
  }

  /** What cannot be read is said, and the others are read. */
  async #attempt(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof Unreadable) || error.code === 'LIMIT_FILE_MEMORY') throw error;
      this.#found.flaws.push(error);
    }
  }
}
