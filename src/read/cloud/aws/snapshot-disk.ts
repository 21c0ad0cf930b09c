import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer as collect } from 'node:stream/consumers';
import { type EBSClient, GetSnapshotBlockCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { awsErrorName, toAwsFailure } from './failures.ts';

/*
 * An EBS snapshot as a disk (EBS direct APIs: ListSnapshotBlocks, GetSnapshotBlock).
 *
 * Only blocks that were written are listed; all others are zeros. A block is fetched when something in it is asked for, once, and
 * held against the SHA-256 that AWS sends with it: what was changed on the way, or by whoever stands in for AWS, is not
 * inspected as if it were the image.
 */

/** What AWS serves: 512 KiB, "the only supported size". */
const BLOCK = 512 * 1024;
/** Blocks kept: 48 MiB. A file system comes back to its tables. */
const KEPT = 96 * BLOCK;
const PER_PAGE = 10_000;
/** 64 TiB of blocks, AWS's largest volume: more is no snapshot. */
const MAX_BLOCKS = 2 ** 27;
/** Empty pages with a next token are allowed, but not without end. */
const MAX_PAGES = 100_000;
const GIB = 2 ** 30;

/** What is asked of AWS for it: for the cost. */
export interface Requests {
  lists: number;
  blocks: number;
}

export class SnapshotDisk implements BlockSource {
  readonly name: string;
  readonly size: number;
  /** Blocks that were written. */
  readonly written: number;
  readonly requests: Requests;
  readonly #client: EBSClient;
  readonly #signal: AbortSignal;
  #tokens: Map<number, string>;
  readonly #recent = new Recent<number>(KEPT);

  private constructor(
    client: EBSClient,
    name: string,
    list: BlockList,
    requests: Requests,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.name = name;
    this.size = list.size;
    this.written = list.tokens.size;
    this.requests = requests;
    this.#signal = signal;
    this.#tokens = list.tokens;
  }

  /** @throws Failure NOT_FOUND, FORBIDDEN, UNAUTHORIZED, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, CANCELLED */
  static async open(client: EBSClient, snapshot: string, signal: AbortSignal): Promise<SnapshotDisk> {
    const requests = { lists: 0, blocks: 0 };
    const list = await listBlocks(client, snapshot, requests, signal);
    return new SnapshotDisk(client, snapshot, list, requests, signal);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requireInside(this, offset, length);
    const first = Math.floor(offset / BLOCK);
    const last = Math.floor((offset + Math.max(1, length) - 1) / BLOCK);
    const kept = first === last ? this.#recent.peek(first) : undefined;
    if (kept !== undefined) return kept.subarray(offset - first * BLOCK, offset - first * BLOCK + length);
    const blocks = await Promise.all(range(first, last).map((index) => this.#block(index)));
    const bytes = blocks.length === 1 ? (blocks[0] ?? ZEROS) : Buffer.concat(blocks);
    return bytes.subarray(offset - first * BLOCK, offset - first * BLOCK + length);
  }

  #block(index: number): Promise<Buffer> {
    return this.#tokens.has(index)
      ? this.#recent.get(index, () => this.#fetch(index))
      : Promise.resolve(ZEROS);
  }

  async #fetch(index: number): Promise<Buffer> {
    try {
      return await this.#fetchWith(index);
    } catch (error) {
      // Tokens of blocks live for 7 days; a machine that slept may hold older ones.
      if (awsErrorName(error) !== 'ValidationException') throw this.#explain(error, index);
      this.#tokens = (await listBlocks(this.#client, this.name, this.requests, this.#signal)).tokens;
      return this.#fetchWith(index).catch((again: unknown) => {
        throw this.#explain(again, index);
      });
    }
  }

  async #fetchWith(index: number): Promise<Buffer> {
    this.requests.blocks++;
    const answer = await this.#client.send(
      new GetSnapshotBlockCommand({
        SnapshotId: this.name,
        BlockIndex: index,
        BlockToken: this.#tokens.get(index) ?? '',
      }),
      { abortSignal: this.#signal },
    );
    if (answer.BlockData === undefined || (answer.DataLength ?? BLOCK) !== BLOCK)
      throw new Unreadable('TRUNCATED', `${this.name}: AWS sent no whole block ${index}`, index * BLOCK);
    const bytes = await collect(answer.BlockData as Readable);
    const digest = createHash('sha256').update(bytes).digest('base64');
    if (answer.ChecksumAlgorithm !== 'SHA256' || answer.Checksum !== digest || bytes.length !== BLOCK) {
      const message = `${this.name}: block ${index} is not what its checksum says`;
      throw new Unreadable('CHECKSUM_MISMATCH', message, index * BLOCK);
    }
    return bytes;
  }

  #explain(error: unknown, index: number): unknown {
    if (error instanceof Unreadable) return error;
    return toAwsFailure(error, `block ${index} of ${this.name}`, this.#signal);
  }

  async close(): Promise<void> {}
}

const ZEROS = Buffer.alloc(BLOCK);

interface BlockList {
  readonly size: number;
  readonly tokens: Map<number, string>;
}

async function listBlocks(
  client: EBSClient,
  snapshot: string,
  requests: Requests,
  signal: AbortSignal,
): Promise<BlockList> {
  const tokens = new Map<number, string>();
  let size: number | undefined;
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    requests.lists++;
    const answer = await client
      .send(
        new ListSnapshotBlocksCommand({
          SnapshotId: snapshot,
          MaxResults: PER_PAGE,
          ...(next !== undefined && { NextToken: next }),
        }),
        { abortSignal: signal },
      )
      .catch((error: unknown) => {
        throw toAwsFailure(error, `list of the blocks of ${snapshot}`, signal);
      });
    size ??= sizeOf(answer.VolumeSize, answer.BlockSize, snapshot);
    for (const { BlockIndex: index, BlockToken: token } of answer.Blocks ?? []) {
      if (index !== undefined && token !== undefined && index >= 0 && index * BLOCK < size)
        tokens.set(index, token);
    }
    next = answer.NextToken;
    if (next === undefined || next === '' || tokens.size > MAX_BLOCKS) return { size, tokens };
  }
  throw new Unreadable('LIMIT_FILES', `${snapshot}: the list of its blocks does not end`);
}

function sizeOf(gibibytes: number | undefined, block: number | undefined, snapshot: string): number {
  if (gibibytes !== undefined && gibibytes > 0 && gibibytes * GIB <= MAX_BLOCKS * BLOCK && block === BLOCK)
    return gibibytes * GIB;
  throw new Unreadable('UNSUPPORTED', `${snapshot}: AWS says ${gibibytes} GiB in blocks of ${block} bytes`);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
