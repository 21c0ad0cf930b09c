/**
 * The lexical part of YARA's language (YARA-X reference, "Lexical structure"): enough to tell literals and comments
 * from structure. Whether a source is correct is the compiler's to say; text this cannot read ends the tokens early.
 */
export interface Token {
  readonly kind: 'word' | 'string' | 'regexp' | 'hex' | 'mark';
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

const WORD = /[$#@!]?[A-Za-z0-9_][A-Za-z0-9_.]*\*?|\$\*?|[#@!](?![=A-Za-z0-9_])/y;
/** What may stand before a regular expression; after anything else a slash divides. */
const BEFORE_REGEXP: ReadonlySet<string> = new Set(['=', 'matches', '(', ',']);

export function* tokensOf(source: string): Generator<Token> {
  let before = '';
  let at = 0;
  while (at < source.length) {
    const char = source[at] as string;
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    const end = endOfToken(source, at, before);
    if (end.kind !== 'comment') {
      const text = source.slice(at, end.at);
      yield { kind: end.kind, text, at };
      before = text;
    }
    at = end.at;
  }
}

function endOfToken(
  source: string,
  at: number,
  before: string,
): { kind: Token['kind'] | 'comment'; at: number } {
  const char = source[at];
  if (source.startsWith('//', at) && !BEFORE_REGEXP.has(before))
    return { kind: 'comment', at: endOfLine(source, at) };
  if (source.startsWith('/*', at)) return { kind: 'comment', at: after(source, '*/', at + 2) };
  if (source.startsWith('//', at)) return { kind: 'comment', at: endOfLine(source, at) };
  if (char === '"') return { kind: 'string', at: endOfLiteral(source, at, '"') };
  if (char === '/' && BEFORE_REGEXP.has(before)) return { kind: 'regexp', at: endOfLiteral(source, at, '/') };
  if (char === '{' && before === '=') return { kind: 'hex', at: after(source, '}', at) };
  WORD.lastIndex = at;
  const word = WORD.exec(source)?.[0];
  if (word !== undefined) return { kind: 'word', at: at + word.length };
  return { kind: 'mark', at: at + 1 };
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}

function after(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from);
  return end < 0 ? source.length : end + mark.length;
}

/** A backslash takes the next character with it; a slash inside a class ends a YARA regular expression all the same. */
function endOfLiteral(source: string, at: number, quote: string): number {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === quote) return i + 1;
  }
  return source.length;
}
