import type { ProblemCode } from '../../core/problem.ts';
import { Unreadable } from './unreadable.ts';

const MAX_FLAWS = 1024;

/** Flaws, within a bound: an image may have any number of them. The last one says that there are more. */
export class FlawList {
  readonly #flaws: Unreadable[] = [];

  get all(): readonly Unreadable[] {
    return this.#flaws;
  }

  add(flaw: Unreadable): void {
    if (this.#flaws.length < MAX_FLAWS) this.#flaws.push(flaw);
    else if (this.#flaws.length === MAX_FLAWS)
      this.#flaws.push(new Unreadable('LIMIT_FINDINGS', `only ${MAX_FLAWS} flaws are listed`));
  }

  addAll(flaws: Iterable<Unreadable>): void {
    for (const flaw of flaws) this.add(flaw);
  }

  /** Where there may be a million: an error has a trace, which is not made for what is not listed. */
  tell(code: ProblemCode, message: string, offset?: number): void {
    if (this.#flaws.length <= MAX_FLAWS) this.add(new Unreadable(code, message, offset));
  }
}
