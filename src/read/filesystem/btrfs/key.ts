import { Unreadable } from '../../disk/unreadable.ts';

/** What every item of a tree is found by; sorted by object id, then type, then offset (btrfs_disk_key). */
export interface Key {
  readonly objectid: bigint;
  readonly type: number;
  readonly offset: bigint;
}

/** On disk: object id, type, offset. */
export const KEY_BYTES = 17;

/** Item types (uapi/linux/btrfs_tree.h). */
export const INODE_ITEM = 1;
export const INODE_REF = 12;
export const XATTR_ITEM = 24;
export const DIR_ITEM = 84;
export const DIR_INDEX = 96;
export const EXTENT_DATA = 108;
export const EXTENT_CSUM = 128;
export const ROOT_ITEM = 132;
export const ROOT_REF = 156;
export const CHUNK_ITEM = 228;

/** Trees, and the lowest number of what users make. */
export const FS_TREE = 5;
export const CSUM_TREE = 7;
export const FIRST_FREE = 256;

export const MAX_U64 = 2n ** 64n - 1n;

export function keyAt(bytes: Buffer, at: number): Key {
  return {
    objectid: bytes.readBigUInt64LE(at),
    type: bytes[at + 8] ?? 0,
    offset: bytes.readBigUInt64LE(at + 9),
  };
}

/** Below 0 when the key at `at` comes before `key`. */
export function compareKeyAt(bytes: Buffer, at: number, key: Key): number {
  const objectid = bytes.readBigUInt64LE(at);
  if (objectid !== key.objectid) return objectid < key.objectid ? -1 : 1;
  const type = bytes[at + 8] ?? 0;
  if (type !== key.type) return type - key.type;
  const offset = bytes.readBigUInt64LE(at + 9);
  if (offset === key.offset) return 0;
  return offset < key.offset ? -1 : 1;
}

export function toText({ objectid, type, offset }: Key): string {
  return `(${objectid} ${type} ${offset})`;
}

/**
 * A 64-bit field that counts or points at bytes: nothing honest reaches 2^53.
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function readSafe(bytes: Buffer, at: number, what: string): number {
  return toSafe(bytes.readBigUInt64LE(at), what);
}

/** @throws Unreadable MALFORMED_FILE_SYSTEM */
export function toSafe(value: bigint, what: string): number {
  if (value <= Number.MAX_SAFE_INTEGER) return Number(value);
  throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} is ${value}: no disk has that`);
}
