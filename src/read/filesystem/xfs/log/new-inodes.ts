import { Unreadable } from '../../../disk/unreadable.ts';
import { checksumOf } from '../checksum.ts';
import type { Volume } from '../volume.ts';
import type { Item } from './transactions.ts';

/*
 * Where inodes were made, 64 at once and free all of them, the log says but that. (struct xfs_icreate_log, big endian in a log that is
 * not; `xfs_ialloc_inode_init`)
 */

const LENGTH = 28;
const MOST_INODES = 256;
const MAGIC = 0x494e;

export interface NewInodes {
  readonly place: number;
  readonly bytes: Buffer;
}

/** @throws Unreadable */
export function makeInodes(volume: Volume, { regions: [head = Buffer.alloc(0)] }: Item): NewInodes {
  if (head.length < LENGTH) throw wrong(`takes ${head.length} bytes`);
  const { groups, groupBits, inodeBits, inodeSize, blockSize } = volume.superblock;
  const [group, block, count] = [head.readUInt32BE(4), head.readUInt32BE(8), head.readUInt32BE(12)];
  const [size, blocks, generation] = [head.readUInt32BE(16), head.readUInt32BE(20), head.readUInt32BE(24)];
  if (group >= groups || block === 0 || size !== inodeSize || count === 0 || count > MOST_INODES)
    throw wrong(`is of ${count} inodes of ${size} bytes in block ${block} of group ${group}`);
  if (blocks * blockSize !== count * inodeSize) throw wrong(`is of ${count} inodes in ${blocks} blocks`);
  const first = group * 2 ** groupBits + block;
  const place = volume.placeOfBlocks(first, blocks, 'a place for new inodes');
  const bytes = Buffer.alloc(blocks * blockSize);
  for (let index = 0; index < count; index++) {
    const inode = bytes.subarray(index * inodeSize, (index + 1) * inodeSize);
    fill(inode, volume, first * 2 ** inodeBits + index, generation);
  }
  return { place, bytes };
}

function fill(inode: Buffer, { hasChecksums, superblock }: Volume, number: number, generation: number): void {
  inode.writeUInt16BE(MAGIC, 0);
  inode.writeUInt8(hasChecksums ? 3 : 2, 4);
  inode.writeUInt32BE(generation, 92);
  inode.writeUInt32BE(0xffffffff, 96);
  if (!hasChecksums) return;
  inode.writeBigUInt64BE(BigInt(number), 152);
  superblock.blockUuid.copy(inode, 160);
  inode.writeUInt32LE(checksumOf(inode, 100), 100);
}

function wrong(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `in the log, a making of inodes ${message}`);
}
