import { Unreadable } from '../../disk/unreadable.ts';
import { type FileName, parseFileName } from './file-name.ts';
import { parseReference, type RecordReference, readSafeInteger } from './safe-integer.ts';

/** One name of a folder. */
export interface IndexEntry extends FileName {
  readonly record: RecordReference;
}

/** What one node of a folder's tree holds: names, and the blocks of the nodes below it. */
export interface IndexNode {
  readonly entries: readonly IndexEntry[];
  readonly below: readonly number[];
  /** Why it could not be read to its end. */
  readonly flaw: Unreadable | undefined;
}

const HAS_BELOW = 1;
const LAST = 2;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 16;

/**
 * @param bytes from the index header on: the root's value from 16, an index block from 24
 * @param what for messages
 */
export function parseIndexNode(bytes: Buffer, what: string): IndexNode {
  const entries: IndexEntry[] = [];
  const below: number[] = [];
  try {
    readEntries(bytes, entries, below);
    return { entries, below, flaw: undefined };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { entries, below, flaw: new Unreadable(error.code, `${what} ${error.message}`) };
  }
}

function readEntries(bytes: Buffer, entries: IndexEntry[], below: number[]): void {
  if (bytes.length < HEADER_BYTES) throw malformed('has no header');
  const end = bytes.readUInt32LE(4);
  if (end > bytes.length) throw malformed(`claims ${end} of ${bytes.length} bytes`);
  let at = bytes.readUInt32LE(0);
  for (;;) {
    const length = at + ENTRY_BYTES <= end ? bytes.readUInt16LE(at + 8) : 0;
    if (length < ENTRY_BYTES || at + length > end) throw malformed('has an entry that leaves it');
    const flags = bytes.readUInt16LE(at + 12);
    const keyEnd = ENTRY_BYTES + bytes.readUInt16LE(at + 10);
    const pointer = (flags & HAS_BELOW) === 0 ? 0 : 8;
    if (keyEnd + pointer > length) throw malformed('has an entry with a name that leaves it');
    if (pointer > 0) below.push(readSafeInteger(bytes, at + length - 8, 'a block of a folder'));
    if ((flags & LAST) !== 0) return;
    const name = parseFileName(bytes.subarray(at + ENTRY_BYTES, at + keyEnd));
    entries.push({ ...name, record: parseReference(bytes, at) });
    at += length;
  }
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', what);
}
