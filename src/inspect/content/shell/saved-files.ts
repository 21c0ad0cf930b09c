import type { Cut } from './match.ts';

/** More than honest scripts write; each is kept until it is run. */
const MAX_SAVED = 20_000;

/** Files that earlier statements of a text wrote, by name, with the place where each was written. */
export class SavedFiles<M> {
  readonly #files = new Map<string, M>();
  readonly #what: string;
  readonly #cut: Cut | undefined;

  /** Without `cut` there is no bound. */
  constructor(what: string, cut: Cut | undefined) {
    this.#what = what;
    this.#cut = cut;
  }

  add(file: string, match: M): void {
    if (this.#cut !== undefined && this.#files.size >= MAX_SAVED)
      this.#cut(`${this.#what} after the first ${MAX_SAVED}`);
    else this.#files.set(file.replace(/^\.\//, ''), match);
  }

  /** Where the file was written, told once. */
  take(file: string | undefined): M | undefined {
    if (file === undefined) return undefined;
    const match = this.#files.get(file);
    if (match !== undefined) this.#files.delete(file);
    return match;
  }
}
