import { Unreadable } from '../../disk/unreadable.ts';

/*
 * ECMA-119 writes numbers twice, little-endian and then big-endian (7.2.3, 7.3.3). Systems read the one that suits them, so
 * an image in which they differ shows two trees.
 */

/** Little-endian, as PCs read it. Differing ones are put among the flaws. */
export function both32(bytes: Buffer, at: number, what: string, disk: number, flaws: Unreadable[]): number {
  const value = bytes.readUInt32LE(at);
  const other = bytes.readUInt32BE(at + 4);
  if (value !== other) {
    const message = `${what} is ${value} in one byte order and ${other} in the other: ${value} was used`;
    flaws.push(new Unreadable('MALFORMED_FILE_SYSTEM', message, disk + at));
  }
  return value;
}
