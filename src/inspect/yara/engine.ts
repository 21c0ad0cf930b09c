import type { RuleUnit, Variable } from './rule-unit.ts';

/** A file to scan. */
export interface Scannable {
  readonly bytes: Uint8Array;
  /** For rules that ask for the file's name: a layer path. */
  readonly path: string;
}

/** A rule that holds in a file. */
export interface YaraMatch {
  readonly rule: string;
  readonly tags: readonly string[];
  /** Text and numbers; the last of each name. A truth value, and the text "unknown", are left out: see `toMeta`. */
  readonly meta: Readonly<Record<string, string | number>>;
  /** Matches of the rule's public patterns: by pattern, then by offset. */
  readonly patterns: readonly PatternMatch[];
}

export interface PatternMatch {
  /** With its `$`. */
  readonly id: string;
  readonly offset: number;
  readonly length: number;
}

/** What one file gave: the rules that hold, or why that is not known. */
export type YaraOutcome =
  | { readonly kind: 'scanned'; readonly matches: readonly YaraMatch[] }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** No later file will be scanned either. */
      readonly lasting: boolean;
    };

/** Compiled rules in one of the two engines. */
export interface YaraEngine {
  readonly kind: 'native' | 'wasm';
  /** One outcome a file, in order. Never throws. */
  scan(files: readonly Scannable[]): readonly YaraOutcome[];
}

/** Compiles one unit. @throws Failure RULES_INVALID */
export type Compile = (unit: RuleUnit) => YaraEngine;

/**
 * Matches kept for one pattern in one file. The engines' own bound is a million, and copying those out of the
 * WebAssembly engine takes half a minute. A condition that counts higher than this does not hold.
 */
export const MAX_MATCHES = 1000;

/** The native binding says "unknown" for a truth value, so neither engine passes either on. */
export function toMeta(entries: Iterable<readonly [string, unknown]>): Record<string, string | number> {
  const meta: Record<string, string | number> = {};
  for (const [name, value] of entries) {
    if (typeof value === 'string' && value !== 'unknown') meta[name] = value;
    if (typeof value === 'number' || typeof value === 'bigint') meta[name] = Number(value);
  }
  return meta;
}

/** The values of external variables for a file. */
export function variablesOf(names: readonly Variable[], path: string): Record<string, string> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const values: Record<Variable, string> = {
    filename: name,
    filepath: `/${path.slice(0, Math.max(0, path.length - name.length - 1))}`,
    extension: dot < 0 ? '' : name.slice(dot),
    filetype: '',
    owner: '',
  };
  return Object.fromEntries(names.map((variable) => [variable, asText(values[variable])]));
}

/** The native binding takes text that reads as a number or a truth value for one, and then fails on the type. */
function asText(value: string): string {
  return /^(?:true|false|[+-]?[\d.]+(?:e[+-]?\d+)?|[+-]?(?:inf|infinity|nan))$/i.test(value)
    ? `./${value}`
    : value;
}
