import type { ByteFeed } from './byte-feed.ts';
import { ContentMap, type Extent, toExtents } from './sparse.ts';
import type { Sparse, TarObserver } from './tar-entry.ts';
import { BLOCK_BYTES } from './tar-header.ts';
import type { TarReader } from './tar-reader.ts';

/** An entry's content: iterate it once, before the reader goes on. */
export type TarContent = AsyncIterableIterator<Uint8Array>;

const END: Promise<IteratorResult<Uint8Array>> = Promise.resolve({ done: true, value: undefined });
/** Handed out again and again for holes; nobody may write to it. */
const ZEROS = new Uint8Array(2 ** 20);
/** So often a long hole lets timers and signals through. */
const BREATH = 64;

/** Reads content out of the reader's feed. Content that is at hand comes as one view, without waiting. */
export class StoredContent implements AsyncIterableIterator<Uint8Array> {
  readonly #feed: ByteFeed;
  readonly #observer: TarObserver;
  readonly #path: string;
  readonly #expanded: AsyncGenerator<Uint8Array> | undefined;
  #reader: TarReader | undefined;

  constructor(
    reader: TarReader,
    feed: ByteFeed,
    observer: TarObserver,
    path: string,
    sparse: Sparse | undefined,
    size: number,
  ) {
    this.#reader = reader;
    this.#feed = feed;
    this.#observer = observer;
    this.#path = path;
    this.#expanded = sparse === undefined ? undefined : this.#expand(sparse.extents, size);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#expanded !== undefined) return this.#expanded.next();
    const chunk = this.#reader?.takeStored(Number.POSITIVE_INFINITY);
    if (chunk !== undefined && chunk.length > 0) return Promise.resolve({ done: false, value: chunk });
    return (this.#reader?.remaining ?? 0) === 0 ? END : this.#wait();
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.detach();
    return END;
  }

  /** The reader went on: there is nothing more to be had here. */
  detach(): void {
    this.#reader = undefined;
  }

  async #wait(): Promise<IteratorResult<Uint8Array>> {
    const value = await this.#takeStored(Number.POSITIVE_INFINITY);
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  async #takeStored(most: number): Promise<Buffer | undefined> {
    const reader = this.#reader;
    if (reader === undefined || reader.remaining === 0) return undefined;
    if (this.#feed.available === 0 && !(await this.#feed.more())) {
      reader.truncated("the archive ends in the middle of an entry's content", this.#path);
      this.detach();
      return undefined;
    }
    return this.#reader?.takeStored(most);
  }

  /** The file as it is extracted. Holes are counted before they are given, so that a map of a line is no bomb. */
  async *#expand(extents: readonly Extent[] | undefined, size: number): AsyncGenerator<Uint8Array> {
    const map = extents ?? (await this.#readMap(size));
    let at = 0;
    for (const extent of map ?? []) {
      if (!(yield* this.#hole(extent.offset - at))) return;
      at = extent.offset;
      for (const end = extent.offset + extent.length; at < end; ) {
        const chunk = await this.#takeStored(end - at);
        if (chunk === undefined) return this.#short();
        at += chunk.length;
        yield chunk;
      }
    }
    if (map !== undefined) yield* this.#hole(size - at);
  }

  async *#hole(length: number): AsyncGenerator<Uint8Array, boolean> {
    for (let left = length, chunks = 1; left > 0; chunks++) {
      if (chunks % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
      const bytes = Math.min(left, ZEROS.length);
      const refused = this.#observer.hole(bytes);
      if (refused !== undefined) {
        const message = `a sparse file was read in part: ${refused.message}`;
        this.#observer.fault({ ...refused, message, offset: this.#feed.offset }, true, this.#path);
        return false;
      }
      left -= bytes;
      yield ZEROS.subarray(0, bytes);
    }
    return true;
  }

  async #readMap(size: number): Promise<readonly Extent[] | undefined> {
    const map = new ContentMap();
    let pairs: ReturnType<ContentMap['add']>;
    while (pairs === undefined) {
      const pieces: Buffer[] = [];
      for (let left = BLOCK_BYTES; left > 0; ) {
        const piece = await this.#takeStored(left);
        if (piece === undefined) return this.#short();
        pieces.push(piece);
        left -= piece.length;
      }
      pairs = map.add(Buffer.concat(pieces));
    }
    const extents = pairs === 'invalid' ? undefined : toExtents(pairs, size);
    return extents ?? this.#invalid('a sparse map is none');
  }

  /** Less is stored than the map says. Where the stream itself ended, that was told already. */
  #short(): undefined {
    if (this.#reader !== undefined) this.#invalid('a sparse file has less content than its map says');
  }

  #invalid(message: string): undefined {
    const fault = { code: 'MALFORMED_ARCHIVE', message, offset: this.#feed.offset } as const;
    this.#observer.fault(fault, true, this.#path);
  }
}
