/**
 * Makes text that an image's author wrote safe to show on one line: control characters (ANSI sequences begin with
 * one), line breaks, bidirectional overrides and zero-width characters are written out as escapes.
 *
 * @param limit characters kept at most; a longer text ends in `…`
 */
export function toPrintable(raw: string, limit = Number.POSITIVE_INFINITY): string {
  const cut = raw.length > limit ? `${raw.slice(0, limit - 1)}…` : raw;
  return cut.replace(UNSAFE, toEscape);
}

const UNSAFE = /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

function toEscape(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\r') return '\\r';
  if (char === '\t') return ' ';
  const code = char.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
