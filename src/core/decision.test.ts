import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, type Outcome } from './decision.ts';
import type { Finding, Tier } from './finding.ts';
import type { Problem } from './problem.ts';

const finding = (tier: Tier): Finding => ({
  rule: 'x/y',
  tier,
  title: 'Something',
  remedy: 'Do.',
  attack: [],
  controls: [],
  references: [],
  location: { path: 'a' },
  evidence: '',
});
const problem = (effect: Problem['effect']): Problem => ({ code: 'TRUNCATED', message: 'cut', effect });

const rows: readonly [tiers: Tier[], effects: Problem['effect'][], outcome: Outcome][] = [
  [[], [], 'allow'],
  [['note'], [], 'allow'],
  [['note'], ['notice'], 'allow'],
  [['review'], [], 'undetermined'],
  [[], ['incomplete'], 'undetermined'],
  [['note'], ['notice', 'incomplete'], 'undetermined'],
  [['block'], [], 'deny'],
  [['review', 'block'], ['incomplete'], 'deny'],
];

for (const [tiers, effects, outcome] of rows) {
  test(`decision: ${tiers.join('+') || 'nothing'} and ${effects.join('+') || 'no problem'} is ${outcome}`, () => {
    const decision = decide(tiers.map(finding), effects.map(problem));
    assert.equal(decision.outcome, outcome);
    assert.ok(decision.reasons.length > 0);
  });
}
