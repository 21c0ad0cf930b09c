import { Unreadable } from '../../disk/unreadable.ts';
import { checksum, ONES } from './checksum.ts';
import { INCOMPAT, READ_ONLY_COMPAT } from './features.ts';
import { has, inodeSeed, type Superblock } from './superblock.ts';
import { wideNumber } from './wide-number.ts';

/*
 * An inode: kernel, Documentation/filesystems/ext4/inodes.rst. The first 128 bytes are as ext2 has them; what comes after
 * belongs to the inode as far as `i_extra_isize` says, the rest holds attributes.
 */

export const FORMAT = {
  fifo: 0x1000,
  character: 0x2000,
  folder: 0x4000,
  block: 0x6000,
  file: 0x8000,
  symlink: 0xa000,
  socket: 0xc000,
} as const;

export const FLAG = {
  encrypted: 0x800,
  indexed: 0x1000,
  hugeFile: 0x40000,
  extents: 0x80000,
  attributeValue: 0x200000,
  inline: 0x10000000,
  casefold: 0x40000000,
} as const;

const OLD_SIZE = 128;
export const ROOT_INODE = 2;

export interface Inode {
  readonly number: number;
  /** One of `FORMAT`. */
  readonly format: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly links: number;
  readonly flags: number;
  readonly mtime: number;
  /** Where a large attribute's value keeps its checksum. */
  readonly atime: number;
  /** Bytes that the inode says it takes, attributes and maps included. */
  readonly allocated: number;
  /** Block of attributes; 0 when there is none. */
  readonly attributes: number;
  /** Root of the map, target of a short symlink or inline content: 60 bytes. */
  readonly map: Buffer;
  /** What comes after the inode proper: attributes. */
  readonly tail: Buffer;
  /** What the checksums of its blocks begin with. */
  readonly seed: number;
  readonly flaws: readonly Unreadable[];
}

/** @throws Unreadable MALFORMED_FILE_SYSTEM where no use can be made of it */
export function parseInode(bytes: Buffer, number: number, superblock: Superblock): Inode {
  const word = bytes.readUInt16LE(0);
  const links = bytes.readUInt16LE(0x1a);
  if (word === 0 || (links === 0 && (bytes.readUInt32LE(0x20) & FLAG.attributeValue) === 0))
    throw malformed(number, 'is not in use, though a name leads to it');
  const flaws: Unreadable[] = [];
  const extra = parseExtra(bytes, number, flaws);
  const seed = inodeSeed(superblock, number, bytes.readUInt32LE(0x64));
  if (has(superblock, 'readOnlyCompat', READ_ONLY_COMPAT.checksums) && !isGood(bytes, extra, seed))
    flaws.push(new Unreadable('CHECKSUM_MISMATCH', `inode ${number} has a wrong checksum`));
  const format = word & 0xf000;
  const flags = bytes.readUInt32LE(0x20);
  return {
    ...{ number, format, links, flags, seed, flaws },
    mode: word & 0o7777,
    uid: bytes.readUInt16LE(0x2) + bytes.readUInt16LE(0x78) * 0x10000,
    gid: bytes.readUInt16LE(0x18) + bytes.readUInt16LE(0x7a) * 0x10000,
    size: parseSize(bytes, number, format, superblock),
    mtime: parseTime(bytes, extra),
    atime: bytes.readUInt32LE(0x8),
    allocated: parseAllocated(bytes, flags, superblock),
    attributes: parseAttributes(bytes, superblock),
    map: Buffer.from(bytes.subarray(0x28, 0x64)),
    // Linux looks for attributes after the extra fields, and where there are none of those, nowhere.
    tail: extra === 0 ? NOTHING : Buffer.from(bytes.subarray(OLD_SIZE + extra)),
    flaws,
  };
}

function parseExtra(bytes: Buffer, number: number, flaws: Unreadable[]): number {
  if (bytes.length < OLD_SIZE + 4) return 0;
  const extra = bytes.readUInt16LE(OLD_SIZE);
  if (extra + OLD_SIZE <= bytes.length && extra % 4 === 0) return extra;
  flaws.push(malformed(number, `claims ${extra} bytes of extra fields`));
  return 0;
}

function isGood(bytes: Buffer, extra: number, seed: number): boolean {
  const wide = extra >= 4;
  const high = wide ? bytes.readUInt16LE(0x82) : 0;
  const stored = high * 0x10000 + bytes.readUInt16LE(0x7c);
  const parts = [bytes.subarray(0, 0x7c), ZEROS, bytes.subarray(0x7e, wide ? 0x82 : undefined)];
  if (wide) parts.push(ZEROS, bytes.subarray(0x84));
  const sum = checksum(seed, ...parts);
  return stored === (wide ? sum : sum & 0xffff);
}

function parseSize(bytes: Buffer, number: number, format: number, superblock: Superblock): number {
  const wide = format === FORMAT.file || has(superblock, 'incompat', INCOMPAT.largeFolders);
  const size = wideNumber(bytes.readUInt32LE(0x4), wide ? bytes.readUInt32LE(0x6c) : 0);
  if (size === undefined || size > (ONES + 1) * superblock.blockSize)
    throw malformed(number, 'claims to be larger than any file can be');
  return size;
}

/** Signed 32-bit seconds, with two bits above them where there is room: until 2446. */
function parseTime(bytes: Buffer, extra: number): number {
  const seconds = bytes.readInt32LE(0x10);
  return extra >= 12 ? seconds + (bytes.readUInt32LE(0x88) & 3) * 2 ** 32 : seconds;
}

function parseAllocated(bytes: Buffer, flags: number, superblock: Superblock): number {
  const huge = has(superblock, 'readOnlyCompat', READ_ONLY_COMPAT.hugeFiles);
  const count = bytes.readUInt32LE(0x1c) + (huge ? bytes.readUInt16LE(0x74) * 2 ** 32 : 0);
  return count * (huge && (flags & FLAG.hugeFile) !== 0 ? superblock.blockSize : 512);
}

function parseAttributes(bytes: Buffer, superblock: Superblock): number {
  const high = has(superblock, 'incompat', INCOMPAT.wide) ? bytes.readUInt16LE(0x76) : 0;
  return bytes.readUInt32LE(0x68) + high * 2 ** 32;
}

export function malformed(number: number, message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `inode ${number} ${message}`);
}

const ZEROS = Buffer.alloc(2);
const NOTHING = Buffer.alloc(0);
