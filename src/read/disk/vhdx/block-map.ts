import type { BlockSource } from '../block-source.ts';
import { Recent } from '../recent.ts';
import { type Run, runOf } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import { MIB } from './fields.ts';
import type { Metadata } from './metadata.ts';
import type { Region } from './region-table.ts';

/*
 * The block table: an entry for each block, and after every `ratio` of them one for the bitmap of their sectors.
 *
 * A disk of 64 TB in blocks of 1 MB has half a gigabyte of it, so it is read in pages. What an entry says is checked when
 * it is used; a table that is not large is gone through at the start, so that a disk that was cut off is called that.
 */

const PAGE = 64 * 1024;
const ENTRY = 8;
const CACHE = 8 * MIB;
/** Bits of a bitmap block ([MS-VHDX] 2.5). */
const BITMAP_BITS = 2 ** 23;
const LARGEST_LOOKED_THROUGH = 4 * MIB;
/** As if no part of the file were a block's: what is before is headers. */
const FIRST_BLOCK = MIB;

/** [MS-VHDX] 2.5.1.1. */
const STATE = { notPresent: 0, undefined: 1, zero: 2, unmapped: 3, present: 6, partly: 7 } as const;

export class BlockMap {
  readonly #source: BlockSource;
  readonly #table: Region;
  readonly #metadata: Metadata;
  readonly #parent: BlockSource | undefined;
  readonly #ratio: number;
  readonly #pages = new Recent<number>(CACHE);
  readonly #bitmaps = new Recent<number>(CACHE);

  /** @throws Unreadable MALFORMED_DISK where the table is too small for the disk */
  constructor(source: BlockSource, table: Region, metadata: Metadata, parent: BlockSource | undefined) {
    this.#source = source;
    this.#table = table;
    this.#metadata = metadata;
    this.#parent = parent;
    this.#ratio = (BITMAP_BITS * metadata.sectorSize) / metadata.blockSize;
    if (this.#bytes > table.length) {
      const message = `${source.name} has a block table of ${table.length} bytes, and needs ${this.#bytes}`;
      throw new Unreadable('MALFORMED_DISK', message, table.offset);
    }
  }

  get #blocks(): number {
    return Math.ceil(this.#metadata.size / this.#metadata.blockSize);
  }

  get #bytes(): number {
    const chunks = Math.ceil(this.#blocks / this.#ratio);
    const entries = this.#parent === undefined ? this.#blocks + chunks - 1 : chunks * (this.#ratio + 1);
    return entries * ENTRY;
  }

  /**
   * Why the table cannot be right; undefined where it can, or is too large to go through.
   * @throws Unreadable, Failure of the source
   */
  async judge(): Promise<string | undefined> {
    if (this.#bytes > LARGEST_LOOKED_THROUGH) return undefined;
    const { blockSize } = this.#metadata;
    let outside = 0;
    let stored = 0;
    for (let block = 0; block < this.#blocks; block++) {
      const index = this.#indexOf(block);
      const { state, offset } = toEntry(this.#peek(index) ?? (await this.#entry(index)));
      if (state !== STATE.present && state !== STATE.partly) continue;
      stored++;
      if (offset + blockSize > this.#source.size) outside++;
    }
    return outside === 0 ? undefined : `${outside} of ${stored} blocks lie beyond its end`;
  }

  /** @throws Unreadable, Failure of the source */
  async locate(offset: number, most: number): Promise<Run> {
    const { blockSize } = this.#metadata;
    const block = Math.floor(offset / blockSize);
    const within = offset - block * blockSize;
    const length = Math.min(most, blockSize - within);
    const raw = this.#peek(this.#indexOf(block)) ?? (await this.#entry(this.#indexOf(block)));
    const { state, offset: start } = toEntry(raw);
    switch (state) {
      case STATE.notPresent:
        return runOf(this.#parent, offset, length);
      // What the system gave up: old bytes or zeros, as QEMU has it zeros.
      case STATE.undefined:
      case STATE.zero:
      case STATE.unmapped:
        return { kind: 'zeros', length };
      case STATE.present:
        return this.#stored(start, within, length, block);
      case STATE.partly:
        return this.#partly(block, start, within, length);
      default:
        throw this.#broken(block, `has the unknown state ${state}`);
    }
  }

  async #partly(block: number, start: number, within: number, length: number): Promise<Run> {
    const { blockSize, sectorSize } = this.#metadata;
    if (this.#parent === undefined)
      throw this.#broken(block, 'is partly in a parent, which the disk has not');
    const bitmap =
      this.#bitmaps.peek(block) ?? (await this.#bitmaps.get(block, () => this.#readBitmap(block)));
    const first = Math.floor(within / sectorSize);
    const end = Math.ceil((within + length) / sectorSize);
    const isSet = bitAt(bitmap, first);
    let sector = first + 1;
    while (sector < end && bitAt(bitmap, sector) === isSet) sector++;
    const run = Math.min(length, sector * sectorSize - within);
    return isSet
      ? this.#stored(start, within, run, block)
      : runOf(this.#parent, block * blockSize + within, run);
  }

  #stored(start: number, within: number, length: number, block: number): Run {
    if (start < FIRST_BLOCK) throw this.#broken(block, `is at byte ${start} of the file, in its headers`);
    return { kind: 'stored', source: this.#source, offset: start + within, length };
  }

  /** The part of a chunk's bitmap that is about one block. */
  async #readBitmap(block: number): Promise<Buffer> {
    const { blockSize, sectorSize } = this.#metadata;
    const chunk = Math.floor(block / this.#ratio);
    const { state, offset } = toEntry(await this.#entry((chunk + 1) * this.#ratio + chunk));
    if (state !== STATE.present || offset < FIRST_BLOCK)
      throw this.#broken(block, 'is partly in a parent, and the bitmap is not there that tells which part');
    const bytes = blockSize / sectorSize / 8;
    return this.#source.read(offset + (block % this.#ratio) * bytes, bytes);
  }

  #indexOf(block: number): number {
    return block + Math.floor(block / this.#ratio);
  }

  #peek(index: number): bigint | undefined {
    const page = this.#pages.peek(Math.floor((index * ENTRY) / PAGE));
    return page?.readBigUInt64LE((index * ENTRY) % PAGE);
  }

  async #entry(index: number): Promise<bigint> {
    const kept = this.#peek(index);
    if (kept !== undefined) return kept;
    const number = Math.floor((index * ENTRY) / PAGE);
    const length = Math.min(PAGE, this.#table.length - number * PAGE);
    const page = await this.#pages.get(number, () =>
      this.#source.read(this.#table.offset + number * PAGE, length),
    );
    return page.readBigUInt64LE((index * ENTRY) % PAGE);
  }

  #broken(block: number, what: string): Unreadable {
    return new Unreadable('MALFORMED_DISK', `block ${block} of ${this.#source.name} ${what}`);
  }
}

/** The offset is in megabytes, of 44 bits: 2^64 in bytes, which `requireInside` refuses where it is no safe integer. */
function toEntry(raw: bigint): { state: number; offset: number } {
  return { state: Number(raw & 7n), offset: Number(raw >> 20n) * MIB };
}

/** The lowest bit of a byte is the first sector. */
function bitAt(bitmap: Buffer, bit: number): boolean {
  return (((bitmap[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) !== 0;
}
