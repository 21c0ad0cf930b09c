/*
 * The words of a boot loader's file, as they reach the kernel. A loader takes quotes and backslashes off and puts variables in: `"in"it=/x`,
 * `i\nit=/x` and `${a}it=/x` are all the same parameter.
 */

export interface Word {
  /** From 1. */
  readonly line: number;
  readonly word: string;
}

/** Variables put in for variables; and characters of a line with all of them: beyond it, it is no command line. */
const MAX_DEPTH = 4;
const MAX_LENGTH = 16_384;
const MAX_VARIABLES = 1000;
const ASSIGNMENT = /^\s*(?:set\s+|export\s+)?([A-Za-z_]\w{0,63})=(.*)$/;

/** @param cut takes what of the text was not looked at */
export function* wordsOf(text: string, maxLines: number, cut: (what: string) => void): Generator<Word> {
  const lines = text.replaceAll('\0', '\n').split('\n', maxLines + 1);
  if (lines.length > maxLines) cut(`lines after the first ${maxLines}`);
  const variables = new Map<string, string>();
  let started = '';
  for (const [index, raw] of lines.slice(0, maxLines).entries()) {
    if (started === '' && raw.trimStart().startsWith('#')) continue;
    const joined = started + raw.replace(/\r$/, '');
    started = '';
    if (joined.endsWith('\\') && joined.length < MAX_LENGTH) {
      started = joined.slice(0, -1);
      continue;
    }
    const line = expand(joined, variables, cut);
    const [, name, value = ''] = ASSIGNMENT.exec(joined) ?? [];
    if (name !== undefined && variables.size < MAX_VARIABLES) variables.set(name, unquoted(value).trim());
    for (const word of unquoted(line).split(/\s+/)) if (word !== '') yield { line: index + 1, word };
  }
  for (const word of unquoted(started).split(/\s+/)) if (word !== '') yield { line: lines.length, word };
}

function unquoted(text: string): string {
  return text.replaceAll(/["'\\]/g, '');
}

function expand(line: string, variables: ReadonlyMap<string, string>, cut: (what: string) => void): string {
  let text = line;
  for (let depth = 0; depth < MAX_DEPTH && text.includes('$'); depth++) {
    if (text.length > MAX_LENGTH) {
      cut(`a line of more than ${MAX_LENGTH} characters`);
      return line;
    }
    text = text.replace(
      /\$(?:\{(\w{1,64})\}|(\w{1,64}))/g,
      (whole, braced: string | undefined, bare: string | undefined) =>
        variables.get(braced ?? bare ?? '') ?? whole,
    );
  }
  return text;
}
