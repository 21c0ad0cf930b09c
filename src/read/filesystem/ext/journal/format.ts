import { Unreadable } from '../../../disk/unreadable.ts';
import { checksum, checksumWithout, ONES } from '../checksum.ts';

/* What a journal is made of, all of it big-endian; kernel, Documentation/filesystems/ext4/journal.rst. */

export const MAGIC = 0xc03b3998;
export const BLOCK = { descriptor: 1, commit: 2, superblock: 3, superblockV2: 4, revoke: 5 } as const;
const INCOMPAT = { wide: 0x2, checksumV2: 0x8, checksumV3: 0x10, fastCommit: 0x20 } as const;
/** revoke, 64bit, async_commit, csum_v2, csum_v3, fast_commit. */
const KNOWN_INCOMPAT = 0x3f;
/** Of the compatible features. */
const OLD_CHECKSUMS = 0x1;
const SUPERBLOCK_SIZE = 1024;
const SUPERBLOCK_CHECKSUM = 0xfc;
const COMMIT_CHECKSUM = 0x10;
const USUAL_FAST_BLOCKS = 256;
/** 4 GiB in usual blocks; mke2fs makes at most one. */
const LONGEST = 2 ** 20;

export interface JournalFormat {
  readonly blockSize: number;
  /** First block of the log, and the one after its last. */
  readonly first: number;
  readonly end: number;
  /** Where the log to be replayed begins; 0 when there is none. */
  readonly start: number;
  readonly sequence: number;
  /** Where fast commits begin, when the journal takes them. */
  readonly fastCommits: number | undefined;
  readonly wide: boolean;
  readonly checksums: 0 | 2 | 3;
  /** Whether commits have checksums of the first kind, over a whole transaction, which are not verified here. */
  readonly hasOldChecksums: boolean;
  readonly seed: number;
}

/** @throws Unreadable MALFORMED_FILE_SYSTEM, UNSUPPORTED, CHECKSUM_MISMATCH */
export function parseJournal(block: Buffer, blocks: number): JournalFormat {
  const malformed = (message: string) => new Unreadable('MALFORMED_FILE_SYSTEM', `the journal ${message}`);
  const type = block.readUInt32BE(4);
  if (block.readUInt32BE(0) !== MAGIC || (type !== BLOCK.superblock && type !== BLOCK.superblockV2))
    throw malformed('has no superblock');
  const incompat = type === BLOCK.superblockV2 ? block.readUInt32BE(0x28) : 0;
  const unknown = incompat & ~KNOWN_INCOMPAT;
  if (unknown !== 0)
    throw new Unreadable('UNSUPPORTED', `the journal has features 0x${(unknown >>> 0).toString(16)}`);
  const has = (flag: number) => (incompat & flag) !== 0;
  const checksums = has(INCOMPAT.checksumV3) ? 3 : has(INCOMPAT.checksumV2) ? 2 : 0;
  const head = block.subarray(0, SUPERBLOCK_SIZE);
  if (
    checksums !== 0 &&
    checksumWithout(ONES, head, SUPERBLOCK_CHECKSUM, 4) !== head.readUInt32BE(SUPERBLOCK_CHECKSUM)
  )
    throw new Unreadable('CHECKSUM_MISMATCH', 'the superblock of the journal has a wrong checksum');
  if (block.readUInt32BE(0xc) !== block.length)
    throw malformed(`claims blocks of ${block.readUInt32BE(0xc)} bytes`);
  const length = block.readUInt32BE(0x10);
  const fast = has(INCOMPAT.fastCommit) ? block.readUInt32BE(0x54) || USUAL_FAST_BLOCKS : 0;
  const end = length - fast;
  const [first, start] = [block.readUInt32BE(0x14), block.readUInt32BE(0x1c)];
  if (length > blocks || first < 1 || first >= end)
    throw malformed(`claims ${length} blocks and has ${blocks}`);
  if (start !== 0 && (start < first || start >= end))
    throw malformed(`begins at its block ${start}, which it does not have`);
  if (end - first > LONGEST)
    throw new Unreadable('UNSUPPORTED', `the journal has ${end - first} blocks, more than ${LONGEST}`);
  return {
    ...{ blockSize: block.length, first, end, start, checksums },
    sequence: block.readUInt32BE(0x18),
    fastCommits: fast === 0 ? undefined : end + 1,
    wide: has(INCOMPAT.wide),
    hasOldChecksums: type === BLOCK.superblockV2 && (block.readUInt32BE(0x24) & OLD_CHECKSUMS) !== 0,
    seed: checksum(ONES, block.subarray(0x30, 0x40)),
  };
}

