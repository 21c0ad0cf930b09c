const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const BLOCK_RLE = 1;
const BLOCK_RESERVED = 3;

/** Finds the end of one Zstandard frame without decoding it (RFC 8878, 3.1.1): header, blocks, checksum. */
export class ZstdFrameWalker {
  #state: 'header' | 'block' | 'body' | 'done' = 'header';
  /** Bytes still to pass before the state changes. */
  #skip = 4;
  #field = 0;
  #fieldBytes = 0;
  #last = false;
  #checksum = false;

  get done(): boolean {
    return this.#state === 'done';
  }

  /** How many of `bytes`, the ones that follow those given before, are the frame's. */
  advance(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, bytes.length - at);
        this.#skip -= passed;
        at += passed;
        if (this.#skip === 0 && this.#state === 'body') this.#endBlock();
      } else if (this.#state === 'header') {
        this.#readDescriptor(bytes[at++] ?? 0);
      } else {
        this.#field += (bytes[at++] ?? 0) * 2 ** (8 * this.#fieldBytes++);
        if (this.#fieldBytes === 3) this.#readBlockHeader();
      }
    }
    return at;
  }

  /** Section 3.1.1.1.1. */
  #readDescriptor(descriptor: number): void {
    const sizeFlag = descriptor >> 6;
    const singleSegment = (descriptor & 0x20) !== 0;
    this.#checksum = (descriptor & 0x04) !== 0;
    const sizeBytes = sizeFlag === 0 && singleSegment ? 1 : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
    this.#skip = (singleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + sizeBytes;
    this.#state = 'block';
  }

  /** Section 3.1.1.2. */
  #readBlockHeader(): void {
    const header = this.#field;
    this.#field = 0;
    this.#fieldBytes = 0;
    this.#last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    this.#skip = type === BLOCK_RLE ? 1 : header >> 3;
    // The decoder will refuse a reserved block: let it have everything.
    if (type === BLOCK_RESERVED) this.#skip = Number.POSITIVE_INFINITY;
    this.#state = 'body';
    if (this.#skip === 0) this.#endBlock();
  }

  #endBlock(): void {
    if (!this.#last) this.#state = 'block';
    else if (this.#checksum) {
      this.#checksum = false;
      this.#skip = 4;
    } else this.#state = 'done';
  }
}
