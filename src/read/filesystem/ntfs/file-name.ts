import { Unreadable } from '../../disk/unreadable.ts';
import { parseReference, type RecordReference } from './safe-integer.ts';

/** The 8.3 name that a file has beside its long one. */
export const DOS = 2;

/** The value of a $FILE_NAME attribute, which is also the key of a folder's index. */
export interface FileName {
  readonly folder: RecordReference;
  readonly name: string;
  /** 0 POSIX, 1 Win32, 2 DOS, 3 both. */
  readonly namespace: number;
}

const NAME_AT = 66;

/** @throws Unreadable MALFORMED_FILE_SYSTEM */
export function parseFileName(value: Buffer): FileName {
  const end = value.length < NAME_AT ? Number.POSITIVE_INFINITY : NAME_AT + 2 * value.readUInt8(64);
  if (end > value.length)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `a file name does not fit its ${value.length} bytes`);
  return {
    folder: parseReference(value, 0),
    name: value.toString('utf16le', NAME_AT, end),
    namespace: value.readUInt8(65),
  };
}

/** As UTF-8; halves of surrogate pairs, which NTFS allows, stay apart from one another (as WTF-8 has them). */
export function toNameBytes(name: string): Buffer {
  if (name.isWellFormed()) return Buffer.from(name);
  return Buffer.concat(Array.from(name, toCharacterBytes));
}

function toCharacterBytes(character: string): Buffer {
  if (character.isWellFormed()) return Buffer.from(character);
  const code = character.charCodeAt(0);
  return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]);
}
