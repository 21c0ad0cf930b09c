/*
 * Finds many short literals in a buffer in one pass, ignoring ASCII letter case (Wu and Manber, "A fast algorithm
 * for multi-pattern searching", TR-94-17, 1994).
 *
 * Every byte of an image goes through here, so it has to run near memory speed in plain JavaScript. All needles are
 * cut to the length of the shortest, m. A table over two-byte blocks says how far the window of m bytes may jump
 * when it ends in that block; only where it says 0 are the few needles that end so compared. With m of 5 the window
 * moves almost 4 bytes a look-up. An Aho-Corasick automaton would look at every byte, and a RegExp alternation
 * backtracks.
 */

const MIN_LENGTH = 5;
const MAX_LENGTH = 32;
/** Whoever looks at the places themselves says so when there are this many: `allHits`. */
export const MAX_HITS = 4096;

export interface NeedleHits {
  /** Offsets in the buffer, at most `MAX_HITS` a needle, ascending; needles without a hit have no entry. */
  get(needle: string): readonly number[] | undefined;
  readonly size: number;
}

export class NeedleScanner {
  readonly #needles: readonly string[];
  readonly #folded: readonly Uint8Array[];
  readonly #window: number;
  readonly #shift = new Uint8Array(65536);
  /** Needles whose window ends in a block: indices into `#needles`. */
  readonly #ends = new Map<number, number[]>();

  /** @throws RangeError when a needle is shorter than 5 or longer than 32 bytes, or not ASCII. */
  constructor(needles: Iterable<string>) {
    this.#needles = [...new Set([...needles].map((needle) => needle.toLowerCase()))];
    for (const needle of this.#needles) {
      if (needle.length < MIN_LENGTH || needle.length > MAX_LENGTH || /[^\x20-\x7e]/.test(needle)) {
        throw new RangeError(`a needle has 5 to 32 printable ASCII bytes: ${JSON.stringify(needle)}`);
      }
    }
    this.#folded = this.#needles.map((needle) => Buffer.from(needle, 'latin1'));
    this.#window = Math.min(MAX_LENGTH, ...this.#needles.map((needle) => needle.length));
    this.#shift.fill(this.#window - 1);
    this.#folded.forEach((needle, index) => {
      this.#enter(needle, index);
    });
  }

  scan(bytes: Uint8Array): NeedleHits {
    const found = new Map<string, number[]>();
    if (this.#needles.length === 0) return found;
    const shift = this.#shift;
    const end = bytes.length;
    let at = this.#window - 1;
    while (at < end) {
      const block = ((bytes[at - 1] as number) << 8) | (bytes[at] as number);
      const jump = shift[block] as number;
      if (jump !== 0) {
        at += jump;
        continue;
      }
      this.#compare(bytes, at - this.#window + 1, block, found);
      at++;
    }
    return found;
  }

  #enter(needle: Uint8Array, index: number): void {
    for (let last = 1; last < this.#window; last++) {
      const jump = this.#window - 1 - last;
      for (const block of foldings(needle[last - 1] as number, needle[last] as number)) {
        if (jump < (this.#shift[block] as number)) this.#shift[block] = jump;
        if (jump === 0) this.#ends.set(block, [...(this.#ends.get(block) ?? []), index]);
      }
    }
  }

  #compare(bytes: Uint8Array, start: number, block: number, found: Map<string, number[]>): void {
    for (const index of this.#ends.get(block) ?? []) {
      const needle = this.#folded[index] as Uint8Array;
      if (!matchesAt(bytes, start, needle)) continue;
      const name = this.#needles[index] as string;
      const hits = found.get(name);
      if (hits === undefined) found.set(name, [start]);
      else if (hits.length < MAX_HITS) hits.push(start);
    }
  }
}

function matchesAt(bytes: Uint8Array, start: number, needle: Uint8Array): boolean {
  if (start + needle.length > bytes.length) return false;
  for (let i = 0; i < needle.length; i++) {
    const byte = bytes[start + i] as number;
    if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) !== needle[i]) return false;
  }
  return true;
}

function foldings(high: number, low: number): number[] {
  return cases(high).flatMap((first) => cases(low).map((second) => (first << 8) | second));
}

function cases(byte: number): number[] {
  return byte >= 97 && byte <= 122 ? [byte, byte - 32] : [byte];
}
