import { parseNumber } from './tar-number.ts';

/** A stretch of a sparse file that is stored; everything between two of them is zero. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** Map entries of one file: as many as a megabyte of map text can hold. */
export const MAP_BYTES = 2 ** 20;
const OLD_ENTRY_BYTES = 24;

/** Pairs of offset and length as extents; undefined unless they ascend, stay apart, and end within `size`. */
export function toExtents(pairs: readonly number[], size: number): readonly Extent[] | undefined {
  const extents: Extent[] = [];
  let end = 0;
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const offset = pairs[at] ?? 0;
    const length = pairs[at + 1] ?? 0;
    if (offset < end || !Number.isSafeInteger(offset + length) || offset + length > size) return undefined;
    end = offset + length;
    if (length > 0) extents.push({ offset, length });
  }
  return extents;
}

/** The map entries in an old GNU header (`start` 386, four of them) or in a block that extends it (0, 21 of them). */
export function oldGnuPairs(block: Buffer, start: number, count: number): number[] | undefined {
  const pairs: number[] = [];
  for (let entry = 0; entry < count; entry++) {
    const at = start + entry * OLD_ENTRY_BYTES;
    if (block[at] === 0) break;
    const offset = parseNumber(block, at, 12);
    const length = parseNumber(block, at + 12, 12);
    if (offset === undefined || length === undefined || offset < 0 || length < 0) return undefined;
    pairs.push(offset, length);
  }
  return pairs;
}

/** Reads a version 1.0 map, decimal lines at the start of the content, as the pieces of it come. */
export class ContentMap {
  readonly #pairs: number[] = [];
  #wanted: number | undefined;
  #number = 0;
  #digits = 0;
  #bytes = 0;

  /**
   * Takes whole blocks of 512 bytes.
   * @returns the pairs after the block that ends the map, `invalid` where it is none, else undefined
   */
  add(block: Buffer): readonly number[] | 'invalid' | undefined {
    this.#bytes += block.length;
    if (this.#bytes > MAP_BYTES) return 'invalid';
    for (const byte of block) {
      if (this.#pairs.length === this.#wanted) break;
      if (byte === 0x0a) {
        if (this.#digits === 0) return 'invalid';
        if (this.#wanted === undefined) this.#wanted = this.#number * 2;
        else this.#pairs.push(this.#number);
        this.#number = 0;
        this.#digits = 0;
      } else {
        const digit = byte - 0x30;
        if (digit < 0 || digit > 9 || ++this.#digits > 15) return 'invalid';
        this.#number = this.#number * 10 + digit;
      }
    }
    return this.#pairs.length === this.#wanted ? this.#pairs : undefined;
  }
}
