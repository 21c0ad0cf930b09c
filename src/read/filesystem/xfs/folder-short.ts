import { Unreadable } from '../../disk/unreadable.ts';
import type { FolderEntry } from './folder-entry.ts';
import { toInodeNumber } from './folder-entry.ts';
import type { Inode } from './inode.ts';
import type { Volume } from './volume.ts';

/**
 * A folder that fits into its inode: a count, how many inode numbers need 8 bytes (all are stored so then), the
 * parent's number, and entries of length, place in the folder it would be, name, kind, number.
 * @throws Unreadable when there is no usable entry; what follows a damaged one is a flaw
 */
export function* parseShortFolder({ superblock }: Volume, inode: Inode): Generator<FolderEntry | Unreadable> {
  const { number, data, size } = inode;
  const wrong = (message: string): Unreadable =>
    new Unreadable('MALFORMED_FILE_SYSTEM', `the directory in inode ${number} ${message}`);
  if (size > data.bytes.length || size < 6) throw wrong(`has ${size} bytes, which is not what can be in it`);
  const bytes = data.bytes.subarray(0, size);
  const width = bytes.readUInt8(1) > 0 ? 8 : 4;
  const tail = width + (superblock.hasFileTypes ? 1 : 0);
  let at = 2 + width;
  for (let left = bytes.readUInt8(0); left > 0; left--) {
    const length = at < bytes.length ? bytes.readUInt8(at) : 0;
    const end = at + 3 + length + tail;
    if (length === 0 || end > bytes.length) {
      yield wrong(`has ${left} more names, that could not be read`);
      return;
    }
    yield { name: bytes.subarray(at + 3, at + 3 + length), inode: toInodeNumber(bytes, end - width, width) };
    at = end;
  }
  if (at !== bytes.length) yield wrong(`has ${bytes.length - at} bytes after its last name`);
}
