/** One place in a text where something was recognised. */
export interface ShellMatch {
  /** Where it starts, in characters of the text given. */
  readonly offset: number;
  /** The matching text, cut to what a person needs to see. */
  readonly text: string;
}

/** No text of an image makes us hold more matches than this; what is said is the same after a few. */
export const MAX_MATCHES = 32;
/** Looked at before filters that a decoy may not pass: so many decoys do not fit beside anything real unnoticed. */
const MAX_LOOKED_AT = 4096;
const MAX_TEXT = 240;

/** Every match of any pattern (all global), in order of place. */
export function findPatterns(text: string, patterns: readonly RegExp[]): ShellMatch[] {
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern).take(MAX_LOOKED_AT)].map((match) => toMatch(match.index, match[0])),
  );
  return inOrder(found);
}

/**
 * Places where all of `signs` occur close together, at most `span` characters apart; where each starts is where the
 * first sign does. Looks at overlapping pieces of the text, so the work is linear in its length.
 */
export function findTogether(text: string, signs: readonly RegExp[], span: number): ShellMatch[] {
  if (!signs.every((sign) => sign.test(text))) return [];
  const found: ShellMatch[] = [];
  for (let start = 0; start < text.length && found.length < MAX_MATCHES; start += span) {
    const piece = text.slice(start, start + 2 * span);
    const places = signs.map((sign) => sign.exec(piece));
    if (places.some((place) => place === null)) continue;
    const first = places[0];
    if (first !== null && first !== undefined)
      found.push(toMatch(start + first.index, lineAt(piece, first.index)));
  }
  return inOrder(found);
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

/** By place, one for each place. */
export function inOrder<M extends ShellMatch>(matches: readonly M[]): M[] {
  const sorted = [...matches].sort((a, b) => a.offset - b.offset);
  return sorted.filter((match, index) => match.offset !== sorted[index - 1]?.offset);
}

/** From 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** The rest of the line from a place, and a little more than nothing when the line is short. */
function lineAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(offset, Math.min(end < 0 ? text.length : end, offset + MAX_TEXT));
}
