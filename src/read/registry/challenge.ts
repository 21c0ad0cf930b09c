/** One challenge of `WWW-Authenticate` (RFC 9110 section 11.6.1). */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case, values unquoted. The first wins where a name is given twice. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_HEADER = 8192;
const MAX_CHALLENGES = 16;
const MAX_PARAMETERS = 32;

/** RFC 9110 section 5.6.2; sticky, so that the scanner never looks back. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const SPACE = /[ \t]*/y;
const SEPARATORS = /[ \t,]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;

/**
 * Reads a `WWW-Authenticate` field; several lines are one list (RFC 9110 section 5.3). A challenge and its parameters
 * are parted by commas too, so what follows a comma is a parameter exactly if `=` follows its name. Stops at the
 * first thing the grammar does not know: what was read until there stands. Never throws.
 */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  if (header === undefined) return [];
  const text = (typeof header === 'string' ? header : header.join(', ')).slice(0, MAX_HEADER);
  const scanner = new Scanner(text);
  const challenges: Challenge[] = [];
  while (challenges.length < MAX_CHALLENGES) {
    scanner.take(SEPARATORS);
    const scheme = scanner.take(TOKEN);
    if (scheme === undefined) break;
    challenges.push({ scheme: scheme.toLowerCase(), parameters: readParameters(scanner) });
  }
  return challenges;
}

function readParameters(scanner: Scanner): Map<string, string> {
  const parameters = new Map<string, string>();
  if (scanner.take(SPACE) === '') return parameters;
  if (scanner.take(TOKEN68) !== undefined) return parameters;
  for (let count = 0; count < MAX_PARAMETERS; count++) {
    const parameter = readParameter(scanner);
    if (parameter === undefined) break;
    const [name, value] = parameter;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

function readParameter(scanner: Scanner): [string, string] | undefined {
  const start = scanner.at;
  scanner.take(SEPARATORS);
  const name = scanner.take(TOKEN);
  scanner.take(SPACE);
  if (name === undefined || !scanner.takeEquals()) {
    scanner.at = start;
    return undefined;
  }
  scanner.take(SPACE);
  const quoted = scanner.take(QUOTED);
  const value = quoted === undefined ? scanner.take(TOKEN) : quoted.slice(1, -1).replace(/\\(.)/gs, '$1');
  return [name.toLowerCase(), value ?? ''];
}

class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** What `pattern` matches right here, if it does. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  takeEquals(): boolean {
    if (this.#text[this.at] !== '=') return false;
    this.at++;
    return true;
  }
}
