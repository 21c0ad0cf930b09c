import { repositoryOf, type SplitName, splitName } from './split-name.ts';

/** One of the user's patterns, or of the catalogue's: a repository, or everything below one. */
export interface NamePattern {
  /** As written. */
  readonly text: string;
  readonly host: string;
  /** Path components; with `library` where Docker Hub would put it. */
  readonly path: readonly string[];
  /** Everything below the path, and not the path itself. */
  readonly isBelow: boolean;
}

/** Reads `nginx`, `acme/*`, `registry.acme.example/**`: as a name is read, so that both have Docker's defaults. */
export function toNamePattern(text: string): NamePattern {
  const above = /^(.+)\/\*{1,2}$/.exec(text)?.[1];
  if (above === undefined) {
    const { host, path } = splitName(text);
    return { text, host, path, isBelow: false };
  }
  // With two more components, so that no default is filled in for what the star stands for.
  const { host, path } = splitName(`${above}/x/x`);
  return { text, host, path: path.slice(0, -2), isBelow: true };
}

/** Values by pattern: asked in time of a name's depth, however many there are. The first of two equal patterns wins. */
export class PatternMap<Value> {
  readonly #exact = new Map<string, Value>();
  readonly #below = new Map<string, Value>();

  add(pattern: NamePattern, value: Value): void {
    const map = pattern.isBelow ? this.#below : this.#exact;
    const key = repositoryOf(pattern);
    if (!map.has(key)) map.set(key, value);
  }

  /** The value of the narrowest pattern that a name meets. */
  find({ host, path }: Pick<SplitName, 'host' | 'path'>): Value | undefined {
    const exact = this.#exact.get([host, ...path].join('/'));
    if (exact !== undefined || this.#below.size === 0) return exact;
    for (let depth = path.length - 1; depth >= 0; depth--) {
      const value = this.#below.get([host, ...path.slice(0, depth)].join('/'));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

/** Which of many patterns a name meets. */
export function toPatternSet(patterns: Iterable<NamePattern>): PatternMap<NamePattern> {
  const set = new PatternMap<NamePattern>();
  for (const pattern of patterns) set.add(pattern, pattern);
  return set;
}
