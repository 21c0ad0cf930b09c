import { Failure } from '../../../core/failure.ts';
import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Reach } from '../../registry/address.ts';
import type { Attempt } from '../../registry/retry.ts';
import type { Incoming } from '../../registry/transport.ts';
import { type Blocks, indexesOf, readBlocks } from './blocks.ts';
import { readBody } from './body.ts';
import type { WebClient } from './client.ts';
import { maskUrl } from './mask.ts';
import type { Advice } from './refusal.ts';
import { Turns } from './turns.ts';

/*
 * A disk that a web server holds, read by ranges (RFC 9110, section 14): a SAS of Azure, an object of a bucket, any server.
 *
 * The image must stay one image while it is read: what is inspected block by block could else be exchanged between two blocks.
 * The entity tag of the first answer is demanded of each further one (`If-Match`) and compared, and so is the size. An answer that is not
 * exactly the range that was asked for is not taken.
 */

const BLOCK = 2 ** 20;
/** Blocks kept: 64 MiB. A file system comes back to its tables. */
const KEPT = 64 * BLOCK;
const MOST_AT_ONCE = 16;

export interface WebDiskOptions {
  readonly client: WebClient;
  readonly signal: AbortSignal;
  readonly reach: Reach;
  /** Names in lower case; asked before each request. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** Instead of the URL without its query string. */
  readonly name?: string;
  readonly advice?: Advice;
  /** How many disks share the memory for blocks that are kept. Default: 1. */
  readonly share?: number;
  /** False where the URL itself pins the version (a generation). Default: true. */
  readonly match?: boolean;
}

/**
 * Opens what a URL holds as a source. Nothing but its first block is read yet. The client stays the caller's to close.
 * @throws Failure NOT_FOUND, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, UNSUPPORTED (no ranges), CANCELLED;
 * Unreadable TRUNCATED (empty)
 */
export async function openWebDisk(url: URL, options: WebDiskOptions): Promise<RangeDisk> {
  const name = options.name ?? maskUrl(url);
  const first = await options.client.send(toAsk(url, name, options, 0, BLOCK - 1), (answer) =>
    takeFirst(answer, name),
  );
  return new RangeDisk(url, name, options, first);
}

/** What each answer must say. */
interface Pin {
  readonly size: number;
  readonly tag: string | undefined;
}

interface First extends Pin {
  readonly bytes: Buffer;
}

export class RangeDisk implements BlockSource {
  readonly name: string;
  readonly size: number;
  readonly #url: URL;
  readonly #options: WebDiskOptions;
  readonly #pin: Pin;
  readonly #recent: Recent<number>;
  readonly #turns = new Turns(MOST_AT_ONCE);
  readonly #blocks: Blocks = {
    size: BLOCK,
    peek: (index) => this.#recent.peek(index),
    get: (index) => this.#block(index),
  };

  constructor(url: URL, name: string, options: WebDiskOptions, { size, tag, bytes }: First) {
    this.#url = url;
    this.name = name;
    this.size = size;
    this.#options = options;
    this.#pin = { size, tag };
    this.#recent = new Recent(KEPT / (options.share ?? 1));
    void this.#recent.get(0, () => Promise.resolve(bytes));
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requireInside(this, offset, length);
    return readBlocks(this.#blocks, offset, length);
  }

  /** Begins to fetch what will be read next. */
  ahead(offset: number, length: number): void {
    const end = Math.min(this.size, offset + length);
    if (offset >= end) return;
    for (const index of indexesOf(this.#blocks, offset, end - offset)) {
      // Whoever reads it is told of the failure.
      this.#block(index).catch(() => undefined);
    }
  }

  async close(): Promise<void> {}

  #block(index: number): Promise<Buffer> {
    return this.#recent.get(index, () => this.#turns.take(() => this.#fetch(index)));
  }

  #fetch(index: number): Promise<Buffer> {
    const from = index * BLOCK;
    const to = Math.min(this.size, from + BLOCK) - 1;
    const ask = toAsk(this.#url, this.name, this.#options, from, to, this.#pin.tag);
    return this.#options.client.send(ask, (answer) => takeRange(answer, this.name, from, to, this.#pin));
  }
}

function toAsk(
  url: URL,
  name: string,
  { signal, reach, headers, advice = {}, match = true }: WebDiskOptions,
  from: number,
  to: number,
  tag?: string,
) {
  // Only a strong tag can be demanded (RFC 9110, 13.1.1); a weak one is compared.
  const demand = match && tag?.startsWith('"') === true ? { 'if-match': tag } : {};
  return {
    url,
    reach,
    signal,
    advice,
    what: `bytes ${from}-${to} of ${name}`,
    accept: [206, 412, 416],
    async headers() {
      return { ...(await headers?.()), ...demand, range: `bytes=${from}-${to}` };
    },
  };
}

async function takeFirst(answer: Incoming, name: string): Promise<Attempt<First>> {
  const { status, headers } = answer;
  const range = parseRange(headers['content-range']);
  if (status === 416) {
    answer.body.destroy();
    throw new Unreadable('TRUNCATED', `${name} is empty`, 0);
  }
  if (status !== 206 || range === undefined) {
    answer.body.destroy();
    throw new Failure(
      'UNSUPPORTED',
      `${answer.url.host} does not serve ${name} by ranges: download it, and inspect the file`,
    );
  }
  const { size } = range;
  const tag = tagOf(answer);
  const taken = await takeRange(answer, name, 0, Math.min(BLOCK, size) - 1, { size, tag });
  return taken.kind === 'done' ? { kind: 'done', value: { size, tag, bytes: taken.value } } : taken;
}

async function takeRange(
  answer: Incoming,
  name: string,
  from: number,
  to: number,
  pin: Pin,
): Promise<Attempt<Buffer>> {
  const range = parseRange(answer.headers['content-range']);
  if (
    answer.status === 412 ||
    tagOf(answer) !== pin.tag ||
    (range !== undefined && range.size !== pin.size)
  ) {
    answer.body.destroy();
    throw new Failure('DIGEST_MISMATCH', `${name} was changed while it was read: nothing of it was taken`);
  }
  if (answer.status !== 206 || range?.from !== from || range.to !== to) {
    answer.body.destroy();
    const got = range === undefined ? 'no range' : `bytes ${range.from}-${range.to}`;
    const message = `${answer.url.host} gave ${got} (HTTP status ${answer.status}) for bytes ${from}-${to} of ${name}`;
    return { kind: 'transient', failure: new Failure('TRUNCATED', message) };
  }
  const length = to - from + 1;
  const bytes = await readBody(answer, length);
  if (bytes.length === length) return { kind: 'done', value: bytes };
  const message = `${answer.url.host} gave ${bytes.length < length ? 'fewer' : 'more'} than the bytes ${from}-${to} of ${name}`;
  return { kind: 'transient', failure: new Failure('TRUNCATED', message) };
}

/** The entity tag, or the time of the last change where there is none. */
function tagOf({ headers }: Incoming): string | undefined {
  const tag = headers.etag ?? headers['last-modified'];
  return typeof tag === 'string' ? tag : undefined;
}

/** `bytes FROM-TO/SIZE` (RFC 9110, 14.4). */
function parseRange(header: string | string[] | undefined) {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(typeof header === 'string' ? header : '');
  if (match === null) return undefined;
  const [from = 0, to = 0, size = 0] = match.slice(1).map(Number);
  return from <= to && to < size && Number.isSafeInteger(size) ? { from, to, size } : undefined;
}
