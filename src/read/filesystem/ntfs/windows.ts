import { Unreadable } from '../../disk/unreadable.ts';
import { Recent } from './recent.ts';
import type { Stream } from './stream.ts';

/** Small reads of a stream, served from a few large windows of it that are kept. */
export class Windows {
  readonly #stream: Stream;
  readonly #size: number;
  readonly #kept: Recent<number, Buffer>;

  /** @param size bytes of one window: a multiple of every block that is asked for */
  constructor(stream: Stream, size: number, count: number) {
    this.#stream = stream;
    this.#size = size;
    this.#kept = new Recent(count);
  }

  /**
   * A copy of `length` bytes at a multiple of `length`.
   * @throws Unreadable when the stream ends before, Failure
   */
  async copy(offset: number, length: number): Promise<Buffer> {
    const inside = offset % this.#size;
    if (inside + length > this.#size) return Buffer.from(await this.#stream.read(offset, length));
    const start = offset - inside;
    let window = this.#kept.get(start);
    if (window === undefined || window.length < inside + length) {
      const there = Math.max(inside + length, Math.min(this.#size, this.#stream.size - start));
      window = await this.#read(start, there);
      if (window === undefined) return Buffer.from(await this.#stream.read(offset, length));
      this.#kept.set(start, window);
    }
    return Buffer.from(window.subarray(inside, inside + length));
  }

  /** Undefined where the window has a part that cannot be read: then what was asked for is read alone. */
  async #read(start: number, size: number): Promise<Buffer | undefined> {
    try {
      return await this.#stream.read(start, size);
    } catch (error) {
      if (error instanceof Unreadable) return undefined;
      throw error;
    }
  }
}
