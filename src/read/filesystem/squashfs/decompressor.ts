import { promisify } from 'node:util';
import { inflate, inflateSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { Unreadable } from '../../disk/unreadable.ts';
import { decodeLz4Block } from '../block-compression/lz4.ts';
import { decodeLzo1x } from '../block-compression/lzo.ts';
import { decodeXzBlock } from './xz-block.ts';

/**
 * Decodes one block of at most `most` bytes.
 * @throws Unreadable (also by rejecting) MALFORMED_FILE_SYSTEM, UNSUPPORTED
 */
export type Decompressor = (input: Buffer, most: number) => Buffer | Promise<Buffer>;

/**
 * By the superblock's number.
 * @throws Unreadable UNSUPPORTED
 */
export function toDecompressor(compressor: number): Decompressor {
  const found = COMPRESSORS[compressor];
  if (typeof found === 'function') return found;
  const name = found ?? `with compressor ${compressor}`;
  throw new Unreadable('UNSUPPORTED', `squashfs ${name} is not read`, 20);
}

const COMPRESSORS: Readonly<Record<number, Decompressor | string>> = {
  1: (input, most) => decodeWithZlib(input, most, inflateSync, inflateAside),
  2: 'compressed with LZMA1',
  3: decodeLzo1x,
  4: decodeXzBlock,
  5: decodeLz4Block,
  6: (input, most) => decodeWithZlib(input, most, zstdDecompressSync, zstdAside),
};

interface ZlibBounds {
  readonly chunkSize: number;
  readonly maxOutputLength: number;
}

const inflateAside = promisify<Buffer, ZlibBounds, Buffer>(inflate);
const zstdAside = promisify<Buffer, ZlibBounds, Buffer>(zstdDecompress);

/** Up to here handing a block to another thread costs more than it saves: all metadata, and little more. */
const SMALL = 16 * 1024;

function decodeWithZlib(
  input: Buffer,
  most: number,
  decode: (input: Buffer, bounds: ZlibBounds) => Buffer,
  decodeAside: (input: Buffer, bounds: ZlibBounds) => Promise<Buffer>,
): Buffer | Promise<Buffer> {
  const bounds = { chunkSize: most, maxOutputLength: most };
  if (most > SMALL) {
    return decodeAside(input, bounds).catch((error: unknown) => {
      throw toUnreadable(error);
    });
  }
  try {
    return decode(input, bounds);
  } catch (error) {
    throw toUnreadable(error);
  }
}

function toUnreadable(error: unknown): Unreadable {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new Unreadable('MALFORMED_FILE_SYSTEM', `a compressed block is damaged (${reason})`);
}
