import { Unreadable } from '../../disk/unreadable.ts';
import type { Cursor } from './metadata.ts';

export interface FolderEntry {
  readonly name: Buffer;
  /** The block of its inode from the start of their table, and the offset in it. */
  readonly block: number;
  readonly offset: number;
}

const HEADER = 12;
const ENTRY = 8;
/** Names under one header, which says from which block their inodes are. */
const MAX_ENTRIES = 256;
const MAX_NAME = 256;

/**
 * The names of a folder.
 * @param bytes how long the list is said to be
 * @throws Unreadable, Failure of the source
 */
export async function* readFolder(cursor: Cursor, bytes: number): AsyncGenerator<FolderEntry> {
  for (let left = bytes; left > 0; ) {
    const header = await cursor.take(HEADER);
    left -= HEADER;
    const count = header.readUInt32LE(0) + 1;
    const block = header.readUInt32LE(4);
    if (count > MAX_ENTRIES) throw damaged(`${count} names are said to follow one header`, cursor);
    for (let index = 0; index < count; index++) {
      const entry = await cursor.take(ENTRY);
      const length = entry.readUInt16LE(6) + 1;
      if (length > MAX_NAME) throw damaged(`a name is said to have ${length} bytes`, cursor);
      const name = await cursor.take(length);
      left -= ENTRY + length;
      if (left < 0) throw damaged('a folder is longer than its inode says', cursor);
      yield { name, block, offset: entry.readUInt16LE(0) };
    }
  }
}

function damaged(message: string, cursor: Cursor): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', message, cursor.position);
}
