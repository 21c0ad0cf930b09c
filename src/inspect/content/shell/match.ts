/** One place in a text where something was recognised. */
export interface ShellMatch {
  /** Where it starts, in characters of the text given. */
  readonly offset: number;
  /** The matching text, cut to what a person needs to see. */
  readonly text: string;
}

/** Takes what a search did not look at, as `FileView.cut`. Searches without one have no bounds. */
export type Cut = (what: string) => void;

const MAX_TEXT = 240;

/*
 * Searches yield one match at a time, and never stop by themselves: a list would have to end somewhere, and whoever
 * writes the text would put as many decoys before that end.
 */

/** Every match of any pattern (all global), in order of place. */
export function findPatterns(text: string, patterns: readonly RegExp[]): Generator<ShellMatch> {
  return inOrder(...patterns.map((pattern) => matchesOf(text, pattern)));
}

function* matchesOf(text: string, pattern: RegExp): Generator<ShellMatch> {
  for (const match of text.matchAll(pattern)) yield toMatch(match.index, match[0]);
}

/**
 * Places where all of `signs` occur close together, at most `span` characters apart; where each starts is where the
 * first sign does. Looks at overlapping pieces of the text, so the work is linear in its length.
 */
export function* findTogether(text: string, signs: readonly RegExp[], span: number): Generator<ShellMatch> {
  if (!signs.every((sign) => sign.test(text))) return;
  for (let start = 0; start < text.length; start += span) {
    const piece = text.slice(start, start + 2 * span);
    const places = signs.map((sign) => sign.exec(piece));
    if (places.some((place) => place === null)) continue;
    const first = places[0];
    if (first !== null && first !== undefined) yield toMatch(start + first.index, lineAt(piece, first.index));
  }
}

export function toMatch(offset: number, text: string): ShellMatch {
  const lead = text.length - text.trimStart().length;
  return {
    offset: offset + lead,
    text: text
      .trim()
      .replace(/\s{2,}/g, ' ')
      .slice(0, MAX_TEXT),
  };
}

/** Merges searches that are each in order of place, one match for each place. Holds one match of each search. */
export function* inOrder<M extends ShellMatch>(...searches: readonly Iterable<M>[]): Generator<M> {
  const iterators = searches.map((search) => search[Symbol.iterator]());
  const heads = iterators.map((iterator) => iterator.next());
  let last = -1;
  for (let at = nearest(heads); at >= 0; at = nearest(heads)) {
    const { value } = heads[at] as IteratorYieldResult<M>;
    heads[at] = (iterators[at] as Iterator<M>).next();
    if (value.offset !== last) yield value;
    last = value.offset;
  }
}

/** Index of the head with the smallest offset; -1 when all searches are done. */
function nearest(heads: readonly IteratorResult<ShellMatch>[]): number {
  let nearest = -1;
  let offset = Number.POSITIVE_INFINITY;
  for (const [index, { done, value }] of heads.entries()) {
    if (done === true || value.offset >= offset) continue;
    nearest = index;
    offset = value.offset;
  }
  return nearest;
}

/** Line numbers of places, from 1. Places asked for in ascending order cost one pass over the text altogether. */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let start = 0;
  // Looked for once a line: it may be millions of places long.
  let end = text.indexOf('\n');
  return (offset) => {
    if (offset < start) {
      line = 1;
      start = 0;
      end = text.indexOf('\n');
    }
    while (end >= 0 && end < offset) {
      line++;
      start = end + 1;
      end = text.indexOf('\n', start);
    }
    return line;
  };
}

/** From 1. For many places of one text, `lineCounter`. */
export function lineOf(text: string, offset: number): number {
  return lineCounter(text)(offset);
}

/** The rest of the line from a place, and a little more than nothing when the line is short. */
function lineAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(offset, Math.min(end < 0 ? text.length : end, offset + MAX_TEXT));
}
