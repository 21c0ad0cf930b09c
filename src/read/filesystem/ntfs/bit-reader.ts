/**
 * Bits of 16-bit little-endian words, the highest first, with bytes between the words: what XPRESS and LZX are made of.
 * Past the end there are zeros; `isPastEnd` tells.
 */
export class BitReader {
  readonly #bytes: Buffer;
  #at: number;
  #bits = 0;
  #count = 0;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Whether more was read than there is. */
  get isPastEnd(): boolean {
    return this.#at - this.#count / 8 > this.#bytes.length;
  }

  /** The next bits, which are left where they are. @param count at most 16 */
  peek(count: number): number {
    this.fill();
    return count === 0 ? 0 : (this.#bits << (32 - this.#count)) >>> (32 - count);
  }

  skip(count: number): void {
    this.#count -= count;
  }

  /** @param count at most 17 */
  take(count: number): number {
    if (count > 16) return (this.take(count - 16) << 16) | this.take(16);
    const value = this.peek(count);
    this.skip(count);
    return value;
  }

  /** So that at least 16 bits are at hand. Which bytes come next depends on when this was done. */
  fill(): void {
    if (this.#count >= 16) return;
    const low = this.#bytes[this.#at] ?? 0;
    const high = this.#bytes[this.#at + 1] ?? 0;
    this.#bits = (this.#bits << 16) | (high << 8) | low;
    this.#at += 2;
    this.#count += 16;
  }

  /** A byte from between the words. */
  takeByte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  /** Leaves the rest of the word; where there is none, the next word whole. */
  align(): void {
    this.fill();
    // At least one bit is left out, so words read ahead are given back first.
    const ahead = this.#count > 16 ? 16 : 0;
    this.#at -= ahead / 8;
    this.#bits = 0;
    this.#count = 0;
  }
}
