import { Unreadable } from '../../../disk/unreadable.ts';
import { toLsn } from './block-kind.ts';
import { findHead, noRecord } from './head.ts';
import { BadRecord, isHeader, parseHeader, type RecordHeader, readRecords } from './record.ts';
import { BLOCK, type Ring } from './ring.ts';

/*
 * What of the log is to be replayed: from the oldest record that was needed when the last was written, up to that. Records at the end
 * with a wrong checksum were not written whole, and are left out; records at the start may have been written over by those. As
 * Linux does it (`xlog_find_tail`, `xlog_verify_head`, `xlog_verify_tail`).
 */

/** Records that may be written at once. */
const UNDER_WAY = 8;
/** Blocks of records that may be. */
const MOST_UNDER_WAY = 4096;
const UNMOUNT = 0x20;

export interface Extent {
  /** Where the oldest record to be replayed begins. */
  readonly tail: number;
  /** The block after the last one. */
  readonly head: number;
}

/**
 * @returns undefined when there is nothing to replay
 * @throws Unreadable, Failure of the source
 */
export async function findExtent(ring: Ring): Promise<Extent | undefined> {
  const head = await findHead(ring);
  if (head === undefined) {
    await requireNewest(ring, 1, 0);
    return undefined;
  }
  const end = await findSoundEnd(ring, head);
  const isAround = end.last.block >= end.head;
  await requireNewest(ring, end.last.cycle + (isAround ? 1 : 0), end.head);
  return (await isUnmount(ring, end)) ? undefined : mendTail(ring, end);
}

interface End {
  readonly head: number;
  /** The record before it. */
  readonly last: RecordHeader;
}

/** Without records at the end that are bad. */
async function findSoundEnd(ring: Ring, head: number): Promise<End> {
  const last = await lastRecord(ring, head);
  if (await isUnmount(ring, { head, last })) return { head, last };
  const torn = await findTorn(ring, head, last);
  if (torn === undefined) return { head, last };
  const before = await lastRecord(ring, torn.block);
  const needed = last.tail < ring.blocks ? ring.distance(last.tail, torn.block) : 0;
  // Nothing of what was needed is left, or the rest cannot be told from an empty log: Linux mounts neither.
  const isLost = needed > 0 && ring.distance(before.block, torn.block) > needed;
  if (isLost || before.tail === torn.block || torn.block === 0) throw torn.reason;
  return { head: torn.block, last: before };
}

const SUPERBLOCK_LSN = 240;

/** A log that ends before what is in the superblock was put back to an earlier time: Linux does not mount that. */
async function requireNewest(ring: Ring, cycle: number, head: number): Promise<void> {
  if (!ring.volume.hasChecksums) return;
  const lsn = toLsn(await ring.volume.readMetadata(0, BLOCK), SUPERBLOCK_LSN);
  if (lsn === undefined || lsn <= BigInt(cycle) * 2n ** 32n + BigInt(head)) return;
  throw new Unreadable(
    'MALFORMED_FILE_SYSTEM',
    'the superblock is newer than the end of the log',
    ring.place,
  );
}

async function lastRecord(ring: Ring, head: number): Promise<RecordHeader> {
  for await (const header of recordsBefore(ring, head, Math.min(ring.blocks, MOST_UNDER_WAY))) return header;
  throw noRecord();
}

/** Headers before a block, the last first. */
async function* recordsBefore(ring: Ring, head: number, count: number): AsyncGenerator<RecordHeader> {
  const first = (head - count + ring.blocks) % ring.blocks;
  const bytes = await ring.read(first, count);
  for (let at = bytes.length - BLOCK; at >= 0; at -= BLOCK)
    if (isHeader(bytes, at))
      yield parseHeader(bytes.subarray(at, at + BLOCK), (first + at / BLOCK) % ring.blocks, ring);
}

/** Whether the last record says that the file system was unmounted, and nothing else: all that was in the log is in place. */
async function isUnmount(ring: Ring, { head, last }: End): Promise<boolean> {
  if (last.operations !== 1 || (last.block + last.blocks) % ring.blocks !== head) return false;
  const operation = await ring.peek((last.block + last.headers) % ring.blocks);
  return (operation.readUInt8(9) & UNMOUNT) !== 0;
}

/** The first bad one of the records that may have been under way. */
async function findTorn(ring: Ring, head: number, { tail }: RecordHeader): Promise<BadRecord | undefined> {
  const distance = tail < ring.blocks ? ring.distance(tail, head) : 0;
  const count = Math.min(distance === 0 ? ring.blocks : distance, UNDER_WAY * MOST_UNDER_WAY);
  let first = head;
  let found = 0;
  for await (const { block } of recordsBefore(ring, head, count)) {
    first = block;
    if (++found === UNDER_WAY) break;
  }
  return firstBad(ring, first, head);
}

async function firstBad(ring: Ring, from: number, to: number): Promise<BadRecord | undefined> {
  for await (const record of readRecords(ring, from, to)) if (record instanceof BadRecord) return record;
  return undefined;
}

async function mendTail(ring: Ring, { head, last: { tail, size } }: End): Promise<Extent | undefined> {
  if (tail >= ring.blocks) throw noRecord();
  if (tail === head) return undefined;
  let from = await nextRecord(ring, tail, head);
  for (
    let bad = await firstBad(ring, from, head);
    bad !== undefined;
    bad = await firstBad(ring, from, head)
  ) {
    if (!isOverwritten(ring, head, bad.block, size)) throw bad.reason;
    from = await nextRecord(ring, (bad.block + 1) % ring.blocks, head);
  }
  return { tail: from, head };
}

/** So close after the end of the log that a record may have been begun over it. */
function isOverwritten(ring: Ring, head: number, block: number, size: number): boolean {
  return block !== 0 && ring.distance(head, block) <= (UNDER_WAY * size) / BLOCK;
}

/** @throws Unreadable when there is none */
async function nextRecord(ring: Ring, from: number, head: number): Promise<number> {
  for (let left = ring.distance(from, head); left > 0; left--) {
    const block = (head - left + ring.blocks) % ring.blocks;
    if (isHeader(await ring.read(block, 1))) return block;
  }
  throw noRecord();
}
