import { Unreadable } from '../../disk/unreadable.ts';
import type { Volume } from './volume.ts';

/** Bytes of one record. */
export const RECORD = 16;

/** What one file may have of them in memory, once those that follow each other on disk are one. */
const MOST_EXTENTS = 2 ** 20;

/** Bytes of a fork that are together on disk. */
export interface Extent {
  /** First byte in the fork. */
  readonly from: number;
  /** Bytes. */
  readonly length: number;
  /** First byte in the volume. */
  readonly place: number;
}

/** What to do with extents that were allocated and never written: zeros in a file, an error where metadata must be. */
export type Unwritten = 'zeros' | 'refused';

/**
 * The extents of one fork, in the order of the fork. Records are bit fields of 128 bits: 1 for unwritten, 54 of the first block in
 * the fork, 52 of that in the volume, 21 of the count.
 */
export class ExtentList {
  readonly #volume: Volume;
  readonly #what: string;
  readonly #unwritten: Unwritten;
  readonly #extents: Extent[] = [];
  /** Records added. */
  #records = 0;
  /** First block of the fork that the next record may have. */
  #next = 0;

  constructor(volume: Volume, what: string, unwritten: Unwritten) {
    this.#volume = volume;
    this.#what = what;
    this.#unwritten = unwritten;
  }

  /**
   * In order; holes are between them.
   * @throws Unreadable when the inode says that there are more or fewer
   */
  finish(expected: number): readonly Extent[] {
    if (this.#records !== expected) throw this.#wrong(`has ${this.#records} extents, and says ${expected}`);
    return this.#extents;
  }

  /** @throws Unreadable */
  add(bytes: Buffer, at: number): void {
    const { blockSize } = this.#volume.superblock;
    const high = bytes.readUInt32BE(at);
    const low = bytes.readUInt32BE(at + 4);
    const end = bytes.readUInt32BE(at + 12);
    const from = (high & 0x7fffffff) * 2 ** 23 + (low >>> 9);
    const block = (low & 0x1ff) * 2 ** 43 + bytes.readUInt32BE(at + 8) * 2 ** 11 + (end >>> 21);
    const count = end & 0x1fffff;
    if (count === 0 || from < this.#next || (from + count) * blockSize > Number.MAX_SAFE_INTEGER)
      throw this.#wrong('has extents that are empty, overlap or are out of order');
    this.#records++;
    this.#next = from + count;
    const place = this.#volume.placeOfBlocks(block, count, this.#what);
    if (high >= 2 ** 31) {
      if (this.#unwritten === 'refused') throw this.#wrong('has an extent that was never written');
      return;
    }
    this.#append({ from: from * blockSize, length: count * blockSize, place });
  }

  #append(extent: Extent): void {
    const last = this.#extents.at(-1);
    if (
      last !== undefined &&
      last.from + last.length === extent.from &&
      last.place + last.length === extent.place
    ) {
      this.#extents[this.#extents.length - 1] = { ...last, length: last.length + extent.length };
      return;
    }
    if (this.#extents.length >= MOST_EXTENTS)
      throw new Unreadable('LIMIT_FILE_MEMORY', `${this.#what} is in more than ${MOST_EXTENTS} pieces`);
    this.#extents.push(extent);
  }

  #wrong(message: string): Unreadable {
    return new Unreadable('MALFORMED_FILE_SYSTEM', `${this.#what} ${message}`);
  }
}
