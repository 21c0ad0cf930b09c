import { BINS_AT } from './base-block.ts';

/** Something in a hive that could not be read. */
export interface HiveFlaw {
  readonly what: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
}

const PAGE = 4096;
const BIN_HEADER = 32;
/** More say no more. */
const MAX_FLAWS = 100;
/** Keys, list entries and values looked at in one hive: the SOFTWARE hive of a server has about 300,000 keys. */
const MAX_VISITS = 4_000_000;

/**
 * The cells of a hive: each lies whole in one bin, and bins begin on pages. A bin whose head is damaged costs its own pages
 * only: the next page that begins a bin at its right place goes on.
 */
export class Cells {
  readonly #bytes: Buffer;
  readonly #flaws: HiveFlaw[] = [];
  /** For each page the offset behind its bin; 0 where there is none. */
  readonly #binEnd: Float64Array;
  readonly #binStart: Float64Array;
  #visits = 0;

  /** @param claimed bytes of bins that the first block claims */
  constructor(bytes: Buffer, claimed: number) {
    const size = Math.min(claimed, bytes.length - BINS_AT);
    this.#bytes = bytes.subarray(BINS_AT, BINS_AT + size);
    if (size < claimed) this.flaw('the file ends before its bins do', size);
    const pages = Math.ceil(size / PAGE);
    this.#binEnd = new Float64Array(pages);
    this.#binStart = new Float64Array(pages);
    this.#findBins();
  }

  get flaws(): readonly HiveFlaw[] {
    return this.#flaws;
  }

  /** The content of the cell in use at an offset; undefined, and a flaw, where there is none. */
  cell(offset: number, what: string): Buffer | undefined {
    const page = Math.floor(offset / PAGE);
    const end = this.#binEnd[page] ?? 0;
    if (offset % 8 !== 0 || offset < (this.#binStart[page] ?? 0) + BIN_HEADER || offset + 4 > end)
      return this.flaw(`${what} lies in no bin`, offset);
    const size = -this.#bytes.readInt32LE(offset);
    if (size < 8) return this.flaw(`${what} is in a cell that is free or empty`, offset);
    if (offset + size > end) return this.flaw(`${what} is larger than its bin`, offset);
    return this.#bytes.subarray(offset + 4, offset + size);
  }

  /** Says that something could not be read. */
  flaw(what: string, offset: number): undefined {
    if (this.#flaws.length < MAX_FLAWS) this.#flaws.push({ what, offset: BINS_AT + offset });
  }

  /** Counts one look; false, and a flaw, when there were more than any honest hive takes. */
  visit(offset: number): boolean {
    if (++this.#visits <= MAX_VISITS) return true;
    if (this.#visits === MAX_VISITS + 1) this.flaw(`keys and values after the first ${MAX_VISITS}`, offset);
    return false;
  }

  #findBins(): void {
    const size = this.#bytes.length;
    let damaged = false;
    for (let at = 0; at + BIN_HEADER <= size; ) {
      const end = this.#endOfBin(at);
      if (end === undefined) {
        if (!damaged) this.flaw('a bin is damaged', at);
        damaged = true;
        at += PAGE;
        continue;
      }
      damaged = false;
      this.#binEnd.fill(Math.min(end, size), at / PAGE, Math.ceil(end / PAGE));
      this.#binStart.fill(at, at / PAGE, Math.ceil(end / PAGE));
      at = end;
    }
  }

  #endOfBin(at: number): number | undefined {
    if (this.#bytes.toString('latin1', at, at + 4) !== 'hbin' || this.#bytes.readUInt32LE(at + 4) !== at)
      return undefined;
    const size = this.#bytes.readUInt32LE(at + 8);
    return size >= PAGE && size % PAGE === 0 ? at + size : undefined;
  }
}
