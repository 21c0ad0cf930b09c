import { type Demand, toDemand } from './demand.ts';
import type { RuleOutline } from './rule-outline.ts';
import type { Token } from './rule-tokens.ts';

/*
 * Which rules may be answered for many files at once.
 *
 * The WebAssembly engine takes milliseconds a call, so small files are laid end to end and searched together with a
 * *prefilter*: the same patterns, with `any of them` for a condition. Only the files in which enough patterns of a
 * rule occur are then put to the real rules, one by one. That gives the same answers exactly when no rule can hold in a file that has
 * none of its patterns, and when a pattern found in a file is also found in the files laid end to end. The first is
 * read from the shape of the condition: a conjunction with a part that demands a pattern does, a negation, a file
 * size or a module alone does not. The second holds for literals, since the NUL bytes between the files count as word
 * boundaries just as the ends of a file do. An expression must not be anchored to the ends of the data, nor be able to
 * reach over the NUL bytes into the next file, where a longer match could take the place of the right one. Where one
 * rule cannot be shown to be safe, no file is skipped.
 */

/** NUL bytes to lay between files. */
export const GAP = 1024;

export interface Prefilter {
  /** Rules `p0`, `p1`, … with the patterns of the rules that have any. */
  readonly text: string;
  /** The rule each of those stands for. */
  readonly names: ReadonlyMap<string, string>;
  /** True unless certainly no rule holds in a file where these patterns occur. */
  readonly mayHold: Demand;
}

/** The prefilter of a set of rules, or undefined where it would not be sound. */
export function toPrefilter(rules: readonly RuleOutline[]): Prefilter | undefined {
  const demands = new Map<string, Demand>();
  const names = new Map<string, string>();
  const parts: string[] = [];
  for (const rule of rules) {
    const demand = toDemand(rule, demands);
    if (rule.global || !rule.expressions.every(staysInside) || demand(new Map())) return undefined;
    demands.set(rule.name, demand);
    if (rule.patterns === '') continue;
    names.set(`p${parts.length}`, rule.name);
    parts.push(`rule p${parts.length} { strings: ${rule.patterns} condition: any of them }`);
  }
  if (parts.length === 0) return undefined;
  const all = [...demands.values()];
  return { text: parts.join('\n'), names, mayHold: (occurring) => all.some((demand) => demand(occurring)) };
}

/** True when what the expression matches does not depend on the ends of the data and is at most `GAP` bytes long. */
function staysInside({ kind, text }: Token): boolean {
  return kind === 'hex' ? longestHex(text) <= GAP : !isAnchored(text) && longestRegexp(text) <= GAP;
}

/** Conservative: a `$` or `^` inside a class counts as an anchor too, unless the class begins with it. */
function isAnchored(regexp: string): boolean {
  const plain = regexp.replace(/\\[\s\S]/g, '').replace(/\[\^/g, '[');
  return /[\^$]/.test(plain);
}

/** An upper bound in bytes; infinite for an open or a repeated group, which is not worth the arithmetic. */
function longestRegexp(regexp: string): number {
  const plain = regexp.replace(/\\[\s\S]/g, 'x').replace(/\[[^\]]*\]/g, 'x');
  if (/[*+]|\{\d*,\}|\)\{/.test(plain)) return Infinity;
  // `wide` doubles every byte.
  return 2 * (regexp.length + sum(plain.matchAll(/\{(?:\d*,)?(\d+)\}/g)));
}

function longestHex(pattern: string): number {
  if (/-\s*\]/.test(pattern)) return Infinity;
  return pattern.length + sum(pattern.matchAll(/\[\s*(?:\d+\s*-\s*)?(\d+)\s*\]/g));
}

function sum(matches: Iterable<RegExpExecArray>): number {
  let total = 0;
  for (const match of matches) total += Number(match[1]);
  return total;
}
