/*
 * Terraform's and Packer's language (HCL native syntax specification), as far as look-ups need it: blocks within blocks, and attributes with
 * their text. Expressions are not evaluated. Linear in the text; nesting is bounded.
 */

export interface HclBlock {
  /** `data`, `filter`, `source`. */
  readonly type: string;
  readonly labels: readonly string[];
  readonly line: number;
  readonly attributes: ReadonlyMap<string, HclAttribute>;
  readonly blocks: readonly HclBlock[];
}

export interface HclAttribute {
  /** The expression as written. */
  readonly text: string;
  readonly line: number;
}

const MAX_DEPTH = 64;
const TOKEN =
  /\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|<<-?([A-Za-z_][A-Za-z0-9_]*)[\s\S]*?\n[ \t]*\1(?![A-Za-z0-9_])|"(?:[^"\\\n]|\\.)*"|[A-Za-z_][A-Za-z0-9_.-]*|./gy;

interface Token {
  readonly text: string;
  readonly line: number;
}

/**
 * The blocks at the top of a document.
 * @throws SyntaxError when braces do not match, or nest too deeply
 */
export function parseHcl(text: string): HclBlock[] {
  const parser = new HclParser(tokensOf(text));
  const { blocks } = parser.body(0);
  if (!parser.ended) throw new SyntaxError('a closing brace has no opening one');
  return blocks;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [token] of text.matchAll(TOKEN)) {
    const isSpace = /^(?:\s|#|\/\/|\/\*)/.test(token);
    if (!isSpace) tokens.push({ text: token, line });
    else if (token.includes('\n')) tokens.push({ text: '\n', line });
    for (const character of token) if (character === '\n') line++;
  }
  return tokens;
}

class HclParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  body(depth: number): { blocks: HclBlock[]; attributes: Map<string, HclAttribute> } {
    if (depth > MAX_DEPTH) throw new SyntaxError('blocks nest too deeply');
    const blocks: HclBlock[] = [];
    const attributes = new Map<string, HclAttribute>();
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.text === '}') return { blocks, attributes };
      this.#at++;
      if (!/^[A-Za-z_]/.test(token.text)) continue;
      if (this.#tokens[this.#at]?.text === '=') {
        this.#at++;
        attributes.set(token.text, { text: this.#expression(), line: token.line });
        continue;
      }
      const labels = this.#labels();
      if (labels === undefined) continue;
      const inner = this.body(depth + 1);
      if (this.#tokens[this.#at]?.text !== '}')
        throw new SyntaxError(`the block in line ${token.line} does not end`);
      this.#at++;
      blocks.push({ type: token.text, labels, line: token.line, ...inner });
    }
  }

  /** Up to the brace that opens the block; undefined when this is none. */
  #labels(): string[] | undefined {
    const labels: string[] = [];
    for (let at = this.#at; ; at++) {
      const text = this.#tokens[at]?.text;
      if (text === '{') {
        this.#at = at + 1;
        return labels;
      }
      if (text === undefined || !/^["A-Za-z_]/.test(text)) return undefined;
      labels.push(text.replace(/^"|"$/g, ''));
    }
  }

  /** Up to the end of the line that is outside of every bracket. */
  #expression(): string {
    const parts: string[] = [];
    let open = 0;
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[++this.#at]) {
      if (open === 0 && (token.text === '\n' || token.text === '}')) break;
      if (/^[([{]$/.test(token.text)) open++;
      if (/^[)\]}]$/.test(token.text)) open--;
      parts.push(token.text === '\n' ? ' ' : token.text);
    }
    return parts.join('');
  }
}
