import { crc32 } from 'node:zlib';

/** LVM2's own start value of a CRC-32, whose end is not inverted either. */
export function lvmChecksum(bytes: Buffer): number {
  const INITIAL = 0xf597a6cf;
  return ~crc32(bytes, ~INITIAL >>> 0) >>> 0;
}
