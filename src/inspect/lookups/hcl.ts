import { type HclToken, readHclTokens } from './hcl-tokens.ts';

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
/** A block has two at most. */
const MAX_LABELS = 8;

/**
 * The blocks at the top of a document.
 * @throws SyntaxError when braces, brackets or quotes do not match, or nest too deeply
 */
export function parseHcl(text: string): HclBlock[] {
  const parser = new HclParser(readHclTokens(text));
  const { blocks } = parser.body(0);
  if (!parser.ended) throw new SyntaxError('a closing brace has no opening one');
  return blocks;
}

class HclParser {
  readonly #tokens: readonly HclToken[];
  #at = 0;

  constructor(tokens: readonly HclToken[]) {
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
      if (!/^[\p{L}_]/u.test(token.text)) continue;
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
      if (text === undefined || !/^["\p{L}_]/u.test(text) || labels.length >= MAX_LABELS) return undefined;
      labels.push(text.replace(/^"|"$/g, ''));
    }
  }

  /** Up to the end of the line that is outside of every bracket. @throws SyntaxError */
  #expression(): string {
    const parts: string[] = [];
    const line = this.#tokens[this.#at]?.line ?? 0;
    let open = 0;
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[++this.#at]) {
      if (open === 0 && (token.text === '\n' || token.text === '}')) break;
      if (/^[([{]$/.test(token.text)) open++;
      if (/^[)\]}]$/.test(token.text)) open--;
      if (open < 0) throw new SyntaxError(`line ${token.line}: a closing bracket has no opening one`);
      parts.push(token.text === '\n' ? ' ' : token.text);
    }
    if (open > 0) throw new SyntaxError(`a bracket in line ${line} is not closed`);
    return parts.join('');
  }
}
