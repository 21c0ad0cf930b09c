import type { Oddity } from '../../core/image.ts';
import type { Problem, ProblemCode } from '../../core/problem.ts';

/** Of one code or kind: a layer may hold millions of each, and the first hundred tell the story. */
const MOST_PROBLEMS = 100;
const MOST_ODDITIES = 1000;

/** Gathers what a layer's reading has to say, bounded however much an archive gives cause for. */
export class LayerLog {
  readonly problems: Problem[] = [];
  readonly #tell: (oddity: Oddity) => void;
  readonly #counts = new Map<string, number>();

  constructor(tell: (oddity: Oddity) => void) {
    this.#tell = tell;
  }

  problem(problem: Problem): void {
    if (this.#count(`${problem.code} ${problem.effect}`, MOST_PROBLEMS, problem.effect))
      this.problems.push(problem);
  }

  oddity(oddity: Oddity): void {
    if (this.#count(oddity.kind, MOST_ODDITIES, 'notice')) this.#tell(oddity);
  }

  /** True while there are not too many; says once that there are. */
  #count(what: string, most: number, effect: Problem['effect']): boolean {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    if (count === most + 1) {
      const code: ProblemCode = 'LIMIT_FINDINGS';
      const message = `the layer has more than ${most} of ${what}: the rest is not listed`;
      this.problems.push({ code, message, effect });
    }
    return count <= most;
  }
}
