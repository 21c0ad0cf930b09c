import { Unreadable } from '../../disk/unreadable.ts';
import { decodeLzx } from './lzx.ts';
import type { Stream } from './stream.ts';
import { decodeXpress } from './xpress.ts';

/*
 * System compression ("compact /exe"): Windows' own programs are often kept so. The content is in a stream of its own: a table of
 * where each chunk ends but the last, then the chunks. In its place the file has a hole of the full size, which a
 * reader that does not know of this takes for zeros.
 */

/** The stream that has the content. */
export const COMPRESSED_STREAM = 'WofCompressedData';

interface Algorithm {
  readonly chunkSize: number;
  readonly decode: (packed: Buffer, size: number) => Buffer;
}

/** By the number that the reparse point has. */
const ALGORITHMS = new Map<number, Algorithm>([
  [0, { chunkSize: 4096, decode: decodeXpress }],
  [1, { chunkSize: 32768, decode: decodeLzx }],
  [2, { chunkSize: 8192, decode: decodeXpress }],
  [3, { chunkSize: 16384, decode: decodeXpress }],
]);

/**
 * @param stream with the compressed content
 * @param size of the file
 * @throws Unreadable UNSUPPORTED
 */
export function openSystemCompressed(stream: Stream, size: number, algorithm: number): Stream {
  const known = ALGORITHMS.get(algorithm);
  if (known === undefined)
    throw new Unreadable('UNSUPPORTED', `system compression with algorithm ${algorithm}`);
  return {
    size,
    stored: stream.stored,
    read: (offset, length) => readChunks(stream, size, known, offset, length),
  };
}

async function readChunks(
  stream: Stream,
  size: number,
  { chunkSize, decode }: Algorithm,
  offset: number,
  length: number,
): Promise<Buffer> {
  const first = Math.floor(offset / chunkSize);
  const last = Math.ceil((offset + length) / chunkSize);
  if (length === 0) return Buffer.alloc(0);
  const bounds = await readBounds(stream, size, chunkSize, first, last);
  const start = bounds[0] ?? 0;
  const packed = await stream.read(start, (bounds.at(-1) ?? start) - start);
  const bytes = Buffer.alloc(length);
  for (let chunk = first; chunk < last; chunk++) {
    const from = bounds[chunk - first] ?? 0;
    const part = packed.subarray(from - start, (bounds[chunk - first + 1] ?? 0) - start);
    const unpacked = Math.min(chunkSize, size - chunk * chunkSize);
    const whole = part.length === unpacked ? part : decode(part, unpacked);
    const place = chunk * chunkSize - offset;
    whole.copy(bytes, Math.max(0, place), Math.max(0, -place), Math.min(unpacked, length - place));
  }
  return bytes;
}

/** Where the chunks from `first` to before `last` begin in the stream, and where the last of them ends. */
async function readBounds(
  stream: Stream,
  size: number,
  chunkSize: number,
  first: number,
  last: number,
): Promise<number[]> {
  const count = Math.ceil(size / chunkSize);
  const width = size > 0xffffffff ? 8 : 4;
  const table = (count - 1) * width;
  // The first chunk has no entry: it begins where the table ends.
  const from = Math.max(0, first - 1);
  const entries = await stream.read(from * width, (Math.min(last, count - 1) - from) * width);
  const bounds: number[] = first === 0 ? [table] : [];
  for (let at = 0; at < entries.length; at += width) {
    const high = width === 8 ? entries.readUInt32LE(at + 4) : 0;
    bounds.push(table + entries.readUInt32LE(at) + high * 2 ** 32);
  }
  if (last === count) bounds.push(stream.size);
  bounds.forEach((bound, index) => {
    const chunk = bound - (bounds[index - 1] ?? table);
    if (bound > stream.size || chunk < 0 || (index > 0 && chunk > chunkSize))
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `the table of a compressed file leads to byte ${bound}`);
  });
  return bounds;
}
