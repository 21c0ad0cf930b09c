import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { BlockList, type StoredBlock } from './block-list.ts';
import type { Decompressor } from './decompressor.ts';
import type { FilePlace } from './inode.ts';
import type { Table } from './table.ts';

/** Blocks of files' ends that are kept: names in a folder are mostly in the order of their ends. */
const CACHE_BYTES = 8 * 2 ** 20;
/** Longer lists are not read just to know how much is stored. */
const MAX_COUNTED = 2 ** 16;
const UNCOMPRESSED = 1 << 24;

/** Reads what files hold: blocks of their own, and ends in blocks that several files share. */
export class Contents {
  readonly #source: BlockSource;
  readonly #blockSize: number;
  readonly #decompress: Decompressor;
  readonly #fragments: Table | undefined;
  readonly #shared = new Recent<number>(CACHE_BYTES);

  constructor(
    source: BlockSource,
    blockSize: number,
    decompress: Decompressor,
    fragments: Table | undefined,
  ) {
    this.#source = source;
    this.#blockSize = blockSize;
    this.#decompress = decompress;
    this.#fragments = fragments;
  }

  /** @throws Unreadable, Failure of the source */
  async open(place: FilePlace): Promise<Content> {
    const { size, tail } = place;
    const blockSize = this.#blockSize;
    const count = tail === undefined ? Math.ceil(size / blockSize) : Math.floor(size / blockSize);
    const list = new BlockList(place.sizes, place.start, count);
    const stored =
      count <= MAX_COUNTED ? (await list.stored()) + (size - Math.min(size, count * blockSize)) : undefined;
    return { stored, read: (offset, length) => this.#read(place, list, offset, length) };
  }

  async #read({ size, tail }: FilePlace, list: BlockList, offset: number, length: number): Promise<Buffer> {
    const blockSize = this.#blockSize;
    if (length === 0) return Buffer.alloc(0);
    const inBlocks = tail === undefined ? size : size - (size % blockSize);
    const end = offset + length;
    if (offset >= inBlocks && tail !== undefined)
      return this.#tail(tail, size - inBlocks, offset - inBlocks, length);
    const first = Math.floor(offset / blockSize);
    const blocks = await list.blocks(first, Math.ceil(Math.min(end, inBlocks) / blockSize));
    const parts = await this.#decodeAll(blocks, (index) =>
      Math.min(blockSize, size - (first + index) * blockSize),
    );
    if (end > inBlocks && tail !== undefined)
      parts.push(await this.#tail(tail, size - inBlocks, 0, end - inBlocks));
    const from = offset - first * blockSize;
    const [only] = parts;
    const whole = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    return whole.subarray(from, from + length);
  }

  /** One read for all of them: they follow one another on disk. */
  async #decodeAll(blocks: readonly StoredBlock[], sizeOf: (index: number) => number): Promise<Buffer[]> {
    const start = blocks[0]?.start ?? 0;
    let end = start;
    for (const block of blocks) {
      if (block.stored > this.#blockSize) throw tooLarge(block.stored, block.start);
      end += block.stored;
    }
    const bytes = await this.#readStored(start, end - start);
    return Promise.all(
      blocks.map((block, index) => {
        const stored = bytes.subarray(block.start - start, block.start - start + block.stored);
        return this.#decode(block, stored, sizeOf(index));
      }),
    );
  }

  async #readStored(start: number, length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    requireInside(this.#source, start, length);
    return this.#source.read(start, length);
  }

  async #decode({ start, compressed }: StoredBlock, stored: Buffer, size: number): Promise<Buffer> {
    if (stored.length === 0) return Buffer.alloc(size);
    const content = compressed ? await this.#unpack(stored, start) : stored;
    if (content.length === size) return content;
    throw damaged(`a block holds ${content.length} bytes where a file has ${size}`, start);
  }

  async #unpack(stored: Buffer, start: number): Promise<Buffer> {
    try {
      return await this.#decompress(stored, this.#blockSize);
    } catch (error) {
      if (error instanceof Unreadable) throw new Unreadable(error.code, error.message, start);
      throw error;
    }
  }

  async #tail(tail: Tail, size: number, from: number, length: number): Promise<Buffer> {
    const { fragment, offset } = tail;
    const block = await this.#shared.get(fragment, () => this.#fragment(fragment));
    if (offset + size <= block.length) return block.subarray(offset + from, offset + from + length);
    throw damaged(`the end of a file is said to be outside of fragment ${fragment}`);
  }

  async #fragment(index: number): Promise<Buffer> {
    if (this.#fragments === undefined) throw damaged('a file has its end in a fragment, and there are none');
    const entry = await this.#fragments.entry(index);
    const start = Number(entry.readBigUInt64LE(0));
    const word = entry.readUInt32LE(8);
    const size = word & (UNCOMPRESSED - 1);
    if (size === 0 || size > this.#blockSize) throw tooLarge(size, start);
    const stored = await this.#readStored(start, size);
    return (word & UNCOMPRESSED) === 0 ? this.#unpack(stored, start) : stored;
  }
}

export interface Content {
  /** Bytes on disk, where the list of blocks is short enough to be counted. */
  readonly stored: number | undefined;
  /** See `Node.read`. */
  read(offset: number, length: number): Promise<Buffer>;
}

type Tail = NonNullable<FilePlace['tail']>;

function tooLarge(size: number, at: number): Unreadable {
  return damaged(`a block is said to have ${size} bytes on disk`, at);
}

function damaged(message: string, at?: number): Unreadable {
  return new Unreadable(
    'MALFORMED_FILE_SYSTEM',
    message,
    at !== undefined && Number.isSafeInteger(at) ? at : undefined,
  );
}
