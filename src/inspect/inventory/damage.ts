import type { CatalogProblem, FileView, Seen } from '../contract.ts';

/** Observations of package databases say what of the file could not be read. */
export interface Damaged {
  readonly damage?: readonly string[];
}

const MAX_MESSAGES = 5;

/** Collects what was unreadable in one database file; a hostile file can be wrong a million times, so few are kept. */
export class Damage {
  readonly #messages: string[] = [];
  #count = 0;

  add(message: string): void {
    this.#count++;
    if (this.#messages.length < MAX_MESSAGES) this.#messages.push(message);
  }

  /** To be spread into an observation: nothing where all was readable. */
  toField(): Damaged {
    if (this.#count === 0) return {};
    const more = this.#count - this.#messages.length;
    return { damage: more === 0 ? this.#messages : [...this.#messages, `and ${more} more`] };
  }
}

/** The largest known text database has 10 MB. */
export const MAX_TEXT_BYTES = 32 * 2 ** 20;

/** The damage of a database above a limit, or of which there are only windows; undefined for one that can be read. */
export function tooLarge({ whole, record }: FileView, limit: number = Infinity): Damaged | undefined {
  if (whole && record.size <= limit) return undefined;
  return { damage: [`its ${record.size} bytes are more than is read of such a file`] };
}

export function* problemsOf(what: string, seen: readonly Seen<Damaged>[]): Generator<CatalogProblem> {
  for (const { layer, path, observation } of seen) {
    if (observation.damage === undefined) continue;
    yield { layer, path, message: `${what} ${path}: ${observation.damage.join('; ')}` };
  }
}
