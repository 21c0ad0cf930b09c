/*
 * A file larger than the memory bound is inspected in windows that overlap, so that nothing is cut in half.
 */

/** What two neighbouring windows share. */
const OVERLAP = 64 * 1024;
const LARGEST = 16 * 2 ** 20;

export interface Window {
  readonly bytes: Uint8Array;
  /** Offset in the file. */
  readonly base: number;
}

/** Bytes of one window, where this much of a file is held in memory. */
export function windowSize(fileMemory: number): number {
  return Math.max(Math.min(fileMemory, LARGEST), 2 * OVERLAP);
}

/** Cuts a stream into windows of `size` bytes, each beginning with the last 64 KiB of the one before. */
export class WindowCutter {
  readonly #buffer: Uint8Array;
  #used = 0;
  #base = 0;

  constructor(size: number) {
    this.#buffer = new Uint8Array(size);
  }

  *push(chunk: Uint8Array): Generator<Window> {
    let rest = chunk;
    while (rest.length > 0) {
      const fits = rest.subarray(0, this.#buffer.length - this.#used);
      this.#buffer.set(fits, this.#used);
      this.#used += fits.length;
      rest = rest.subarray(fits.length);
      if (this.#used < this.#buffer.length) continue;
      yield this.rest();
      this.#buffer.copyWithin(0, this.#used - OVERLAP);
      this.#base += this.#used - OVERLAP;
      this.#used = OVERLAP;
    }
  }

  rest(): Window {
    return { bytes: this.#buffer.subarray(0, this.#used), base: this.#base };
  }
}

/** The same windows of what is in memory already. */
export function* windowsOf(bytes: Uint8Array, size: number): Generator<Window> {
  for (let base = 0; base === 0 || base + OVERLAP < bytes.length; base += size - OVERLAP)
    yield { bytes: bytes.subarray(base, base + size), base };
}
