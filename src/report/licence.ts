import { SPDX } from '@cyclonedx/cyclonedx-library';

/** Longer texts are no expression anybody wrote. */
const MAX_LENGTH = 2000;
const MAX_TOKENS = 200;

/**
 * Whether a licence, as a package database has it, is a licence expression (SPDX 2.3, annex D) of known ids. Debian's
 * and rpm's own short names often are not.
 */
export function isSpdxExpression(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  if (tokens.length === 0 || tokens.length > MAX_TOKENS) return false;
  const rest = readExpression(tokens, 0);
  return rest === tokens.length;
}

/** The index after `term (AND|OR term)*`; undefined where there is none. */
function readExpression(tokens: readonly string[], start: number): number | undefined {
  let at = readTerm(tokens, start);
  while (at !== undefined && (tokens[at] === 'AND' || tokens[at] === 'OR')) at = readTerm(tokens, at + 1);
  return at;
}

/** The recursion is bounded by the number of tokens. */
function readTerm(tokens: readonly string[], start: number): number | undefined {
  if (tokens[start] === '(') {
    const end = readExpression(tokens, start + 1);
    return end !== undefined && tokens[end] === ')' ? end + 1 : undefined;
  }
  if (!isLicenceId(tokens[start])) return undefined;
  if (tokens[start + 1] !== 'WITH') return start + 1;
  return SPDX.isSupportedSpdxId(tokens[start + 2]) ? start + 3 : undefined;
}

function isLicenceId(token: string | undefined): boolean {
  if (token === undefined) return false;
  return SPDX.isSupportedSpdxId(token.replace(/\+$/, '')) || SPDX.isSupportedSpdxId(token);
}
