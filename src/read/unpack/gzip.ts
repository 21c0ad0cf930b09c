import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import type { ByteFeed } from './byte-feed.ts';
import { type Engine, OUTPUT_CHUNK, runEngine } from './engine.ts';
import type { Fault } from './fault.ts';

/*
 * gzip (RFC 1952), framed here and inflated by zlib.
 *
 * node's own Gunzip reads concatenated members too, but it cannot say where the last one ends: bytes hidden behind it
 * are dropped in silence, or turn into an error that takes the last megabyte of good output along. So the members'
 * headers and trailers are read here, where every byte is accounted for, and zlib sees only the deflate streams.
 *
 * A stream for each member costs 160 microseconds, and one member for each file is honest (eStargz): members after
 * the first are first tried in one synchronous call.
 */

const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_RESERVED = 0xe0;
/** Longest name or comment: RFC 1952 sets no bound. */
const FIELD_BYTES = 64 * 1024;
const SMALL_INPUT = 64 * 1024;
const SMALL_OUTPUT = 2 ** 20;
/** So often a run of tiny members lets timers and signals through. */
const BREATH = 1024;

/** Inflates every member, and leaves `feed` after the last one. `members` is the most there may be. */
export async function* gunzip(feed: ByteFeed, members: number): AsyncGenerator<Buffer, Fault | undefined> {
  for (let count = 0; ; count++) {
    if (count > 0 && !(await isMember(feed))) return undefined;
    if (count >= members) return fault(feed, 'LIMIT_FILES', `it has more than ${members} gzip members`);
    if (count % BREATH === BREATH - 1) await new Promise((resolve) => setImmediate(resolve));
    const headerFault = await skipHeader(feed);
    if (headerFault !== undefined) return headerFault;
    const bodyFault = yield* inflateMember(feed, count > 0);
    if (bodyFault !== undefined) return bodyFault;
  }
}

async function isMember(feed: ByteFeed): Promise<boolean> {
  const head = await feed.peek(4);
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 && ((head[3] ?? 0xff) & FLAGS_RESERVED) === 0;
}

/** RFC 1952, section 2.3. */
async function skipHeader(feed: ByteFeed): Promise<Fault | undefined> {
  const fixed = await take(feed, 10);
  if (fixed === undefined) return truncated(feed);
  const flags = fixed[3] ?? 0;
  if (fixed.readUInt16BE(0) !== 0x1f8b || fixed[2] !== 8 || (flags & FLAGS_RESERVED) !== 0) {
    return fault(feed, 'DECOMPRESSION_FAILED', 'not a gzip header');
  }
  if ((flags & FLAG_EXTRA) !== 0) {
    const length = await take(feed, 2);
    if (length === undefined || (await take(feed, length.readUInt16LE(0))) === undefined)
      return truncated(feed);
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    const fieldFault = (flags & flag) === 0 ? undefined : await skipString(feed);
    if (fieldFault !== undefined) return fieldFault;
  }
  if ((flags & FLAG_HEADER_CRC) !== 0 && (await take(feed, 2)) === undefined) return truncated(feed);
  return undefined;
}

async function skipString(feed: ByteFeed): Promise<Fault | undefined> {
  for (let length = 0; length < FIELD_BYTES; ) {
    if (feed.available === 0 && !(await feed.more())) return truncated(feed);
    const view = feed.view(FIELD_BYTES - length);
    const end = view.indexOf(0);
    length += feed.skip(end < 0 ? view.length : end + 1);
    if (end >= 0) return undefined;
  }
  return fault(feed, 'DECOMPRESSION_FAILED', `a gzip header field is longer than ${FIELD_BYTES} bytes`);
}

async function* inflateMember(feed: ByteFeed, trySmall: boolean): AsyncGenerator<Buffer, Fault | undefined> {
  let checksum = 0;
  let length = 0;
  const small = trySmall ? inflateSmall(feed) : undefined;
  if (small !== undefined) {
    checksum = crc32(small);
    length = small.length;
    if (length > 0) yield small;
  } else {
    const engine = createInflateRaw({ chunkSize: OUTPUT_CHUNK }) as Engine;
    const run = runEngine(engine, () => feed.takeSome());
    let ended = false;
    try {
      for (;;) {
        const { done, value } = await run.next();
        if (done === true) {
          ended = true;
          if (value.fault !== undefined) return { ...value.fault, offset: feed.offset };
          feed.rewind(value.unused);
          break;
        }
        checksum = crc32(value, checksum);
        length += value.length;
        yield value;
      }
    } finally {
      if (!ended) await run.return({ unused: 0, fault: undefined });
    }
  }
  const trailer = await take(feed, 8);
  if (trailer === undefined) return truncated(feed);
  if (trailer.readUInt32LE(0) !== checksum || trailer.readUInt32LE(4) !== length % 2 ** 32) {
    return fault(feed, 'DECOMPRESSION_FAILED', 'a gzip member does not match its checksum');
  }
  return undefined;
}

/** The whole output of a member that lies within the current chunk and is small; undefined for all others. */
function inflateSmall(feed: ByteFeed): Buffer | undefined {
  const input = feed.view(SMALL_INPUT);
  try {
    const options = { info: true, chunkSize: SMALL_INPUT, maxOutputLength: SMALL_OUTPUT };
    // With `info` node returns the engine as well, which its types do not say.
    const { buffer, engine } = inflateRawSync(input, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    feed.skip(engine.bytesWritten);
    return buffer;
  } catch {
    // Larger than that, or damaged: reading it as a stream tells which.
    return undefined;
  }
}

async function take(feed: ByteFeed, count: number): Promise<Buffer | undefined> {
  await feed.peek(count);
  return feed.take(count);
}

function truncated(feed: ByteFeed): Fault {
  return fault(feed, 'TRUNCATED', 'the compressed stream ends early');
}

function fault(feed: ByteFeed, code: Fault['code'], message: string): Fault {
  return { code, message, offset: feed.offset };
}
