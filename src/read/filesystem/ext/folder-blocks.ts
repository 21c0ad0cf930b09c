import { checksum } from './checksum.ts';

/*
 * Names in a folder; kernel, Documentation/filesystems/ext4/directory.rst. A folder with an index is read like one without:
 * nodes of the index look like blocks without names, so that the index cannot hide what is in a leaf.
 */

export interface FolderEntry {
  readonly inode: number;
  readonly name: Buffer;
  /** What the entry says it names; only a hint. */
  readonly type: number;
}

export interface FolderFormat {
  /** Whether entries say what they name: where not, their names may be said to be longer than 255. */
  readonly typed: boolean;
  /** Whether blocks end with checksums, and what they begin with. */
  readonly seed: number | undefined;
  readonly indexed: boolean;
}

export const SOCKET = 6;
const HEADER = 8;
const TAIL = 12;
const TAIL_TYPE = 0xde;
const DOT = 12;

/**
 * Adds the entries of one block, or of what an inode holds of a folder, to `entries`.
 * @returns what is wrong with what follows the entries that were added
 */
export function parseEntries(bytes: Buffer, typed: boolean, entries: FolderEntry[]): string | undefined {
  for (let at = 0; at < bytes.length; ) {
    if (at + HEADER > bytes.length) return `an entry at ${at} is cut off`;
    const length = recordLength(bytes, at);
    const nameLength = typed ? bytes.readUInt8(at + 6) : bytes.readUInt16LE(at + 6);
    if (length < HEADER || length % 4 !== 0 || at + length > bytes.length)
      return `an entry at ${at} claims ${length} bytes`;
    const inode = bytes.readUInt32LE(at);
    if (inode !== 0) {
      if (HEADER + nameLength > length) return `an entry at ${at} has a name longer than itself`;
      const name = Buffer.from(bytes.subarray(at + HEADER, at + HEADER + nameLength));
      entries.push({ inode, name, type: typed ? bytes.readUInt8(at + 7) & 0xf : 0 });
    }
    at += length;
  }
  return undefined;
}

function recordLength(bytes: Buffer, at: number): number {
  const length = bytes.readUInt16LE(at + 4);
  if (bytes.length < 65536) return length;
  if (length === 65535 || length === 0) return 65536;
  return (length & 0xfffc) | ((length & 3) << 16);
}

/** Whether a block's checksum is right; of a folder without them it is. */
export function isGoodBlock(bytes: Buffer, { seed, indexed }: FolderFormat, first: boolean): boolean {
  if (seed === undefined) return true;
  const table = indexed ? findIndex(bytes, first) : undefined;
  if (table !== undefined) return isGoodIndex(bytes, table, seed);
  const tail = bytes.length - TAIL;
  const isTail =
    bytes.readUInt32LE(tail) === 0 &&
    bytes.readUInt16LE(tail + 4) === TAIL &&
    bytes.readUInt16LE(tail + 6) === TAIL_TYPE << 8;
  return isTail && checksum(seed, bytes.subarray(0, tail)) === bytes.readUInt32LE(tail + 8);
}

/** Where a node of the index has its table: after a record that covers the block, or after `.` and `..`. */
function findIndex(bytes: Buffer, first: boolean): number | undefined {
  if (!first)
    return bytes.readUInt32LE(0) === 0 && recordLength(bytes, 0) === bytes.length ? HEADER : undefined;
  const rootInfo = recordLength(bytes, 0) === DOT && recordLength(bytes, DOT) === bytes.length - DOT;
  return rootInfo ? 0x20 : undefined;
}

function isGoodIndex(bytes: Buffer, table: number, seed: number): boolean {
  const limit = bytes.readUInt16LE(table);
  const count = bytes.readUInt16LE(table + 2);
  const tail = table + limit * 8;
  if (count > limit || tail + 8 > bytes.length) return false;
  const sum = checksum(
    seed,
    bytes.subarray(0, table + count * 8),
    bytes.subarray(tail, tail + 4),
    Buffer.alloc(4),
  );
  return sum === bytes.readUInt32LE(tail + 4);
}
