import { Unreadable } from '../../disk/unreadable.ts';
import type { BitReader } from './bit-reader.ts';

/** Longest code of XPRESS and LZX. */
const MAX_BITS = 16;

/** A canonical prefix code: from the length of each symbol's code follow the codes. */
export class PrefixCode {
  readonly #bits: number;
  /** For each value of the next bits: symbol and length of its code. */
  readonly #table: Uint32Array;

  /** @throws Unreadable MALFORMED_FILE_SYSTEM unless every value of the bits has a symbol, or no symbol has a code */
  constructor(lengths: Uint8Array) {
    const counts = new Uint32Array(MAX_BITS + 1);
    for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
    counts[0] = 0;
    this.#bits = Math.max(
      1,
      counts.findLastIndex((count) => count > 0),
    );
    const size = 2 ** this.#bits;
    const next = new Uint32Array(MAX_BITS + 1);
    let used = 0;
    for (let length = 1; length <= this.#bits; length++) {
      next[length] = used;
      used += (counts[length] ?? 0) * (size >> length);
    }
    if (used !== 0 && used !== size)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', 'a prefix code is not complete');
    this.#table = new Uint32Array(size);
    lengths.forEach((length, symbol) => {
      if (length === 0) return;
      const start = next[length] ?? 0;
      const end = start + (size >> length);
      this.#table.fill((symbol << 5) | length, start, end);
      next[length] = end;
    });
  }

  decode(reader: BitReader): number {
    const found = this.#table[reader.peek(this.#bits)] ?? 0;
    if (found === 0) throw new Unreadable('MALFORMED_FILE_SYSTEM', 'a symbol of an empty prefix code');
    reader.skip(found & 31);
    return found >> 5;
  }
}
