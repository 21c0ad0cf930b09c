import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewOfEach, firstOf } from './bounded.ts';

test('bounded: a few of each kind, in order', () => {
  const items = ['a1', 'a2', 'a3', 'b1', 'a4', 'b2'];
  assert.deepEqual([...fewOfEach(items, 2, ([kind]) => kind)], ['a1', 'a2', 'b1', 'b2']);
});

const bounds = [
  { items: [1, 2], kept: [1, 2], cuts: 0 },
  { items: [1, 2, 3, 4], kept: [1, 2], cuts: 1 },
];

for (const { items, kept, cuts } of bounds) {
  test(`bounded: the first two of ${items.length}`, () => {
    let count = 0;
    const cut = () => {
      count++;
    };
    assert.deepEqual([...firstOf(items, 2, cut)], kept);
    assert.equal(count, cuts);
  });
}
