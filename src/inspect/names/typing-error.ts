/** How one word comes out of another by one slip of a finger; the likeliest first. */
export const TYPING_ERRORS = [
  'swapped-letters',
  'doubled-letter',
  'neighbouring-key',
  'dropped-letter',
  'added-letter',
  'replaced-letter',
] as const;
export type TypingError = (typeof TYPING_ERRORS)[number];

const ROWS = ['1234567890-', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const NEIGHBOURS = new Set(
  ROWS.flatMap((row, y) =>
    [...row].flatMap((key, x) => [
      key + (row[x + 1] ?? ''),
      (row[x + 1] ?? '') + key,
      ...[x - 1, x].flatMap((below) => {
        const other = ROWS[y + 1]?.[below] ?? '';
        return [key + other, other + key];
      }),
    ]),
  ),
);

/** The slip that makes `typed` of `meant`; undefined where it takes none or more than one (Damerau-Levenshtein distance 1). */
export function typingError(typed: string, meant: string): TypingError | undefined {
  const difference = typed.length - meant.length;
  if (Math.abs(difference) > 1 || typed === meant) return undefined;
  let start = 0;
  while (start < typed.length && typed[start] === meant[start]) start++;
  if (difference === 0) return sameLength(typed, meant, start);
  const [longer, shorter] = difference > 0 ? [typed, meant] : [meant, typed];
  if (longer.slice(start + 1) !== shorter.slice(start)) return undefined;
  if (difference < 0) return 'dropped-letter';
  const extra = longer[start];
  return extra === longer[start - 1] || extra === longer[start + 1] ? 'doubled-letter' : 'added-letter';
}

function sameLength(typed: string, meant: string, start: number): TypingError | undefined {
  const [a = '', b = ''] = [typed[start], typed[start + 1]];
  if (typed.slice(start + 1) === meant.slice(start + 1)) {
    return NEIGHBOURS.has(a + (meant[start] ?? '')) ? 'neighbouring-key' : 'replaced-letter';
  }
  const isSwap = a === meant[start + 1] && b === meant[start];
  return isSwap && typed.slice(start + 2) === meant.slice(start + 2) ? 'swapped-letters' : undefined;
}

/** Every text that is one letter shorter, and the text itself: what two words one slip apart have in common. */
export function deletionsOf(text: string): string[] {
  return [text, ...Array.from(text, (_, at) => text.slice(0, at) + text.slice(at + 1))];
}
