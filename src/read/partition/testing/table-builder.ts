import { crc32 } from 'node:zlib';
import { SECTOR } from './memory-disk.ts';

export interface GptEntry {
  readonly first: number;
  readonly last: number;
  /** Type as on disk, hexadecimal. */
  readonly type?: string;
  readonly label?: string;
}

export const LINUX = 'af3dc60f838472478e793d69d8477de4';
export const BIOS_BOOT = '4861682149646f6e744e656564454649';
export const RESERVED = '16e3c9e35c0bb84d817df92df00215ae';

/** Both copies, with a protective MBR. */
export function putGpt(disk: Buffer, entries: readonly GptEntry[], sectorSize = SECTOR): void {
  const sectors = disk.length / sectorSize;
  putMbr(disk, [{ type: 0xee, start: 1, count: sectors - 1 }]);
  const table = toEntries(entries);
  const length = Math.ceil(table.length / sectorSize);
  putGptCopy(disk, table, { lba: 1, alternate: sectors - 1, entriesLba: 2, sectorSize });
  putGptCopy(disk, table, { lba: sectors - 1, alternate: 1, entriesLba: sectors - 1 - length, sectorSize });
}

export function toEntries(entries: readonly GptEntry[]): Buffer {
  const table = Buffer.alloc(128 * 128);
  for (const [index, { first, last, type = LINUX, label = '' }] of entries.entries()) {
    const at = index * 128;
    table.write(type, at, 'hex');
    table.fill(index + 1, at + 16, at + 32);
    table.writeBigUInt64LE(BigInt(first), at + 32);
    table.writeBigUInt64LE(BigInt(last), at + 40);
    table.write(label, at + 56, 72, 'utf16le');
  }
  return table;
}

export interface GptPlace {
  readonly lba: number;
  readonly alternate: number;
  readonly entriesLba: number;
  readonly sectorSize: number;
}

export function putGptCopy(disk: Buffer, table: Buffer, place: GptPlace): void {
  const header = Buffer.alloc(92);
  header.write('EFI PART', 'latin1');
  header.writeUInt32LE(0x10000, 8);
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(BigInt(place.lba), 24);
  header.writeBigUInt64LE(BigInt(place.alternate), 32);
  header.fill(0xd1, 56, 72);
  header.writeBigUInt64LE(BigInt(place.entriesLba), 72);
  header.writeUInt32LE(table.length / 128, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(table), 88);
  header.writeUInt32LE(crc32(header), 16);
  header.copy(disk, place.lba * place.sectorSize);
  table.copy(disk, place.entriesLba * place.sectorSize);
}

export interface MbrEntry {
  readonly type: number;
  readonly start: number;
  readonly count: number;
  readonly flag?: number;
}

/** @param sector where it goes: 0, or that of an extended boot record */
export function putMbr(disk: Buffer, entries: readonly MbrEntry[], sector = 0, sectorSize = SECTOR): void {
  const base = sector * sectorSize;
  if (sector === 0) disk.writeUInt32LE(0x1234abcd, 440);
  for (const [index, { type, start, count, flag = 0 }] of entries.entries()) {
    const at = base + 446 + index * 16;
    disk.writeUInt8(flag, at);
    disk.writeUInt8(type, at + 4);
    disk.writeUInt32LE(start, at + 8);
    disk.writeUInt32LE(count, at + 12);
  }
  disk.writeUInt16BE(0x55aa, base + 510);
}
