import { Unreadable } from '../../../disk/unreadable.ts';
import { isHeader, parseHeader, type RecordHeader, requireOwn } from './record.ts';
import type { Ring } from './ring.ts';
import { BLOCK } from './ring.ts';

/*
 * Where the log ends. Each of its blocks is stamped with how often the ring went round when it was written, so the end is where the
 * stamp goes down: found by halving. As eight records may be written at once, and not in their order, a block before that which was
 * not written ends the log too; and so does a record of which a part is missing. All of this is done as Linux does it
 * (`xlog_find_head`): whoever finds another end than the system sees other files.
 */

const LIMITS = {
  1: { record: 64, underWay: 512 },
  2: { record: 512, underWay: 4096 },
} as const;

/**
 * The block after the last record; undefined when nothing was ever written.
 * @throws Unreadable, Failure of the source
 */
export async function findHead(ring: Ring): Promise<number | undefined> {
  const first = await ring.cycle(0);
  const last = await ring.cycle(ring.blocks - 1);
  if (first === 0) return undefined;
  const { record, underWay } = LIMITS[ring.isVersion2 ? 2 : 1];
  const begin = first === last ? ring.blocks : await findChange(ring, last);
  const head = await beforeHole(
    ring,
    begin,
    first === last ? last - 1 : last,
    Math.min(ring.blocks, underWay),
  );
  return (await afterWhole(ring, head, Math.min(ring.blocks, record))) % ring.blocks;
}

/** By halving, and in the way of Linux: with several changes another way would find another. */
async function findChange(ring: Ring, cycle: number): Promise<number> {
  let [low, high] = [0, ring.blocks - 1];
  for (let middle = high >>> 1; middle !== low && middle !== high; middle = (low + high) >>> 1) {
    if ((await ring.cycle(middle)) === cycle) high = middle;
    else low = middle;
  }
  return high;
}

async function beforeHole(ring: Ring, head: number, cycle: number, count: number): Promise<number> {
  if (head >= count) return (await ring.find(head - count, count, cycle)) ?? head;
  const around = count - head;
  // A log that never went round has nothing but zeros there.
  const hole = cycle === 0 ? undefined : await ring.find(ring.blocks - around, around, cycle - 1);
  return hole ?? (await ring.find(0, head, cycle)) ?? head;
}

/** Without the last record, when a part of it is missing. */
async function afterWhole(ring: Ring, head: number, count: number): Promise<number> {
  const last = await findRecord(ring, Math.max(0, head - count), head);
  if (last !== undefined) return head - last.block === last.blocks ? head : last.block;
  const around = head < count ? await findRecord(ring, ring.blocks - (count - head), ring.blocks) : undefined;
  if (around === undefined) throw noRecord();
  return ring.blocks - around.block + head === around.blocks ? head : around.block;
}

/** The last record that begins among some blocks, none of which is around the end. */
async function findRecord(ring: Ring, from: number, to: number): Promise<RecordHeader | undefined> {
  const bytes = await ring.read(from, to - from);
  for (let at = bytes.length - BLOCK; at >= 0; at -= BLOCK) {
    if (!isHeader(bytes, at)) continue;
    const header = parseHeader(bytes.subarray(at, at + BLOCK), from + at / BLOCK, ring);
    requireOwn(header, ring);
    return header;
  }
  return undefined;
}

export function noRecord(): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', 'the log has no record where one was to be');
}
