import { Failure } from '../../core/failure.ts';
import { outlineOf, type RuleOutline } from './rule-outline.ts';
import type { RuleSource } from './rule-source.ts';

/*
 * Neither npm binding compiles many files fast *and* knows namespaces: the native one has none, and adding sources one
 * by one compiles all of them again each time. So rule files are laid end to end and compiled as one text, a *unit*,
 * the same for both engines. A file that names a rule a second time opens another unit, and a file with a global rule
 * is a unit of its own, so that it binds only its own rules.
 */

/** What is compiled at once. */
export interface RuleUnit {
  readonly text: string;
  readonly parts: readonly UnitPart[];
  readonly rules: readonly RuleOutline[];
  /** The file each rule is from. */
  readonly origin: ReadonlyMap<string, string>;
  /** The variables its conditions use, of those a scanner is expected to define. */
  readonly variables: readonly Variable[];
}

export interface UnitPart extends RuleSource {
  /** Line of the unit where this file begins; the first is 1. */
  readonly line: number;
}

/** External variables that rule authors count on (yara, Loki and Thor define them). */
export const VARIABLES = ['filename', 'filepath', 'extension', 'filetype', 'owner'] as const;
export type Variable = (typeof VARIABLES)[number];

const MAX_UNITS = 64;

interface OpenUnit {
  readonly closed: boolean;
  readonly sources: RuleSource[];
  readonly rules: RuleOutline[];
  readonly origin: Map<string, string>;
  readonly words: Set<string>;
}

/** @throws Failure RULES_INVALID when more than 64 files define the same rule or global rules. */
export function toUnits(sources: readonly RuleSource[]): RuleUnit[] {
  const units: OpenUnit[] = [];
  for (const source of sources) {
    const { rules, words } = outlineOf(source.text);
    const alone = rules.some((rule) => rule.global);
    const fits = (unit: OpenUnit) => !unit.closed && !rules.some((rule) => unit.origin.has(rule.name));
    let unit = alone ? undefined : units.find(fits);
    if (unit === undefined) {
      unit = { closed: alone, sources: [], rules: [], origin: new Map(), words: new Set() };
      units.push(unit);
    }
    unit.sources.push(source);
    unit.rules.push(...rules);
    for (const rule of rules) unit.origin.set(rule.name, source.path);
    for (const word of words) unit.words.add(word);
    if (units.length > MAX_UNITS) {
      const message = `${source.path}: more than ${MAX_UNITS} rule files repeat each other's rule names or hold global rules; give fewer`;
      throw new Failure('RULES_INVALID', message);
    }
  }
  return units.map(close);
}

function close({ sources, rules, origin, words }: OpenUnit): RuleUnit {
  const parts: UnitPart[] = [];
  let line = 1;
  for (const source of sources) {
    parts.push({ ...source, line });
    line += source.text.split('\n').length;
  }
  const text = parts.map((part) => part.text).join('\n');
  return { text, parts, rules, origin, variables: VARIABLES.filter((name) => words.has(name)) };
}
