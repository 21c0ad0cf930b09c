import type { BlockSource } from '../../disk/block-source.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Groups } from './groups.ts';
import { type Inode, malformed, parseInode } from './inode.ts';
import type { Superblock } from './superblock.ts';

/** Inode tables are read in pieces of this: neighbours in a folder are neighbours there. */
const TABLE_PIECE = 64 * 1024;
const TABLES_BUDGET = 8 * 2 ** 20;
const BLOCKS_BUDGET = 4 * 2 ** 20;

/** Blocks and inodes by their numbers, those used last kept. */
export class Volume {
  readonly source: BlockSource;
  readonly superblock: Superblock;
  readonly #groups: Groups;
  readonly #tables = new Recent<number>(TABLES_BUDGET);
  readonly #blocks = new Recent<number>(BLOCKS_BUDGET);

  constructor(source: BlockSource, superblock: Superblock, groups: Groups) {
    this.source = source;
    this.superblock = superblock;
    this.#groups = groups;
  }

  /**
   * One block of metadata. Not to be written to.
   * @throws Unreadable, Failure of the source
   */
  block(number: number): Promise<Buffer> {
    const { blockSize } = this.superblock;
    this.requireBlocks(number, 1);
    return this.#blocks.get(number, () => this.source.read(number * blockSize, blockSize));
  }

  /** @throws Unreadable MALFORMED_FILE_SYSTEM where the blocks are not all of the file system */
  requireBlocks(first: number, count: number): void {
    const { firstBlock, blocks, blockSize } = this.superblock;
    if (first >= firstBlock && count >= 0 && first + count <= blocks) return;
    throw new Unreadable(
      'MALFORMED_FILE_SYSTEM',
      `a map leads to block ${first + Math.max(count, 1) - 1}, beyond the file system's ${blocks}`,
      first * blockSize,
    );
  }

  /** @throws Unreadable, Failure of the source */
  async inode(number: number): Promise<Inode> {
    const { inodes, inodesPerGroup, inodeSize, blockSize } = this.superblock;
    if (number < 1 || number > inodes) throw malformed(number, `does not exist: there are ${inodes}`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    const table = this.#groups.tableOf(group);
    if (table === undefined)
      throw malformed(number, `is in block group ${group}, whose inode table was not found`);
    const at = ((number - 1) % inodesPerGroup) * inodeSize;
    const piece = at - (at % TABLE_PIECE);
    const from = table * blockSize + piece;
    const length = Math.min(TABLE_PIECE, inodesPerGroup * inodeSize - piece);
    const bytes = this.#tables.peek(from) ?? (await this.#tables.get(from, () => this.#table(from, length)));
    const inode = bytes.subarray(at - piece, at - piece + inodeSize);
    if (inode.length === inodeSize) return parseInode(inode, number, this.superblock);
    throw new Unreadable('TRUNCATED', `inode ${number} is beyond the end`, from + at - piece);
  }

  /** A table that the end of the disk cuts gives the inodes before it. */
  #table(from: number, length: number): Promise<Buffer> {
    return this.source.read(from, Math.max(0, Math.min(length, this.source.size - from)));
  }
}
