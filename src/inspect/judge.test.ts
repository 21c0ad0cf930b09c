import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rule } from '../core/finding.ts';
import { toLayerPath } from '../core/layer-path.ts';
import type { AnyDetector, FindingDraft } from './contract.ts';
import { inspectFixture } from './testing/fixture.ts';

const RULE: Rule = {
  id: 'test/rule',
  tier: 'note',
  title: 'Something is there',
  remedy: 'Look.',
  attack: ['T1204.003'],
  controls: ['TVM-06'],
  references: ['https://attack.mitre.org/'],
};

function saying(drafts: readonly FindingDraft[]): AnyDetector {
  return { id: RULE.id, rules: [RULE], judge: () => drafts };
}

const draft = (more: Partial<FindingDraft>): FindingDraft => ({ rule: RULE.id, evidence: 'x', ...more });

test('judge: two hundred mild findings do not push out a grave one', () => {
  const mild = Array.from({ length: 500 }, (_, line) => draft({ path: toLayerPath('a'), line }));
  const grave = draft({ path: toLayerPath('b'), tier: 'block' });
  const { findings, problems } = inspectFixture({ layers: [{}] }, [saying([...mild, grave])]);
  assert.equal(findings[0]?.tier, 'block');
  assert.equal(findings.length, 200);
  assert.deepEqual(
    problems.map(({ code, effect }) => `${code} ${effect}`),
    ['LIMIT_FINDINGS notice'],
  );
});

test('judge: the same finding twice is one', () => {
  const { findings } = inspectFixture({ layers: [{}] }, [saying([draft({}), draft({})])]);
  assert.equal(findings.length, 1);
});

test('judge: evidence is one printable line, cut, with secrets masked', () => {
  const token = ['glpat', 'Zq3vT8wLx1KpRb6YdN2h'].join('-');
  const evidence = `\x1b[2J ${token}\n${'y'.repeat(500)}`;
  const [finding] = inspectFixture({ layers: [{}] }, [saying([draft({ evidence })])]).findings;
  assert.ok(finding?.evidence.startsWith('\\x1b[2J'));
  assert.ok(!finding?.evidence.includes(token));
  assert.ok((finding?.evidence.length ?? 999) < 260);
});

test('judge: a detector that throws is a problem, and the others go on', () => {
  const broken: AnyDetector = {
    ...saying([]),
    judge: () => {
      throw new Error('bug');
    },
  };
  const { findings, problems } = inspectFixture({ layers: [{}] }, [broken, saying([draft({})])]);
  assert.equal(findings.length, 1);
  assert.deepEqual(
    problems.map(({ code, effect }) => `${code} ${effect}`),
    ['DETECTOR_FAILED incomplete'],
  );
});
