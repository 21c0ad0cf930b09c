import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Decompressor } from './decompressor.ts';

/*
 * Inodes, folders and tables are in streams of blocks of 8 KiB, each compressed by itself: two bytes that say how many follow, and
 * those. A place in such a stream is where its block begins on disk, and an offset in what that holds.
 */

const BLOCK = 8192;
const HEADER = 2;
const UNCOMPRESSED = 0x8000;
/** Decoded blocks that are kept: the inodes and names of some thousand files. */
const CACHE_BYTES = 8 * 2 ** 20;
/** What is read at once: many blocks, whose sizes are not known before. */
const PAGE = 64 * 1024;
const PAGE_CACHE_BYTES = 16 * PAGE;

export class Metadata {
  readonly #source: BlockSource;
  readonly #end: number;
  readonly #decompress: Decompressor;
  /** What each block holds, behind its header: so the next one can be found. */
  readonly #blocks = new Recent<number>(CACHE_BYTES);
  readonly #pages = new Recent<number>(PAGE_CACHE_BYTES);

  /** @param end where the file system ends */
  constructor(source: BlockSource, end: number, decompress: Decompressor) {
    this.#source = source;
    this.#end = end;
    this.#decompress = decompress;
  }

  /** @param block bytes from the start of the disk */
  at(block: number, offset: number): Cursor {
    return new Cursor(this, block, offset);
  }

  /** Behind its two bytes of header, what a block holds: from 1 to 8192 bytes. */
  block(at: number): Buffer | Promise<Buffer> {
    return this.#blocks.peek(at) ?? this.#blocks.get(at, () => this.#readBlock(at));
  }

  async #readBlock(at: number): Promise<Buffer> {
    if (at + HEADER > this.#end)
      throw damaged('metadata is said to be beyond the end of the file system', at);
    requireInside(this.#source, at, HEADER);
    const available = Math.min(HEADER + BLOCK, this.#end - at, this.#source.size - at);
    const bytes = await this.#read(at, available);
    const size = sizeOf(bytes);
    if (size === 0 || size > BLOCK) throw damaged(`a block of metadata is said to have ${size} bytes`, at);
    if (HEADER + size > available) throw damaged('a block of metadata ends beyond the file system', at);
    const stored = bytes.subarray(HEADER, HEADER + size);
    const content = isCompressed(bytes) ? await this.#decode(stored, at) : stored;
    if (content.length === 0) throw damaged('a block of metadata holds nothing', at);
    return Buffer.concat([bytes.subarray(0, HEADER), content]);
  }

  /** At most a page, so it is in two at most. */
  async #read(at: number, length: number): Promise<Buffer> {
    const page = Math.floor(at / PAGE);
    const into = at - page * PAGE;
    const first = (await this.#page(page)).subarray(into, into + length);
    if (first.length === length) return first;
    return Buffer.concat([first, (await this.#page(page + 1)).subarray(0, length - first.length)]);
  }

  #page(page: number): Promise<Buffer> {
    const length = Math.min(PAGE, this.#source.size - page * PAGE);
    return this.#pages.get(page, () => this.#source.read(page * PAGE, length));
  }

  async #decode(stored: Buffer, at: number): Promise<Buffer> {
    try {
      return await this.#decompress(stored, BLOCK);
    } catch (error) {
      if (error instanceof Unreadable) throw new Unreadable(error.code, `metadata: ${error.message}`, at);
      throw error;
    }
  }
}

/** A place in a stream of metadata that moves on as it is read. */
export class Cursor {
  readonly #metadata: Metadata;
  #block: number;
  #offset: number;

  constructor(metadata: Metadata, block: number, offset: number) {
    this.#metadata = metadata;
    this.#block = block;
    this.#offset = offset;
  }

  /** Of the block that it is in: for messages. */
  get position(): number {
    return this.#block;
  }

  clone(): Cursor {
    return new Cursor(this.#metadata, this.#block, this.#offset);
  }

  /**
   * The next bytes. Not to be written to.
   * @param length bounded by the caller
   * @throws Unreadable, Failure of the source
   */
  async take(length: number): Promise<Buffer> {
    const cached = this.#metadata.block(this.#block);
    const block = cached instanceof Buffer ? cached : await cached;
    const from = HEADER + this.#offset;
    if (from + length <= block.length) {
      this.#offset += length;
      return block.subarray(from, from + length);
    }
    return this.#gather(block, length);
  }

  async #gather(first: Buffer, length: number): Promise<Buffer> {
    if (HEADER + this.#offset > first.length)
      throw damaged(`an offset of ${this.#offset} is outside of its block of metadata`, this.#block);
    const bytes = Buffer.alloc(length);
    let filled = 0;
    for (let block = first; ; block = await this.#metadata.block(this.#block)) {
      const count = block.copy(bytes, filled, HEADER + this.#offset);
      filled += count;
      this.#offset += count;
      if (filled === length) return bytes;
      this.#block += HEADER + sizeOf(block);
      this.#offset = 0;
    }
  }
}

function sizeOf(block: Buffer): number {
  return block.readUInt16LE(0) & ~UNCOMPRESSED;
}

function isCompressed(block: Buffer): boolean {
  return (block.readUInt16LE(0) & UNCOMPRESSED) === 0;
}

/** A place as inodes and tables refer to it: the block in the upper 48 bits, the offset in the lower 16. */
export function toPlace(
  reference: bigint,
  table: number,
): { readonly block: number; readonly offset: number } {
  const block = Number(reference >> 16n) + table;
  if (!Number.isSafeInteger(block)) throw damaged('a reference leads beyond any disk');
  return { block, offset: Number(reference & 0xffffn) };
}

function damaged(message: string, at?: number): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', message, at);
}
