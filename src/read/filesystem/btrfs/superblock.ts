import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { type Checksum, checksumOfType, isIntact } from './checksum.ts';
import { readSafe } from './key.ts';

/*
 * The superblock (struct btrfs_super_block): where everything else is found. It lies at 64 KiB, and copies of it at 64 MiB and 256 GiB
 * are used when the first is damaged.
 */

export const SUPERBLOCK_AT = 64 * 1024;
export const SUPERBLOCK_BYTES = 4096;
const COPIES_AT = [64 * 2 ** 20, 256 * 2 ** 30];
const MAGIC = Buffer.from('_BHRfS_M');
const MAGIC_AT = 0x40;
const MAX_LEVEL = 7;
const MAX_SYSTEM_CHUNKS = 2048;

const METADATA_UUID = 2 ** 10;
/** Features that change how it is read, by bit. Those without a name here are not known. */
const READ = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16]);
const UNREAD: Readonly<Record<number, string>> = {
  12: 'zoned',
  13: 'extent-tree-v2',
  14: 'raid-stripe-tree',
  15: 'encryption',
};
const FLAG_METADUMP = (2n ** 33n) | (2n ** 34n);

/** Where a block of a tree is, and what it must say of itself. */
export interface Pointer {
  readonly logical: number;
  readonly level: number;
  readonly generation: bigint;
}

export interface Superblock {
  readonly checksum: Checksum;
  /** As `/dev/disk/by-uuid` has it. */
  readonly uuid: string;
  /** What tree blocks carry: 16 bytes. */
  readonly blockId: Buffer;
  readonly label: string;
  readonly root: Pointer;
  readonly chunkRoot: Pointer;
  /** Folder of the tree of trees where the default subvolume is named. */
  readonly rootFolder: bigint;
  readonly hasLog: boolean;
  readonly sectorSize: number;
  readonly nodeSize: number;
  readonly devices: number;
  readonly device: number;
  /** Keys and chunks, as many as the chunk tree itself needs to be found. */
  readonly systemChunks: Buffer;
  readonly flaws: readonly Unreadable[];
}

export function hasMagic(bytes: Buffer): boolean {
  return bytes.subarray(MAGIC_AT, MAGIC_AT + MAGIC.length).equals(MAGIC);
}

/**
 * The first that is intact; when none is, the first that can be used at all, with a flaw.
 * @throws Unreadable, Failure of the source
 */
export async function readSuperblock(source: BlockSource): Promise<Superblock> {
  const first = await readCopy(source, SUPERBLOCK_AT);
  const flaw = flawOf(first, SUPERBLOCK_AT);
  if (flaw === undefined) return parseSuperblock(first, []);
  for (const at of COPIES_AT) {
    if (at + SUPERBLOCK_BYTES > source.size) continue;
    const copy = await readCopy(source, at);
    if (flawOf(copy, at) !== undefined) continue;
    const message = `${flaw.message}: the copy at byte ${at} was used`;
    return parseSuperblock(copy, [new Unreadable(flaw.code, message, SUPERBLOCK_AT)]);
  }
  if (flaw.code !== 'CHECKSUM_MISMATCH') throw flaw;
  return parseSuperblock(first, [flaw]);
}

function readCopy(source: BlockSource, at: number): Promise<Buffer> {
  return source.read(at, SUPERBLOCK_BYTES);
}

function flawOf(bytes: Buffer, at: number): Unreadable | undefined {
  if (!hasMagic(bytes)) return malformed('the superblock has no magic', at);
  if (bytes.readBigUInt64LE(0x30) !== BigInt(at)) return malformed('the superblock says it is elsewhere', at);
  const checksum = checksumOfType(bytes.readUInt16LE(0xc4));
  if (isIntact(checksum, bytes.subarray(32), bytes)) return undefined;
  return new Unreadable('CHECKSUM_MISMATCH', `the ${checksum.name} of the superblock is wrong`, at);
}

