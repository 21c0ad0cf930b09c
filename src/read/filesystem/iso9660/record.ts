import { Unreadable } from '../../disk/unreadable.ts';
import { both32 } from './both-orders.ts';
import { toTime } from './dates.ts';

/** A directory record (ECMA-119, 9.1): what a name stands for, and where that is. */
export interface FolderRecord {
  /** Where the record is on disk. */
  readonly at: number;
  readonly name: Buffer;
  /** First block of its content, behind the blocks of its extended attribute record. */
  readonly block: number;
  readonly bytes: number;
  readonly isFolder: boolean;
  /** Belongs to the file of the same name in a way that only old systems know. */
  readonly isAssociated: boolean;
  /** Goes on in the next record. */
  readonly hasMore: boolean;
  readonly mtime: number;
  /** Rock Ridge is in it. */
  readonly systemUse: Buffer;
  readonly flaws: readonly Unreadable[];
}

const FIXED = 33;

/**
 * @param bytes exactly those of the record
 * @throws Unreadable
 */
export function parseRecord(bytes: Buffer, at: number): FolderRecord {
  const nameBytes = bytes[32] ?? 0;
  const length = bytes.length;
  if (length < FIXED + 1 || nameBytes === 0 || FIXED + nameBytes > length) {
    const message = `a directory record of ${length} bytes has a name of ${nameBytes}`;
    throw new Unreadable('MALFORMED_FILE_SYSTEM', message, at);
  }
  const flags = bytes[25] ?? 0;
  const flaws: Unreadable[] = [];
  if (bytes[26] !== 0 || bytes[27] !== 0)
    flaws.push(
      new Unreadable('UNSUPPORTED', 'its content is interleaved: it was read as if it were not', at),
    );
  // A name of even length is followed by a byte of padding.
  const used = FIXED + nameBytes + (nameBytes % 2 === 0 ? 1 : 0);
  return {
    at,
    name: bytes.subarray(FIXED, FIXED + nameBytes),
    block: both32(bytes, 2, 'its first block', at, flaws) + (bytes[1] ?? 0),
    bytes: both32(bytes, 10, 'its size', at, flaws),
    isFolder: (flags & 0x02) !== 0,
    isAssociated: (flags & 0x04) !== 0,
    hasMore: (flags & 0x80) !== 0,
    mtime: toTime(bytes.subarray(18, 25)),
    systemUse: bytes.subarray(used),
    flaws,
  };
}

/** `.` or `..` of its folder. */
export function isDots({ name }: FolderRecord): boolean {
  return name.length === 1 && (name[0] === 0 || name[0] === 1);
}
