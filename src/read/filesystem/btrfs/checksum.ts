import { createHash } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { crc32c } from '../../disk/crc32c.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { xxhash64 } from './xxhash64.ts';

/** What all of one file system is checked with (superblock, csum_type). */
export interface Checksum {
  readonly name: string;
  /** Bytes of one checksum of data; in a block's header it has 32, the rest zeros. */
  readonly bytes: number;
  readonly compute: (data: Buffer) => Buffer;
}

const CHECKSUMS: readonly Checksum[] = [
  { name: 'crc32c', bytes: 4, compute: computeCrc32c },
  { name: 'xxhash64', bytes: 8, compute: xxhash64 },
  { name: 'sha256', bytes: 32, compute: (data) => createHash('sha256').update(data).digest() },
  { name: 'blake2b', bytes: 32, compute: (data) => Buffer.from(blake2b(data, { dkLen: 32 })) },
];

/** @throws Unreadable UNSUPPORTED */
export function checksumOfType(type: number): Checksum {
  const checksum = CHECKSUMS[type];
  if (checksum !== undefined) return checksum;
  throw new Unreadable('UNSUPPORTED', `btrfs with checksum type ${type}, which is not known`);
}

/** Whether `stored` begins with the checksum of the data. */
export function isIntact({ compute, bytes }: Checksum, data: Buffer, stored: Buffer): boolean {
  return compute(data).equals(stored.subarray(0, bytes));
}

function computeCrc32c(data: Buffer): Buffer {
  const result = Buffer.alloc(4);
  result.writeUInt32LE(crc32c(data));
  return result;
}
