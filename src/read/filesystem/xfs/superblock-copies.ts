import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { isIntact } from './checksum.ts';
import { parseSuperblock, SUPERBLOCK_CHECKSUM, SUPERBLOCK_LENGTH, type Superblock } from './superblock.ts';

/*
 * Every allocation group begins with a copy of the superblock. Where the first is damaged, a copy tells what is in the volume: damage
 * is no way to keep it from being inspected. Few copies know the root directory: `mkfs.xfs` tells the last and the middle one.
 */

/** Copies looked at before giving up. */
const MOST_COPIES = 16;
const MOST_SECTOR = 32768;

export interface FoundSuperblock {
  readonly superblock: Superblock & { readonly rootInode: number };
  readonly flaws: readonly Unreadable[];
}

/** @throws Unreadable, Failure of the source */
export async function readSuperblock(source: BlockSource): Promise<FoundSuperblock> {
  const bytes = await source.read(0, Math.min(MOST_SECTOR, source.size));
  if (bytes.length < SUPERBLOCK_LENGTH)
    throw new Unreadable('TRUNCATED', `${source.name} ends inside its XFS superblock`, 0);
  const first = toSuperblock(bytes);
  if (!(first instanceof Unreadable)) return { superblock: first, flaws: [] };
  // A feature that is unknown here is in every copy.
  if (first.code === 'UNSUPPORTED') throw first;
  const copy = await findCopy(source, bytes);
  if (copy !== undefined) return { superblock: copy.superblock, flaws: [inPlaceOf(first, copy.group)] };
  const damaged = withRoot(parseSuperblock(bytes));
  if (damaged === undefined) throw first;
  return { superblock: damaged, flaws: [first] };
}

type Rooted = Superblock & { readonly rootInode: number };

function withRoot(superblock: Superblock): Rooted | undefined {
  const { rootInode } = superblock;
  return rootInode === undefined || rootInode === 0 ? undefined : { ...superblock, rootInode };
}

function toSuperblock(bytes: Buffer): Rooted | Unreadable {
  try {
    // Before anything in it is believed.
    if (!hasRightChecksum(bytes))
      return new Unreadable('CHECKSUM_MISMATCH', 'the checksum of the XFS superblock is wrong', 0);
    return (
      withRoot(parseSuperblock(bytes)) ??
      new Unreadable('MALFORMED_FILE_SYSTEM', 'the XFS superblock names no root directory', 0)
    );
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

/** It is over one sector, of the size that the superblock says. Version 4 has none. */
function hasRightChecksum(bytes: Buffer): boolean {
  if ((bytes.readUInt16BE(100) & 0xf) !== 5) return true;
  const sectorSize = bytes.readUInt16BE(102);
  if (sectorSize < SUPERBLOCK_LENGTH || sectorSize > bytes.length) return false;
  return isIntact(bytes.subarray(0, sectorSize), SUPERBLOCK_CHECKSUM);
}

interface Copy {
  readonly superblock: Rooted;
  readonly group: number;
}

async function findCopy(source: BlockSource, damaged: Buffer): Promise<Copy | undefined> {
  for (const at of placesOfCopies(source, damaged)) {
    if (at + SUPERBLOCK_LENGTH > source.size) continue;
    const bytes = await source.read(at, Math.min(MOST_SECTOR, source.size - at)).catch(ignoreUnreadable);
    const superblock = bytes === undefined ? undefined : toSuperblock(bytes);
    if (superblock === undefined || superblock instanceof Unreadable) continue;
    const groupSize = superblock.groupBlocks * superblock.blockSize;
    if (at % groupSize === 0 && at / groupSize < superblock.groups)
      return { superblock, group: at / groupSize };
  }
  return undefined;
}

/** By what the damaged one says of its groups, and by what `mkfs.xfs` makes of a volume of this size: four groups. */
function placesOfCopies(source: BlockSource, damaged: Buffer): Set<number> {
  const places = new Set<number>();
  const claimed = damaged.readUInt32BE(84) * damaged.readUInt32BE(4);
  const addGroups = (size: number): void => {
    if (size < 2 ** 20 || !Number.isSafeInteger(size)) return;
    const groups = Math.ceil(source.size / size);
    const likely = [groups - 1, Math.floor((groups - 1) / 2), groups - 2, 1, 2, 3, 4, 5];
    for (const group of likely) if (group > 0 && group < groups) places.add(group * size);
  };
  addGroups(claimed);
  for (const blockSize of [4096, 1024, 512, 2048]) {
    addGroups(Math.ceil(Math.floor(source.size / blockSize) / 4) * blockSize);
    addGroups(Math.floor(Math.floor(source.size / blockSize) / 4) * blockSize);
  }
  return new Set([...places].slice(0, 2 * MOST_COPIES));
}

function inPlaceOf(first: Unreadable, group: number): Unreadable {
  return new Unreadable(first.code, `${first.message}: the copy in allocation group ${group} was used`, 0);
}

function ignoreUnreadable(error: unknown): undefined {
  if (error instanceof Unreadable) return undefined;
  throw error;
}
