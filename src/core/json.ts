import { Failure, messageOf } from './failure.ts';

/*
 * Reads a JSON document that an attacker wrote, so that every reader of it reads the same thing.
 *
 * JSON leaves open what a name given twice means: JavaScript takes the last, Go merges objects, others take the
 * first. A document could so show one face to us and another to whoever acts on it. A name given twice in one object is
 * therefore refused. The text is walked once before it is used, which also bounds the nesting: `JSON.parse` itself says
 * nothing of either.
 */

/** Objects and arrays inside each other; real image documents have at most 6. */
const MAX_DEPTH = 32;

/**
 * @param what names the document in messages: `manifest sha256:…`
 * @throws Failure MALFORMED when it is not UTF-8, not JSON, nested too deep, or gives a name twice in one object
 */
export function parseJson(bytes: Uint8Array, what: string, maxDepth = MAX_DEPTH): unknown {
  const text = toText(bytes, what);
  const value = parse(text, what);
  const flaw = flawIn(text, maxDepth);
  if (flaw !== undefined) throw new Failure('MALFORMED', `${what} ${flaw}`);
  return value;
}

function toText(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Failure('MALFORMED', `${what} is not UTF-8 text`, { cause });
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('MALFORMED', `${what} is not JSON: ${messageOf(cause)}`, { cause });
  }
}

/** Walks text that is known to be JSON: so a quote opens a string, and a string before a colon is a name. */
function flawIn(text: string, maxDepth: number): string | undefined {
  // One entry for each open bracket: the names seen in an object, nothing for an array.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (open.length === maxDepth) return `is nested deeper than ${maxDepth}`;
        open.push(text.charCodeAt(at) === OPEN_OBJECT ? new Set() : undefined);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        const names = open.at(-1);
        if (names !== undefined && isName(text, end)) {
          const name = String(JSON.parse(text.slice(at, end)));
          if (names.has(name))
            return `gives the name ${JSON.stringify(name.slice(0, 80))} twice in one object`;
          names.add(name);
        }
        at = end - 1;
      }
    }
  }
  return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** The index after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === COLON;
}
