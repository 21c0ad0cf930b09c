import { MIB, putFileSystem, SECTOR } from './memory-disk.ts';
import { putGpt } from './table-builder.ts';

/** 8 MiB, of 16,384 sectors. */
export function blank(): Buffer {
  return Buffer.alloc(8 * MIB);
}

export const TWO = [
  { first: 2048, last: 4095, label: 'rööt' },
  { first: 4096, last: 8191 },
];

export function gptDisk(): Buffer {
  const disk = blank();
  putGpt(disk, TWO);
  putFileSystem(disk, 2048 * SECTOR, 'ext');
  putFileSystem(disk, 4096 * SECTOR, 'xfs');
  return disk;
}

/** A table that cannot be read is bytes before the first partition like others. */
export const UNREAD_TABLE = 'boot sectors: boot-code';
export const BOTH = ['partition 1: ext', 'partition 2: xfs'];
