import { Unreadable } from '../../disk/unreadable.ts';
import { read64 } from './big-endian.ts';

/** Layout and checks follow "XFS Algorithms & Data Structures", section Superblocks. */
export const SUPERBLOCK_MAGIC = 0x58465342;

/** Where a version 5 superblock has its CRC32C, over one sector. */
export const SUPERBLOCK_CHECKSUM = 224;

/** Bytes that every superblock has. */
export const SUPERBLOCK_LENGTH = 512;

export interface Superblock {
  /** 4: without checksums; 5: with. */
  readonly version: 4 | 5;
  readonly blockSize: number;
  readonly sectorSize: number;
  readonly inodeSize: number;
  /** Allocation groups: equal parts of the volume, the last may be shorter. */
  readonly groups: number;
  /** Blocks of one group, and the bits that a block's number in it takes up in the number of a block of the volume. */
  readonly groupBlocks: number;
  readonly groupBits: number;
  /** Bits that an inode's number in its block takes up. */
  readonly inodeBits: number;
  /** Of the whole volume. */
  readonly blocks: number;
  /** Undefined in most of the copies: they are not kept up to date. */
  readonly rootInode: number | undefined;
  /** Number of the log's first block; 0 where it is on a device of its own. */
  readonly logStart: number;
  readonly logBlocks: number;
  readonly logVersion: 1 | 2;
  /** Bytes of what a folder is made of: one block or several. */
  readonly folderBlockSize: number;
  /** Whether folders tell the kind of what they name. */
  readonly hasFileTypes: boolean;
  readonly ignoresCase: boolean;
  readonly needsRepair: boolean;
  /** Never finished by what made it. */
  readonly inProgress: boolean;
  readonly label: string;
  readonly uuid: string;
  /** What every block of a version 5 file system carries: its UUID, or the one it had before that was changed. */
  readonly blockUuid: Buffer;
}

/** Of `sb_versionnum`. */
const LOG_V2 = 0x400;
const FOLDERS_V2 = 0x2000;
const IGNORES_CASE = 0x4000;
const MORE_BITS = 0x8000;
/** Of `sb_features2`. */
const FILE_TYPES_V4 = 0x200;

/** Of `sb_features_incompat`: what is read here. Exchange of mappings (0x40) and parent pointers (0x80) change nothing for a reader. */
const FILE_TYPES = 0x1;
const META_UUID = 0x4;
const NEEDS_REPAIR = 0x10;
const KNOWN = 0xff;
const NAMED: ReadonlyMap<number, string> = new Map([
  [0x100, 'metadata directory tree (metadir)'],
  [0x200, 'zoned device'],
  [0x400, 'zone gaps'],
]);

/** As `uuid_t` is written out. */
export function toUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * @param bytes at least `SUPERBLOCK_LENGTH`
 * @throws Unreadable MALFORMED_FILE_SYSTEM, UNSUPPORTED with the feature's name
 */
export function parseSuperblock(bytes: Buffer): Superblock {
  if (bytes.readUInt32BE(0) !== SUPERBLOCK_MAGIC) throw wrong('its magic number is not there');
  const versionBits = bytes.readUInt16BE(100);
  const version = toVersion(versionBits);
  // Once put elsewhere by mistake: Linux takes what is in either place.
  const hasMore = version === 5 || (versionBits & MORE_BITS) !== 0;
  const features2 = hasMore ? bytes.readUInt32BE(200) | bytes.readUInt32BE(204) : 0;
  const incompatible = version === 5 ? bytes.readUInt32BE(216) : 0;
  const uuid = bytes.subarray(32, 48);
  const sizes = parseSizes(bytes);
  if (version === 5) requireKnown(incompatible);
  else if ((versionBits & FOLDERS_V2) === 0) throw unsupported('version 1 directories');
  return {
    version,
    ...sizes,
    rootInode: toInode(bytes),
    logStart: read64(bytes, 48, "the log's first block"),
    logBlocks: bytes.readUInt32BE(96),
    logVersion: version === 5 || (versionBits & LOG_V2) !== 0 ? 2 : 1,
    hasFileTypes: (incompatible & FILE_TYPES) !== 0 || (version === 4 && (features2 & FILE_TYPES_V4) !== 0),
    ignoresCase: (versionBits & IGNORES_CASE) !== 0,
    needsRepair: (incompatible & NEEDS_REPAIR) !== 0,
    inProgress: bytes[126] !== 0,
    label: toLabel(bytes.subarray(108, 120)),
    uuid: toUuid(uuid),
    blockUuid: Buffer.from((incompatible & META_UUID) === 0 ? uuid : bytes.subarray(248, 264)),
  };
}