/** One block of the file system that follows a descriptor. */
export interface Tag {
  readonly target: number;
  /** It began with the journal's own magic, which was taken out. */
  readonly escaped: boolean;
  /** 32 bits of it in version 3, 16 in version 2. */
  readonly checksum: number;
}

const ESCAPED = 1;
const SAME_UUID = 2;
const LAST = 8;
const UUID = 16;
const HEADER = 12;
const TAIL = 4;

export function parseTags(block: Buffer, format: JournalFormat): Tag[] {
  const tags: Tag[] = [];
  const { checksums, wide } = format;
  const size = checksums === 3 ? 16 : 8 + (wide ? 4 : 0) + (checksums === 2 ? 2 : 0);
  const end = block.length - (checksums === 0 ? 0 : TAIL);
  for (let at = HEADER; at + size <= end; ) {
    const flags = checksums === 3 ? block.readUInt32BE(at + 4) : block.readUInt16BE(at + 6);
    const high = wide ? block.readUInt32BE(at + 8) : 0;
    tags.push({
      target: block.readUInt32BE(at) + high * 2 ** 32,
      escaped: (flags & ESCAPED) !== 0,
      checksum: checksums === 3 ? block.readUInt32BE(at + 12) : block.readUInt16BE(at + 4),
    });
    at += size + ((flags & SAME_UUID) === 0 ? UUID : 0);
    if ((flags & LAST) !== 0) break;
  }
  return tags;
}

/** Blocks that are not to be replayed from what came before. */
export function parseRevoked(block: Buffer, { wide, checksums }: JournalFormat): number[] {
  const revoked: number[] = [];
  const width = wide ? 8 : 4;
  const end = Math.min(block.readUInt32BE(HEADER), block.length - (checksums === 0 ? 0 : TAIL));
  for (let at = HEADER + 4; at + width <= end; at += width)
    revoked.push(
      wide ? block.readUInt32BE(at) * 2 ** 32 + block.readUInt32BE(at + 4) : block.readUInt32BE(at),
    );
  return revoked;
}

/** Of a descriptor, revoke or commit block. */
export function isGoodBlock(block: Buffer, type: number, { checksums, seed }: JournalFormat): boolean {
  if (checksums === 0) return true;
  const field = type === BLOCK.commit ? COMMIT_CHECKSUM : block.length - TAIL;
  return checksumWithout(seed, block, field, 4) === block.readUInt32BE(field);
}

/** Of a block of the file system as the journal holds it. */
export function isGoodCopy(
  copy: Buffer,
  tag: Tag,
  sequence: number,
  { checksums, seed }: JournalFormat,
): boolean {
  if (checksums === 0) return true;
  const number = Buffer.alloc(4);
  number.writeUInt32BE(sequence);
  const sum = checksum(seed, number, copy);
  return tag.checksum === (checksums === 3 ? sum : sum & 0xffff);
}

const FAST_HEAD = 9;

/** Whether a block of the fast commit area begins fast commits that follow the transaction before `sequence`. */
export function isFastCommit(block: Buffer, sequence: number): boolean {
  return block.readUInt16LE(0) === FAST_HEAD && block.readUInt32LE(8) === sequence;
}
