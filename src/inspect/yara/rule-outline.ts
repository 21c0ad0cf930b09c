import { type Token, tokensOf } from './rule-tokens.ts';

/** One rule as its source text shows it. */
export interface RuleOutline {
  readonly name: string;
  readonly global: boolean;
  /** The text between `strings:` and `condition:`; empty when the rule has no patterns. */
  readonly patterns: string;
  /** With their `$`; an anonymous pattern is just `$`. */
  readonly patternIds: readonly string[];
  /** Its regular expressions and hex patterns. */
  readonly expressions: readonly Expression[];
  readonly condition: readonly Token[];
  /** Offsets of the condition in the source, from behind its colon to the closing brace. */
  readonly conditionAt: { readonly from: number; readonly to: number };
}

export interface Expression extends Token {
  /** Must it stand as a word of its own. */
  readonly fullword: boolean;
}

export interface SourceOutline {
  readonly rules: readonly RuleOutline[];
  readonly includes: readonly Include[];
  /** Every identifier used in a condition. */
  readonly words: ReadonlySet<string>;
}

export interface Include {
  /** As written, without quotes. */
  readonly target: string;
  /** Offsets of the whole directive. */
  readonly from: number;
  readonly to: number;
}

/** Reads the structure of a rule file. Never throws: what is no rule is left out, and the compiler will say why. */
export function outlineOf(source: string): SourceOutline {
  const tokens = [...tokensOf(source)];
  const rules: RuleOutline[] = [];
  const includes: Include[] = [];
  const words = new Set<string>();
  for (let i = 0; i < tokens.length; i++) {
    const { text, at } = tokens[i] as Token;
    const next = tokens[i + 1];
    if (text === 'include' && next?.kind === 'string') {
      includes.push({ target: next.text.slice(1, -1), from: at, to: next.at + next.text.length });
    } else if (text === 'rule' && next?.kind === 'word') {
      const modifiers = [tokens[i - 1]?.text, tokens[i - 2]?.text].filter((word) => word !== 'rule');
      const { rule, end } = outlineRule(source, tokens, i + 1, modifiers.slice(0, 2).includes('global'));
      rules.push(rule);
      for (const token of rule.condition) if (token.kind === 'word') words.add(token.text);
      i = end;
    }
  }
  return { rules, includes, words };
}

const SECTIONS: ReadonlySet<string> = new Set(['meta', 'strings', 'condition']);

function outlineRule(
  source: string,
  tokens: readonly Token[],
  name: number,
  global: boolean,
): { rule: RuleOutline; end: number } {
  const found = tokens.findIndex(
    (token, index) => index > name && token.kind === 'mark' && token.text === '}',
  );
  const end = found < 0 ? tokens.length : found;
  const sections = new Map<string, { at: number; from: number; tokens: Token[] }>();
  let current: Token[] = [];
  for (let i = name + 1; i < end; i++) {
    const token = tokens[i] as Token;
    const colon = tokens[i + 1];
    if (SECTIONS.has(token.text) && colon?.text === ':' && !sections.has('condition')) {
      current = [];
      sections.set(token.text, { at: token.at, from: colon.at + 1, tokens: current });
      i++;
    } else current.push(token);
  }
  const strings = sections.get('strings');
  const condition = sections.get('condition');
  const declared = strings?.tokens ?? [];
  const rule = {
    name: tokens[name]?.text ?? '',
    global,
    patterns: strings === undefined ? '' : source.slice(strings.from, condition?.at),
    patternIds: declared
      .filter(({ text }, index) => text.startsWith('$') && declared[index + 1]?.text === '=')
      .map(({ text }) => text),
    expressions: expressionsOf(declared),
    condition: condition?.tokens ?? [],
    conditionAt: { from: condition?.from ?? source.length, to: tokens[end]?.at ?? source.length },
  };
  return { rule, end };
}

function expressionsOf(declared: readonly Token[]): Expression[] {
  return declared.flatMap((token, index) => {
    if (token.kind !== 'regexp' && token.kind !== 'hex') return [];
    const next = declared.findIndex(({ text }, at) => at > index && text.startsWith('$'));
    const modifiers = declared.slice(index + 1, next < 0 ? undefined : next);
    return [{ ...token, fullword: modifiers.some(({ text }) => text === 'fullword') }];
  });
}
