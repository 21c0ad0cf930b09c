import { type Finding, TIERS, type Tier } from '../core/finding.ts';

/** The findings of one rule, gravest first. */
export interface RuleGroup {
  readonly rule: string;
  /** The gravest tier among them. */
  readonly tier: Tier;
  /** The gravest; its words stand for the rule. */
  readonly first: Finding;
  readonly findings: readonly Finding[];
}

/** Groups findings by rule; gravest rules first, else in the order they came. */
export function groupByRule(findings: readonly Finding[]): RuleGroup[] {
  const groups = [...Map.groupBy(findings, ({ rule }) => rule)].flatMap(([rule, members]) => {
    const sorted = members.toSorted((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier));
    const [first] = sorted;
    return first === undefined ? [] : [{ rule, tier: first.tier, first, findings: sorted }];
  });
  return groups.sort((a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier));
}
