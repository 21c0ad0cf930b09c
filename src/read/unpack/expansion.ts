import type { Limits } from '../../core/limits.ts';
import type { Fault } from './fault.ts';

/** Small streams may expand as they like: a layer of zeros is honest. */
const RATIO_FLOOR = 64 * 2 ** 20;

/** Counts what goes into and comes out of one stream, and says when the limits on it are passed. */
export class Expansion {
  readonly #limits: Pick<Limits, 'bytes' | 'ratio'>;
  #stored = 0;
  #expanded = 0;

  constructor(limits: Pick<Limits, 'bytes' | 'ratio'>) {
    this.#limits = limits;
  }

  /** Bytes as stored that were read so far. */
  get stored(): number {
    return this.#stored;
  }

  read(bytes: number): void {
    this.#stored += bytes;
  }

  /** Counts `bytes` more of output (decompressed, or a hole of a sparse file), unless that passes a limit. */
  expand(bytes: number): Fault | undefined {
    const expanded = this.#expanded + bytes;
    const { bytes: most, ratio } = this.#limits;
    if (expanded > most) {
      const message = `it expands to more than ${most} bytes (the bytes limit)`;
      return { code: 'LIMIT_BYTES', message, offset: this.#expanded };
    }
    if (expanded > RATIO_FLOOR && expanded > ratio * this.#stored) {
      const message = `it expands to more than ${ratio} times its stored size (the ratio limit)`;
      return { code: 'LIMIT_RATIO', message, offset: this.#expanded };
    }
    this.#expanded = expanded;
    return undefined;
  }
}
