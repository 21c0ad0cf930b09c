import { Unreadable } from '../../disk/unreadable.ts';
import { readSafeInteger } from './safe-integer.ts';

/** Types of attributes that are looked at. */
export const STANDARD_INFORMATION = 0x10;
export const ATTRIBUTE_LIST = 0x20;
export const FILE_NAME = 0x30;
export const VOLUME_NAME = 0x60;
export const VOLUME_INFORMATION = 0x70;
export const DATA = 0x80;
export const INDEX_ROOT = 0x90;
export const INDEX_ALLOCATION = 0xa0;
export const BITMAP = 0xb0;
export const REPARSE_POINT = 0xc0;
const END = 0xffffffff;

/** Name of the attributes that are a folder's index of names. */
export const FOLDER_INDEX = '$I30';

/** Of an attribute's flags: the method its content is compressed with, 0 for none. */
export const COMPRESSION = 0x00ff;
export const LZNT1 = 1;
export const ENCRYPTED = 0x4000;

/** One attribute, or one extent of it, as a file record has it. */
export interface Attribute {
  readonly type: number;
  readonly name: string;
  readonly flags: number;
  /** Tells apart those of one record. */
  readonly instance: number;
  readonly body: Resident | NonResident;
}

export interface Resident {
  readonly kind: 'resident';
  readonly value: Buffer;
}

export interface NonResident {
  readonly kind: 'non-resident';
  readonly firstVcn: number;
  /** The runs, still encoded: most are never read. */
  readonly pairs: Buffer;
  /** In bytes; only the first extent has them. */
  readonly size: number;
  readonly initialized: number;
  /** Clusters of one compressed unit; 1 where there is none. */
  readonly unitClusters: number;
}

/**
 * The attributes of a file record, until its end or the first that cannot be used.
 * @param flaws where that one is noted
 */
export function parseAttributes(
  record: Buffer,
  start: number,
  end: number,
  what: string,
  flaws: Unreadable[],
): Attribute[] {
  const attributes: Attribute[] = [];
  let at = start;
  try {
    while (at + 4 <= end) {
      const type = record.readUInt32LE(at);
      if (type === END) return attributes;
      const length = at + 24 <= end ? record.readUInt32LE(at + 4) : 0;
      if (length < 24 || length % 8 !== 0 || at + length > end)
        throw malformed(`has an attribute of ${length} bytes`);
      attributes.push(parseAttribute(record.subarray(at, at + length), type));
      at += length;
    }
    throw malformed('has no end of its attributes');
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaws.push(new Unreadable(error.code, `${what}: ${error.message}`));
    return attributes;
  }
}

function parseAttribute(bytes: Buffer, type: number): Attribute {
  const nameEnd = bytes.readUInt16LE(10) + 2 * bytes.readUInt8(9);
  if (nameEnd > bytes.length) throw malformed('has an attribute with a name that leaves it');
  return {
    type,
    name: bytes.toString('utf16le', bytes.readUInt16LE(10), nameEnd),
    flags: bytes.readUInt16LE(12),
    instance: bytes.readUInt16LE(14),
    body: bytes.readUInt8(8) === 0 ? parseResident(bytes) : parseNonResident(bytes),
  };
}

function parseResident(bytes: Buffer): Resident {
  const at = bytes.readUInt16LE(20);
  const length = bytes.readUInt32LE(16);
  if (at + length > bytes.length) throw malformed('has an attribute with a value that leaves it');
  return { kind: 'resident', value: bytes.subarray(at, at + length) };
}

function parseNonResident(bytes: Buffer): NonResident {
  if (bytes.length < 64) throw malformed('has an attribute that is too short');
  const pairs = bytes.readUInt16LE(32);
  if (pairs < 64 || pairs > bytes.length) throw malformed('has an attribute with runs that leave it');
  const unit = bytes.readUInt8(34);
  if (unit > 16) throw malformed(`has a compression unit of 2^${unit} clusters`);
  const size = readSafeInteger(bytes, 48, 'the size of an attribute');
  return {
    kind: 'non-resident',
    firstVcn: readSafeInteger(bytes, 16, 'the first cluster of an attribute'),
    pairs: bytes.subarray(pairs),
    size,
    initialized: Math.min(size, readSafeInteger(bytes, 56, 'the initialized size of an attribute')),
    unitClusters: 2 ** unit,
  };
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', what);
}
