import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GetSnapshotBlockCommand } from '@aws-sdk/client-ebs';
import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { readAtMost } from '../../registry/body.ts';
import { type Blocks, readBlocks } from '../web/blocks.ts';
import type { Turns } from '../web/turns.ts';
import { BLOCK, BlockList, isExpired, type Requests, type SnapshotAccess } from './block-list.ts';
import { callAws } from './call.ts';

/*
 * An EBS snapshot as a disk (EBS direct APIs: GetSnapshotBlock).
 *
 * Only blocks that were written are listed; all others are zeros. A block is fetched when something in it is asked for, once, and
 * held against the SHA-256 that AWS sends with it: what was changed on the way, or by whoever stands in for AWS, is not
 * inspected as if it were the image.
 */

/** Tries of a block that comes damaged: the way to AWS may have done it. */
const TRIES = 3;

/** What the disks of one image share. */
export interface Share {
  readonly turns: Turns;
  /** Bytes of blocks that this one keeps: a file system comes back to its tables. */
  readonly keep: number;
  /** Tokens of blocks that this one keeps. */
  readonly tokens: number;
}

export class SnapshotDisk implements BlockSource {
  readonly name: string;
  readonly size: number;
  /** Blocks that were written. */
  readonly written: number;
  readonly #access: SnapshotAccess;
  readonly #list: BlockList;
  readonly #turns: Turns;
  readonly #recent: Recent<number>;
  readonly #blocks: Blocks = {
    size: BLOCK,
    peek: (index) => this.#recent.peek(index),
    get: (index) => this.#block(index),
  };

  private constructor(access: SnapshotAccess, list: BlockList, { turns, keep }: Share) {
    this.name = access.snapshot;
    this.size = list.size;
    this.written = list.written;
    this.#access = access;
    this.#list = list;
    this.#turns = turns;
    this.#recent = new Recent(keep);
  }

  /**
   * Lists the blocks of a snapshot, and reads the first of them: without the key of an encrypted one its list can be had, and
   * no block.
   * @throws Failure NOT_FOUND, FORBIDDEN, UNAUTHORIZED, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, DIGEST_MISMATCH, CANCELLED; Unreadable
   */
  static async open(access: Omit<SnapshotAccess, 'requests'>, share: Share): Promise<SnapshotDisk> {
    const asked = { ...access, requests: { lists: 0, blocks: 0 } };
    const list = await BlockList.read(asked, share.tokens);
    const disk = new SnapshotDisk(asked, list, share);
    if (list.first !== undefined) await disk.#block(list.first).catch(passOverDamage);
    return disk;
  }

  get requests(): Readonly<Requests> {
    return this.#access.requests;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requireInside(this, offset, length);
    return readBlocks(this.#blocks, offset, length);
  }

  async #block(index: number): Promise<Buffer> {
    if (!this.#list.has(index)) return ZEROS;
    return this.#recent.get(index, () => this.#turns.take(() => this.#fetch(index)));
  }

  async #fetch(index: number): Promise<Buffer> {
    const token = await this.#list.tokenOf(index);
    try {
      return await this.#fetchWith(index, token);
    } catch (error) {
      // Tokens live for 7 days; a machine that slept may hold older ones.
      if (!isExpired(error)) throw error;
      return await this.#fetchWith(index, await this.#list.tokenOf(index, token));
    }
  }

  async #fetchWith(index: number, token: string): Promise<Buffer> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#fetchOnce(index, token);
      } catch (error) {
        if (!(error instanceof Unreadable) || tries >= TRIES) throw error;
      }
    }
  }

  /** @throws Failure; Unreadable TRUNCATED, CHECKSUM_MISMATCH */
  #fetchOnce(index: number, token: string): Promise<Buffer> {
    const { client, signal, timing, requests } = this.#access;
    return callAws(`block ${index} of ${this.name}`, signal, timing, async () => {
      requests.blocks++;
      const { BlockData: data, ...answer } = await client.send(
        new GetSnapshotBlockCommand({ SnapshotId: this.name, BlockIndex: index, BlockToken: token }),
        { abortSignal: signal },
      );
      if (data === undefined) throw this.#wrong('TRUNCATED', index, 'came without any content');
      const { bytes, complete } = await readAtMost(data as Readable, BLOCK);
      if (!complete || bytes.length !== BLOCK || (answer.DataLength ?? BLOCK) !== BLOCK)
        throw this.#wrong('TRUNCATED', index, `is not the ${BLOCK} bytes that it has to be`);
      if (answer.ChecksumAlgorithm !== 'SHA256')
        throw this.#wrong('CHECKSUM_MISMATCH', index, 'came without a SHA-256 to hold it against');
      if (answer.Checksum === createHash('sha256').update(bytes).digest('base64')) return bytes;
      throw this.#wrong('CHECKSUM_MISMATCH', index, 'is not what its checksum says');
    });
  }

  #wrong(code: 'TRUNCATED' | 'CHECKSUM_MISMATCH', index: number, why: string): Unreadable {
    return new Unreadable(code, `${this.name}: block ${index} ${why}`, index * BLOCK);
  }

  async close(): Promise<void> {}
}

const ZEROS = Buffer.alloc(BLOCK);

/** Whoever reads the block is told. */
function passOverDamage(error: unknown): void {
  if (!(error instanceof Unreadable)) throw error;
}
