/** Where bytes lie that should all be zero and are not. */
export interface StrayBytes {
  /** Of the first byte that is not zero. */
  readonly offset: number;
  /** From the first to the last byte that is not zero. */
  readonly length: number;
  /** The first of them, at most 256, latin1. */
  readonly head: string;
}

const HEAD_BYTES = 256;
const ZEROS = Buffer.alloc(64 * 1024);

/** Compares in native code: padding is looked at after each of a million files. */
export function isZero(bytes: Buffer): boolean {
  for (let start = 0; start < bytes.length; start += ZEROS.length) {
    const part = bytes.subarray(start, start + ZEROS.length);
    if (part.compare(ZEROS, 0, part.length) !== 0) return false;
  }
  return true;
}

/** Gathers the extent of what is not zero from consecutive pieces. */
export class StrayBytesGatherer {
  #first = -1;
  #last = -1;
  readonly #head: Buffer[] = [];
  #headLength = 0;

  /** @param offset of `bytes` in the stream; pieces come in order. */
  add(bytes: Buffer, offset: number): void {
    if (isZero(bytes)) {
      if (this.#first >= 0) this.#keepHead(bytes);
      return;
    }
    const last = bytes.findLastIndex(isNotZero);
    if (this.#first < 0) {
      const first = bytes.findIndex(isNotZero);
      this.#first = offset + first;
      this.#keepHead(bytes.subarray(first));
    } else this.#keepHead(bytes);
    this.#last = offset + last;
  }

  result(): StrayBytes | undefined {
    if (this.#first < 0) return undefined;
    const length = this.#last - this.#first + 1;
    const head = Buffer.concat(this.#head).subarray(0, Math.min(HEAD_BYTES, length));
    return { offset: this.#first, length, head: head.toString('latin1') };
  }

  #keepHead(bytes: Buffer): void {
    if (this.#headLength >= HEAD_BYTES) return;
    const part = Buffer.from(bytes.subarray(0, HEAD_BYTES - this.#headLength));
    this.#head.push(part);
    this.#headLength += part.length;
  }
}

export function toStrayBytes(bytes: Buffer, offset: number): StrayBytes | undefined {
  if (isZero(bytes)) return undefined;
  const gatherer = new StrayBytesGatherer();
  gatherer.add(bytes, offset);
  return gatherer.result();
}

function isNotZero(byte: number): boolean {
  return byte !== 0;
}
