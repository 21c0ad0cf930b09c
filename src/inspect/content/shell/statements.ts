/*
 * Splits shell text into statements, and each into the commands of its pipeline, without being a shell.
 *
 * What matters is "the output of this goes into that", wherever it is written: in a script, in `sh -c '…'`, in a
 * cron line, in a JSON array, in a string of another language. So quotes are looked through rather than obeyed:
 * `;`, `&&`, `||` and line ends part statements, a single `|` parts commands. One pass, linear; a line continued by
 * a backslash or ending in `|` goes on. A payload of many kilobytes in one word is shortened first, so that the
 * patterns after this can bound their gaps.
 */

export interface Statement {
  readonly text: string;
  readonly offset: number;
}

/** A word of base64 or hex this long is a payload, and so much white space is there to hide what follows: a start is enough. */
const FILLER = /[A-Za-z0-9+/=\\]{256,}|[ \t]{80,}/g;
const KEPT = 64;
const SEPARATOR = /\|\||&&|;|\n/g;

export function* statementsOf(raw: string): Generator<Statement> {
  const { text, toRaw } = shorten(unfold(raw));
  let start = 0;
  for (const separator of text.matchAll(SEPARATOR)) {
    if (separator.index > start) yield { text: text.slice(start, separator.index), offset: toRaw(start) };
    start = separator.index + separator[0].length;
  }
  if (start < text.length) yield { text: text.slice(start), offset: toRaw(start) };
}

/** The commands of a statement's pipeline, one at a time: there may be millions. */
export function* commandsOf({ text }: Pick<Statement, 'text'>): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('|'); end >= 0; end = text.indexOf('|', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}

/** Continued lines become one line of the same length, so that offsets stay. */
export function unfold(text: string): string {
  return text
    .replace(/\\\r?\n/g, (fold) => ' '.repeat(fold.length))
    .replace(/\|[ \t]{0,80}\r?\n/g, (fold) => `|${' '.repeat(fold.length - 1)}`);
}

interface Shortened {
  readonly text: string;
  readonly toRaw: (offset: number) => number;
}

function shorten(text: string): Shortened {
  const cuts: { at: number; removed: number }[] = [];
  let removed = 0;
  const short = text.replace(FILLER, (word: string, at: number) => {
    const kept = word.slice(0, word.startsWith(' ') || word.startsWith('\t') ? 1 : KEPT);
    cuts.push({ at: at - removed + kept.length, removed: removed + word.length - kept.length });
    removed += word.length - kept.length;
    return kept;
  });
  if (cuts.length === 0) return { text, toRaw: (offset) => offset };
  return { text: short, toRaw: (offset) => offset + removedBefore(cuts, offset) };
}

function removedBefore(cuts: readonly { at: number; removed: number }[], offset: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return cuts[low - 1]?.removed ?? 0;
}
