import { Unreadable } from '../../disk/unreadable.ts';
import { checksum, littleEndian, ONES } from './checksum.ts';
import { COMPAT, type Features, INCOMPAT, READ_ONLY_COMPAT, unknownFeatures } from './features.ts';
import { wideNumber } from './wide-number.ts';

export const SUPERBLOCK_SIZE = 1024;
/** Of the first one, in bytes from the start of the file system. */
export const SUPERBLOCK_AT = 1024;

const CHECKSUM = 0x3fc;

/** What the rest needs of a superblock; every number is in the bounds that Linux has for it. */
export interface Superblock {
  readonly features: Features;
  readonly blockSize: number;
  readonly blocks: number;
  readonly firstBlock: number;
  readonly blocksPerGroup: number;
  readonly groups: number;
  readonly inodes: number;
  readonly inodesPerGroup: number;
  readonly inodeSize: number;
  readonly firstInode: number;
  readonly descriptorSize: number;
  readonly firstMetaGroup: number;
  /** Blocks in a unit of allocation; 1 without bigalloc. */
  readonly clusterBlocks: number;
  /** With sparse_super2: the two groups that have a copy of this. */
  readonly backupGroups: readonly number[];
  readonly journalInode: number;
  /** What every checksum begins with. */
  readonly seed: number;
  readonly uuid: Buffer;
  readonly label: string;
  /** Which group it says it is in. */
  readonly group: number;
  readonly checksumGood: boolean;
}

export function has(superblock: Superblock, kind: keyof Features, flag: number): boolean {
  return (superblock.features[kind] & flag) !== 0;
}

export function isSuperblock(bytes: Buffer): boolean {
  return bytes.length >= SUPERBLOCK_SIZE && bytes.readUInt16LE(0x38) === 0xef53;
}

/**
 * `struct ext4_super_block`; kernel, Documentation/filesystems/ext4/super.rst.
 * @param bytes 1024 of them
 * @param at where they are, for messages
 * @throws Unreadable UNSUPPORTED, MALFORMED_FILE_SYSTEM
 */
export function parseSuperblock(bytes: Buffer, at: number): Superblock {
  const malformed = (message: string) =>
    new Unreadable('MALFORMED_FILE_SYSTEM', `the superblock ${message}`, at);
  if (!isSuperblock(bytes)) throw malformed('has no magic');
  const dynamic = bytes.readUInt32LE(0x4c) !== 0;
  const features = dynamic ? parseFeatures(bytes) : { compat: 0, incompat: 0, readOnlyCompat: 0 };
  const unknown = unknownFeatures(features);
  if (unknown.length > 0)
    throw new Unreadable('UNSUPPORTED', `the file system has ${unknown.join(', ')}, which is not read`, at);
  const shape = parseShape(bytes, features, dynamic, malformed);
  const uuid = Buffer.from(bytes.subarray(0x68, 0x78));
  const seeded = (features.incompat & INCOMPAT.checksumSeed) !== 0;
  return {
    features,
    ...shape,
    firstMetaGroup: bytes.readUInt32LE(0x104),
    backupGroups: [bytes.readUInt32LE(0x24c), bytes.readUInt32LE(0x250)],
    journalInode: (features.compat & COMPAT.hasJournal) === 0 ? 0 : bytes.readUInt32LE(0xe0),
    seed: seeded ? bytes.readUInt32LE(0x270) : checksum(ONES, uuid),
    uuid,
    label: bytes.toString('utf8', 0x78, 0x88).replace(/\0.*$/s, ''),
    group: bytes.readUInt16LE(0x5a),
    checksumGood:
      (features.readOnlyCompat & READ_ONLY_COMPAT.checksums) === 0 ||
      checksum(ONES, bytes.subarray(0, CHECKSUM)) === bytes.readUInt32LE(CHECKSUM),
  };
}

type Complaint = (message: string) => Unreadable;

function parseFeatures(bytes: Buffer): Features {
  return {
    compat: bytes.readUInt32LE(0x5c),
    incompat: bytes.readUInt32LE(0x60),
    readOnlyCompat: bytes.readUInt32LE(0x64),
  };
}

