import type { BlockSource } from '../../../disk/block-source.ts';
import { Unreadable } from '../../../disk/unreadable.ts';
import type { Volume } from '../volume.ts';
import { HEAD, lsnOf, stampChecksum, stampLsn, toLsn } from './block-kind.ts';
import { type BufferItem, parseBufferItem, runsOf } from './buffer-item.ts';
import { findExtent } from './extent.ts';
import { applyInode, INODE_LSN, isOlder, parseInodeItem } from './inode-item.ts';
import { Intents, isIntent } from './intents.ts';
import { makeInodes } from './new-inodes.ts';
import { Patches } from './patches.ts';
import { Ring } from './ring.ts';
import { type Item, readTransactions, type Transaction } from './transactions.ts';

/*
 * A volume that was copied while it was in use, or whose machine crashed, has its newest changes in the log alone: the image that is
 * made of a running machine is like that. A system that mounts it puts them in place first. Whoever reads it as it is sees files that no
 * system will, and not those which it will see: a place to hide in. So the log is replayed, in memory.
 *
 * All of it is replayed or none: half a replay is what no system ever sees. Where anything in the log is not understood, or goes against
 * a limit, the volume is read as it is and that is said. The order of things, and what is passed over, is Linux's
 * (fs/xfs/xfs_log_recover.c).
 */

const TYPE = { buffer: 0x123c, inode: 0x123b, newInodes: 0x123f, quota: 0x123d, quotaOff: 0x123e } as const;
/** Buffers that are freed while they are in the log. */
const MOST_CANCELLED = 2 ** 20;
/** Bytes that are made or gone through to be put in place: few in the log may stand for many. */
const MOST_WORK = 2 ** 32;

export interface Replayed {
  /** With the changes in place; absent where there are none, or they were not replayed. */
  readonly source?: BlockSource;
  readonly flaws: readonly Unreadable[];
}

/** @throws Failure of the source */
export async function replayLog(volume: Volume): Promise<Replayed> {
  const { logStart, logBlocks } = volume.superblock;
  if (logStart === 0)
    return {
      flaws: [
        new Unreadable(
          'UNSUPPORTED',
          'the log of the XFS is on another device: the changes that it may hold were not replayed',
        ),
      ],
    };
  if (logBlocks === 0) return { flaws: [] };
  try {
    return await replay(volume);
  } catch (error) {
    if (error instanceof Unreadable) return { flaws: [toNotReplayed(error)] };
    throw error;
  }
}

/** For what was replayed and cannot be read then, too. */
export function toNotReplayed({ code, message, offset }: Unreadable): Unreadable {
  return new Unreadable(
    code,
    `the log of the XFS was not replayed, what is read may be older than what a system would see: ${message}`,
    offset,
  );
}

async function replay(volume: Volume): Promise<Replayed> {
  const ring = new Ring(volume);
  const extent = await findExtent(ring);
  if (extent === undefined) return { flaws: [] };
  const replay = new Replay(volume);
  for await (const transaction of readTransactions(ring, extent)) replay.prepare(transaction);
  for await (const transaction of readTransactions(ring, extent)) await replay.apply(transaction);
  return { source: await replay.finish(), flaws: replay.intents.flaws() };
}

class Replay {
  readonly intents = new Intents();
  readonly #volume: Volume;
  readonly #patches: Patches;
  /** How often what is at a place, and how long, is still to be freed. */
  readonly #cancelled = new Map<number, Map<number, number>>();
  /** Buffers that were changed and are not written yet, and those that were written: place and length. */
  readonly #dirty = new Map<number, number>();
  readonly #written = new Map<number, number>();
  #frees = 0;
  #work = 0;
  #lsn = 0n;

  constructor(volume: Volume) {
    const { blocks, blockSize } = volume.superblock;
    this.#volume = volume;
    this.#patches = new Patches(volume.source, blocks * blockSize);
  }

