import { Unreadable } from '../../disk/unreadable.ts';
import { type Attribute, parseAttributes } from './attribute.ts';
import { restoreSectors } from './fixup.ts';
import { parseReference, type RecordReference } from './safe-integer.ts';

/** One record of the table of files. A file has one, or several where its attributes do not fit. */
export interface FileRecord {
  readonly number: number;
  /** Counts the files that the record was used for. */
  readonly sequence: number;
  readonly inUse: boolean;
  readonly isFolder: boolean;
  /** The file's first record, when this is a further one of it. */
  readonly base: RecordReference | undefined;
  readonly attributes: readonly Attribute[];
  readonly flaws: readonly Unreadable[];
}

const IN_USE = 1;
const FOLDER = 2;
const HEADER_BYTES = 48;

/**
 * @param bytes a copy: the true ends of its sectors are put back into it
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function parseFileRecord(bytes: Buffer, number: number): FileRecord {
  const what = `file record ${number}`;
  const flaws: Unreadable[] = [];
  const torn = restoreSectors(bytes, ['FILE'], what);
  if (torn !== undefined) flaws.push(torn);
  const start = bytes.readUInt16LE(20);
  const used = bytes.readUInt32LE(24);
  if (start < HEADER_BYTES - 8 || start > used || used > bytes.length)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} has attributes from ${start} to ${used}`);
  const flags = bytes.readUInt16LE(22);
  const base = parseReference(bytes, 32);
  return {
    number,
    sequence: bytes.readUInt16LE(16),
    inUse: (flags & IN_USE) !== 0,
    isFolder: (flags & FOLDER) !== 0,
    base: base.number === 0 && base.sequence === 0 ? undefined : base,
    attributes: parseAttributes(bytes, start, used, what, flaws),
    flaws,
  };
}
