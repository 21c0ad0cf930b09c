import { crc32 } from 'node:zlib';
import {
  makeXzInstance,
  XZ_BUFFER_ERROR,
  XZ_MEMORY_LIMIT,
  XZ_OK,
  XZ_OPTIONS_ERROR,
  XZ_STREAM_END,
  XZ_UNSUPPORTED_CHECK,
  XzDecoder,
} from '../../../../core/codec/xz-module.ts';
import { GrowingBuffer } from './growing-buffer.ts';
import { TOO_LARGE, type Unpacked } from './unpacked.ts';

/** Streams one after the other, until what follows is none. */
export function decodeXz(packed: Buffer, expected: number, most: number): Unpacked {
  // An instance of its own: its memory, up to a dictionary, is given back with it.
  const decoder = new XzDecoder(makeXzInstance());
  const output = new GrowingBuffer(expected, most);
  let supplied = 0;
  try {
    for (;;) {
      if (decoder.hungry) {
        const part = packed.subarray(supplied, supplied + decoder.bufferBytes);
        decoder.supply(part);
        supplied += part.length;
      }
      const result = decoder.decode();
      const used = supplied - decoder.unused;
      if (!output.append(decoder.output())) return { bytes: output.bytes, used, flaw: TOO_LARGE };
      if (result === XZ_OK) continue;
      if (result === XZ_STREAM_END) return { bytes: output.bytes, used };
      const end = endOfStream(packed, used);
      if (end !== undefined) return { bytes: output.bytes, used: end };
      return { bytes: output.bytes, used, flaw: toFlaw(result) };
    }
  } finally {
    decoder.close();
  }
}

/** The .xz File Format 1.2, 2.1.2: CRC32, backward size, flags, magic. */
const FOOTER = 12;
const FOOTER_MAGIC = 'YZ';

/**
 * The decoder takes what follows a stream for another, or for padding, and stops there: the stream before was good. Undefined
 * when what it stopped at is not behind a stream's end.
 */
function endOfStream(packed: Buffer, stopped: number): number | undefined {
  const end = packed.subarray(0, stopped).lastIndexOf(FOOTER_MAGIC) + FOOTER_MAGIC.length;
  if (end < 2 * FOOTER) return undefined;
  return packed.readUInt32LE(end - FOOTER) === crc32(packed.subarray(end - 8, end - 2)) ? end : undefined;
}

function toFlaw(result: number): string {
  if (result === XZ_BUFFER_ERROR) return 'ends early';
  if (result === XZ_OPTIONS_ERROR || result === XZ_UNSUPPORTED_CHECK)
    return 'uses an xz filter (BCJ) or check that is not read here';
  if (result === XZ_MEMORY_LIMIT) return 'has an xz dictionary larger than 64 MiB';
  return `is damaged (xz error ${result})`;
}
