import { Unreadable } from '../../disk/unreadable.ts';

/*
 * File records and index blocks end each 512 bytes with the same number; what belongs there is kept in an array in their header.
 * A sector whose number differs was not written together with the others.
 */

const STRIDE = 512;

export type RecordMagic = 'FILE' | 'INDX' | 'RSTR' | 'CHKD';

/**
 * Checks a block's magic and puts the true bytes back, in place.
 * @param block a copy: it is written to
 * @param what for messages: `file record 5`
 * @returns a flaw where a sector's number differs; the bytes are put back all the same
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function restoreSectors(
  block: Buffer,
  magics: readonly RecordMagic[],
  what: string,
): Unreadable | undefined {
  const magic = block.toString('latin1', 0, 4);
  if (!magics.some((known) => known === magic))
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} does not begin with ${magics.join(' or ')}`);
  const at = block.readUInt16LE(4);
  const count = block.readUInt16LE(6) - 1;
  if (count * STRIDE !== block.length || at % 2 !== 0 || at + 2 * (count + 1) > STRIDE - 2)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} has an update sequence that does not fit it`);
  const number = block.readUInt16LE(at);
  let torn = 0;
  for (let sector = 0; sector < count; sector++) {
    const end = (sector + 1) * STRIDE - 2;
    if (block.readUInt16LE(end) !== number) torn++;
    block.copyWithin(end, at + 2 * (sector + 1), at + 2 * (sector + 2));
  }
  if (torn === 0) return undefined;
  return new Unreadable(
    'CHECKSUM_MISMATCH',
    `${what} has ${torn} of ${count} sectors with a wrong sequence number`,
  );
}
