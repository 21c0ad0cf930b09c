/** Reads numbers and strings of either byte order and either word size; what lies outside reads as 0 or ''. */
export class ElfReader {
  readonly bytes: Uint8Array;
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, bits: 32 | 64, littleEndian: boolean) {
    this.bytes = bytes;
    this.bits = bits;
    this.littleEndian = littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** True when all of `length` bytes from `offset` are at hand. */
  has(offset: number, length: number): boolean {
    return offset >= 0 && length >= 0 && offset + length <= this.bytes.length;
  }

  u8(offset: number): number {
    return this.has(offset, 1) ? this.#view.getUint8(offset) : 0;
  }

  u16(offset: number): number {
    return this.has(offset, 2) ? this.#view.getUint16(offset, this.littleEndian) : 0;
  }

  u32(offset: number): number {
    return this.has(offset, 4) ? this.#view.getUint32(offset, this.littleEndian) : 0;
  }

  /** An address, offset or size in the file's own word. Beyond 2^53 it is inexact, and far outside any file. */
  word(offset: number): number {
    if (this.bits === 32) return this.u32(offset);
    if (!this.has(offset, 8)) return 0;
    const [low, high] = this.littleEndian ? [0, 4] : [4, 0];
    return this.u32(offset + high) * 2 ** 32 + this.u32(offset + low);
  }

  /** The NUL-terminated latin1 string at `offset`, cut at `limit` bytes. */
  string(offset: number, limit: number): string {
    if (!this.has(offset, 1)) return '';
    const window = this.bytes.subarray(offset, offset + limit);
    const end = window.indexOf(0);
    return Buffer.from(end < 0 ? window : window.subarray(0, end)).toString('latin1');
  }
}
