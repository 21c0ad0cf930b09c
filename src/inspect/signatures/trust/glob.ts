/*
 * Globs over a whole text, in time that no text can blow up: the text is walked once, and with it the set of places in the
 * pattern that it may have reached. No regular expression is built from what somebody wrote, and nothing is unanchored:
 * the pattern must account for the first character and for the last.
 */

export type GlobPart =
  | { readonly kind: 'literal'; readonly text: string }
  /** `*`: any number of characters, but no slash. */
  | { readonly kind: 'within' }
  /** `**`: any number of characters. */
  | { readonly kind: 'across' };

/** Longest text looked at: a longer one matches nothing. */
const MAX_TEXT = 4096;

/** Takes `*` and `**` out of a pattern; three in a row are a mistake, and are `undefined`. */
export function parseGlob(pattern: string): readonly GlobPart[] | undefined {
  if (pattern.includes('***')) return undefined;
  return pattern
    .split(/(\*{1,2})/)
    .filter((piece) => piece !== '')
    .map((piece): GlobPart => {
      if (piece === '*') return { kind: 'within' };
      return piece === '**' ? { kind: 'across' } : { kind: 'literal', text: piece };
    });
}

/** Whether the pattern accounts for all of the text. At most one step a character of the text and of the pattern. */
export function matchesGlob(parts: readonly GlobPart[], text: string): boolean {
  if (text.length > MAX_TEXT) return false;
  const [first] = parts;
  // Nearly every stranger fails here.
  if (first?.kind === 'literal' && !text.startsWith(first.text)) return false;
  const cells = toCells(parts);
  let reached = closure(cells, new Set([0]));
  for (const unit of splitUnits(text)) {
    reached = step(cells, reached, unit);
    if (reached.size === 0) return false;
  }
  return reached.has(cells.length);
}

/** One character to meet, or a star that may meet any number. */
type Cell = { readonly unit: string } | { readonly star: GlobPart['kind'] };

function toCells(parts: readonly GlobPart[]): Cell[] {
  return parts.flatMap((part): Cell[] =>
    part.kind === 'literal' ? splitUnits(part.text).map((unit) => ({ unit })) : [{ star: part.kind }],
  );
}

function splitUnits(text: string): string[] {
  return text.split('');
}

function step(cells: readonly Cell[], reached: ReadonlySet<number>, unit: string): Set<number> {
  const next = new Set<number>();
  for (const at of reached) {
    const cell = cells[at];
    if (cell === undefined) continue;
    if ('unit' in cell) {
      if (cell.unit === unit) next.add(at + 1);
    } else if (cell.star === 'across' || unit !== '/') next.add(at);
  }
  return closure(cells, next);
}

/** A star may also meet nothing. */
function closure(cells: readonly Cell[], places: Set<number>): Set<number> {
  for (const at of places) {
    const cell = cells[at];
    if (cell !== undefined && 'star' in cell) places.add(at + 1);
  }
  return places;
}
