import { Unreadable } from '../../disk/unreadable.ts';
import { type Key, keyAt } from './key.ts';

/*
 * Names with something behind them (struct btrfs_dir_item): entries of folders and extended attributes alike. One item holds
 * several when their names hash to the same.
 */

const HEADER_BYTES = 30;
/** Of an entry's type: its name is encrypted. */
const ENCRYPTED = 0x80;

export interface NamedItem {
  /** Of what is named; of an attribute zeros. */
  readonly location: Key;
  readonly name: Buffer;
  /** An attribute's value. */
  readonly value: Buffer;
  readonly isEncrypted: boolean;
}

/** @throws Unreadable MALFORMED_FILE_SYSTEM */
export function parseNamedItems(data: Buffer): NamedItem[] {
  const items: NamedItem[] = [];
  for (let at = 0; at < data.length; ) {
    if (data.length - at < HEADER_BYTES) throw cutOff(data);
    const valueBytes = data.readUInt16LE(at + 25);
    const name = at + HEADER_BYTES;
    const value = name + data.readUInt16LE(at + 27);
    const end = value + valueBytes;
    if (end > data.length) throw cutOff(data);
    items.push({
      location: keyAt(data, at),
      name: data.subarray(name, value),
      value: data.subarray(value, end),
      isEncrypted: ((data[at + 29] ?? 0) & ENCRYPTED) !== 0,
    });
    at = end;
  }
  return items;
}

/**
 * INODE_REF: by which name a folder has an inode, at which index. One item holds those in the same folder.
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function parseFirstReference(data: Buffer): { readonly index: bigint; readonly name: Buffer } {
  if (data.length < 10) throw cutOff(data);
  const end = 10 + data.readUInt16LE(8);
  if (end > data.length) throw cutOff(data);
  return { index: data.readBigUInt64LE(0), name: data.subarray(10, end) };
}

function cutOff({ length }: Buffer): Unreadable {
  return new Unreadable(
    'MALFORMED_FILE_SYSTEM',
    `btrfs: an item with names is cut off after ${length} bytes`,
  );
}
