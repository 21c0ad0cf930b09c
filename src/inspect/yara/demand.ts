import type { RuleOutline } from './rule-outline.ts';
import type { Token } from './rule-tokens.ts';

/** What was found in one file: for each rule, its patterns that occur, one entry a pattern. */
export type Occurring = ReadonlyMap<string, readonly string[]>;

/** True unless the rule certainly does not hold in a file where just these patterns occur. */
export type Demand = (occurring: Occurring) => boolean;

/**
 * Reads from a rule's condition what it demands of its patterns. Only what rises with the patterns is understood:
 * conjunctions and alternatives of `$a`, `#a > 1`, `2 of ($a*)` and the like, and of rules before it. Anything else, a
 * negation or a file size, may hold.
 */
export function toDemand(rule: RuleOutline, before: ReadonlyMap<string, Demand>): Demand {
  return toPart(rule.condition, rule, before);
}

function toPart(condition: readonly Token[], rule: RuleOutline, before: ReadonlyMap<string, Demand>): Demand {
  const parts = (tokens: readonly Token[][]) => tokens.map((part) => toPart(part, rule, before));
  const either = split(condition, 'or');
  if (either.length > 1) {
    const demands = parts(either);
    return (occurring) => demands.some((demand) => demand(occurring));
  }
  const both = split(condition, 'and');
  if (both.length > 1) {
    const demands = parts(both);
    return (occurring) => demands.every((demand) => demand(occurring));
  }
  if (condition[0]?.text === '(' && closes(condition)) return toPart(condition.slice(1, -1), rule, before);
  return toAtom(condition.map((token) => token.text).join(' '), rule, before);
}

const SINGLE = [
  /^(\$\w+)$/,
  /^(\$\w+) at [\w ()+*-]+$/,
  /^(\$\w+) in \( [\w .+*-]+ \)$/,
  /^#(\w+) > \d+$/,
  /^#(\w+) (?:> =|= =) [1-9]\d*$/,
];
const SEVERAL = /^(any|all|[1-9]\d{0,3}) of (?:(them)|\( ((?:\$\w*\*?)(?: , \$\w*\*?)*) \))$/;

function toAtom(text: string, rule: RuleOutline, before: ReadonlyMap<string, Demand>): Demand {
  const other = before.get(text);
  if (other !== undefined) return other;
  for (const shape of SINGLE) {
    const name = shape.exec(text)?.[1]?.replace(/^\$?/, '$');
    if (name !== undefined) return (occurring) => occurring.get(rule.name)?.includes(name) === true;
  }
  const [, many, , listed = '$*'] = SEVERAL.exec(text) ?? [];
  if (many === undefined) return () => true;
  const named = listed.split(' , ');
  const count = (ids: readonly string[]) => ids.filter((id) => named.some((name) => covers(name, id))).length;
  const least = many === 'any' ? 1 : many === 'all' ? count(rule.patternIds) : Number(many);
  return (occurring) => count(occurring.get(rule.name) ?? []) >= least;
}

function covers(name: string, id: string): boolean {
  return name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : id === name;
}

/** Parts between a word at nesting 0. A loop (`for … : ( … )`) is one part, whatever words it holds inside. */
function split(tokens: readonly Token[], word: 'and' | 'or'): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    if (depth === 0 && token.kind === 'word' && token.text === word) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** True when the first parenthesis is closed by the last token. */
function closes(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    if (depth === 0) return index === tokens.length - 1;
  }
  return false;
}
