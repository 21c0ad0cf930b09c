import { maskSecret } from '../evidence/secret-text.ts';
import { type Proof, TOKEN_KINDS, type TokenKind } from './kinds.ts';

export interface FoundToken {
  readonly kind: string;
  readonly proof: Proof;
  /** Offset in the text. */
  readonly offset: number;
  readonly length: number;
  readonly masked: string;
}

const AROUND = 400;

const BY_MARK: ReadonlyMap<string, TokenKind> = new Map(
  TOKEN_KINDS.flatMap((kind) => kind.marks.map((mark) => [mark, kind] as const)),
);
const MARKS = new RegExp([...BY_MARK.keys()].map((mark) => mark.replace(/[.+]/g, '\\$&')).join('|'), 'g');

/** Marks long enough to be needles: tokens that are looked for in programs and very large files too. */
export const LONG_MARKS: readonly string[] = [...BY_MARK.keys()].filter((mark) => mark.length >= 5);

/** Finds tokens in a text, by the marks of their kinds, in linear time. */
export function* findTokens(text: string): Generator<FoundToken> {
  for (const match of text.matchAll(MARKS)) {
    const token = tokenAt(text, match.index, BY_MARK.get(match[0]) as TokenKind);
    if (token !== undefined) yield token;
  }
}

function tokenAt(text: string, mark: number, kind: TokenKind): FoundToken | undefined {
  const lead = kind.lead ?? 0;
  for (let offset = mark; offset >= Math.max(0, mark - lead); offset--) {
    if (/\w/.test(text[offset - 1] ?? '') && /\w/.test(text[offset] ?? '')) continue;
    kind.shape.lastIndex = offset;
    const match = kind.shape.exec(text);
    if (match === null || offset + match[0].length <= mark) continue;
    const secret = match[1] ?? match[0];
    const around = text.slice(Math.max(0, offset - AROUND), offset + match[0].length + AROUND);
    const proof = kind.prove(secret, around);
    return proof && { kind: kind.name, proof, offset, length: match[0].length, masked: maskSecret(secret) };
  }
  return undefined;
}
