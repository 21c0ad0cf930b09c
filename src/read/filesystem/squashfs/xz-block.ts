import { Unreadable } from '../../disk/unreadable.ts';

/*
 * One block of xz, decoded by XZ Embedded as WebAssembly.
 *
 * A layer that is one xz stream gets an instance of the decoder of its own (read/unpack/xz.ts). That takes two
 * milliseconds, and a squashfs has a stream for each 8 KiB of its metadata. So blocks share one instance: each is decoded
 * from its first to its last byte without waiting for anything, so that two never meet in it.
 */

/** @throws Unreadable MALFORMED_FILE_SYSTEM, UNSUPPORTED */
export async function decodeXzBlock(input: Buffer, most: number): Promise<Buffer> {
  instance ??= instantiate();
  return decodeWith(await instance, input, most);
}

let instance: Promise<XzExports> | undefined;

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
  const { default: package_ } = await import('xz-decompress');
  const module = package_.XzReadableStream as unknown as XzModule;
  await module._getModuleInstance();
  const made = module._moduleInstance;
  if (made === undefined) throw new TypeError('xz-decompress made no instance of its module');
  module._moduleInstance = undefined;
  return made.exports;
}

/** XZ Embedded's `enum xz_ret`. */
const XZ_OK = 0;
const XZ_STREAM_END = 1;
const XZ_UNSUPPORTED_CHECK = 2;
const XZ_MEMORY_LIMIT = 4;
const XZ_OPTIONS_ERROR = 6;

/** The context: `struct { size_t bufferBytes; xz_buf { in, in_pos, in_size, out, out_pos, out_size } }`, words of 32 bits. */
const BUFFER_BYTES = 0;
const IN = 1;
const IN_POSITION = 2;
const IN_SIZE = 3;
const OUT = 4;
const OUT_POSITION = 5;

function decodeWith(exports: XzExports, input: Buffer, most: number): Buffer {
  const context = exports.create_context();
  // Its memory may move when it grows: it is looked at anew each time.
  const field = (index: number): number =>
    new DataView(exports.memory.buffer).getUint32(context + index * 4, true);
  const output: Buffer[] = [];
  let length = 0;
  let supplied = 0;
  try {
    for (;;) {
      if (field(IN_POSITION) === field(IN_SIZE)) {
        const part = input.subarray(supplied, supplied + field(BUFFER_BYTES));
        new Uint8Array(exports.memory.buffer, field(IN), part.length).set(part);
        exports.supply_input(context, part.length);
        supplied += part.length;
      }
      const result = exports.get_next_output(context);
      const count = field(OUT_POSITION);
      length += count;
      if (length > most) throw damaged(`holds more than ${most} bytes`);
      output.push(Buffer.from(new Uint8Array(exports.memory.buffer.slice(field(OUT), field(OUT) + count))));
      new DataView(exports.memory.buffer).setUint32(context + OUT_POSITION * 4, 0, true);
      if (result === XZ_STREAM_END)
        return output.length === 1 ? (output[0] ?? NOTHING) : Buffer.concat(output);
      if (result !== XZ_OK) throw toUnreadable(result);
      if (count === 0 && supplied === input.length && field(IN_POSITION) === field(IN_SIZE))
        throw damaged('ends early');
    }
  } finally {
    exports.destroy_context(context);
  }
}

const NOTHING = Buffer.alloc(0);

function toUnreadable(result: number): Unreadable {
  if (result === XZ_OPTIONS_ERROR || result === XZ_UNSUPPORTED_CHECK) {
    const message = 'it uses an xz filter (BCJ) or check that is not supported';
    return new Unreadable('UNSUPPORTED', message);
  }
  if (result === XZ_MEMORY_LIMIT)
    return new Unreadable('UNSUPPORTED', 'its xz dictionary is larger than 64 MiB');
  return damaged(`is damaged (xz error ${result})`);
}

function damaged(how: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `an xz block ${how}`);
}
