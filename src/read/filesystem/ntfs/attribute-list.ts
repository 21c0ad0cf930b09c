import { Unreadable } from '../../disk/unreadable.ts';
import { parseReference, type RecordReference, readSafeInteger } from './safe-integer.ts';

/** Says in which record of a file one of its attributes, or one extent of it, is. */
export interface ListEntry {
  readonly type: number;
  readonly name: string;
  readonly firstVcn: number;
  readonly record: RecordReference;
  readonly instance: number;
}

/** What NTFS allows at most. */
export const MAX_LIST_BYTES = 2 ** 18;
const ENTRY_BYTES = 26;

/**
 * One after another, so that who has met enough errors decodes no more.
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function* parseAttributeList(bytes: Buffer): Generator<ListEntry> {
  for (let at = 0; at < bytes.length; ) {
    if (at + ENTRY_BYTES > bytes.length)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', 'a list of attributes is cut off inside an entry');
    const length = bytes.readUInt16LE(at + 4);
    const name = at + bytes.readUInt8(at + 7);
    const nameEnd = name + 2 * bytes.readUInt8(at + 6);
    if (length < ENTRY_BYTES || at + length > bytes.length || nameEnd > at + length)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `a list of attributes has an entry of ${length} bytes`);
    yield {
      type: bytes.readUInt32LE(at),
      name: bytes.toString('utf16le', name, nameEnd),
      firstVcn: readSafeInteger(bytes, at + 8, 'the first cluster of a listed attribute'),
      record: parseReference(bytes, at + 16),
      instance: bytes.readUInt16LE(at + 24),
    };
    at += length;
  }
}
