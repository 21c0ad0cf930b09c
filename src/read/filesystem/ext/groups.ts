import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { checksum, checksumWithout, crc16, littleEndian } from './checksum.ts';
import { INCOMPAT, READ_ONLY_COMPAT } from './features.ts';
import { groupStart, has, hasBackup, type Superblock } from './superblock.ts';
import { wideNumber } from './wide-number.ts';

/*
 * Group descriptors say where each group's inodes are. All are read at once, as Linux does: two megabytes for four terabytes,
 * and a lie in one is found before anything is believed. They have copies, so that one whose checksum is wrong is looked for in
 * the copies first. Kernel, Documentation/filesystems/ext4/group_descr.rst.
 */

/** 32 TiB in usual groups: what is claimed beyond is not read into memory. */
const MOST_GROUPS = 2 ** 18;
const CHECKSUM = 0x1e;
/** Copies that are looked at for a descriptor block. */
const MOST_COPIES = 4;
const NO_TABLE = -1;

export interface Groups {
  /** Block of each group's inode table; undefined where it cannot be believed. */
  tableOf(group: number): number | undefined;
  readonly flaws: readonly Unreadable[];
}

/**
 * @param from the group whose copy of the descriptors comes first: that of the superblock which is used
 * @throws Unreadable UNSUPPORTED, TRUNCATED; Failure of the source
 */
export async function readGroups(source: BlockSource, superblock: Superblock, from: number): Promise<Groups> {
  const { groups } = superblock;
  if (groups > MOST_GROUPS)
    throw new Unreadable(
      'UNSUPPORTED',
      `the file system has ${groups} block groups, more than the ${MOST_GROUPS} read`,
    );
  const reader = new DescriptorReader(source, superblock, from);
  await reader.run();
  const { tables } = reader;
  return {
    tableOf: (group) => {
      const table = tables[group] ?? NO_TABLE;
      return table === NO_TABLE ? undefined : table;
    },
    flaws: reader.flaws(),
  };
}

class DescriptorReader {
  readonly tables: Float64Array;
  readonly #source: BlockSource;
  readonly #superblock: Superblock;
  readonly #from: number;
  readonly #perBlock: number;
  readonly #mended: number[] = [];
  readonly #doubtful: number[] = [];
  readonly #lost: number[] = [];

  constructor(source: BlockSource, superblock: Superblock, from: number) {
    this.#source = source;
    this.#superblock = superblock;
    this.#from = from;
    this.#perBlock = superblock.blockSize / superblock.descriptorSize;
    this.tables = new Float64Array(superblock.groups).fill(NO_TABLE);
  }

  async run(): Promise<void> {
    for (let index = 0; index * this.#perBlock < this.#superblock.groups; index++)
      await this.#readBlock(index);
  }

  flaws(): Unreadable[] {
    return [
      ...flawOf(
        'CHECKSUM_MISMATCH',
        this.#mended,
        'the descriptor has a wrong checksum; a copy of it was used',
      ),
      ...flawOf(
        'CHECKSUM_MISMATCH',
        this.#doubtful,
        'the descriptor has a wrong checksum, and so have its copies',
      ),
      ...flawOf('MALFORMED_FILE_SYSTEM', this.#lost, 'the inode table cannot be where the descriptor says'),
    ];
  }

  async #readBlock(index: number): Promise<void> {
    const copies = this.#copiesOf(index);
    const first = await this.#copy(copies[0]);
    const { descriptorSize: size, groups } = this.#superblock;
    const others: (Buffer | undefined)[] = [];
    for (let slot = 0; slot < this.#perBlock && index * this.#perBlock + slot < groups; slot++) {
      const group = index * this.#perBlock + slot;
      const at = slot * size;
      const good = (block: Buffer | undefined): block is Buffer =>
        block !== undefined && this.#isGood(group, block.subarray(at, at + size));
      let block = first;
      if (!good(first)) {
        if (others.length === 0) for (const copy of copies.slice(1)) others.push(await this.#copy(copy));
        const mended = others.find(good);
        (mended === undefined ? this.#doubtful : this.#mended).push(group);
        block = mended ?? first ?? others.find((other) => other !== undefined);
      }
      this.#take(group, block?.subarray(at, at + size));
    }
  }

  #take(group: number, descriptor: Buffer | undefined): void {
    const { blocks, firstBlock, inodesPerGroup, inodeSize, blockSize } = this.#superblock;
    const high = descriptor !== undefined && descriptor.length >= 64 ? descriptor.readUInt32LE(0x28) : 0;
    const table = descriptor && wideNumber(descriptor.readUInt32LE(0x8), high);
    const length = Math.ceil((inodesPerGroup * inodeSize) / blockSize);
    if (table === undefined || table <= firstBlock || table + length > blocks) this.#lost.push(group);
    else this.tables[group] = table;
  }

  #isGood(group: number, descriptor: Buffer): boolean {
    const { readOnlyCompat } = this.#superblock.features;
    const stored = descriptor.readUInt16LE(CHECKSUM);
    const number = littleEndian(group);
    if ((readOnlyCompat & READ_ONLY_COMPAT.checksums) !== 0) {
      const register = checksum(this.#superblock.seed, number);
      return stored === (checksumWithout(register, descriptor, CHECKSUM, 2) & 0xffff);
    }
    if ((readOnlyCompat & READ_ONLY_COMPAT.groupChecksums) === 0) return true;
    const start = crc16(crc16(0xffff, this.#superblock.uuid), number);
    const before = crc16(start, descriptor.subarray(0, CHECKSUM));
    return stored === crc16(before, descriptor.subarray(CHECKSUM + 2));
  }

  async #copy(block: number | undefined): Promise<Buffer | undefined> {
    const { blockSize, blocks } = this.#superblock;
    if (block === undefined || block >= blocks) return undefined;
    try {
      return await this.#source.read(block * blockSize, blockSize);
    } catch (error) {
      if (error instanceof Unreadable) return undefined;
      throw error;
    }
  }

  /** Blocks that hold one block of descriptors, the first one first. */
  #copiesOf(index: number): number[] {
    const { firstMetaGroup, groups } = this.#superblock;
    if (has(this.#superblock, 'incompat', INCOMPAT.metaGroups) && index >= firstMetaGroup) {
      const first = index * this.#perBlock;
      return [first, first + 1, first + this.#perBlock - 1]
        .filter((group, place) => group < groups && (place < 2 || group > first + 1))
        .map((group) => this.#afterSuperblock(group));
    }
    const copies = [this.#from];
    for (let group = 0; group < groups && copies.length < MOST_COPIES; group++)
      if (group !== this.#from && hasBackup(this.#superblock, group)) copies.push(group);
    return copies.map((group) => this.#afterSuperblock(group) + index);
  }

  #afterSuperblock(group: number): number {
    const { blockSize, firstBlock } = this.#superblock;
    if (group > 0) return groupStart(this.#superblock, group) + (hasBackup(this.#superblock, group) ? 1 : 0);
    return firstBlock === 0 && blockSize === 1024 ? 2 : firstBlock + 1;
  }
}

function flawOf(
  code: 'CHECKSUM_MISMATCH' | 'MALFORMED_FILE_SYSTEM',
  groups: number[],
  message: string,
): Unreadable[] {
  if (groups.length === 0) return [];
  const more = groups.length > 1 ? ` and of ${groups.length - 1} more` : '';
  return [new Unreadable(code, `of block group ${groups[0]}${more} ${message}`)];
}
