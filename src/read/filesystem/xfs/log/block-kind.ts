import { checksumOf } from '../checksum.ts';

/*
 * Blocks of version 5 say when they were changed last, under a checksum. The log has neither: both are put in when a block is
 * written, and so they are here. By its magic number, where a block has them.
 */

interface Fields {
  readonly checksum: number;
  readonly lsn: number;
  readonly uuid: number;
}

const SHORT_TREE: Fields = { lsn: 24, uuid: 32, checksum: 52 };
const LONG_TREE: Fields = { lsn: 32, uuid: 40, checksum: 64 };
const FOLDER: Fields = { checksum: 4, lsn: 16, uuid: 24 };
const INDEX: Fields = { checksum: 12, lsn: 24, uuid: 32 };
const SUPERBLOCK: Fields = { checksum: 224, lsn: 240, uuid: 32 };

const KINDS: ReadonlyMap<string, Fields> = new Map([
  ['AB3B', SHORT_TREE],
  ['AB3C', SHORT_TREE],
  ['IAB3', SHORT_TREE],
  ['FIB3', SHORT_TREE],
  ['RMB3', SHORT_TREE],
  ['R3FC', SHORT_TREE],
  ['BMA3', LONG_TREE],
  ['MAPR', LONG_TREE],
  ['RCNT', LONG_TREE],
  ['XAGF', { checksum: 216, lsn: 208, uuid: 64 }],
  ['XAGI', { checksum: 312, lsn: 320, uuid: 296 }],
  ['XAFL', { checksum: 32, lsn: 24, uuid: 8 }],
  ['XSLM', { checksum: 12, uuid: 16, lsn: 48 }],
  ['XDB3', FOLDER],
  ['XDD3', FOLDER],
  ['XDF3', FOLDER],
  ['XFSB', SUPERBLOCK],
]);
/** Two bytes further on. */
const INDEX_KINDS: readonly number[] = [0x3df1, 0x3dff, 0x3ebe, 0x3bee];

/** All of a superblock is known by the UUID that its other blocks have. */
const OWN_UUID = 248;
const INCOMPATIBLE = 216;
const HAS_OWN_UUID = 0x4;

/** Bytes at the start of a block that tell all of this. */
export const HEAD = 512;

function fieldsOf(block: Buffer, uuid: Buffer): Fields | undefined {
  const kind =
    KINDS.get(block.toString('latin1', 0, 4)) ??
    (INDEX_KINDS.includes(block.readUInt16BE(8)) ? INDEX : undefined);
  if (kind === undefined) return undefined;
  const isOther = kind === SUPERBLOCK && (block.readUInt32BE(INCOMPATIBLE) & HAS_OWN_UUID) !== 0;
  const at = isOther ? OWN_UUID : kind.uuid;
  // Left by another file system: what is in it counts for nothing.
  return uuid.compare(block, at, at + 16) === 0 ? kind : undefined;
}

/**
 * When a block was changed last; undefined where it does not say, and anything is newer.
 * @param uuid that all blocks of the file system carry
 */
export function lsnOf(block: Buffer, uuid: Buffer): bigint | undefined {
  const fields = fieldsOf(block, uuid);
  return fields === undefined ? undefined : toLsn(block, fields.lsn);
}

const NONE = 0xffff_ffff_ffff_ffffn;

/** Zero and all ones are what was never given one. */
export function toLsn(bytes: Buffer, at: number): bigint | undefined {
  const lsn = bytes.readBigUInt64BE(at);
  return lsn === 0n || lsn === NONE ? undefined : lsn;
}

/** As if the block were written. */
export function stampLsn(block: Buffer, uuid: Buffer, lsn: bigint): void {
  const fields = fieldsOf(block, uuid);
  if (fields !== undefined) block.writeBigUInt64BE(lsn, fields.lsn);
}

/** @param block all of it */
export function stampChecksum(block: Buffer, uuid: Buffer): void {
  const fields = fieldsOf(block, uuid);
  if (fields !== undefined) block.writeUInt32LE(checksumOf(block, fields.checksum), fields.checksum);
}
