import { promisify } from 'node:util';
import { inflate, zstdDecompress } from 'node:zlib';
import { Unreadable } from '../../disk/unreadable.ts';
import { ZstdFrameWalker } from '../../unpack/zstd-frame.ts';
import { decodeLzo1x } from '../block-compression/lzo.ts';
import { malformed } from './malformed.ts';

/*
 * Extents are compressed one by one, each at most 128 KiB. What the stream leaves of them is zeros: btrfs compresses up to the end
 * of the file and not to the end of its last sector.
 */

export const MAX_COMPRESSED = 128 * 1024;

const NAMES = ['none', 'zlib', 'lzo', 'zstd'] as const;
export type Compression = (typeof NAMES)[number];

const LZO_LENGTH_BYTES = 4;
const ZSTD_MAGIC = 0xfd2fb528;

const inflateAsync = promisify(inflate);
const zstdAsync = promisify(zstdDecompress);

/** @throws Unreadable UNSUPPORTED */
export function compressionOfType(type: number): Compression {
  const name = NAMES[type];
  if (name !== undefined) return name;
  throw new Unreadable('UNSUPPORTED', `btrfs: compression ${type} is not known`);
}

/**
 * @param size of the result, at most MAX_COMPRESSED
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export async function decompress(
  stored: Buffer,
  compression: Exclude<Compression, 'none'>,
  size: number,
  sectorSize: number,
): Promise<Buffer> {
  const bytes =
    compression === 'lzo' ? decodeLzo(stored, size, sectorSize) : await decode(stored, compression, size);
  if (bytes.length >= size) return bytes.subarray(0, size);
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);
}

async function decode(stored: Buffer, compression: 'zlib' | 'zstd', size: number): Promise<Buffer> {
  const options = { maxOutputLength: Math.max(size, 1) };
  try {
    if (compression === 'zlib') return await inflateAsync(stored, options);
    return await zstdAsync(frameOf(stored), options);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw malformed(`a ${compression} extent: ${error instanceof Error ? error.message : 'damaged'}`);
  }
}

/** The first frame without the padding that fills the sector: a kernel reads no other. */
function frameOf(stored: Buffer): Buffer {
  if (stored.length < 4 || stored.readUInt32LE(0) !== ZSTD_MAGIC)
    throw malformed('a zstd extent without its magic');
  return stored.subarray(0, new ZstdFrameWalker().advance(stored));
}

/** Length of all, then segments with a length each, one for each sector; no length lies across the end of a sector. */
function decodeLzo(stored: Buffer, size: number, sectorSize: number): Buffer {
  const total = lzoLength(stored, 0);
  if (total > stored.length) throw malformed(`an LZO extent says it has ${total} bytes of ${stored.length}`);
  const parts: Buffer[] = [];
  let filled = 0;
  for (let at = LZO_LENGTH_BYTES; at < total && filled < size; ) {
    const length = lzoLength(stored, at);
    at += LZO_LENGTH_BYTES;
    if (length > total - at) throw malformed('an LZO segment leaves its extent');
    const part = decodeLzo1x(stored.subarray(at, at + length), sectorSize);
    parts.push(part);
    filled += part.length;
    at += length;
    const left = sectorSize - (at % sectorSize);
    if (left < LZO_LENGTH_BYTES) at += left;
  }
  return Buffer.concat(parts);
}

function lzoLength(stored: Buffer, at: number): number {
  if (at + LZO_LENGTH_BYTES <= stored.length) return stored.readUInt32LE(at);
  throw malformed('an LZO extent ends before its length');
}
