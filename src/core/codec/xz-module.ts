import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * The one binding to XZ Embedded, which the package xz-decompress brings as WebAssembly.
 *
 * The package's own stream allows one decoder at a time in the whole process, starts only asynchronously, and does not say
 * how much input it used. So its module is taken out of it and compiled once; each user has an instance of his own, whose
 * memory goes with it. XZ Embedded refuses dictionaries over 64 MiB, which bounds that memory; it knows no BCJ filters
 * and no SHA-256 checks, and says so. Streams one after the other are read as one.
 */

/** XZ Embedded's `enum xz_ret`. */
export const XZ_OK = 0;
export const XZ_STREAM_END = 1;
export const XZ_UNSUPPORTED_CHECK = 2;
export const XZ_MEMORY_LIMIT = 4;
/** No stream begins here. */
export const XZ_FORMAT_ERROR = 5;
export const XZ_OPTIONS_ERROR = 6;
/** The input ends early. */
export const XZ_BUFFER_ERROR = 8;

/** The .xz File Format 1.2, 2.1.1: what is read before it is known that no stream begins. */
export const XZ_STREAM_HEADER_BYTES = 12;

/** An instance: any number of decoders, as long as no two take turns. */
export interface XzInstance {
  readonly memory: { readonly buffer: ArrayBuffer };
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, bytes: number): void;
  get_next_output(context: number): number;
}

/** What is used of WebAssembly: the compiler's library for Node alone does not name it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: XzInstance };
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

let compiled: object | undefined;

export function makeXzInstance(): XzInstance {
  // Read where it is first needed: few images hold xz.
  compiled ??= new Module(readModule());
  return new Instance(compiled, {}).exports;
}

/** The package is one script with the module in it as a data URL. */
function readModule(): Buffer {
  const script = readFileSync(fileURLToPath(import.meta.resolve('xz-decompress')), 'latin1');
  const [, base64] = /"data:application\/wasm;base64,([A-Za-z0-9+/=]+)"/.exec(script) ?? [];
  if (base64 === undefined) throw new TypeError('xz-decompress holds no WebAssembly module');
  return Buffer.from(base64, 'base64');
}

/** One decoder context: `struct { size_t bufferBytes; xz_buf { in, in_pos, in_size, out, out_pos, out_size } }`. */
export class XzDecoder {
  readonly #instance: XzInstance;
  readonly #context: number;
  /** Input taken at once, at most. */
  readonly bufferBytes: number;

  constructor(instance: XzInstance) {
    this.#instance = instance;
    this.#context = instance.create_context();
    this.bufferBytes = this.#field(BUFFER_BYTES);
  }

  /** True when it needs input. */
  get hungry(): boolean {
    return this.unused === 0;
  }

  /** Bytes of the input supplied last that were not used yet. */
  get unused(): number {
    return this.#field(IN_SIZE) - this.#field(IN_POSITION);
  }

  /** @param input at most `bufferBytes`; none says that there is no more */
  supply(input: Uint8Array): void {
    new Uint8Array(this.#instance.memory.buffer, this.#field(IN), input.length).set(input);
    this.#instance.supply_input(this.#context, input.length);
  }

  /** Goes on until input or room for output is used up; returns one of the numbers above, or 7 for damage. */
  decode(): number {
    return this.#instance.get_next_output(this.#context);
  }

  /** Copies out what was decoded, and empties the buffer. */
  output(): Buffer {
    const { buffer } = this.#instance.memory;
    const output = Buffer.from(new Uint8Array(buffer, this.#field(OUT), this.#field(OUT_POSITION)));
    new DataView(buffer).setUint32(this.#context + OUT_POSITION * 4, 0, true);
    return output;
  }

  close(): void {
    this.#instance.destroy_context(this.#context);
  }

  /** The memory may move when it grows: it is looked at anew each time. */
  #field(index: number): number {
    return new DataView(this.#instance.memory.buffer).getUint32(this.#context + index * 4, true);
  }
}

/** Words of 32 bits in the context. */
const BUFFER_BYTES = 0;
const IN = 1;
const IN_POSITION = 2;
const IN_SIZE = 3;
const OUT = 4;
const OUT_POSITION = 5;
