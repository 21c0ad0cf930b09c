import { copyWithin } from '../../../core/codec/lz4-block.ts';
import { Unreadable } from '../../disk/unreadable.ts';

/*
 * LZO1X, as Linux decodes it (Documentation/staging/lzo.rst): also the run-length variant, since a kernel takes both
 * wherever it takes one, and what it would read has to be what is inspected.
 *
 * Each instruction copies a match from what came before, then 0 to 3 literals (`state`); after a long run of literals the state is 4. The
 * meaning of an instruction below 16 depends on the state that the one before it left.
 */

const AFTER_LITERALS = 4;
/** A first byte of 17 with a version behind it; only where there is more than an end mark. */
const VERSION_MARK = 17;
const MIN_ZERO_RUN = 4;
const M2_MAX_DISTANCE = 0x800;
const M4_MIN_DISTANCE = 0x4000;

/**
 * @param size bytes that it holds at most; fewer where it ends earlier
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function decodeLzo1x(input: Buffer, size: number): Buffer {
  return new Decoder(input, size).run();
}

class Decoder {
  readonly #input: Buffer;
  readonly #output: Buffer;
  readonly #hasRuns: boolean;
  #from = 0;
  #to = 0;
  #state = 0;

  constructor(input: Buffer, size: number) {
    this.#input = input;
    this.#output = Buffer.alloc(size);
    const versioned = input.length >= 5 && input[0] === VERSION_MARK;
    this.#hasRuns = versioned && input[1] !== 0;
    if (versioned) this.#from = 2;
  }

  run(): Buffer {
    this.#first();
    for (;;) {
      const instruction = this.#byte();
      if (instruction >= 64) {
        const distance = 1 + ((instruction >> 2) & 7) + (this.#byte() << 3);
        this.#match(distance, (instruction >> 5) + 1, instruction & 3);
      } else if (instruction >= 32) this.#middle(instruction);
      else if (instruction < 16) this.#short(instruction);
      else if (this.#far(instruction)) return this.#output.subarray(0, this.#to);
    }
  }

  #first(): void {
    const first = this.#input[this.#from] ?? 0;
    if (first <= 17) return;
    this.#from++;
    const count = first - 17;
    this.#literals(count);
    this.#state = Math.min(count, AFTER_LITERALS);
  }

  #short(instruction: number): void {
    if (this.#state === 0) {
      this.#literals((instruction === 0 ? this.#longLength(15) : instruction) + 3);
      this.#state = AFTER_LITERALS;
    } else {
      const near = 1 + (instruction >> 2) + (this.#byte() << 2);
      if (this.#state === AFTER_LITERALS) this.#match(near + M2_MAX_DISTANCE, 3, instruction & 3);
      else this.#match(near, 2, instruction & 3);
    }
  }

  #middle(instruction: number): void {
    const length = ((instruction & 31) === 0 ? this.#longLength(31) : instruction & 31) + 2;
    const operand = this.#pair();
    this.#match(1 + (operand >> 2), length, operand & 3);
  }

  /** True at the end mark. */
  #far(instruction: number): boolean {
    if (this.#hasRuns && (instruction & 0x18) === 0x18 && this.#isRun()) {
      const operand = this.#pair();
      this.#zeros((instruction & 7) + (this.#byte() << 3) + MIN_ZERO_RUN);
      this.#trail(operand & 3);
      return false;
    }
    const length = ((instruction & 7) === 0 ? this.#longLength(7) : instruction & 7) + 2;
    const operand = this.#pair();
    const distance = ((instruction & 8) << 11) + (operand >> 2);
    if (distance !== 0) {
      this.#match(distance + M4_MIN_DISTANCE, length, operand & 3);
      return false;
    }
    if (length !== 3) throw this.#damaged('has a broken end mark');
    if (this.#from !== this.#input.length) throw this.#damaged('goes on after its end mark');
    return true;
  }

  #isRun(): boolean {
    return this.#from + 2 <= this.#input.length && (this.#input.readUInt16LE(this.#from) & 0xfffc) === 0xfffc;
  }

  #match(distance: number, length: number, trailing: number): void {
    if (distance > this.#to) throw this.#damaged('copies from before its beginning');
    this.#requireRoom(length);
    this.#to = copyWithin(this.#output, this.#to, distance, length);
    this.#trail(trailing);
  }

  #trail(count: number): void {
    this.#state = count;
    if (count > 0) this.#literals(count);
  }

  #literals(count: number): void {
    if (count > this.#input.length - this.#from) throw this.#damaged('ends inside literals');
    this.#requireRoom(count);
    this.#output.set(this.#input.subarray(this.#from, this.#from + count), this.#to);
    this.#from += count;
    this.#to += count;
  }

  /** The output is zeros where nothing was written. */
  #zeros(count: number): void {
    this.#requireRoom(count);
    this.#to += count;
  }

  #longLength(base: number): number {
    let length = base;
    for (;;) {
      const byte = this.#byte();
      if (byte !== 0) return length + byte;
      length += 255;
    }
  }

  #byte(): number {
    const byte = this.#input[this.#from++];
    if (byte === undefined) throw this.#damaged('ends without an end mark');
    return byte;
  }

  #pair(): number {
    return this.#byte() | (this.#byte() << 8);
  }

  #requireRoom(count: number): void {
    if (count > this.#output.length - this.#to)
      throw this.#damaged(`holds more than ${this.#output.length} bytes`);
  }

  #damaged(what: string): Unreadable {
    return new Unreadable('MALFORMED_FILE_SYSTEM', `an LZO block ${what} (byte ${this.#from} of it)`);
  }
}
