import {
  makeXzInstance,
  XZ_BUFFER_ERROR,
  XZ_FORMAT_ERROR,
  XZ_MEMORY_LIMIT,
  XZ_OK,
  XZ_OPTIONS_ERROR,
  XZ_STREAM_END,
  XZ_STREAM_HEADER_BYTES,
  XZ_UNSUPPORTED_CHECK,
  XzDecoder,
} from '../../core/codec/xz-module.ts';
import type { ByteFeed } from './byte-feed.ts';
import { OUTPUT_CHUNK } from './engine.ts';
import type { Fault } from './fault.ts';

/*
 * xz (tukaani.org, "The .xz File Format" 1.2), as a stream. Each decoder here is an instance of its own: an xz layer inside an
 * xz archive would else meet itself in the decoder.
 */

/** Decodes every stream, and leaves `feed` after the last one. */
export async function* unxz(feed: ByteFeed): AsyncGenerator<Buffer, Fault | undefined> {
  const decoder = new XzDecoder(makeXzInstance());
  let recent: Buffer = Buffer.alloc(0);
  let consumed = 0;
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  try {
    for (;;) {
      let input: Buffer = Buffer.alloc(0);
      if (decoder.hungry) {
        if (feed.available === 0) await feed.more();
        input = feed.take(Math.min(feed.available, decoder.bufferBytes)) ?? input;
        decoder.supply(input);
        consumed += input.length;
      }
      const result = decoder.decode();
      const output = decoder.output();
      if (output.length > 0) {
        gathered.push(output);
        gatheredBytes += output.length;
      }
      if (gatheredBytes >= OUTPUT_CHUNK || (result !== XZ_OK && gatheredBytes > 0)) {
        yield Buffer.concat(gathered);
        gathered = [];
        gatheredBytes = 0;
      }
      if (result === XZ_STREAM_END) return undefined;
      const unused = decoder.unused;
      if (result === XZ_FORMAT_ERROR && consumed - unused > XZ_STREAM_HEADER_BYTES) {
        feed.rewind(unused);
        feed.unread(lastBytes(recent, input.subarray(0, input.length - unused)));
        return undefined;
      }
      if (result !== XZ_OK) return { ...toFault(result), offset: feed.offset - unused };
      recent = lastBytes(recent, input);
    }
  } finally {
    decoder.close();
  }
}

/** XZ Embedded's `enum xz_ret`, in words. */
function toFault(result: number): Pick<Fault, 'code' | 'message'> {
  switch (result) {
    case XZ_BUFFER_ERROR:
      return { code: 'TRUNCATED', message: 'the compressed stream ends early' };
    case XZ_MEMORY_LIMIT:
      return { code: 'UNSUPPORTED', message: 'its xz dictionary is larger than 64 MiB' };
    case XZ_UNSUPPORTED_CHECK:
    case XZ_OPTIONS_ERROR:
      return { code: 'UNSUPPORTED', message: 'it uses an xz filter or check that is not supported' };
    case XZ_FORMAT_ERROR:
      return { code: 'DECOMPRESSION_FAILED', message: 'not an xz stream' };
    default:
      return {
        code: 'DECOMPRESSION_FAILED',
        message: `the compressed stream is damaged (xz error ${result})`,
      };
  }
}

function lastBytes(before: Buffer, after: Buffer): Buffer {
  return Buffer.from(
    Buffer.concat([before, after.subarray(-XZ_STREAM_HEADER_BYTES)]).subarray(-XZ_STREAM_HEADER_BYTES),
  );
}
