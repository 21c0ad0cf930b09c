import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { PageCache } from './page-cache.ts';
import type { Superblock } from './superblock.ts';

/** A volume with an XFS on it: where its blocks and inodes are. */
export class Volume {
  readonly superblock: Superblock;
  readonly source: BlockSource;
  readonly #pages: PageCache;

  constructor(source: BlockSource, superblock: Superblock) {
    this.superblock = superblock;
    this.source = source;
    this.#pages = new PageCache(source);
  }

  get hasChecksums(): boolean {
    return this.superblock.version === 5;
  }

  /** Small pieces, that are asked for again or lie next to each other. */
  readMetadata(offset: number, length: number): Promise<Buffer> | Buffer {
    return this.#pages.read(offset, length);
  }

  /**
   * Where blocks begin, in bytes. A block's number is that of its allocation group above that in the group.
   * @throws Unreadable when they are not all in one group
   */
  placeOfBlocks(block: number, count: number, what: string): number {
    const { groupBits, groupBlocks, groups, blocks, blockSize } = this.superblock;
    const group = Math.floor(block / 2 ** groupBits);
    const inGroup = block - group * 2 ** groupBits;
    const first = group * groupBlocks + inGroup;
    if (group < groups && inGroup + count <= groupBlocks && first + count <= blocks) return first * blockSize;
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} is in block ${block}, which is not in the volume`);
  }

  /** @throws Unreadable when it is not in the volume */
  placeOfInode(number: number): number {
    const { inodeBits, inodeSize } = this.superblock;
    const block = Math.floor(number / 2 ** inodeBits);
    const place = this.placeOfBlocks(block, 1, `inode ${number}`);
    return place + (number - block * 2 ** inodeBits) * inodeSize;
  }
}
