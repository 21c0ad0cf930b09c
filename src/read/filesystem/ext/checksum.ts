import { updateCrc32c } from '../../disk/crc32c.ts';

/*
 * ext4's checksums: CRC32C begun with all ones and never inverted at the end, so that one can go on where another stopped; and
 * CRC16 for group descriptors of before metadata_csum.
 */

export function checksum(register: number, ...parts: readonly Buffer[]): number {
  let value = register;
  for (const part of parts) value = updateCrc32c(value, part);
  return value >>> 0;
}

/** Of bytes in which a checksum field counts as zeros. */
export function checksumWithout(register: number, bytes: Buffer, field: number, width: 2 | 4): number {
  const zeros = width === 2 ? TWO_ZEROS : FOUR_ZEROS;
  return checksum(register, bytes.subarray(0, field), zeros, bytes.subarray(field + width));
}

export function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** CRC-16/ARC, reflected 0x8005. */
export function crc16(register: number, bytes: Buffer): number {
  let value = register;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xa001;
  }
  return value;
}

export const ONES = 0xffffffff;
const FOUR_ZEROS = Buffer.alloc(4);
const TWO_ZEROS = Buffer.alloc(2);
