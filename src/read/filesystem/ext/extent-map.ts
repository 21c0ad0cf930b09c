import { Unreadable } from '../../disk/unreadable.ts';
import type { BlockMap, Piece, TakeFlaw } from './block-map.ts';
import { checksum } from './checksum.ts';
import { READ_ONLY_COMPAT } from './features.ts';
import { type Inode, malformed } from './inode.ts';
import { has } from './superblock.ts';
import type { Volume } from './volume.ts';

/*
 * A tree of extents; kernel, Documentation/filesystems/ext4/ifork.rst.
 *
 * The attack: a tree that leads into itself, or in which one block of the file is in two places. Each level is one less deep than
 * the one above, keys ascend, and no node leaves the range that its parent gives it. So there is one way down to each
 * block, of six steps at most.
 */

const MAGIC = 0xf30a;
const HEADER = 12;
const ENTRY = 12;
const DEEPEST = 5;
const END = 2 ** 32;
/** Longer extents are written as this plus their length: allocated, never written, zeros. */
const LONGEST = 32768;

interface Extent {
  readonly from: number;
  readonly count: number;
  readonly start: number | undefined;
}

/** Every extent of a part of the file. */
interface Leaf {
  readonly from: number;
  readonly to: number;
  readonly extents: readonly Extent[];
}

interface TreeNode {
  readonly bytes: Buffer;
  readonly depth: number;
  readonly count: number;
}

export class ExtentMap implements BlockMap {
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #takeFlaw: TakeFlaw;
  /** The one used last: files are read from their beginning. */
  #leaf: Leaf | undefined;

  constructor(volume: Volume, inode: Inode, takeFlaw: TakeFlaw) {
    this.#volume = volume;
    this.#inode = inode;
    this.#takeFlaw = takeFlaw;
  }

  async locate(block: number, most: number): Promise<Piece> {
    let leaf = this.#leaf;
    if (leaf === undefined || block < leaf.from || block >= leaf.to) {
      leaf = await this.#leafOf(block);
      this.#leaf = leaf;
    }
    const { extents } = leaf;
    const index = lastAtOrBelow(extents.length, (at) => (extents[at]?.from ?? END) <= block);
    const extent = extents[index];
    if (extent === undefined || block >= extent.from + extent.count) {
      const next = extents[index + 1]?.from ?? leaf.to;
      return { count: Math.min(most, next - block), block: undefined };
    }
    const skipped = block - extent.from;
    const count = Math.min(most, extent.count - skipped);
    return { count, block: extent.start === undefined ? undefined : extent.start + skipped };
  }

  async #leafOf(block: number): Promise<Leaf> {
    let node = this.#parse(this.#inode.map, undefined);
    let [from, to] = [0, END];
    while (node.depth > 0) {
      const { bytes, count } = node;
      this.#requireAscending(node, from, to);
      if (count === 0) throw this.#malformed(`has a tree of extents with an empty level ${node.depth}`);
      // What is before the first key is looked for behind that: Linux before 5.16 finds extents there.
      const index = Math.max(
        0,
        lastAtOrBelow(count, (at) => keyOf(bytes, at) <= block),
      );
      from = index === 0 ? from : keyOf(bytes, index);
      to = index + 1 < count ? keyOf(bytes, index + 1) : to;
      const at = HEADER + index * ENTRY;
      const child = bytes.readUInt32LE(at + 4) + bytes.readUInt16LE(at + 8) * 2 ** 32;
      node = this.#parse(await this.#volume.block(child), node.depth - 1, child);
    }
    this.#requireAscending(node, from, to);
    return { from, to, extents: this.#extents(node, to) };
  }

  #parse(bytes: Buffer, expected: number | undefined, block?: number): TreeNode {
    const place = block === undefined ? 'in itself' : `in block ${block}`;
    const most = Math.floor((bytes.length - HEADER) / ENTRY);
    const [count, max, depth] = [bytes.readUInt16LE(2), bytes.readUInt16LE(4), bytes.readUInt16LE(6)];
    if (bytes.readUInt16LE(0) !== MAGIC) throw this.#malformed(`has no extents ${place}`);
    if (count > max || max > most)
      throw this.#malformed(`has ${count} of ${max} extents ${place}, where ${most} fit`);
    if (depth > DEEPEST || depth !== (expected ?? depth))
      throw this.#malformed(
        `has extents of level ${depth} ${place}, where ${expected ?? `at most ${DEEPEST}`} was expected`,
      );
    if (block !== undefined) this.#verify(bytes, max, block);
    return { bytes, depth, count };
  }

  #verify(bytes: Buffer, max: number, block: number): void {
    const end = HEADER + max * ENTRY;
    if (!has(this.#volume.superblock, 'readOnlyCompat', READ_ONLY_COMPAT.checksums)) return;
    if (
      end + 4 <= bytes.length &&
      checksum(this.#inode.seed, bytes.subarray(0, end)) === bytes.readUInt32LE(end)
    )
      return;
    const message = `inode ${this.#inode.number} has extents with a wrong checksum in block ${block}`;
    this.#takeFlaw(new Unreadable('CHECKSUM_MISMATCH', message, block * bytes.length));
  }

  #requireAscending({ bytes, count }: TreeNode, from: number, to: number): void {
    let before = from - 1;
    for (let index = 0; index < count; index++) {
      const key = keyOf(bytes, index);
      if (key <= before || key >= to)
        throw this.#malformed(`has extents in disorder at block ${key} of its content`);
      before = key;
    }
  }

  #extents({ bytes, count }: TreeNode, to: number): Extent[] {
    const extents: Extent[] = [];
    for (let index = 0; index < count; index++) {
      const at = HEADER + index * ENTRY;
      const from = keyOf(bytes, index);
      const word = bytes.readUInt16LE(at + 4);
      const length = word > LONGEST ? word - LONGEST : word;
      const next = index + 1 < count ? keyOf(bytes, index + 1) : to;
      if (length === 0 || from + length > next)
        throw this.#malformed(`has an extent of ${length} blocks at ${from} of its content`);
      const start = bytes.readUInt32LE(at + 8) + bytes.readUInt16LE(at + 6) * 2 ** 32;
      this.#volume.requireBlocks(start, length);
      extents.push({ from, count: length, start: word > LONGEST ? undefined : start });
    }
    return extents;
  }

  #malformed(message: string): Unreadable {
    return malformed(this.#inode.number, message);
  }
}

/** Blocks that are written, where the inode itself says so. */
export function countInInode(map: Buffer): number | undefined {
  if (map.readUInt16LE(6) !== 0) return undefined;
  let blocks = 0;
  for (let index = 0; index < Math.min(4, map.readUInt16LE(2)); index++) {
    const word = map.readUInt16LE(HEADER + index * ENTRY + 4);
    if (word <= LONGEST) blocks += word;
  }
  return blocks;
}

function keyOf(bytes: Buffer, index: number): number {
  return bytes.readUInt32LE(HEADER + index * ENTRY);
}

/** Last index of `count` for which it holds, given that it holds up to one of them; -1 where it never does. */
function lastAtOrBelow(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [-1, count - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
