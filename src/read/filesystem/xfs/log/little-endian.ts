import { Unreadable } from '../../../disk/unreadable.ts';

/**
 * A 64-bit field of a log item as a number: items are in the byte order of the machine that wrote them.
 * @throws Unreadable above what a number holds exactly
 */
export function readLittle64(bytes: Buffer, at: number, what: string): number {
  const value = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
  if (Number.isSafeInteger(value)) return value;
  throw new Unreadable(
    'MALFORMED_FILE_SYSTEM',
    `${what} is ${bytes.readBigUInt64LE(at)}: no disk is that large`,
  );
}