function parseShape(
  bytes: Buffer,
  { incompat, readOnlyCompat }: Features,
  dynamic: boolean,
  malformed: Complaint,
) {
  const shift = bytes.readUInt32LE(0x18);
  if (shift > 6) throw malformed(`claims blocks of 2^${10 + shift} bytes`);
  const blockSize = 1024 << shift;
  const clusterShift = (readOnlyCompat & READ_ONLY_COMPAT.clusters) === 0 ? shift : bytes.readUInt32LE(0x1c);
  if (clusterShift < shift || clusterShift > shift + 20) throw malformed('claims impossible clusters');
  const wide = (incompat & INCOMPAT.wide) !== 0;
  const blocks = wideNumber(bytes.readUInt32LE(0x4), wide ? bytes.readUInt32LE(0x150) : 0);
  const firstBlock = bytes.readUInt32LE(0x14);
  if (
    blocks === undefined ||
    blocks * blockSize > Number.MAX_SAFE_INTEGER ||
    firstBlock > 1 ||
    blocks <= firstBlock
  )
    throw malformed('claims an impossible number of blocks');
  const inodeSize = dynamic ? bytes.readUInt16LE(0x58) : 128;
  if (inodeSize < 128 || inodeSize > blockSize || (inodeSize & (inodeSize - 1)) !== 0)
    throw malformed(`claims inodes of ${inodeSize} bytes`);
  const descriptorSize = wide ? bytes.readUInt16LE(0xfe) : 32;
  if (descriptorSize < 32 || descriptorSize > 1024 || (descriptorSize & (descriptorSize - 1)) !== 0)
    throw malformed(`claims group descriptors of ${descriptorSize} bytes`);
  const clusterBlocks = 2 ** (clusterShift - shift);
  const blocksPerGroup = bytes.readUInt32LE(0x20);
  if (blocksPerGroup === 0 || blocksPerGroup > blockSize * 8 * clusterBlocks)
    throw malformed(`claims ${blocksPerGroup} blocks a group`);
  const inodesPerGroup = bytes.readUInt32LE(0x28);
  if (inodesPerGroup === 0 || inodesPerGroup > blockSize * 8)
    throw malformed(`claims ${inodesPerGroup} inodes a group`);
  const groups = Math.ceil((blocks - firstBlock) / blocksPerGroup);
  const inodes = bytes.readUInt32LE(0x0);
  if (inodes > groups * inodesPerGroup) throw malformed(`claims ${inodes} inodes in ${groups} groups`);
  const firstInode = dynamic ? bytes.readUInt32LE(0x54) : 11;
  return {
    ...{
      blockSize,
      blocks,
      firstBlock,
      blocksPerGroup,
      groups,
      inodes,
      inodesPerGroup,
      inodeSize,
      firstInode,
    },
    ...{ descriptorSize, clusterBlocks },
  };
}

/** Whether a group begins with a copy of the superblock and the group descriptors. */
export function hasBackup(superblock: Superblock, group: number): boolean {
  if (group === 0) return true;
  if (has(superblock, 'compat', COMPAT.sparseSuper2)) return superblock.backupGroups.includes(group);
  if (group === 1 || !has(superblock, 'readOnlyCompat', READ_ONLY_COMPAT.sparseSuper)) return true;
  return [3, 5, 7].some((base) => isPower(group, base));
}

function isPower(value: number, base: number): boolean {
  let rest = value;
  while (rest > 1 && rest % base === 0) rest /= base;
  return rest === 1;
}

/** First block of a group. */
export function groupStart({ firstBlock, blocksPerGroup }: Superblock, group: number): number {
  return firstBlock + group * blocksPerGroup;
}

/** What the checksums of an inode, its extents and its folder begin with. */
export function inodeSeed({ seed }: Superblock, inode: number, generation: number): number {
  return checksum(seed, littleEndian(inode), littleEndian(generation));
}
