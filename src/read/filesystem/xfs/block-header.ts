import { Unreadable } from '../../disk/unreadable.ts';
import { isIntact } from './checksum.ts';
import { toUuid } from './superblock.ts';
import type { Volume } from './volume.ts';

/*
 * Each block of metadata of a version 5 file system says what it is of: its place, its file system, the inode that owns it, under a
 * checksum. A block that was put where another belongs, or is left from an older file system, is told by that.
 */

/** Where a kind of block has these. */
export interface HeaderLayout {
  readonly checksum: number;
  readonly place: number;
  readonly uuid: number;
  readonly owner: number;
}

/** Data of a folder. */
export const FOLDER_HEADER: HeaderLayout = { checksum: 4, place: 8, uuid: 24, owner: 40 };
/** Nodes and leaves of a folder's index and of attributes. */
export const TREE_HEADER: HeaderLayout = { checksum: 12, place: 16, uuid: 32, owner: 48 };
/** Nodes and leaves of a b-tree of extents. */
export const EXTENTS_HEADER: HeaderLayout = { checksum: 64, place: 24, uuid: 40, owner: 56 };
/** Values of attributes and targets of symlinks. */
export const REMOTE_HEADER: HeaderLayout = { checksum: 12, place: 40, uuid: 16, owner: 32 };

/**
 * @param place of the block, bytes from the start of the volume
 * @param what it is, for messages
 * @returns what is wrong with its checksum, when nothing else is
 * @throws Unreadable when it is not the block that belongs here
 */
export function checkHeader(
  volume: Volume,
  block: Buffer,
  layout: HeaderLayout,
  place: number,
  owner: number,
  what: string,
): Unreadable | undefined {
  if (!volume.hasChecksums) return undefined;
  const elsewhere =
    block.readBigUInt64BE(layout.place) !== BigInt(place) / 512n
      ? `says it is sector ${block.readBigUInt64BE(layout.place)}`
      : block.readBigUInt64BE(layout.owner) !== BigInt(owner)
        ? `belongs to inode ${block.readBigUInt64BE(layout.owner)}`
        : foreignUuid(volume, block, layout);
  if (elsewhere !== undefined)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} ${elsewhere}: it was not read`, place);
  if (isIntact(block, layout.checksum)) return undefined;
  return new Unreadable('CHECKSUM_MISMATCH', `the checksum of ${what} is wrong`, place);
}

function foreignUuid(volume: Volume, block: Buffer, { uuid }: HeaderLayout): string | undefined {
  const found = block.subarray(uuid, uuid + 16);
  return found.equals(volume.superblock.blockUuid)
    ? undefined
    : `is of another file system, ${toUuid(found)}`;
}
