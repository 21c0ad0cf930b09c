import type { BlockMap, Piece } from './block-map.ts';
import { type Inode, malformed } from './inode.ts';
import type { Volume } from './volume.ts';

/*
 * The block map of ext2 and ext3: twelve blocks in the inode, then one block of block numbers, one of blocks of them, and one of
 * blocks of those. A map that leads into itself is three steps deep like any other.
 */

const DIRECT = 12;
const LEVELS = 3;
const WIDTH = 4;

/** Numbers of consecutive blocks of the file. */
interface Leaf {
  readonly from: number;
  readonly numbers: Buffer;
}

export class IndirectMap implements BlockMap {
  readonly #volume: Volume;
  readonly #inode: Inode;
  #leaf: Leaf;

  constructor(volume: Volume, inode: Inode) {
    this.#volume = volume;
    this.#inode = inode;
    this.#leaf = { from: 0, numbers: inode.map.subarray(0, DIRECT * WIDTH) };
  }

  async locate(block: number, most: number): Promise<Piece> {
    let leaf = this.#leaf;
    if (!isIn(leaf, block)) {
      const found = await this.#leafOf(block);
      if ('count' in found) return { count: Math.min(most, found.count), block: undefined };
      leaf = found;
      this.#leaf = leaf;
    }
    const first = (block - leaf.from) * WIDTH;
    const end = Math.min(leaf.numbers.length, first + most * WIDTH);
    const start = leaf.numbers.readUInt32LE(first);
    let count = 1;
    for (let at = first + WIDTH; at < end; at += WIDTH, count++)
      if (leaf.numbers.readUInt32LE(at) !== (start === 0 ? 0 : start + count)) break;
    if (start === 0) return { count, block: undefined };
    this.#volume.requireBlocks(start, count);
    return { count, block: start };
  }

  /** Or how many blocks from this one on are not there. */
  async #leafOf(block: number): Promise<Leaf | { readonly count: number }> {
    const { map } = this.#inode;
    if (block < DIRECT) return { from: 0, numbers: map.subarray(0, DIRECT * WIDTH) };
    const width = this.#volume.superblock.blockSize / WIDTH;
    let from = DIRECT;
    for (let level = 1; level <= LEVELS; level++) {
      const covered = width ** level;
      if (block < from + covered)
        return this.#descend(block, from, level, map.readUInt32LE((DIRECT + level - 1) * WIDTH));
      from += covered;
    }
    throw malformed(this.#inode.number, `has no room in its map for block ${block} of its content`);
  }

  async #descend(
    block: number,
    start: number,
    levels: number,
    root: number,
  ): Promise<Leaf | { readonly count: number }> {
    const width = this.#volume.superblock.blockSize / WIDTH;
    let [from, number] = [start, root];
    for (let level = levels; ; level--) {
      if (number === 0) return { count: from + width ** level - block };
      const numbers = await this.#volume.block(number);
      if (level === 1) return { from, numbers };
      const covered = width ** (level - 1);
      const index = Math.floor((block - from) / covered);
      from += index * covered;
      number = numbers.readUInt32LE(index * WIDTH);
    }
  }
}

function isIn({ from, numbers }: Leaf, block: number): boolean {
  return block >= from && block < from + numbers.length / WIDTH;
}
