/** Bytes that come piece by piece, never more than a bound. Untouched memory costs nothing, so it is taken generously. */
export class GrowingBuffer {
  readonly #most: number;
  #buffer: Buffer;
  #used = 0;

  /** @param expected bytes that will do mostly */
  constructor(expected: number, most: number) {
    this.#most = most;
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(expected, most));
  }

  /** How much still fits in. */
  get room(): number {
    return this.#most - this.#used;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  /** False, and nothing appended, where it would be more than the bound. */
  append(piece: Buffer): boolean {
    if (piece.length > this.room) return false;
    const needed = this.#used + piece.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#most, Math.max(needed, this.#buffer.length * 2)));
      this.#buffer.copy(grown, 0, 0, this.#used);
      this.#buffer = grown;
    }
    piece.copy(this.#buffer, this.#used);
    this.#used = needed;
    return true;
  }
}
