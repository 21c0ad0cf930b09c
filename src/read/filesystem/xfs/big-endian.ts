import { Unreadable } from '../../disk/unreadable.ts';

/**
 * A 64-bit big-endian field as a number.
 * @param what the field, for the message
 * @throws Unreadable above what a number holds exactly: no real disk reaches that
 */
export function read64(bytes: Buffer, at: number, what: string): number {
  const value = bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
  if (Number.isSafeInteger(value)) return value;
  throw new Unreadable(
    'MALFORMED_FILE_SYSTEM',
    `${what} is ${bytes.readBigUInt64BE(at)}: no disk is that large`,
  );
}
