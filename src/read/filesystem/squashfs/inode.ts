import { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import type { Cursor } from './metadata.ts';

/** What every inode has, and what its kind has besides. Linux, fs/squashfs/squashfs_fs.h. */
export interface Inode {
  readonly kind: Node['kind'];
  readonly mode: number;
  /** Indexes into the table of owners. */
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly names: number;
  /** Index into the table of attributes. */
  readonly xattrs: number | undefined;
  readonly folder?: FolderPlace;
  readonly file?: FilePlace;
  readonly target?: Buffer;
}

/** Where the names of a folder are. */
export interface FolderPlace {
  /** From the start of the table of folders. */
  readonly block: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface FilePlace {
  readonly size: number;
  /** Where its first block is. */
  readonly start: number;
  /** Where its end is when that shares a block with others' ends. */
  readonly tail: { readonly fragment: number; readonly offset: number } | undefined;
  /** At the sizes of its blocks. */
  readonly sizes: Cursor;
}

const HEADER = 16;
const NONE = 0xffffffff;
/** Longer than any system makes a path. */
const MAX_TARGET = 65_535;
/** The size of a folder counts `.` and `..`, which are not stored, as three bytes. */
const UNSTORED = 3;

/**
 * @param cursor at the inode
 * @throws Unreadable, Failure of the source
 */
export async function readInode(cursor: Cursor): Promise<Inode> {
  const at = cursor.position;
  const header = await cursor.take(HEADER);
  const common = {
    mode: header.readUInt16LE(2) & 0o7777,
    uid: header.readUInt16LE(4),
    gid: header.readUInt16LE(6),
    mtime: header.readUInt32LE(8),
  };
  const type = header.readUInt16LE(0);
  const read = READERS[type];
  if (read === undefined)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `there is no inode of type ${type}`, at);
  return { ...common, ...(await read(cursor)) };
}

type Particular = Omit<Inode, 'mode' | 'uid' | 'gid' | 'mtime'>;

/** Two types of each kind: one that is short, one that has all. */
const READERS: Readonly<Record<number, (cursor: Cursor) => Promise<Particular>>> = {
  1: readFolder,
  2: readFile,
  3: (cursor) => readSymlink(cursor, false),
  4: (cursor) => readOther(cursor, 'block', 8, false),
  5: (cursor) => readOther(cursor, 'character', 8, false),
  6: (cursor) => readOther(cursor, 'fifo', 4, false),
  7: (cursor) => readOther(cursor, 'fifo', 4, false),
  8: readLongFolder,
  9: readLongFile,
  10: (cursor) => readSymlink(cursor, true),
  11: (cursor) => readOther(cursor, 'block', 8, true),
  12: (cursor) => readOther(cursor, 'character', 8, true),
  13: (cursor) => readOther(cursor, 'fifo', 4, true),
  14: (cursor) => readOther(cursor, 'fifo', 4, true),
};

async function readFolder(cursor: Cursor): Promise<Particular> {
  const bytes = await cursor.take(16);
  const folder = {
    block: bytes.readUInt32LE(0),
    bytes: Math.max(0, bytes.readUInt16LE(8) - UNSTORED),
    offset: bytes.readUInt16LE(10),
  };
  return { kind: 'directory', names: bytes.readUInt32LE(4), xattrs: undefined, folder };
}

/** Its index of names, which follows, is for finding one: all are read here. */
async function readLongFolder(cursor: Cursor): Promise<Particular> {
  const bytes = await cursor.take(24);
  const folder = {
    block: bytes.readUInt32LE(8),
    bytes: Math.max(0, bytes.readUInt32LE(4) - UNSTORED),
    offset: bytes.readUInt16LE(18),
  };
  return { kind: 'directory', names: bytes.readUInt32LE(0), xattrs: optional(bytes, 20), folder };
}

async function readFile(cursor: Cursor): Promise<Particular> {
  const bytes = await cursor.take(16);
  const file = {
    start: bytes.readUInt32LE(0),
    tail: tailAt(bytes, 4),
    size: bytes.readUInt32LE(12),
    sizes: cursor.clone(),
  };
  return { kind: 'file', names: 1, xattrs: undefined, file };
}

async function readLongFile(cursor: Cursor): Promise<Particular> {
  const bytes = await cursor.take(40);
  const file = {
    start: safe(bytes, 0, cursor),
    size: safe(bytes, 8, cursor),
    tail: tailAt(bytes, 28),
    sizes: cursor.clone(),
  };
  return { kind: 'file', names: bytes.readUInt32LE(24), xattrs: optional(bytes, 36), file };
}

async function readSymlink(cursor: Cursor, long: boolean): Promise<Particular> {
  const bytes = await cursor.take(8);
  const length = bytes.readUInt32LE(4);
  if (length > MAX_TARGET) {
    const message = `a symlink is said to have a target of ${length} bytes`;
    throw new Unreadable('MALFORMED_FILE_SYSTEM', message, cursor.position);
  }
  const target = await cursor.take(length);
  const xattrs = long ? optional(await cursor.take(4), 0) : undefined;
  return { kind: 'symlink', names: bytes.readUInt32LE(0), xattrs, target };
}

async function readOther(
  cursor: Cursor,
  kind: Node['kind'],
  length: number,
  long: boolean,
): Promise<Particular> {
  const bytes = await cursor.take(length);
  const xattrs = long ? optional(await cursor.take(4), 0) : undefined;
  return { kind, names: bytes.readUInt32LE(0), xattrs };
}

function tailAt(bytes: Buffer, at: number): FilePlace['tail'] {
  const fragment = optional(bytes, at);
  return fragment === undefined ? undefined : { fragment, offset: bytes.readUInt32LE(at + 4) };
}

function optional(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readUInt32LE(at);
  return value === NONE ? undefined : value;
}

function safe(bytes: Buffer, at: number, cursor: Cursor): number {
  const value = bytes.readBigUInt64LE(at);
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  const message = `a file is said to have or to begin at ${value} bytes`;
  throw new Unreadable('MALFORMED_FILE_SYSTEM', message, cursor.position);
}
