/*
 * Bytes on demand from a stream of chunks.
 *
 * Parsers of a stream usually pay one `await` for each field they read; a layer with a million empty files would pay
 * a million. Here everything that is in the current chunk is handed out synchronously, as a view and without a copy,
 * and only a chunk's end costs an `await`: a parser tries, and when it is starved it calls `more` and tries again.
 */

const NOTHING: Buffer = Buffer.alloc(0);
/** How much of the next chunk is joined to a remainder: enough for most headers, cheap to copy. */
const BRIDGE_BYTES = 64 * 1024;

export class ByteFeed {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Buffer = NOTHING;
  #position = 0;
  /** Offset of the current chunk's first byte in the stream. */
  #base = 0;
  /** What a bridge left of the chunk it was cut from. */
  #behind: Buffer = NOTHING;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes handed out so far. */
  get offset(): number {
    return this.#base + this.#position;
  }

  /** Bytes that `take` can hand out at once. */
  get available(): number {
    return this.#chunk.length - this.#position;
  }

  /** The next bytes, at most `count` and at most what is available, left where they are. */
  view(count: number = this.available): Buffer {
    return this.#chunk.subarray(this.#position, Math.min(this.#position + count, this.#chunk.length));
  }

  /** Hands out `count` bytes, or nothing when fewer are available. A view: valid for ever, never overwritten. */
  take(count: number): Buffer | undefined {
    const end = this.#position + count;
    if (end > this.#chunk.length) return undefined;
    const taken = this.#chunk.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  /** Passes over up to `count` available bytes and says how many that were. */
  skip(count: number): number {
    const skipped = Math.min(count, this.available);
    this.#position += skipped;
    return skipped;
  }

  /** Gives back the last `count` bytes handed out of the current chunk. */
  rewind(count: number): void {
    if (count > this.#position) throw new RangeError('cannot rewind beyond the current chunk');
    this.#position -= count;
  }

  /** Puts bytes that were handed out in an earlier chunk back in front. */
  unread(bytes: Buffer): void {
    const offset = this.offset - bytes.length;
    this.#chunk = Buffer.concat([bytes, this.view()]);
    this.#position = 0;
    this.#base = offset;
  }

  /** Makes more bytes available, keeping those that are. False at the end of the stream. */
  async more(): Promise<boolean> {
    const next = await this.#nextChunk();
    if (next === undefined) return false;
    const rest = this.view();
    this.#base += this.#position;
    this.#position = 0;
    if (rest.length === 0) {
      this.#chunk = next;
      return true;
    }
    const bridge = Math.max(BRIDGE_BYTES, rest.length);
    this.#chunk = Buffer.concat([rest, next.subarray(0, bridge)]);
    this.#behind = next.subarray(bridge);
    return true;
  }

  /** Makes at least `count` bytes available if the stream has them, and views at most so many. */
  async peek(count: number): Promise<Buffer> {
    while (this.available < count && (await this.more()));
    return this.view(count);
  }

  /** All that is available, waiting for a chunk when nothing is; undefined at the end of the stream. */
  async takeSome(): Promise<Buffer | undefined> {
    while (this.available === 0) if (!(await this.more())) return undefined;
    return this.take(this.available);
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#behind = NOTHING;
    await this.#source.return?.();
  }

  async #nextChunk(): Promise<Buffer | undefined> {
    if (this.#behind.length > 0) {
      const behind = this.#behind;
      this.#behind = NOTHING;
      return behind;
    }
    while (!this.#ended) {
      const result = await this.#source.next();
      if (result.done === true) this.#ended = true;
      else if (result.value.length > 0) return toBuffer(result.value);
    }
    return undefined;
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