function toVersion(bits: number): 4 | 5 {
  const version = bits & 0xf;
  if (version === 4 || version === 5) return version;
  if (version >= 1 && version <= 3) throw unsupported(`superblock version ${version}`);
  throw wrong(`its version is ${version}`);
}

function requireKnown(incompatible: number): void {
  const unknown = (incompatible & ~KNOWN) >>> 0;
  if (unknown === 0) return;
  const names = [];
  for (let bit = 0x100; bit < 2 ** 32; bit *= 2) {
    if ((unknown & bit) !== 0) names.push(NAMED.get(bit) ?? `incompatible feature 0x${bit.toString(16)}`);
  }
  throw unsupported(names.join(', '));
}

type Sizes = Pick<
  Superblock,
  | 'blockSize'
  | 'sectorSize'
  | 'inodeSize'
  | 'groups'
  | 'groupBlocks'
  | 'groupBits'
  | 'inodeBits'
  | 'blocks'
  | 'folderBlockSize'
>;

function parseSizes(bytes: Buffer): Sizes {
  const blockSize = requirePower(bytes.readUInt32BE(4), bytes.readUInt8(120), 'block size', 512, 65536);
  const sectorSize = requirePower(bytes.readUInt16BE(102), bytes.readUInt8(121), 'sector size', 512, 32768);
  const inodeSize = requirePower(bytes.readUInt16BE(104), bytes.readUInt8(122), 'inode size', 256, 2048);
  const inodeBits = bytes.readUInt8(123);
  if (sectorSize > blockSize)
    throw wrong(`sectors of ${sectorSize} bytes are larger than its blocks of ${blockSize}`);
  if (
    inodeSize * 2 ** Math.min(inodeBits, 16) !== blockSize ||
    bytes.readUInt16BE(106) !== blockSize / inodeSize
  )
    throw wrong(`a block of ${blockSize} bytes does not hold as many inodes of ${inodeSize} as it says`);
  const folderBlockSize = blockSize * 2 ** Math.min(bytes.readUInt8(192), 16);
  if (folderBlockSize > 65536) throw wrong('its directory blocks are larger than 64 KiB');
  return { blockSize, sectorSize, inodeSize, inodeBits, folderBlockSize, ...parseGroups(bytes, blockSize) };
}

function parseGroups(
  bytes: Buffer,
  blockSize: number,
): Pick<Sizes, 'blocks' | 'groups' | 'groupBlocks' | 'groupBits'> {
  const blocks = read64(bytes, 8, 'the count of its blocks');
  const groupBlocks = bytes.readUInt32BE(84);
  const groups = bytes.readUInt32BE(88);
  const groupBits = bytes.readUInt8(124);
  if (groupBits > 31 || groupBlocks > 2 ** groupBits || groupBlocks <= 2 ** groupBits / 2)
    throw wrong(`allocation groups of ${groupBlocks} blocks do not take ${groupBits} bits`);
  if (blocks === 0 || groups !== Math.ceil(blocks / groupBlocks))
    throw wrong(`${groups} allocation groups of ${groupBlocks} blocks do not make ${blocks}`);
  if (!Number.isSafeInteger(blocks * blockSize))
    throw wrong(`${blocks} blocks of ${blockSize} bytes are no disk`);
  return { blocks, groups, groupBlocks, groupBits };
}

function requirePower(value: number, bits: number, what: string, least: number, most: number): number {
  if (value >= least && value <= most && bits <= 16 && value === 2 ** bits) return value;
  throw wrong(`its ${what} is ${value}`);
}

/** All ones where it was not filled in. */
function toInode(bytes: Buffer): number | undefined {
  const high = bytes.readUInt32BE(56);
  return high >= 2 ** 21 ? undefined : high * 2 ** 32 + bytes.readUInt32BE(60);
}

function toLabel(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function wrong(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `the XFS superblock is not usable: ${message}`, 0);
}

function unsupported(feature: string): Unreadable {
  return new Unreadable('UNSUPPORTED', `XFS with ${feature} is not read`, 0);
}
