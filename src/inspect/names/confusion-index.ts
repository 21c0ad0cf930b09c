import type { NamePattern } from './name-pattern.ts';

/*
 * What of the user's names a stranger could use elsewhere: the paths, and the word by which the internal registry is known
 * (`acme` of `registry.acme.example`). Made once, so that a hundred thousand patterns cost a name nothing.
 */

/** Labels of hosts, and words in them, that say nothing of whose they are. */
const GENERIC: ReadonlySet<string> = new Set(
  (
    'registry registries docker dockerhub container containers images image hub harbor artifactory nexus repo repos repository oci ' +
    'internal intranet local localhost corp company group home example test invalid cloud host hosting server online platform infra ' +
    'apps prod production stage staging build builds private public mirror cache proxy cluster services service west east north ' +
    'south central northeast northwest southeast southwest europe asia america amazonaws azurecr azure jfrog cloudsmith gitlab github ' +
    'quay ghcr googleapis google aliyuncs digitalocean oraclecloud yandex tencent scaleway linode'
  ).split(' '),
);
const SHORTEST_MARK = 4;

/** An internal name that is confused with another, and how surely. */
export interface Mark {
  readonly word: string;
  readonly pattern: NamePattern;
  /** Stands alone in the namespace or between separators, instead of only within a word. */
  readonly isWord: boolean;
}

export class ConfusionIndex {
  readonly #paths = new Map<string, NamePattern>();
  readonly #below = new Map<string, NamePattern>();
  /** By the registry's own word, for patterns that are everything below something. */
  readonly #marks = new Map<string, NamePattern>();
  /** By word and name, for single repositories. */
  readonly #namedMarks = new Map<string, NamePattern>();
  readonly #words = new Set<string>();
  readonly #lengths: readonly number[];

  /** @param isPublic whether anybody has a part of a host: its name is no word of the user's then */
  constructor(patterns: Iterable<NamePattern>, isPublic: (host: string) => boolean) {
    for (const pattern of patterns) {
      const { host, path, isBelow } = pattern;
      const fixed = path.join('/');
      if (fixed !== '' && path[0] !== 'library') setNew(isBelow ? this.#below : this.#paths, fixed, pattern);
      const word = isPublic(host) ? undefined : markOf(host);
      if (word === undefined) continue;
      this.#words.add(word);
      if (isBelow) setNew(this.#marks, word, pattern);
      else setNew(this.#namedMarks, `${word}/${path.at(-1) ?? ''}`, pattern);
    }
    this.#lengths = [...new Set([...this.#words].map(({ length }) => length))];
  }

  get isEmpty(): boolean {
    return this.#words.size + this.#paths.size + this.#below.size === 0;
  }

  /** The pattern that has this very path, in another registry. */
  withPath(path: readonly string[]): NamePattern | undefined {
    const own = path[0] === 'library' ? path.slice(1) : path;
    const whole = this.#paths.get(own.join('/'));
    if (whole !== undefined) return whole;
    for (let depth = own.length; depth > 0; depth--) {
      const pattern = this.#below.get(own.slice(0, depth).join('/'));
      if (pattern !== undefined) return pattern;
    }
    return undefined;
  }

  /** The pattern below whose registry's word a namespace stands; what stands alone goes first. */
  withMark(namespace: string): Mark | undefined {
    return this.#find(namespace, (word) => this.#marks.get(word));
  }

  /** The single repository of that name whose registry's word stands in a namespace. */
  withMarkAndName(namespace: string, name: string): Mark | undefined {
    return this.#find(namespace, (word) => this.#namedMarks.get(`${word}/${name}`));
  }

  #find(namespace: string, patternOf: (word: string) => NamePattern | undefined): Mark | undefined {
    let within: Mark | undefined;
    for (const length of this.#lengths) {
      for (let at = 0; at + length <= namespace.length; at++) {
        const word = namespace.slice(at, at + length);
        const pattern = this.#words.has(word) ? patternOf(word) : undefined;
        if (pattern === undefined) continue;
        const isWord = isEdge(namespace[at - 1]) && isEdge(namespace[at + length]);
        if (isWord) return { word, pattern, isWord };
        within ??= { word, pattern, isWord };
      }
    }
    return within;
  }
}

/**
 * The word by which a host is known: what stands next before its end, and is not of a provider: `acme` of
 * `registry.acme.example`, of `acme.jfrog.io` and of `acme-registry.internal`.
 */
export function markOf(host: string): string | undefined {
  const labels = host.replace(/:\d{1,5}$/, '').split('.');
  for (const label of labels.length > 1 ? labels.slice(0, -1).toReversed() : labels) {
    const words = label.split('-').filter((word) => !GENERIC.has(word) && !/^\d{0,2}$/.test(word));
    const mark = words.join('-');
    if (mark.length >= SHORTEST_MARK) return mark;
  }
  return undefined;
}

function isEdge(letter: string | undefined): boolean {
  return letter === undefined || letter === '.' || letter === '_' || letter === '-';
}

function setNew<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}
