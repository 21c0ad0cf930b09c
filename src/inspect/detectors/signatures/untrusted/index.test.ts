import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Vouching } from '../../../../core/vouching.ts';
import type { ImageView } from '../../../contract.ts';
import { toUntrusted, untrusted } from './index.ts';

const NOTHING = {} as ImageView;
const reasons = [{ code: 'NO_SIGNATURE', message: 'nothing is attached' }] as const;
const base: Vouching = { outcome: 'untrusted', reasons, rules: [], verified: [], rejected: [] };
const ruled: Vouching = { ...base, rules: [{ rule: 'ours', satisfied: false, reasons }] };

const rows: readonly (readonly [name: string, vouching: Vouching | undefined, rules: readonly string[]])[] = [
  ['nobody was asked', undefined, []],
  ['nothing to ask for', { ...base, outcome: 'unchecked' }, []],
  ['trusted', { ...base, outcome: 'trusted', reasons: [] }, []],
  ['no rule for the name', base, ['signatures/no-rule']],
  ['a rule that is not met', ruled, ['signatures/untrusted']],
];
for (const [name, vouching, expected] of rows) {
  test(`signatures/untrusted: ${name}`, () => {
    const drafts = [...toUntrusted(vouching).judge(NOTHING, [])];
    assert.deepEqual(
      drafts.map(({ rule }) => rule),
      expected,
    );
    for (const { evidence } of drafts) assert.equal(evidence, 'NO_SIGNATURE: nothing is attached');
  });
}

test('signatures/untrusted: what ships says nothing by itself', () => {
  assert.deepEqual([...untrusted.judge(NOTHING, [])], []);
});
