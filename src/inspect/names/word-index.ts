import { toSkeleton, withoutSeparators } from './skeleton.ts';
import { deletionsOf, TYPING_ERRORS, type TypingError, typingError } from './typing-error.ts';

/** How a word imitates another. */
export type Likeness =
  | { readonly kind: 'homoglyph' | 'separator'; readonly of: string }
  | { readonly kind: TypingError; readonly of: string };

/** Shorter words are too close to too many. */
const SHORTEST = 4;
const LONGEST = 64;

interface Tables {
  readonly byDeletion: ReadonlyMap<string, readonly string[]>;
  readonly bySkeleton: ReadonlyMap<string, string>;
  readonly byLetters: ReadonlyMap<string, string>;
}

/**
 * Words that others imitate, found by what they look like and by every slip of a finger, without comparing with each of them:
 * two words one slip apart share a text that is one letter shorter than the longer (Garbe, "SymSpell").
 */
export class WordIndex {
  readonly #words: ReadonlySet<string>;
  /** Made when the first stranger is looked up: most names are known ones. */
  #tables: Tables | undefined;

  constructor(words: Iterable<string>) {
    this.#words = new Set(words);
  }

  get #looks(): Tables {
    this.#tables ??= toTables(this.#words);
    return this.#tables;
  }

  has(word: string): boolean {
    return this.#words.has(word);
  }

  /** What a word imitates, the surest likeness; undefined for the words themselves and for what is like none. */
  likeness(word: string): Likeness | undefined {
    if (this.#words.has(word) || word.length < SHORTEST || word.length > LONGEST) return undefined;
    const twin = this.#looks.bySkeleton.get(toSkeleton(word));
    if (twin !== undefined) return { kind: 'homoglyph', of: twin };
    const spread = this.#looks.byLetters.get(withoutSeparators(word));
    if (spread !== undefined) return { kind: 'separator', of: spread };
    return this.slip(word);
  }

  /** The word that is one slip of a finger away. */
  slip(word: string): { readonly kind: TypingError; readonly of: string } | undefined {
    if (this.#words.has(word) || word.length > LONGEST) return undefined;
    const candidates = new Set<string>();
    for (const key of deletionsOf(word)) {
      for (const known of this.#looks.byDeletion.get(key) ?? []) candidates.add(known);
    }
    return candidates.size === 0 ? undefined : surestError(word, candidates);
  }
}

/** What a word imitates of one other word. */
export function likenessBetween(word: string, of: string): Likeness | undefined {
  if (word === of || Math.min(word.length, of.length) < SHORTEST) return undefined;
  if (toSkeleton(word) === toSkeleton(of)) return { kind: 'homoglyph', of };
  if (withoutSeparators(word) === withoutSeparators(of)) return { kind: 'separator', of };
  const kind = typingError(word, of);
  return kind && { kind, of };
}

/** The likeliest slip: `gchr` is `ghcr` with two letters swapped rather than `gcr` with one added. */
function surestError(
  word: string,
  candidates: Iterable<string>,
): { readonly kind: TypingError; readonly of: string } | undefined {
  let surest: { readonly kind: TypingError; readonly of: string } | undefined;
  for (const of of candidates) {
    const kind = typingError(word, of);
    if (kind === undefined) continue;
    if (surest === undefined || TYPING_ERRORS.indexOf(kind) < TYPING_ERRORS.indexOf(surest.kind))
      surest = { kind, of };
  }
  return surest;
}

function toTables(words: Iterable<string>): Tables {
  const byDeletion = new Map<string, string[]>();
  const bySkeleton = new Map<string, string>();
  const byLetters = new Map<string, string>();
  for (const word of words) {
    if (word.length < SHORTEST) continue;
    bySkeleton.set(toSkeleton(word), word);
    byLetters.set(withoutSeparators(word), word);
    for (const key of deletionsOf(word)) {
      const known = byDeletion.get(key);
      if (known === undefined) byDeletion.set(key, [word]);
      else known.push(word);
    }
  }
  return { byDeletion, bySkeleton, byLetters };
}
