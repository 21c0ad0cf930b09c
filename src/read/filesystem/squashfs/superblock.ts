import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';

/** Linux, fs/squashfs/squashfs_fs.h, `struct squashfs_super_block`; all of squashfs 4.0 is little-endian. */
export interface Superblock {
  readonly blockSize: number;
  readonly fragments: number;
  readonly ids: number;
  /** See decompressor.ts. */
  readonly compressor: number;
  /** Where the root's inode is; see `toPlace` in metadata.ts. */
  readonly root: bigint;
  /** Bytes of the file system; what follows is padding. */
  readonly bytes: number;
  readonly inodeTable: number;
  readonly folderTable: number;
  readonly idTable: number;
  /** Undefined where there is none. */
  readonly fragmentTable: number | undefined;
  readonly xattrTable: number | undefined;
}

export const SUPERBLOCK_BYTES = 96;
/** Little-endian, big-endian (up to 3.x), and both with LZMA outside of the format (never in Linux itself). */
const MAGICS = ['hsqs', 'sqsh', 'shsq', 'qshs'];
const MAX_BLOCK = 2 ** 20;
const MIN_BLOCK = 4096;

export function isSquashfs(head: Buffer): boolean {
  return head.length >= SUPERBLOCK_BYTES && MAGICS.includes(head.toString('latin1', 0, 4));
}

/**
 * @throws Unreadable, Failure of the source
 */
export async function readSuperblock(source: BlockSource): Promise<Superblock> {
  const bytes = await source.read(0, SUPERBLOCK_BYTES);
  if (!isSquashfs(bytes)) throw new Unreadable('MALFORMED_FILE_SYSTEM', 'there is no squashfs superblock', 0);
  return parseSuperblock(bytes);
}

function parseSuperblock(bytes: Buffer): Superblock {
  requireVersion(bytes);
  const blockSize = bytes.readUInt32LE(12);
  const blockLog = bytes.readUInt16LE(22);
  if (blockSize < MIN_BLOCK || blockSize > MAX_BLOCK || blockLog > 20 || blockSize !== 2 ** blockLog) {
    const message = `the superblock says blocks of ${blockSize} bytes, 2 to the power of ${blockLog}`;
    throw new Unreadable('MALFORMED_FILE_SYSTEM', message, 12);
  }
  const size = position(bytes, 40);
  if (size === undefined) throw new Unreadable('MALFORMED_FILE_SYSTEM', 'the superblock lacks a size', 40);
  return {
    blockSize,
    fragments: bytes.readUInt32LE(16),
    ids: bytes.readUInt16LE(26),
    compressor: bytes.readUInt16LE(20),
    root: bytes.readBigUInt64LE(32),
    bytes: size,
    idTable: requireTable(bytes, 48, 'owners'),
    xattrTable: position(bytes, 56),
    inodeTable: requireTable(bytes, 64, 'inodes'),
    folderTable: requireTable(bytes, 72, 'folders'),
    fragmentTable: position(bytes, 80),
  };
}

function requireVersion(bytes: Buffer): void {
  const magic = bytes.toString('latin1', 0, 4);
  if (magic === 'shsq' || magic === 'qshs')
    throw new Unreadable('UNSUPPORTED', 'squashfs with LZMA that is no part of the format is not read', 0);
  const bigEndian = magic === 'sqsh';
  const major = bigEndian ? bytes.readUInt16BE(28) : bytes.readUInt16LE(28);
  const minor = bigEndian ? bytes.readUInt16BE(30) : bytes.readUInt16LE(30);
  if (major === 4 && minor === 0 && !bigEndian) return;
  const order = bigEndian ? ', big-endian,' : '';
  throw new Unreadable('UNSUPPORTED', `squashfs ${major}.${minor}${order} is not read, only 4.0`, 28);
}

function requireTable(bytes: Buffer, at: number, of: string): number {
  const start = position(bytes, at);
  if (start !== undefined) return start;
  throw new Unreadable('MALFORMED_FILE_SYSTEM', `the superblock has no table of ${of}`, at);
}

/** All ones where there is none; beyond what any disk has is none, too. */
function position(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}
