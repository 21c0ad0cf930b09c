import { Unreadable } from '../../disk/unreadable.ts';
import { read64 } from './big-endian.ts';
import { isIntact } from './checksum.ts';
import type { Volume } from './volume.ts';

/** Layout follows "XFS Algorithms & Data Structures", section On-disk Inode. */
const MAGIC = 0x494e;
const CHECKSUM = 100;
/** Where the forks begin: in inodes of versions 1 and 2, and in those of version 3. */
const CORE_V2 = 100;
const CORE_V3 = 176;

/** Of `di_flags`. */
const REALTIME = 0x1;
/** Of `di_flags2`. */
const BIGTIME = 0x8;
const LARGE_COUNTS = 0x10;

/** Times with `BIGTIME` count nanoseconds from the lowest 32-bit time. */
const BIGTIME_EPOCH = -(2 ** 31);

export interface Inode {
  readonly number: number;
  /** With the kind of file. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  /** Bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly isRealtime: boolean;
  /** What it holds. */
  readonly data: Fork;
  readonly attributes: Fork | undefined;
  readonly flaws: readonly Unreadable[];
}

/** One of the two things an inode holds: its data, its attributes. */
export interface Fork {
  /** `device` has nothing to read. */
  readonly format: 'device' | 'local' | 'extents' | 'btree';
  /** What of it is in the inode. */
  readonly bytes: Buffer;
  /** Extents it says it has. */
  readonly extents: number;
}

const FORMATS = ['device', 'local', 'extents', 'btree'] as const;

/** @throws Unreadable, Failure of the source */
export async function readInode(volume: Volume, number: number): Promise<Inode> {
  const place = volume.placeOfInode(number);
  const bytes = volume.readMetadata(place, volume.superblock.inodeSize);
  return parseInode(volume, Buffer.isBuffer(bytes) ? bytes : await bytes, number, place);
}

function parseInode(volume: Volume, bytes: Buffer, number: number, place: number): Inode {
  const wrong = (message: string): Unreadable =>
    new Unreadable('MALFORMED_FILE_SYSTEM', `inode ${number} ${message}`, place);
  if (bytes.readUInt16BE(0) !== MAGIC) throw wrong('is none: its magic number is not there');
  const version = bytes.readUInt8(4);
  if (volume.hasChecksums ? version !== 3 : version !== 1 && version !== 2)
    throw wrong(`has version ${version}`);
  const mode = bytes.readUInt16BE(2);
  if (mode === 0) throw wrong('is free');
  const flags2 = version === 3 ? bytes.readUInt32BE(124) : 0;
  return {
    number,
    mode,
    uid: bytes.readUInt32BE(8),
    gid: bytes.readUInt32BE(12),
    links: version === 1 ? bytes.readUInt16BE(6) : bytes.readUInt32BE(16),
    size: read64(bytes, 56, `the size of inode ${number}`),
    mtime: toTime(bytes, 40, (flags2 & BIGTIME) !== 0),
    isRealtime: (bytes.readUInt16BE(90) & REALTIME) !== 0,
    ...parseForks(bytes, version === 3 ? CORE_V3 : CORE_V2, (flags2 & LARGE_COUNTS) !== 0, wrong),
    flaws: version === 3 ? checkIdentity(volume, bytes, number, place, wrong) : [],
  };
}

function checkIdentity(
  volume: Volume,
  bytes: Buffer,
  number: number,
  place: number,
  wrong: (message: string) => Unreadable,
): Unreadable[] {
  if (bytes.readBigUInt64BE(152) !== BigInt(number))
    throw wrong(`says it is inode ${bytes.readBigUInt64BE(152)}`);
  if (bytes.compare(volume.superblock.blockUuid, 0, 16, 160, 176) !== 0)
    throw wrong('is of another file system');
  if (isIntact(bytes, CHECKSUM)) return [];
  return [new Unreadable('CHECKSUM_MISMATCH', `the checksum of inode ${number} is wrong`, place)];
}

function toTime(bytes: Buffer, at: number, isBig: boolean): number {
  if (!isBig) return bytes.readInt32BE(at);
  return Number(bytes.readBigUInt64BE(at) / 1_000_000_000n) + BIGTIME_EPOCH;
}

function parseForks(
  bytes: Buffer,
  start: number,
  hasLargeCounts: boolean,
  wrong: (message: string) => Unreadable,
): Pick<Inode, 'data' | 'attributes'> {
  const toFormat = (value: number): Fork['format'] => {
    const format = FORMATS[value];
    if (format !== undefined) return format;
    throw wrong(`has an unknown format, ${value}`);
  };
  const split = start + bytes.readUInt8(82) * 8;
  if (split > bytes.length) throw wrong('says that its attributes begin outside it');
  const hasAttributes = split > start;
  const data: Fork = {
    format: toFormat(bytes.readUInt8(5)),
    bytes: bytes.subarray(start, hasAttributes ? split : bytes.length),
    extents: hasLargeCounts ? read64(bytes, 24, 'a count of extents') : bytes.readUInt32BE(76),
  };
  if (!hasAttributes) return { data, attributes: undefined };
  const format = toFormat(bytes.readUInt8(83));
  if (format === 'device') throw wrong('has attributes of no known format');
  const extents = hasLargeCounts ? bytes.readUInt32BE(76) : bytes.readUInt16BE(80);
  return { data, attributes: { format, bytes: bytes.subarray(split), extents } };
}
