import type { Cursor } from './metadata.ts';

const PART = 1024;
const WORD = 4;
const UNCOMPRESSED = 1 << 24;

/** One block of a file. */
export interface StoredBlock {
  readonly start: number;
  /** Bytes on disk; 0 for a hole. */
  readonly stored: number;
  readonly compressed: boolean;
}

/**
 * The sizes of a file's blocks, from which follows where each is. A file of a claimed terabyte has a list of many
 * megabytes, so it is read in parts, as far as it is asked for, and of each part is kept only where it begins.
 */
export class BlockList {
  readonly #count: number;
  readonly #parts: { readonly sizes: Cursor; readonly start: number }[];

  constructor(sizes: Cursor, start: number, count: number) {
    this.#count = count;
    this.#parts = [{ sizes, start }];
  }

  /**
   * @param from below the file's number of blocks, as `to`, which is not among them
   * @throws Unreadable, Failure of the source
   */
  async blocks(from: number, to: number): Promise<StoredBlock[]> {
    const blocks: StoredBlock[] = [];
    for (let part = Math.floor(from / PART); part * PART < to; part++) {
      const all = await this.#part(part);
      blocks.push(...all.slice(Math.max(0, from - part * PART), to - part * PART));
    }
    return blocks;
  }

  /** Bytes on disk of all its blocks. */
  async stored(): Promise<number> {
    let total = 0;
    for (let part = 0; part * PART < this.#count; part++) {
      for (const { stored } of await this.#part(part)) total += stored;
    }
    return total;
  }

  async #part(index: number): Promise<StoredBlock[]> {
    for (let known = this.#parts.length - 1; known < index; known++) await this.#read(known);
    return this.#read(index);
  }

  async #read(index: number): Promise<StoredBlock[]> {
    const begin = this.#parts[index];
    if (begin === undefined) return [];
    const cursor = begin.sizes.clone();
    const words = await cursor.take(Math.min(PART, this.#count - index * PART) * WORD);
    const blocks: StoredBlock[] = [];
    let { start } = begin;
    for (let at = 0; at < words.length; at += WORD) {
      const word = words.readUInt32LE(at);
      const stored = word & (UNCOMPRESSED - 1);
      blocks.push({ start, stored, compressed: (word & UNCOMPRESSED) === 0 });
      start += stored;
    }
    this.#parts[index + 1] = { sizes: cursor, start };
    return blocks;
  }
}
