import { type EBSClient, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import { Failure } from '../../../core/failure.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Timing } from '../../registry/options.ts';
import { callAws } from './call.ts';
import { awsErrorName } from './failures.ts';

/*
 * Which blocks of a snapshot were written, and the tokens that fetch them (EBS direct APIs: ListSnapshotBlocks).
 *
 * The list is read once to its end. Of a large snapshot it has millions of tokens: which blocks there are is kept in a bit each, and tokens
 * only up to a bound, by windows of the disk. A window whose tokens were let go, or have expired (they live for seven days), is listed
 * again from its first block on. A snapshot never changes: a list that does is not the one that was begun.
 */

/** What AWS serves: 512 KiB, "the only supported size". */
export const BLOCK = 512 * 1024;
const GIB = 2 ** 30;
/** 64 TiB, the largest volume AWS has. */
const MAX_GIBIBYTES = 64 * 1024;
const PER_PAGE = 10_000;
/** Blocks of one window: 4 GiB of the disk. */
const WINDOW = 8192;
const MAX_TOKEN = 256;
/** Pages without anything new are allowed while there is a next one, but not without end. */
const MAX_IDLE_PAGES = 1000;

/** What is asked of AWS for a snapshot: for the cost. */
export interface Requests {
  lists: number;
  blocks: number;
}

/** How a snapshot is asked about. */
export interface SnapshotAccess {
  readonly client: EBSClient;
  readonly snapshot: string;
  readonly signal: AbortSignal;
  readonly timing: Timing;
  readonly requests: Requests;
}

interface Window {
  /** A bit for each block that was written. */
  readonly written: Uint8Array;
  /** Undefined where they were let go. */
  tokens: Map<number, string> | undefined;
  pending: Promise<Map<number, string>> | undefined;
}

export class BlockList {
  /** Bytes of the volume. */
  readonly size: number;
  readonly #access: SnapshotAccess;
  readonly #keep: number;
  /** By number; those whose tokens were wanted last are the last. */
  readonly #windows = new Map<number, Window>();
  #written = 0;
  #first: number | undefined;
  #tokens = 0;
  #idle = 0;

  private constructor(access: SnapshotAccess, size: number, keep: number) {
    this.#access = access;
    this.size = size;
    this.#keep = keep;
  }

  /**
   * Reads the list to its end.
   * @param keep tokens that are kept
   * @throws Failure as `callAws`, DIGEST_MISMATCH; Unreadable UNSUPPORTED, MALFORMED_DISK, LIMIT_FILES
   */
  static async read(access: SnapshotAccess, keep: number): Promise<BlockList> {
    try {
      return await BlockList.#read(access, keep);
    } catch (error) {
      // The token of a next page lives for an hour: a machine that slept meanwhile begins anew, once.
      if (access.requests.lists < 2 || !isExpired(error)) throw error;
      return await BlockList.#read(access, keep);
    }
  }

  static async #read(access: SnapshotAccess, keep: number): Promise<BlockList> {
    let list: BlockList | undefined;
    for await (const { size, blocks } of pages(access, undefined)) {
      list ??= new BlockList(access, size, keep);
      let news = 0;
      for (const [index, token] of blocks) if (list.#add(index, token)) news++;
      list.#letGo();
      if (news === 0 && ++list.#idle > MAX_IDLE_PAGES) throw endless(access.snapshot);
      list.#require(size);
    }
    if (list === undefined) throw endless(access.snapshot);
    return list;
  }

  /** Blocks that were written. */
  get written(): number {
    return this.#written;
  }

  /** The lowest of them. */
  get first(): number | undefined {
    return this.#first;
  }

  has(index: number): boolean {
    const written = this.#windows.get(Math.floor(index / WINDOW))?.written;
    const at = index % WINDOW;
    return written !== undefined && ((written[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  /**
   * What fetches a block that was written.
   * @param expired the token that AWS took no more: another is asked for
   * @throws Failure as `callAws`, DIGEST_MISMATCH
   */
  async tokenOf(index: number, expired?: string): Promise<string> {
    const number = Math.floor(index / WINDOW);
    const window = this.#windows.get(number);
    if (window === undefined) throw changed(this.#access.snapshot);
    if (expired !== undefined && window.tokens?.get(index) === expired) this.#forget(window);
    window.pending ??= window.tokens === undefined ? this.#list(number, window) : undefined;
    const tokens = window.tokens ?? (await window.pending);
    this.#windows.delete(number);
    this.#windows.set(number, window);
    const token = tokens?.get(index);
    if (token === undefined) throw changed(this.#access.snapshot);
    return token;
  }

  #add(index: number, token: string): boolean {
    const number = Math.floor(index / WINDOW);
    const window: Window = this.#windows.get(number) ?? {
      written: new Uint8Array(WINDOW / 8),
      tokens: new Map(),
      pending: undefined,
    };
    this.#windows.set(number, window);
    const isNew = !this.has(index);
    if (isNew) {
      const at = index % WINDOW;
      window.written[at >> 3] = (window.written[at >> 3] ?? 0) | (1 << (at & 7));
      this.#written++;
      this.#first = Math.min(this.#first ?? index, index);
      if (window.tokens !== undefined) this.#tokens++;
    }
    window.tokens?.set(index, token);
    return isNew;
  }

  /** Lists one window again. Whoever wants a token of it meanwhile waits for the same list. */
  async #list(number: number, window: Window): Promise<Map<number, string>> {
    try {
      const tokens = new Map<number, string>();
      const end = (number + 1) * WINDOW;
      let idle = 0;
      for await (const { size, blocks } of pages(this.#access, number * WINDOW)) {
        this.#require(size);
        let isPast = false;
        for (const [index, token] of blocks) {
          if (index < end && this.has(index)) tokens.set(index, token);
          else isPast ||= index >= end;
        }
        if (isPast) break;
        if (++idle > MAX_IDLE_PAGES) throw endless(this.#access.snapshot);
      }
      window.tokens = tokens;
      this.#tokens += tokens.size;
      this.#letGo(window);
      return tokens;
    } finally {
      window.pending = undefined;
    }
  }

  #letGo(but?: Window): void {
    for (const window of this.#windows.values()) {
      if (this.#tokens <= this.#keep) return;
      if (window !== but) this.#forget(window);
    }
  }

  #forget(window: Window): void {
    this.#tokens -= window.tokens?.size ?? 0;
    window.tokens = undefined;
  }

  #require(size: number): void {
    if (size !== this.size) throw changed(this.#access.snapshot);
  }
}

interface Page {
  readonly size: number;
  readonly blocks: readonly (readonly [index: number, token: string])[];
}

async function* pages(access: SnapshotAccess, start: number | undefined): AsyncGenerator<Page> {
  const { client, snapshot, signal, timing, requests } = access;
  let next: string | undefined;
  do {
    const from = next;
    const answer = await callAws(`list of the blocks of ${snapshot}`, signal, timing, () => {
      requests.lists++;
      const at =
        from === undefined ? start !== undefined && { StartingBlockIndex: start } : { NextToken: from };
      const command = new ListSnapshotBlocksCommand({ SnapshotId: snapshot, MaxResults: PER_PAGE, ...at });
      return client.send(command, { abortSignal: signal });
    });
    const size = sizeOf(answer.VolumeSize, answer.BlockSize, snapshot);
    yield { size, blocks: blocksOf(answer.Blocks ?? [], size, snapshot) };
    next = answer.NextToken === '' ? undefined : answer.NextToken;
    if (next !== undefined && next === from) throw endless(snapshot);
  } while (next !== undefined);
}

/** Whether AWS took a token no more, of a page or a block. */
export function isExpired(error: unknown): boolean {
  return error instanceof Failure && awsErrorName(error.cause) === 'ValidationException';
}

/** @throws Unreadable MALFORMED_DISK: what is beyond the volume would else be passed over */
function blocksOf(
  blocks: readonly { readonly BlockIndex?: number | undefined; readonly BlockToken?: string | undefined }[],
  size: number,
  snapshot: string,
): Page['blocks'] {
  if (blocks.length > PER_PAGE) throw endless(snapshot);
  return blocks.map(({ BlockIndex: index, BlockToken: token }) => {
    if (!Number.isSafeInteger(index) || index === undefined || index < 0 || index * BLOCK >= size)
      throw new Unreadable(
        'MALFORMED_DISK',
        `${snapshot}: AWS lists block ${String(index).slice(0, 30)} of a volume of ${size / GIB} GiB`,
      );
    if (typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN)
      return [index, token] as const;
    throw new Unreadable('MALFORMED_DISK', `${snapshot}: AWS lists block ${index} without a usable token`);
  });
}

function sizeOf(gibibytes: number | undefined, block: number | undefined, snapshot: string): number {
  const isSize = gibibytes !== undefined && Number.isSafeInteger(gibibytes) && gibibytes > 0;
  if (isSize && gibibytes <= MAX_GIBIBYTES && block === BLOCK) return gibibytes * GIB;
  const [size, of] = [gibibytes, block].map((value) => String(value).slice(0, 30));
  throw new Unreadable('UNSUPPORTED', `${snapshot}: AWS says ${size} GiB in blocks of ${of} bytes`);
}

function changed(snapshot: string): Failure {
  return new Failure(
    'DIGEST_MISMATCH',
    `the list of the blocks of ${snapshot} changed while it was read: a snapshot never does`,
  );
}

function endless(snapshot: string): Unreadable {
  return new Unreadable('LIMIT_FILES', `${snapshot}: the list of its blocks does not end`);
}
