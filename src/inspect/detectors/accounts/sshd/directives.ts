/** One keyword with its value from sshd_config(5). */
export interface Directive {
  readonly line: number;
  /** Lower case. */
  readonly keyword: string;
  /** Without quotes and trailing comment. */
  readonly value: string;
  /** The criteria of the `Match` block it is in, if any. */
  readonly match?: string;
}

const LINE = /^[ \t]*([A-Za-z0-9]+)(?:[ \t]*=[ \t]*|[ \t]+)(\S[^\r\n]*)/;

/**
 * The directives that have an effect: within the global part and within each `Match` block the first value of a keyword
 * wins (sshd_config(5)); those that may be given more than once are not of interest here.
 */
export function* parseDirectives(text: string): Generator<Directive> {
  let match: string | undefined;
  const decided = new Set<string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const [, word, rest] = LINE.exec(raw) ?? [];
    if (word === undefined || rest === undefined) continue;
    const keyword = word.toLowerCase();
    const value = unquote(rest.replace(/\s#.*$/, '').trim());
    if (keyword === 'match') {
      match = value;
      decided.clear();
    } else if (!decided.has(keyword)) {
      decided.add(keyword);
      yield { line: index + 1, keyword, value, ...(match !== undefined && { match }) };
    }
  }
}

function unquote(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
}