function parseSuperblock(bytes: Buffer, found: readonly Unreadable[]): Superblock {
  const incompatible = bytes.readBigUInt64LE(0xbc);
  refuseUnread(incompatible);
  const checksum = checksumOfType(bytes.readUInt16LE(0xc4));
  const sectorSize = requirePower(bytes.readUInt32LE(0x90), 512, 'sector');
  const nodeSize = requirePower(bytes.readUInt32LE(0x94), sectorSize, 'node');
  const systemBytes = bytes.readUInt32LE(0xa0);
  if (systemBytes > MAX_SYSTEM_CHUNKS)
    throw malformed(`the superblock has ${systemBytes} bytes of system chunks`);
  const fsid = bytes.subarray(0x20, 0x30);
  const hasOwnBlockId = (incompatible & BigInt(METADATA_UUID)) !== 0n;
  const hasLog = bytes.readBigUInt64LE(0x60) !== 0n;
  const label = bytes.subarray(0x12b, 0x22b);
  const end = label.indexOf(0);
  const devices = readSafe(bytes, 0x88, 'the number of devices');
  return {
    checksum,
    uuid: toUuid(fsid),
    blockId: hasOwnBlockId ? bytes.subarray(0x23b, 0x24b) : fsid,
    label: label.subarray(0, end < 0 ? label.length : end).toString('utf8'),
    root: pointerAt(bytes, 0x50, 0xc6, 0x48),
    chunkRoot: pointerAt(bytes, 0x58, 0xc7, 0xa4),
    rootFolder: bytes.readBigUInt64LE(0x80),
    hasLog,
    sectorSize,
    nodeSize,
    devices,
    device: readSafe(bytes, 0xc9, 'the number of the device'),
    systemChunks: bytes.subarray(0x32b, 0x32b + systemBytes),
    flaws: [...found, ...flawsOf(bytes, devices, hasLog)],
  };
}

function flawsOf(bytes: Buffer, devices: number, hasLog: boolean): Unreadable[] {
  const unread: string[] = [];
  if (hasLog) unread.push('the log tree was not replayed: what was written last is missing');
  if (devices > 1) unread.push(`a file system on ${devices} devices: only what is on this one was read`);
  if ((bytes.readBigUInt64LE(0x38) & FLAG_METADUMP) !== 0n)
    unread.push('an image of metadata alone: its files have no content');
  return unread.map((message) => new Unreadable('UNSUPPORTED', `btrfs: ${message}`, SUPERBLOCK_AT));
}

function refuseUnread(flags: bigint): void {
  const features: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (((flags >> BigInt(bit)) & 1n) === 1n && !READ.has(bit))
      features.push(UNREAD[bit] ?? `unknown feature ${bit}`);
  }
  if (features.length === 0) return;
  const code = features.includes('encryption') ? 'ENCRYPTED' : 'UNSUPPORTED';
  throw new Unreadable(code, `btrfs with ${features.join(', ')} is not read`, SUPERBLOCK_AT);
}

function pointerAt(bytes: Buffer, at: number, levelAt: number, generationAt: number): Pointer {
  return {
    logical: readSafe(bytes, at, 'a root in the superblock'),
    level: requireLevel(bytes[levelAt] ?? 0),
    generation: bytes.readBigUInt64LE(generationAt),
  };
}

/** @throws Unreadable MALFORMED_FILE_SYSTEM */
export function requireLevel(level: number): number {
  if (level <= MAX_LEVEL) return level;
  throw new Unreadable('MALFORMED_FILE_SYSTEM', `a tree has level ${level}, where ${MAX_LEVEL} is the most`);
}

function requirePower(value: number, least: number, what: string): number {
  if (value >= least && value <= 65536 && (value & (value - 1)) === 0) return value;
  throw malformed(`the superblock has a ${what} size of ${value}`);
}

function toUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function malformed(message: string, at = SUPERBLOCK_AT): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `btrfs: ${message}`, at);
}
