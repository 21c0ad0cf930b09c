import { Unreadable } from '../../disk/unreadable.ts';

/*
 * The grammar that LVM2 writes its metadata in: sections in braces, `name = value`, where a value is a number, a quoted
 * string or a list of both, and comments from `#`. Read with bounds on depth and on how much there is: an image writes it.
 */

const MAX_DEPTH = 16;
const MAX_NODES = 400_000;

export type Value = number | string | readonly (number | string)[];
/** A `Map`: names are an attacker's. */
export type Section = ReadonlyMap<string, Value | Section>;

const NAME = /[A-Za-z0-9_+.\-/]+/y;
const NUMBER = /[+-]?\d+(?:\.\d*)?/y;

/** @throws Unreadable MALFORMED_DISK, with the place in the text in its message */
export function parseMetadataText(text: string): Section {
  return new MetadataParser(text).section(0);
}

class MetadataParser {
  readonly #text: string;
  #at = 0;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  section(depth: number): Section {
    if (depth > MAX_DEPTH) throw this.#malformed(`more than ${MAX_DEPTH} sections inside each other`);
    const section = new Map<string, Value | Section>();
    while (!this.#takeEnd(depth)) {
      const name = this.#take(NAME) ?? this.#takeString();
      if (name === undefined) throw this.#malformed('a name is missing');
      this.#count();
      if (this.#takeMark('{')) section.set(name, this.section(depth + 1));
      else if (this.#takeMark('=')) section.set(name, this.#value());
      else throw this.#malformed(`nothing follows ${JSON.stringify(name.slice(0, 64))}`);
    }
    return section;
  }

  #takeEnd(depth: number): boolean {
    if (depth > 0 && this.#takeMark('}')) return true;
    this.#skipBlank();
    if (this.#at < this.#text.length) return false;
    if (depth > 0) throw this.#malformed('a section has no end');
    return true;
  }

  #value(): Value {
    if (!this.#takeMark('[')) return this.#scalar();
    const list: (number | string)[] = [];
    while (!this.#takeMark(']')) {
      list.push(this.#scalar());
      if (!this.#takeMark(',') && this.#text[this.#at] !== ']') throw this.#malformed('a list has no end');
    }
    return list;
  }

  #scalar(): number | string {
    this.#skipBlank();
    this.#count();
    const number = this.#take(NUMBER);
    if (number !== undefined) return Number(number);
    const string = this.#takeString();
    if (string === undefined) throw this.#malformed('a value is missing');
    return string;
  }

  #takeString(): string | undefined {
    const text = this.#text;
    const start = this.#at + 1;
    if (text[start - 1] !== '"') return undefined;
    let end = start;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) throw this.#malformed('a string has no end');
    this.#at = end + 1;
    return text.slice(start, end).replaceAll(/\\(.)/gs, '$1');
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #takeMark(mark: string): boolean {
    this.#skipBlank();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  // No regular expression: it would remember every character of a long stretch.
  #skipBlank(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      if (this.#text[this.#at] === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end === -1 ? this.#text.length - 1 : end;
      } else if (!isBlank(this.#text.charCodeAt(this.#at))) return;
    }
  }

  #count(): void {
    if (++this.#nodes > MAX_NODES) throw this.#malformed(`more than ${MAX_NODES} values`);
  }

  #malformed(what: string): Unreadable {
    return new Unreadable('MALFORMED_DISK', `LVM2 metadata are malformed at character ${this.#at}: ${what}`);
  }
}

/** White space, and the NUL that ends the text. */
function isBlank(code: number): boolean {
  return code === 0 || code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

export function isSection(value: Value | Section | undefined): value is Section {
  return value instanceof Map;
}

/** The number of that name, a safe integer that is not negative; undefined otherwise. */
export function numberOf(section: Section, name: string): number | undefined {
  const value = section.get(name);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function stringOf(section: Section, name: string): string | undefined {
  const value = section.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** Also of a single value, which is a list of one. */
export function listOf(section: Section, name: string): readonly (number | string)[] {
  const value = section.get(name);
  if (value === undefined || isSection(value)) return [];
  return typeof value === 'object' ? value : [value];
}
