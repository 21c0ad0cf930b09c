import { Unreadable } from '../../disk/unreadable.ts';

const HIGH = 2 ** 32;

/**
 * An unsigned 64-bit field, little-endian.
 * @param field what it is, for the message
 * @throws Unreadable MALFORMED_FILE_SYSTEM when it is larger than any disk
 */
export function readSafeInteger(bytes: Buffer, at: number, field: string): number {
  const value = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * HIGH;
  if (Number.isSafeInteger(value)) return value;
  throw new Unreadable('MALFORMED_FILE_SYSTEM', `${field} is ${value}, larger than any disk`);
}

/** A reference to a file record: 48 bits of its number, 16 of the count of its reuses. */
export interface RecordReference {
  readonly number: number;
  readonly sequence: number;
}

export function parseReference(bytes: Buffer, at: number): RecordReference {
  return { number: bytes.readUIntLE(at, 6), sequence: bytes.readUInt16LE(at + 6) };
}
