import { areaOf, both, recordOf, SmallIso } from './small-image.ts';

const SECTOR = 2048;
const FOLDER = 2;

/* Entries of Rock Ridge, and an image whose root folder announces it. */

/** What makes Rock Ridge of a tree: in the root's record for itself. */
const ANNOUNCED = areaOf(
  ['SP', Buffer.from([0xbe, 0xef, 0])],
  ['ER', Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from('RRIP_1991A')])],
);

export function withRockRidge(...records: readonly Buffer[]): SmallIso {
  const own = recordOf('\0', 20, SECTOR, { flags: FOLDER, systemUse: ANNOUNCED });
  return new SmallIso().bare(20, own, recordOf('\x01', 20, SECTOR, { flags: FOLDER }), ...records);
}

export const attributes = (mode: number): [string, Buffer] => ['PX', both(mode, 1, 1000, 1001)];
export const name = (text: string, flags = 0): [string, Buffer] => [
  'NM',
  Buffer.concat([Buffer.from([flags]), Buffer.from(text)]),
];
export const continuation = (block: number, offset: number, bytes: number): [string, Buffer] => [
  'CE',
  both(block, offset, bytes),
];
