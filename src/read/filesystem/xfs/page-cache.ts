import type { BlockSource } from '../../disk/block-source.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';

/*
 * Metadata comes in pieces of half a kilobyte that lie next to each other: 64 inodes are made at once. Pages of their size are
 * kept, so that a folder's files cost one read.
 */

const PAGE = 32 * 1024;
const MOST_BYTES = 16 * 2 ** 20;

export class PageCache {
  readonly #source: BlockSource;
  readonly #pages = new Recent<number>(MOST_BYTES);

  constructor(source: BlockSource) {
    this.#source = source;
  }

  /** @throws Unreadable, Failure of the source */
  read(offset: number, length: number): Promise<Buffer> | Buffer {
    const start = offset - (offset % PAGE);
    // The end of the volume need not be that of a page. Beyond it the source says so itself.
    if (offset + length > Math.min(start + PAGE, this.#source.size)) return this.#source.read(offset, length);
    const page = this.#pages.peek(start);
    return page?.subarray(offset - start, offset - start + length) ?? this.#fetch(start, offset, length);
  }

  async #fetch(start: number, offset: number, length: number): Promise<Buffer> {
    try {
      const size = Math.min(PAGE, this.#source.size - start);
      const page = await this.#pages.get(start, () => this.#source.read(start, size));
      return page.subarray(offset - start, offset - start + length);
    } catch (error) {
      // What else is in the page may be what cannot be read.
      if (error instanceof Unreadable) return this.#source.read(offset, length);
      throw error;
    }
  }
}