  /** What is freed by a transaction is not to be put in place by those before it: something else may be there. */
  prepare({ items }: Transaction): void {
    for (const item of items) {
      if (item.type !== TYPE.buffer) continue;
      const { isCancel, place, length } = parseBufferItem(item);
      if (!isCancel) continue;
      const lengths = this.#cancelled.get(place) ?? new Map<number, number>();
      lengths.set(length, (lengths.get(length) ?? 0) + 1);
      this.#cancelled.set(place, lengths);
      if (++this.#frees > MOST_CANCELLED)
        throw new Unreadable('LIMIT_BYTES', `the log frees more than ${MOST_CANCELLED} buffers`);
    }
  }

  async apply({ lsn, items }: Transaction): Promise<void> {
    if (lsn !== this.#lsn) await this.#write();
    this.#lsn = lsn;
    // Inodes are made before they are changed.
    const others: Item[] = [];
    const cancels: BufferItem[] = [];
    for (const item of items) {
      if (item.type === TYPE.newInodes) await this.#makeInodes(item);
      else if (item.type !== TYPE.buffer) others.push(item);
      else {
        const buffer = parseBufferItem(item);
        if (buffer.isCancel) cancels.push(buffer);
        else await this.#changeBuffer(buffer);
      }
    }
    for (const item of others) await this.#change(item);
    for (const { place, length } of cancels) this.#uncancel(place, length);
  }

  async finish(): Promise<BlockSource> {
    await this.#write();
    for (const [place, length] of this.#written) {
      this.#spend(length);
      const block = await this.#patches.read(place, length);
      stampChecksum(block, this.#volume.superblock.blockUuid);
      await this.#patches.write(place, block);
    }
    return this.#patches.source();
  }

  async #change(item: Item): Promise<void> {
    if (item.type === TYPE.inode) await this.#changeInode(item);
    else if (isIntent(item.type)) this.intents.take(item);
    else if (item.type !== TYPE.quota && item.type !== TYPE.quotaOff)
      throw new Unreadable('UNSUPPORTED', `the log has a change of type 0x${item.type.toString(16)}`);
  }

  async #changeBuffer(item: BufferItem): Promise<void> {
    const { place, length, isUnseen } = item;
    if (isUnseen || this.#cancelled.get(place)?.has(length)) return;
    const head = await this.#patches.read(place, HEAD);
    if (this.#volume.hasChecksums) {
      const lsn = lsnOf(head, this.#volume.superblock.blockUuid);
      if (lsn !== undefined && lsn >= this.#lsn) return;
    }
    // All of it is in the file system.
    if (length > HEAD) await this.#patches.read(place + length - HEAD, HEAD);
    for (const { at, bytes } of runsOf(item)) await this.#patches.write(place + at, bytes);
    this.#dirty.set(place, length);
  }

  async #changeInode(item: Item): Promise<void> {
    const inode = parseInodeItem(item);
    const { inodeSize } = this.#volume.superblock;
    if (this.#cancelled.get(inode.place)?.has(inode.length)) return;
    if (inode.offset + inodeSize > inode.length)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', 'in the log, a change of an inode is outside its buffer');
    this.#spend(inodeSize);
    const place = inode.place + inode.offset;
    const bytes = await this.#patches.read(place, inodeSize);
    if (this.#volume.hasChecksums) {
      const lsn = toLsn(bytes, INODE_LSN);
      // Several transactions may begin in one record.
      if (lsn !== undefined && lsn > this.#lsn) return;
    } else if (isOlder(inode, bytes)) return;
    applyInode(bytes, inode, this.#volume.hasChecksums ? this.#lsn : undefined);
    await this.#patches.write(place, bytes);
  }

  async #makeInodes(item: Item): Promise<void> {
    const { place, bytes } = makeInodes(this.#volume, item);
    this.#spend(bytes.length);
    // They are freed all together, a buffer at a time.
    for (let at = place; at < place + bytes.length; at += this.#volume.superblock.blockSize)
      if (this.#cancelled.has(at)) return;
    await this.#patches.read(place, bytes.length);
    await this.#patches.write(place, bytes);
  }

  #uncancel(place: number, length: number): void {
    const lengths = this.#cancelled.get(place);
    const count = lengths?.get(length) ?? 0;
    if (count > 1) lengths?.set(length, count - 1);
    else lengths?.delete(length);
    if (lengths?.size === 0) this.#cancelled.delete(place);
  }

  /** Buffers are written when the next record's are begun, and say from when they are then. */
  async #write(): Promise<void> {
    if (this.#volume.hasChecksums) {
      for (const [place, length] of this.#dirty) {
        const head = await this.#patches.read(place, HEAD);
        stampLsn(head, this.#volume.superblock.blockUuid, this.#lsn);
        await this.#patches.write(place, head);
        this.#written.set(place, length);
      }
    }
    this.#dirty.clear();
  }

  #spend(bytes: number): void {
    this.#work += bytes;
    if (this.#work > MOST_WORK)
      throw new Unreadable('LIMIT_BYTES', `the log changes what has more than ${MOST_WORK} bytes`);
  }
}
