import { updateCrc32c } from '../../disk/crc32c.ts';

const FIELD = Buffer.alloc(4);

/**
 * Whether the CRC32C in a block's header is that of the block: the field itself counts as zeros, and is stored little
 * endian in a format that is big endian otherwise.
 */
export function isIntact(block: Buffer, field: number): boolean {
  return checksumOf(block, field) === block.readUInt32LE(field);
}

export function checksumOf(block: Buffer, field: number): number {
  const before = updateCrc32c(0xffffffff, block.subarray(0, field));
  return (updateCrc32c(updateCrc32c(before, FIELD), block.subarray(field + 4)) ^ 0xffffffff) >>> 0;
}
