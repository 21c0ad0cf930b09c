/*
 * The tokens of Terraform's language, as far as look-ups need them. Strings are told whole, with the expressions in them: a brace in one of those is none of the
 * document's. Whatever does not end is refused at once, so that each character is looked at once.
 */

export interface HclToken {
  readonly text: string;
  readonly line: number;
}

/** A heredoc: an expression that nobody needs. */
export const HEREDOC = '<<';

const MAX_TOKENS = 2_000_000;
const MAX_DEPTH = 64;
const SPACE = /[ \t\r\f\v\ufeff]+|(?:#|\/\/)[^\n]*/y;
const HEREDOC_START = /<<-?([\p{L}_][\p{L}\p{N}_-]{0,100})[ \t]*\r?\n/uy;
const WORD = /[\p{L}_][\p{L}\p{N}_.-]*/uy;
const NUMBER = /[\d.]+/y;

/** @throws SyntaxError with the line */
export function readHclTokens(text: string): HclToken[] {
  const tokens: HclToken[] = [];
  let line = 1;
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    if (tokens.length > MAX_TOKENS) throw new SyntaxError('it is too large');
    const character = text[at] ?? '';
    const space = match(SPACE);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const end = endOfToken(text, at, line, match);
    tokens.push({ text: character === '<' && end > at + 1 ? HEREDOC : text.slice(at, end), line });
    if (character === '/' && end > at + 1) tokens.pop();
    for (let passed = at; passed < end; passed++) if (text.charCodeAt(passed) === 0x0a) line++;
    at = end;
  }
  return tokens;
}

function endOfToken(
  text: string,
  at: number,
  line: number,
  match: (pattern: RegExp) => RegExpExecArray | null,
): number {
  if (text[at] === '"') return endOfString(text, at, line);
  if (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    if (end < 0) throw new SyntaxError(`the comment in line ${line} does not end`);
    return end + 2;
  }
  const heredoc = text.startsWith('<<', at) ? match(HEREDOC_START) : null;
  if (heredoc !== null) return endOfHeredoc(text, at + heredoc[0].length, heredoc[1] ?? '', line);
  const word = match(WORD) ?? match(NUMBER);
  return at + (word?.[0].length ?? 1);
}

/** The end of the line before the one that is the marker alone; that line is passed with it. */
function endOfHeredoc(text: string, from: number, marker: string, line: number): number {
  for (let at = from; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (text.slice(at, end).trim() === marker) return end;
    at = end + 1;
  }
  throw new SyntaxError(`the heredoc ${marker} in line ${line} does not end`);
}

/**
 * Behind the closing quote. `${` and `%{` begin an expression, in which braces nest and strings stand again.
 * @throws SyntaxError
 */
function endOfString(text: string, from: number, line: number): number {
  /** For each expression that is open: its braces. 0 is a string; the string itself is at the bottom. */
  const open: number[] = [0];
  let at = from + 1;
  while (at < text.length && open.length <= MAX_DEPTH) {
    const inside = open.at(-1) ?? 0;
    if (inside === 0 && text[at] === '\n') break;
    at += inside === 0 ? stepInString(text, at, open) : stepInExpression(text[at], inside, open);
    if (open.length === 0) return at;
  }
  const why = open.length > MAX_DEPTH ? 'nests too deeply' : 'does not end';
  throw new SyntaxError(`the string in line ${line} ${why}`);
}

/** @returns characters that were passed */
function stepInString(text: string, at: number, open: number[]): number {
  const character = text[at];
  if (character === '\\') return 2;
  if (character === '"') open.pop();
  if ((character !== '$' && character !== '%') || text[at + 1] !== '{') return 1;
  // `$${` is one that is written out.
  if (text[at - 1] !== character) open.push(1);
  return 2;
}

function stepInExpression(character: string | undefined, braces: number, open: number[]): number {
  if (character === '"') open.push(0);
  else if (character === '{' || character === '}') {
    open.pop();
    const left = braces + (character === '{' ? 1 : -1);
    if (left > 0) open.push(left);
  }
  return 1;
}
