import { Unreadable } from '../../disk/unreadable.ts';
import { BitReader } from './bit-reader.ts';
import { PrefixCode } from './prefix-code.ts';

/*
 * LZX as system compression and WIM files have it: every chunk alone, with a window of 32 KiB ([MS-PATCH] describes the
 * format; the recent distances start anew, and targets of x86 calls are always translated, for a file of 12,000,000 bytes).
 */

const LITERALS = 256;
const SLOTS = 30;
const MAIN_SYMBOLS = LITERALS + SLOTS * 8;
const LENGTH_SYMBOLS = 249;
const PRE_SYMBOLS = 20;
const ALIGNED_SYMBOLS = 8;
/** Lengths that the main code holds itself; one more means that a symbol of the length code follows. */
const SHORT_LENGTHS = 7;
const MIN_MATCH = 2;
const WHOLE_BLOCK = 32768;
const TRANSLATED_SIZE = 12_000_000;
/** Calls are not translated where they begin in the last bytes. */
const UNTRANSLATED_BYTES = 10;

const VERBATIM = 1;
const ALIGNED = 2;
const RAW = 3;

interface Codes {
  readonly main: PrefixCode;
  readonly length: PrefixCode;
  readonly aligned: PrefixCode | undefined;
}

/**
 * Decodes one chunk.
 * @param size bytes of it, decoded; at most 32 KiB
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function decodeLzx(packed: Buffer, size: number): Buffer {
  const out = new LzxChunk(packed, size).decode();
  translateCalls(out);
  return out;
}

class LzxChunk {
  readonly #reader: BitReader;
  readonly #out: Buffer;
  #to = 0;
  #recent: [number, number, number] = [1, 1, 1];
  /** Lengths of the codes before: those of a block are told as differences. */
  readonly #mainLengths = new Uint8Array(MAIN_SYMBOLS);
  readonly #lengthLengths = new Uint8Array(LENGTH_SYMBOLS);

  constructor(packed: Buffer, size: number) {
    this.#reader = new BitReader(packed, 0);
    this.#out = Buffer.alloc(size);
  }

  decode(): Buffer {
    while (this.#to < this.#out.length) {
      this.#decodeBlock();
      if (this.#reader.isPastEnd) throw malformed('ends too early');
    }
    return this.#out;
  }

  #decodeBlock(): void {
    const reader = this.#reader;
    const type = reader.take(3);
    const size = reader.take(1) === 1 ? WHOLE_BLOCK : (reader.take(8) << 8) | reader.take(8);
    const end = this.#to + size;
    if (size === 0 || end > this.#out.length) throw malformed(`has a block of ${size} bytes`);
    if (type === RAW) {
      this.#copyRaw(end);
      return;
    }
    if (type !== VERBATIM && type !== ALIGNED) throw malformed(`has a block of type ${type}`);
    const codes = this.#readCodes(type);
    while (this.#to < end) {
      const symbol = codes.main.decode(reader);
      if (symbol < LITERALS) this.#out[this.#to++] = symbol;
      else this.#copyBack(symbol - LITERALS, codes, end);
    }
  }

  #copyRaw(end: number): void {
    const reader = this.#reader;
    reader.align();
    this.#recent = [readWord(reader), readWord(reader), readWord(reader)];
    if (this.#recent.includes(0)) throw malformed('has a distance of 0');
    const odd = (end - this.#to) % 2 === 1;
    while (this.#to < end) this.#out[this.#to++] = reader.takeByte();
    if (odd) reader.takeByte();
  }

  #readCodes(type: number): Codes {
    let aligned: PrefixCode | undefined;
    if (type === ALIGNED)
      aligned = new PrefixCode(Uint8Array.from({ length: ALIGNED_SYMBOLS }, () => this.#reader.take(3)));
    this.#readLengths(this.#mainLengths.subarray(0, LITERALS));
    this.#readLengths(this.#mainLengths.subarray(LITERALS));
    const main = new PrefixCode(this.#mainLengths);
    this.#readLengths(this.#lengthLengths);
    return { main, length: new PrefixCode(this.#lengthLengths), aligned };
  }

  #readLengths(lengths: Uint8Array): void {
    const reader = this.#reader;
    const code = new PrefixCode(Uint8Array.from({ length: PRE_SYMBOLS }, () => reader.take(4)));
    for (let at = 0; at < lengths.length; ) {
      const symbol = code.decode(reader);
      if (symbol < 17) {
        lengths[at] = changed(lengths[at], symbol);
        at++;
        continue;
      }
      const count =
        symbol === 17 ? 4 + reader.take(4) : symbol === 18 ? 20 + reader.take(5) : 4 + reader.take(1);
      const change = symbol === 19 ? code.decode(reader) : undefined;
      if (at + count > lengths.length || (change ?? 0) > 17) throw malformed('has a code that is too long');
      lengths.fill(change === undefined ? 0 : changed(lengths[at], change), at, at + count);
      at += count;
    }
  }

  #copyBack(header: number, codes: Codes, blockEnd: number): void {
    const short = header & 7;
    const length = MIN_MATCH + short + (short === SHORT_LENGTHS ? codes.length.decode(this.#reader) : 0);
    const distance = this.#readDistance(header >> 3, codes.aligned);
    const end = this.#to + length;
    if (distance > this.#to || end > blockEnd) throw malformed('refers to what is outside it');
    for (let at = this.#to; at < end; at++) this.#out[at] = this.#out[at - distance] ?? 0;
    this.#to = end;
  }

  #readDistance(slot: number, aligned: PrefixCode | undefined): number {
    const [first, second, third] = this.#recent;
    if (slot === 0) return first;
    if (slot === 1) this.#recent = [second, first, third];
    else if (slot === 2) this.#recent = [third, second, first];
    else this.#recent = [this.#readNewDistance(slot, aligned), first, second];
    return this.#recent[0];
  }

  #readNewDistance(slot: number, aligned: PrefixCode | undefined): number {
    // Slots come in pairs, each pair with one bit more than the one before.
    const bits = slot < 4 ? 0 : (slot >> 1) - 1;
    const base = slot < 4 ? slot : (2 + (slot & 1)) << bits;
    if (aligned === undefined || bits < 3) return base + this.#reader.take(bits) - 2;
    const high = this.#reader.take(bits - 3) << 3;
    return base + high + aligned.decode(this.#reader) - 2;
  }
}

function changed(length: number | undefined, change: number): number {
  const now = (length ?? 0) - change;
  return now < 0 ? now + 17 : now;
}

function readWord(reader: BitReader): number {
  const low = reader.takeByte() | (reader.takeByte() << 8);
  return low + (reader.takeByte() + reader.takeByte() * 256) * 65536;
}

/** Makes the targets of calls relative again: x86's byte 0xE8 with four bytes after it. */
function translateCalls(out: Buffer): void {
  const end = out.length - UNTRANSLATED_BYTES;
  for (let at = out.indexOf(0xe8); at >= 0 && at < end; at = out.indexOf(0xe8, at + 5)) {
    const target = out.readInt32LE(at + 1);
    if (target >= 0 && target < TRANSLATED_SIZE) out.writeInt32LE(target - at, at + 1);
    else if (target < 0 && target >= -at) out.writeInt32LE(target + TRANSLATED_SIZE, at + 1);
  }
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `an LZX chunk ${what}`);
}
