import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Stream } from './stream.ts';

/** Small reads of a stream, served from a few large windows of it that are kept. */
export class Windows {
  readonly #stream: Stream;
  readonly #size: number;
  readonly #kept: Recent<number>;

  /** @param size bytes of one window: a multiple of every block that is asked for */
  constructor(stream: Stream, size: number, count: number) {
    this.#stream = stream;
    this.#size = size;
    this.#kept = new Recent(size * count);
  }

  /**
   * A copy of `length` bytes at a multiple of `length`.
   * @throws Unreadable when the stream ends before, Failure
   */
  async copy(offset: number, length: number): Promise<Buffer> {
    const inside = offset % this.#size;
    const start = offset - inside;
    const end = Math.min(start + this.#size, this.#stream.size);
    // What leaves the stream is said by the stream itself.
    if (offset + length > end) return Buffer.from(await this.#stream.read(offset, length));
    try {
      const window = await this.#kept.get(start, () => this.#stream.read(start, end - start));
      return Buffer.from(window.subarray(inside, inside + length));
    } catch (error) {
      // Another part of the window may be what cannot be read.
      if (error instanceof Unreadable) return Buffer.from(await this.#stream.read(offset, length));
      throw error;
    }
  }
}
