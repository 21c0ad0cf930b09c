import { createZstdDecompress } from 'node:zlib';
import type { ByteFeed } from './byte-feed.ts';
import { type Engine, OUTPUT_CHUNK, runEngine } from './engine.ts';
import type { Fault } from './fault.ts';
import { type StrayBytes, StrayBytesGatherer } from './stray-bytes.ts';
import { ZstdFrameWalker } from './zstd-frame.ts';

/*
 * Zstandard (RFC 8878), framed here and decoded by node:zlib.
 *
 * node's decoder stops at the end of a frame and drops what follows in the same write, which would hide every file
 * after the first frame of a zstd:chunked layer. Frames can be measured without decoding them, so each write is cut
 * at a frame's end: the decoder then goes on with the next frame. Skippable frames never reach it.
 */

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const CHUNKED_FOOTER_MAGIC = Buffer.from('GNUlInUx', 'latin1');
const SEEKABLE_FOOTER_MAGIC = Buffer.from([0xb1, 0xea, 0x92, 0x8f]);
const FRAME_MAGIC_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** Of a skippable frame, to recognise it by its end. */
const TAIL_BYTES = 9;
/** So often a run of tiny frames lets timers and signals through. */
const BREATH = 1024;

export interface ZstdReport {
  /** Bytes in a skippable frame that no known tool writes there. */
  hidden(stray: StrayBytes): void;
  /** The stream has a zstd:chunked table of contents, by which some runtimes read it instead of by its tar. */
  tableOfContents(offset: number): void;
}

/** Decodes every frame, and leaves `feed` after the last one. `most` is how many there may be. */
export async function* unzstd(
  feed: ByteFeed,
  most: number,
  report: ZstdReport,
): AsyncGenerator<Buffer, Fault | undefined> {
  const frames = new Frames(feed, most, report);
  if (!(await frames.toNext())) return frames.fault ?? (feed.offset === 0 ? notZstd(feed) : undefined);
  const engine = createZstdDecompress({ chunkSize: OUTPUT_CHUNK }) as Engine;
  const { fault, unused } = yield* runEngine(engine, () => frames.nextPiece());
  if (frames.fault !== undefined) return frames.fault;
  if (fault !== undefined) return { ...fault, offset: feed.offset };
  if (unused === 0) return undefined;
  const message = 'the compressed stream is damaged: a frame ends before its last block';
  return { code: 'DECOMPRESSION_FAILED', message, offset: feed.offset - unused };
}

function notZstd(feed: ByteFeed): Fault {
  return feed.available < 4
    ? { code: 'TRUNCATED', message: 'the compressed stream ends early', offset: 0 }
    : { code: 'DECOMPRESSION_FAILED', message: 'not a zstd stream', offset: 0 };
}

class Frames {
  fault: Fault | undefined;
  readonly #feed: ByteFeed;
  readonly #report: ZstdReport;
  #walker: ZstdFrameWalker | undefined;

  readonly #most: number;
  #count = 0;

  constructor(feed: ByteFeed, most: number, report: ZstdReport) {
    this.#feed = feed;
    this.#most = most;
    this.#report = report;
  }

  /** The next bytes of a frame, never reaching into another; undefined after the last frame. */
  async nextPiece(): Promise<Buffer | undefined> {
    if (this.#walker?.done !== false && !(await this.toNext())) return undefined;
    if (this.#feed.available === 0 && !(await this.#feed.more())) return undefined;
    const length = this.#walker?.advance(this.#feed.view()) ?? 0;
    return this.#feed.take(length);
  }

  /** Passes over skippable frames; true when a frame with content follows. */
  async toNext(): Promise<boolean> {
    for (;;) {
      if (++this.#count % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
      const magic = await this.#feed.peek(4);
      const value = magic.length === 4 ? magic.readUInt32LE(0) : 0;
      if (magic.length === 4 && this.#count > this.#most) {
        return this.#fail('LIMIT_FILES', `it has more than ${this.#most} zstd frames`);
      }
      if (value === FRAME_MAGIC) {
        this.#walker = new ZstdFrameWalker();
        return true;
      }
      if ((value & 0xfffffff0) !== SKIPPABLE_MAGIC || !(await this.#skip())) return false;
    }
  }

  async #skip(): Promise<boolean> {
    const header = await this.#feed.peek(8);
    if (header.length < 8) return this.#truncated();
    this.#feed.skip(8);
    const size = header.readUInt32LE(4);
    const start = this.#feed.offset;
    const head = Buffer.from(await this.#feed.peek(Math.min(size, 4)));
    let tail: Buffer = Buffer.alloc(0);
    const stray = new StrayBytesGatherer();
    for (let left = size; left > 0; ) {
      if (this.#feed.available === 0 && !(await this.#feed.more())) return this.#truncated();
      const offset = this.#feed.offset;
      const part = this.#feed.take(Math.min(left, this.#feed.available)) ?? tail;
      stray.add(part, offset);
      tail = Buffer.from(Buffer.concat([tail, part.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES));
      left -= part.length;
    }
    if (isChunkedMetadata(size, head, tail)) this.#report.tableOfContents(start);
    else if (!isHarmless(size, tail)) {
      const hidden = stray.result();
      if (hidden !== undefined) this.#report.hidden(hidden);
    }
    return true;
  }

  #truncated(): false {
    return this.#fail('TRUNCATED', 'the compressed stream ends early');
  }

  #fail(code: Fault['code'], message: string): false {
    this.fault = { code, message, offset: this.#feed.offset };
    return false;
  }
}

/** zstd:chunked (containers/storage): compressed table of contents and tar-split data, and a footer that finds them. */
function isChunkedMetadata(size: number, head: Buffer, tail: Buffer): boolean {
  const isFooter = size <= 64 && tail.subarray(-8).equals(CHUNKED_FOOTER_MAGIC);
  return isFooter || head.equals(FRAME_MAGIC_BYTES);
}

/** pzstd's four bytes of frame size, and a seek table of zstd's seekable format: entries, their count, flags, magic. */
function isHarmless(size: number, tail: Buffer): boolean {
  if (size === 4) return true;
  if (tail.length < 9 || !tail.subarray(5).equals(SEEKABLE_FOOTER_MAGIC)) return false;
  const entryBytes = ((tail[4] ?? 0) & 0x80) === 0 ? 8 : 12;
  return size === tail.readUInt32LE(0) * entryBytes + 9;
}
