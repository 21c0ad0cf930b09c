/*
 * Release files are shell fragments that nothing should run: os-release(5) allows assignments only, each value plain
 * or in one pair of quotes. This reads that subset and never expands anything.
 */

const MAX_FIELDS = 200;
const MAX_VALUE = 1024;

/** `KEY=value` pairs as a shell would leave them: of several assignments to a key the last counts. */
export function parseAssignments(text: string): Record<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s{0,100}([A-Za-z_][A-Za-z0-9_]{0,63})=/.exec(line);
    if (match?.[1] === undefined || (fields.size >= MAX_FIELDS && !fields.has(match[1]))) continue;
    fields.set(match[1], unquote(line.slice(match[0].length).trim()).slice(0, MAX_VALUE));
  }
  return Object.fromEntries(fields);
}

/** The first line that says something. */
export function firstLine(text: string): string {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? '';
  return line.trim().slice(0, MAX_VALUE);
}

/** Shell quoting: in double quotes a backslash protects `"`, `\`, `$` and a backquote; single quotes protect all. */
function unquote(raw: string): string {
  let value = '';
  let quote = '';
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at] as string;
    if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else if (char === '\\' && quote !== "'" && escapes(raw[at + 1], quote)) value += raw[++at];
    else if (quote === '' && /\s/.test(char)) return value;
    else value += char;
  }
  return value;
}

function escapes(next: string | undefined, quote: string): boolean {
  return next !== undefined && (quote === '' || '"\\$`'.includes(next));
}
