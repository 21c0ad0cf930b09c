import { Unreadable } from '../../disk/unreadable.ts';
import { toUuid } from './superblock.ts';
import type { Volume } from './volume.ts';

/*
 * Whether the log was emptied: what is in it alone is not in the file system that is read here. A volume that was copied while it was
 * in use is like that, and so is one whose changes somebody wants to appear at the next mount only.
 *
 * The log is a ring of 512-byte blocks, each stamped with how often the ring went round when it was written. So its end is where the
 * stamp goes down, found by halving; the record before it says, after a clean unmount, nothing but that.
 *
 * The attack: a block with an old stamp shortly before that record. Linux takes it for a write that was not finished, and the end of the log
 * for what is before it: changes, that are replayed. So no block before the end may have such a stamp, as far back as Linux looks.
 * (xfs_log_format.h; "XFS Algorithms & Data Structures", section Journaling Log)
 */

const BLOCK = 512;
const MAGIC = 0xfeedbabe;
/** Records are at most 256 KiB, with a header for each 32 KiB, and are padded to at most as much again. */
const MOST_BACK = 1100;
/** As far as writes may be under way at once: eight records (XLOG_TOTAL_REC_SHIFT). */
const MOST_UNDER_WAY = 4096;
const HEADER_COVERS = 32 * 1024;
const UNMOUNT = 0x20;

/**
 * What is wrong with the log: undefined when everything in it is in the file system too.
 * @throws Failure of the source
 */
export async function checkLog(volume: Volume): Promise<Unreadable | undefined> {
  const { logStart, logBlocks, blockSize } = volume.superblock;
  if (logStart === 0)
    return new Unreadable(
      'UNSUPPORTED',
      'the log of the XFS is on another device: the changes that it may hold were not replayed',
    );
  if (logBlocks === 0) return undefined;
  try {
    const place = volume.placeOfBlocks(logStart, logBlocks, 'the log');
    const log = new Log(volume, place, Math.floor((logBlocks * blockSize) / BLOCK));
    if (await log.isClean()) return undefined;
    const message =
      'the log of the XFS holds changes that were not replayed: what is read is older than what a system would see';
    return new Unreadable('MALFORMED_FILE_SYSTEM', message, place);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

interface LogRecord {
  readonly start: number;
  /** The block after it. */
  readonly end: number;
  /** One operation alone, that says that the file system was unmounted. */
  readonly isUnmount: boolean;
}

class Log {
  readonly #volume: Volume;
  readonly #place: number;
  readonly #blocks: number;

  constructor(volume: Volume, place: number, blocks: number) {
    this.#volume = volume;
    this.#place = place;
    this.#blocks = blocks;
  }

  async isClean(): Promise<boolean> {
    const lastCycle = await this.#cycle(this.#blocks - 1);
    const firstCycle = await this.#cycle(0);
    // Never used.
    if (firstCycle === 0 && lastCycle === 0) return true;
    const head = firstCycle === lastCycle ? 0 : await this.#firstWith(lastCycle);
    if (!(await this.#isWhole(head, lastCycle))) return false;
    const last = await this.#recordBefore(head);
    if (last === undefined) return false;
    if (last.end === head) return last.isUnmount;
    // Its end was never written: a system goes back to what was before it.
    const before = await this.#recordBefore(last.start);
    return before !== undefined && before.end === last.start && before.isUnmount;
  }

  async #isWhole(head: number, lastCycle: number): Promise<boolean> {
    const before = Math.min(head, MOST_UNDER_WAY);
    const around = Math.min(this.#blocks - head, MOST_UNDER_WAY - before);
    return (
      (await this.#lacksCycle(head - before, before, lastCycle)) &&
      (await this.#lacksCycle(this.#blocks - around, around, lastCycle - 1))
    );
  }

  async #lacksCycle(first: number, count: number, cycle: number): Promise<boolean> {
    const bytes = await this.#volume.source.read(this.#place + first * BLOCK, count * BLOCK);
    for (let at = 0; at < bytes.length; at += BLOCK) if (cycleOf(bytes, at) === cycle) return false;
    return true;
  }

  async #firstWith(cycle: number): Promise<number> {
    let low = 0;
    let high = this.#blocks - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((await this.#cycle(middle)) === cycle) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  async #cycle(block: number): Promise<number> {
    return cycleOf(await this.#read(block), 0);
  }

  /** The last one that begins before a block, around the ring if need be. */
  async #recordBefore(head: number): Promise<LogRecord | undefined> {
    for (let back = 1; back <= Math.min(MOST_BACK, this.#blocks); back++) {
      const start = (head - back + this.#blocks) % this.#blocks;
      const header = await this.#read(start);
      if (header.readUInt32BE(0) === MAGIC) return this.#toRecord(header, start);
    }
    return undefined;
  }

  async #toRecord(header: Buffer, start: number): Promise<LogRecord> {
    const isV2 = (header.readUInt32BE(8) & 2) !== 0;
    const covered = header.readUInt32BE(320);
    const headers = isV2 && covered > HEADER_COVERS ? Math.ceil(covered / HEADER_COVERS) : 1;
    const length = headers + Math.ceil(header.readUInt32BE(12) / BLOCK);
    const isAlone = header.readUInt32BE(40) === 1 && this.#isOwn(header.subarray(304, 320));
    const operation = isAlone ? await this.#read((start + headers) % this.#blocks) : undefined;
    const isUnmount = operation !== undefined && (operation.readUInt8(9) & UNMOUNT) !== 0;
    return { start, end: (start + length) % this.#blocks, isUnmount };
  }

  #isOwn(uuid: Buffer): boolean {
    return uuid.equals(Buffer.alloc(16)) || toUuid(uuid) === this.#volume.superblock.uuid;
  }

  #read(block: number): Promise<Buffer> | Buffer {
    return this.#volume.readMetadata(this.#place + block * BLOCK, BLOCK);
  }
}

/** The cycle of a block is its first word, or the second of a record's header. */
function cycleOf(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(bytes.readUInt32BE(at) === MAGIC ? at + 4 : at);
}
