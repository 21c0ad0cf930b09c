import type { BlockSource } from '../../../disk/block-source.ts';
import { requireInside } from '../../../disk/bounded.ts';
import { Unreadable } from '../../../disk/unreadable.ts';

/** What is kept as one, from a multiple of itself. */
const PAGE = 4096;
const MOST_BYTES = 256 * 2 ** 20;

/** What a volume would have after changes. Nothing is written: pages that were changed are kept. */
export class Patches {
  readonly #source: BlockSource;
  readonly #size: number;
  readonly #pages = new Map<number, Buffer>();

  /** @param size of the file system: nothing beyond it is changed */
  constructor(source: BlockSource, size: number) {
    this.#source = source;
    this.#size = Math.min(size, source.size);
  }

  /**
   * Memory of its own, with what was changed before.
   * @throws Unreadable when it is not in the file system, Failure of the source
   */
  async read(place: number, length: number): Promise<Buffer> {
    if (place + length > this.#size)
      throw new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        `in the log, byte ${place} is changed, which is not in the volume`,
      );
    const known = this.#pagesOf(place, length).every((page) => this.#pages.has(page));
    const bytes = known ? Buffer.alloc(length) : Buffer.from(await this.#source.read(place, length));
    this.#apply(place, bytes);
    return bytes;
  }

  /**
   * @param place as it was read
   * @throws Unreadable LIMIT_BYTES, Failure of the source
   */
  async write(place: number, bytes: Buffer): Promise<void> {
    for (const start of this.#pagesOf(place, bytes.length)) {
      const page = this.#pages.get(start) ?? (await this.#fetch(start, place, bytes.length));
      const from = Math.max(place, start);
      bytes.copy(page, from - start, from - place, start + page.length - place);
    }
  }

  /** The volume with the changes. */
  source(): BlockSource {
    const source = this.#source;
    return {
      ...{ name: source.name, size: source.size },
      ...(source.sectorSize !== undefined && { sectorSize: source.sectorSize }),
      read: async (offset, length) => {
        requireInside(source, offset, length);
        const bytes = await source.read(offset, length);
        if (!this.#pagesOf(offset, length).some((page) => this.#pages.has(page))) return bytes;
        const changed = Buffer.from(bytes);
        this.#apply(offset, changed);
        return changed;
      },
      close: () => source.close(),
    };
  }

  async #fetch(start: number, place: number, length: number): Promise<Buffer> {
    if ((this.#pages.size + 1) * PAGE > MOST_BYTES)
      throw new Unreadable('LIMIT_BYTES', `the log changes more than ${MOST_BYTES} bytes`);
    const size = Math.min(PAGE, this.#source.size - start);
    const isCovered = place <= start && place + length >= start + size;
    const page = isCovered ? Buffer.alloc(size) : Buffer.from(await this.#source.read(start, size));
    this.#pages.set(start, page);
    return page;
  }

  #apply(place: number, bytes: Buffer): void {
    for (const start of this.#pagesOf(place, bytes.length)) {
      const page = this.#pages.get(start);
      if (page === undefined) continue;
      const from = Math.max(place, start);
      page.copy(bytes, from - place, from - start, Math.min(page.length, place + bytes.length - start));
    }
  }

  #pagesOf(place: number, length: number): number[] {
    const pages = [];
    for (let start = place - (place % PAGE); start < place + length; start += PAGE) pages.push(start);
    return pages;
  }
}
