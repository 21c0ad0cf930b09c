import type { BlockSource } from '../block-source.ts';
import { crc32c } from '../crc32c.ts';
import { Unreadable } from '../unreadable.ts';

/** What files are aligned to, and most of what is in them. */
export const MIB = 2 ** 20;

/** @throws Unreadable MALFORMED_DISK for what no file is large enough for */
export function safeAt(source: BlockSource, what: string, bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw new Unreadable(
    'MALFORMED_DISK',
    `${source.name} has the VHDX ${what} ${value}: no file is that large`,
  );
}

/** CRC-32C over all of it, its own field taken for zeros. */
export function hasChecksum(bytes: Buffer): boolean {
  const cleared = Buffer.from(bytes);
  cleared.writeUInt32LE(0, 4);
  return crc32c(cleared) === bytes.readUInt32LE(4);
}
