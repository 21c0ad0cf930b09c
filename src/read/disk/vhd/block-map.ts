import type { BlockSource } from '../block-source.ts';
import { judgeBlocks } from '../block-table.ts';
import { Recent } from '../recent.ts';
import { type Run, runOf } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import type { DynamicHeader } from './header.ts';

/*
 * Blocks, each with a bitmap before it that tells which of its sectors were written.
 *
 * In a differencing disk the others are the parent's. In a dynamic disk they are zeros to the specification and to Windows, while QEMU reads
 * what is stored: a payload in sectors that are said to be unwritten would be there for one and not for the other. What is
 * stored there must therefore be zeros.
 */

const SECTOR = 512;
const UNUSED = 0xffffffff;
/** 4 Mi blocks: 8 TiB in blocks of the usual size, of which a VHD can have 2. */
const MOST_BLOCKS = 2 ** 22;
const BITMAP_CACHE = 4 * 2 ** 20;
const ZEROS = Buffer.alloc(64 * 1024);

export class BlockMap {
  readonly #source: BlockSource;
  readonly #table: Buffer;
  readonly #blockSize: number;
  readonly #bitmapBytes: number;
  readonly #bitmaps = new Recent<number>(BITMAP_CACHE);
  readonly #parent: BlockSource | undefined;

  private constructor(
    source: BlockSource,
    table: Buffer,
    blockSize: number,
    parent: BlockSource | undefined,
  ) {
    this.#source = source;
    this.#table = table;
    this.#blockSize = blockSize;
    this.#bitmapBytes = bitmapBytes(blockSize);
    this.#parent = parent;
  }

  /**
   * @param size of the disk
   * @param end of what the file has before its footer
   * @throws Unreadable MALFORMED_DISK, TRUNCATED; Failure of the source
   */
  static async read(
    source: BlockSource,
    { tableOffset, tableEntries, blockSize }: DynamicHeader,
    { size, end, parent, flaw }: BlockMapOptions,
  ): Promise<BlockMap> {
    const blocks = Math.ceil(size / blockSize);
    if (blocks > tableEntries || blocks > MOST_BLOCKS) {
      const message = `${source.name} has ${size} bytes in ${blocks} blocks, and a table of ${tableEntries}`;
      throw new Unreadable('MALFORMED_DISK', message);
    }
    const table = await source.read(tableOffset, blocks * 4);
    const map = new BlockMap(source, table, blockSize, parent);
    const stride = bitmapBytes(blockSize) + blockSize;
    const why = judgeBlocks(map.#starts(), stride, stride - blockSize + SECTOR, end);
    if (why !== undefined) flaw(new Unreadable('MALFORMED_DISK', `of ${source.name}, ${why}`));
    return map;
  }

  #starts(): Float64Array {
    const starts: number[] = [];
    for (let at = 0; at < this.#table.length; at += 4) {
      const entry = this.#table.readUInt32BE(at);
      if (entry !== UNUSED) starts.push(entry * SECTOR);
    }
    return Float64Array.from(starts);
  }

  /** @throws Unreadable, Failure of the source */
  async locate(offset: number, most: number): Promise<Run> {
    const block = Math.floor(offset / this.#blockSize);
    const within = offset - block * this.#blockSize;
    const length = Math.min(most, this.#blockSize - within);
    const entry = this.#table.readUInt32BE(block * 4);
    if (entry === UNUSED) return runOf(this.#parent, offset, length);
    const start = entry * SECTOR;
    const bitmap =
      this.#bitmaps.peek(block) ??
      (await this.#bitmaps.get(block, () => this.#source.read(start, this.#bitmapBytes)));
    const { isSet, sectors } = sameBits(
      bitmap,
      Math.floor(within / SECTOR),
      Math.ceil((within + length) / SECTOR),
    );
    const run = Math.min(length, sectors * SECTOR - (within % SECTOR));
    const stored = { source: this.#source, offset: start + this.#bitmapBytes + within, length: run };
    if (isSet) return { kind: 'stored', ...stored };
    if (this.#parent !== undefined) return runOf(this.#parent, offset, run);
    return { kind: 'packed', unpack: () => readUnwritten(stored, offset), from: 0, length: run };
  }
}

interface BlockMapOptions {
  readonly size: number;
  readonly end: number;
  readonly parent: BlockSource | undefined;
  readonly flaw: (flaw: Unreadable) => void;
}

/** One bit for a sector, in whole sectors. */
function bitmapBytes(blockSize: number): number {
  return Math.ceil(blockSize / SECTOR / 8 / SECTOR) * SECTOR;
}

async function readUnwritten(
  { source, offset, length }: { source: BlockSource; offset: number; length: number },
  at: number,
): Promise<Buffer> {
  const bytes = await source.read(offset, length);
  for (let from = 0; from < length; from += ZEROS.length) {
    const part = bytes.subarray(from, from + ZEROS.length);
    if (part.equals(ZEROS.subarray(0, part.length))) continue;
    const message = `${source.name} stores bytes of sectors that it says were never written: some programs read them, some read zeros`;
    throw new Unreadable('MALFORMED_DISK', message, at + from);
  }
  return bytes;
}

/** How many bits from `first` on, before `end`, are as the first one is. The highest bit of a byte is the first sector. */
function sameBits(bitmap: Buffer, first: number, end: number): { isSet: boolean; sectors: number } {
  const isSet = bitAt(bitmap, first);
  const whole = isSet ? 0xff : 0;
  let at = first + 1;
  while (at < end) {
    if (at % 8 === 0 && bitmap[at / 8] === whole) at += 8;
    else if (bitAt(bitmap, at) === isSet) at++;
    else break;
  }
  return { isSet, sectors: Math.min(at, end) - first };
}

function bitAt(bitmap: Buffer, bit: number): boolean {
  return (((bitmap[Math.floor(bit / 8)] ?? 0) << (bit % 8)) & 0x80) !== 0;
}
