import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Metadata } from './metadata.ts';

const BLOCK = 8192;
const POINTER = 8;

/** Entries of one size in blocks of metadata, which a list of pointers finds: owners, fragments, attributes. */
export class Table {
  readonly #metadata: Metadata;
  readonly #source: BlockSource;
  readonly #start: number;
  readonly #entryBytes: number;
  readonly count: number;
  #pointers: Promise<Buffer> | undefined;

  /**
   * @param start where its pointers begin
   * @param count as an image claims it
   */
  constructor(metadata: Metadata, source: BlockSource, start: number, count: number, entryBytes: number) {
    this.#metadata = metadata;
    this.#source = source;
    this.#start = start;
    this.count = count;
    this.#entryBytes = entryBytes;
  }

  /** @throws Unreadable, Failure of the source */
  async entry(index: number): Promise<Buffer> {
    if (index >= this.count) {
      const message = `entry ${index} of a table of ${this.count} is asked for`;
      throw new Unreadable('MALFORMED_FILE_SYSTEM', message, this.#start);
    }
    this.#pointers ??= this.#readPointers();
    const pointers = await this.#pointers;
    const perBlock = BLOCK / this.#entryBytes;
    const block = pointers.readBigUInt64LE(Math.floor(index / perBlock) * POINTER);
    if (block > BigInt(Number.MAX_SAFE_INTEGER))
      throw new Unreadable('MALFORMED_FILE_SYSTEM', 'a table points beyond any disk', this.#start);
    return this.#metadata.at(Number(block), (index % perBlock) * this.#entryBytes).take(this.#entryBytes);
  }

  #readPointers(): Promise<Buffer> {
    const length = Math.ceil((this.count * this.#entryBytes) / BLOCK) * POINTER;
    requireInside(this.#source, this.#start, length);
    return this.#source.read(this.#start, length);
  }
}
