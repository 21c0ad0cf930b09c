import { constants, crc32, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { messageOf } from '../../../../core/failure.ts';
import { decodeLz4Legacy } from './lz4-legacy.ts';
import { type Decode, TOO_LARGE, type Unpacked } from './unpacked.ts';
import { decodeXz } from './xz.ts';

/*
 * How an initramfs may be compressed: the kernel's own list (lib/decompress.c), by its first bytes. Each archive ends where its
 * compression says, and another may follow, so each decoder tells how much it used. None goes beyond the bound it is given.
 */

export interface Compression {
  readonly name: string;
  /** Undefined: not read here. */
  readonly decode?: Decode;
}

const COMPRESSIONS: readonly (Compression & { readonly magic: string })[] = [
  { name: 'gzip', magic: '\x1f\x8b', decode: decodeGzip },
  { name: 'gzip', magic: '\x1f\x9e', decode: decodeGzip },
  { name: 'zstd', magic: '\x28\xb5\x2f\xfd', decode: decodeZstd },
  { name: 'xz', magic: '\xfd7zXZ\0', decode: decodeXz },
  { name: 'lz4', magic: '\x02\x21\x4c\x18', decode: decodeLz4Legacy },
  { name: 'lzma', magic: '\x5d\0' },
  { name: 'bzip2', magic: 'BZh' },
  { name: 'lzo', magic: '\x89LZO' },
];

export function compressionAt(bytes: Buffer, at: number): Compression | undefined {
  return COMPRESSIONS.find(({ magic }) => bytes.toString('latin1', at, at + magic.length) === magic);
}

const GZIP_HEADER = 10;
const GZIP_TRAILER = 8;
const GZIP_NAME = 0x08;

/** RFC 1952, of whose optional fields the kernel knows the name only: with another it reads what nobody else would. */
function decodeGzip(packed: Buffer, expected: number, most: number): Unpacked {
  const flags = packed[3] ?? 0;
  const nameEnd = (flags & GZIP_NAME) === 0 ? GZIP_HEADER - 1 : packed.indexOf(0, GZIP_HEADER);
  if (packed[2] !== 8 || (flags & ~GZIP_NAME & ~1) !== 0 || nameEnd < 0)
    return failed('has a gzip header that is not read');
  const start = nameEnd + 1;
  return attempt(() => {
    const options = { ...boundsOf(expected, most), finishFlush: constants.Z_SYNC_FLUSH };
    const { buffer, engine } = toTold(inflateRawSync(packed.subarray(start), options));
    const end = start + engine.bytesWritten + GZIP_TRAILER;
    if (end > packed.length) return { bytes: buffer, used: packed.length, flaw: 'ends early' };
    const fits =
      packed.readUInt32LE(end - 8) === crc32(buffer) && packed.readUInt32LE(end - 4) === buffer.length;
    return { bytes: buffer, used: end, ...(!fits && { flaw: 'does not have its checksum' }) };
  });
}

function decodeZstd(packed: Buffer, expected: number, most: number): Unpacked {
  return attempt(() => {
    const { buffer, engine } = toTold(zstdDecompressSync(packed, boundsOf(expected, most)));
    return { bytes: buffer, used: engine.bytesWritten };
  });
}

function boundsOf(expected: number, most: number): Bounds {
  // In one piece where it fits: pieces would have to be put together in memory of their own.
  return { chunkSize: Math.min(expected, most), maxOutputLength: most, info: true };
}

interface Bounds {
  readonly chunkSize: number;
  readonly maxOutputLength: number;
  readonly info: true;
}

/** What zlib gives with `info`: the types know the buffer only. */
function toTold(given: unknown): {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
} {
  return given as ReturnType<typeof toTold>;
}

function attempt(decode: () => Unpacked): Unpacked {
  try {
    return decode();
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return failed(isTooLarge ? TOO_LARGE : `is damaged (${messageOf(error)})`);
  }
}

function failed(flaw: string): Unpacked {
  return { bytes: Buffer.alloc(0), used: 0, flaw };
}
