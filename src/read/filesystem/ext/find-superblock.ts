import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import {
  groupStart,
  isSuperblock,
  parseSuperblock,
  SUPERBLOCK_AT,
  SUPERBLOCK_SIZE,
  type Superblock,
} from './superblock.ts';

/*
 * The first superblock, or a copy where the first cannot be used. Copies begin the groups that `hasBackup` tells; where groups
 * begin is told by the superblock, so that it is tried what it says, damaged as it is, and what mke2fs makes when it is not
 * told otherwise.
 */

export interface FoundSuperblock {
  readonly superblock: Superblock;
  /** Whose copy it is; 0 for the first. */
  readonly group: number;
  readonly flaws: readonly Unreadable[];
}

const GROUPS_WITH_COPIES = [1, 3, 5, 7, 9];
/** Where a superblock says which two groups have copies, with sparse_super2. */
const SPARSE_COPIES = [0x24c, 0x250];
const BLOCK_SIZES = [4096, 1024, 2048, 8192, 16384, 32768, 65536];

/** @throws Unreadable of the first superblock, when no copy can be used either; Failure of the source */
export async function findSuperblock(source: BlockSource): Promise<FoundSuperblock> {
  const bytes = await source.read(SUPERBLOCK_AT, SUPERBLOCK_SIZE);
  const first = attempt(() => parseSuperblock(bytes, SUPERBLOCK_AT));
  if (!(first instanceof Unreadable) && first.checksumGood) return { superblock: first, group: 0, flaws: [] };
  const why = first instanceof Unreadable ? first.message : 'the superblock has a wrong checksum';
  const code = first instanceof Unreadable ? first.code : 'CHECKSUM_MISMATCH';
  const copy = await findCopy(source, bytes);
  if (copy !== undefined) {
    const message = `${why}; its copy in block group ${copy.group} was used`;
    return { ...copy, flaws: [new Unreadable(code, message, SUPERBLOCK_AT)] };
  }
  if (first instanceof Unreadable) throw first;
  return {
    superblock: first,
    group: 0,
    flaws: [new Unreadable(code, `${why}, and no copy is good`, SUPERBLOCK_AT)],
  };
}

async function findCopy(
  source: BlockSource,
  first: Buffer,
): Promise<Omit<FoundSuperblock, 'flaws'> | undefined> {
  const tried = new Set<number>();
  const groups = [...GROUPS_WITH_COPIES, ...SPARSE_COPIES.map((at) => first.readUInt32LE(at))];
  for (const { blockSize, blocksPerGroup, firstBlock } of layouts(first)) {
    for (const group of groups) {
      const at = (firstBlock + group * blocksPerGroup) * blockSize;
      if (group === 0 || tried.has(at) || at + SUPERBLOCK_SIZE > source.size) continue;
      tried.add(at);
      const superblock = await readCopy(source, at, group);
      if (superblock !== undefined) return { superblock, group };
    }
  }
  return undefined;
}

async function readCopy(source: BlockSource, at: number, group: number): Promise<Superblock | undefined> {
  try {
    const bytes = await source.read(at, SUPERBLOCK_SIZE);
    if (!isSuperblock(bytes)) return undefined;
    const superblock = parseSuperblock(bytes, at);
    const isThere = superblock.group === group && groupStart(superblock, group) * superblock.blockSize === at;
    return isThere && superblock.checksumGood ? superblock : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

interface Layout {
  readonly blockSize: number;
  readonly blocksPerGroup: number;
  readonly firstBlock: number;
}

function layouts(first: Buffer): Layout[] {
  const usual = BLOCK_SIZES.map((blockSize) => toLayout(blockSize, blockSize * 8));
  const shift = first.readUInt32LE(0x18);
  return shift > 6 ? usual : [toLayout(1024 << shift, first.readUInt32LE(0x20)), ...usual];
}

function toLayout(blockSize: number, blocksPerGroup: number): Layout {
  return { blockSize, blocksPerGroup, firstBlock: blockSize === 1024 ? 1 : 0 };
}

function attempt<Value>(make: () => Value): Value | Unreadable {
  try {
    return make();
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}
