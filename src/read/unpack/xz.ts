import type { ByteFeed } from './byte-feed.ts';
import { OUTPUT_CHUNK } from './engine.ts';
import type { Fault } from './fault.ts';

/*
 * xz (tukaani.org, "The .xz File Format" 1.2), decoded by XZ Embedded as WebAssembly.
 *
 * The package's own stream allows one decoder at a time in the whole process, so an xz layer inside an xz archive
 * would wait for itself for ever, and it does not say how much input it used, so bytes behind the last stream stay
 * unseen. So each decoder here is an instance of its own: nothing is shared, and its memory goes with it. XZ Embedded
 * refuses dictionaries over 64 MiB, which bounds that memory; it knows no BCJ filters and no SHA-256 checks, and says
 * so.
 */

/** Decodes every stream, and leaves `feed` after the last one. */
export async function* unxz(feed: ByteFeed): AsyncGenerator<Buffer, Fault | undefined> {
  const decoder = new XzDecoder(await instantiate());
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
      if (result === XZ_FORMAT_ERROR && consumed - unused > STREAM_HEADER_BYTES) {
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

const STREAM_HEADER_BYTES = 12;
const XZ_OK = 0;
const XZ_STREAM_END = 1;
const XZ_UNSUPPORTED_CHECK = 2;
const XZ_MEMORY_LIMIT = 4;
const XZ_FORMAT_ERROR = 5;
const XZ_OPTIONS_ERROR = 6;
const XZ_BUFFER_ERROR = 8;

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
    Buffer.concat([before, after.subarray(-STREAM_HEADER_BYTES)]).subarray(-STREAM_HEADER_BYTES),
  );
}

interface XzExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, bytes: number): void;
  get_next_output(context: number): number;
}

/** What the package keeps below its public class: makes an instance, and puts it in the static field. */
interface XzModule {
  _getModuleInstance(): Promise<void>;
  _moduleInstance?: { readonly exports: XzExports } | undefined;
}

async function instantiate(): Promise<XzExports> {
  // Loaded where it is first needed: few images hold xz. It is CommonJS, so its names are in `default`.
  const { default: package_ } = await import('xz-decompress');
  const module = package_.XzReadableStream as unknown as XzModule;
  await module._getModuleInstance();
  const instance = module._moduleInstance;
  if (instance === undefined) throw new TypeError('xz-decompress made no instance of its module');
  module._moduleInstance = undefined;
  return instance.exports;
}

/** One decoder context: `struct { size_t bufferBytes; xz_buf { in, in_pos, in_size, out, out_pos, out_size } }`. */
class XzDecoder {
  readonly #exports: XzExports;
  readonly #context: number;
  readonly bufferBytes: number;

  constructor(exports: XzExports) {
    this.#exports = exports;
    this.#context = exports.create_context();
    this.bufferBytes = this.#field(0);
  }

  get hungry(): boolean {
    return this.unused === 0;
  }

  get unused(): number {
    return this.#field(3) - this.#field(2);
  }

  supply(input: Uint8Array): void {
    new Uint8Array(this.#exports.memory.buffer, this.#field(1), input.length).set(input);
    this.#exports.supply_input(this.#context, input.length);
  }

  decode(): number {
    return this.#exports.get_next_output(this.#context);
  }

  /** Copies out what was decoded, and empties the buffer. */
  output(): Buffer {
    const length = this.#field(5);
    const output = Buffer.from(new Uint8Array(this.#exports.memory.buffer, this.#field(4), length));
    new DataView(this.#exports.memory.buffer).setUint32(this.#context + 5 * 4, 0, true);
    return output;
  }

  close(): void {
    this.#exports.destroy_context(this.#context);
  }

  #field(index: number): number {
    return new DataView(this.#exports.memory.buffer).getUint32(this.#context + index * 4, true);
  }
}
