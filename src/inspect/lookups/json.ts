import { COMPUTES, EMPTY, MAX_DEPTH, TRUE, type Tree } from './tree.ts';

/*
 * JSON (RFC 8259) with the lines its objects stand in; comments and commas too many are let through. Templates of CloudFormation and CDK have megabytes, for which a
 * parser of YAML takes minutes where they are malformed on purpose. Linear; nesting is bounded.
 */

const SPACE = /(?:[ \t\r]+|\/\/[^\n]*)/y;
const PLAIN = /[-+.\w]+/y;

/** @throws SyntaxError with the line */
export function parseJson(text: string): Tree {
  return new JsonParser(text).document();
}

class JsonParser {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.#at = 1;
  }

  document(): Tree {
    const tree = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong('something follows its end');
    return tree;
  }

  #value(depth: number): Tree {
    if (depth > MAX_DEPTH) throw this.#wrong('it nests too deeply');
    this.#space();
    const line = this.#line;
    switch (this.#text[this.#at]) {
      case '{': {
        const entries: (readonly [string, Tree])[] = [];
        this.#members('}', () => {
          const key = this.#string();
          this.#space();
          if (this.#text[this.#at++] !== ':') throw this.#wrong('a colon is missing');
          entries.push([key, this.#value(depth + 1)]);
        });
        return { kind: 'map', line, entries };
      }
      case '[': {
        const items: Tree[] = [];
        this.#members(']', () => items.push(this.#value(depth + 1)));
        return { kind: 'list', items };
      }
      case '"':
        return { kind: 'text', text: this.#string() };
      default:
        return this.#plain();
    }
  }

  #members(end: string, read: () => void): void {
    this.#at++;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] === end) break;
      read();
      this.#space();
      if (this.#text[this.#at] === ',') this.#at++;
      else if (this.#text[this.#at] !== end) throw this.#wrong(`a comma or "${end}" is missing`);
    }
    this.#at++;
  }

  #string(): string {
    const parts: string[] = [];
    if (this.#text[this.#at] !== '"') throw this.#wrong('a string is missing');
    for (const quote = this.#at; ; ) {
      const from = parts.length === 0 ? quote + 1 : this.#at;
      const end = this.#plainEnd(from);
      parts.push(this.#text.slice(from, end));
      this.#at = end + 1;
      if (this.#text[end] === '"') return parts.join('');
      if (this.#text[end] !== '\\') throw this.#wrong('a string does not end');
      parts.push(this.#escaped());
    }
  }

  /** Where the characters that stand for themselves end. */
  #plainEnd(from: number): number {
    for (let at = from; ; at++) {
      const character = this.#text.charCodeAt(at);
      if (Number.isNaN(character) || character === 0x22 || character === 0x5c || character === 0x0a)
        return at;
    }
  }

  #escaped(): string {
    const character = this.#text[this.#at++] ?? '';
    if (character !== 'u') return ESCAPES[character] ?? character;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw this.#wrong('an escape is wrong');
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #plain(): Tree {
    PLAIN.lastIndex = this.#at;
    const [word = ''] = PLAIN.exec(this.#text) ?? [];
    if (word === '') throw this.#wrong('a value is missing');
    this.#at += word.length;
    if (word === 'true') return TRUE;
    if (word === 'null' || word === 'false') return EMPTY;
    if (/^[-+.\d]/.test(word)) return { kind: 'text', text: word };
    return COMPUTES;
  }

  #space(): void {
    for (;;) {
      SPACE.lastIndex = this.#at;
      const [space = ''] = SPACE.exec(this.#text) ?? [];
      this.#at += space.length;
      if (this.#text[this.#at] === '\n') {
        this.#at++;
        this.#line++;
      } else if (this.#text.startsWith('/*', this.#at)) this.#comment();
      else if (space === '') return;
    }
  }

  #comment(): void {
    const end = this.#text.indexOf('*/', this.#at + 2);
    if (end < 0) throw this.#wrong('a comment does not end');
    for (; this.#at < end; this.#at++) if (this.#text[this.#at] === '\n') this.#line++;
    this.#at = end + 2;
  }

  #wrong(why: string): SyntaxError {
    return new SyntaxError(`line ${this.#line}: ${why}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
