import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findPatterns, inOrder, lineCounter, lineOf } from './match.ts';

test('match: searches are merged in order of place, one match for each place', () => {
  const at = (offset: number) => ({ offset, text: '' });
  const merged = inOrder([at(1), at(4), at(9)], [], [at(1), at(3), at(4)]);
  assert.deepEqual(
    [...merged].map(({ offset }) => offset),
    [1, 3, 4, 9],
  );
});

test('match: a search goes on only as far as it is asked', () => {
  const text = 'a b '.repeat(1_000_000);
  const [first] = findPatterns(text, [/b/g, /a/g]);
  assert.deepEqual(first, { offset: 0, text: 'a' });
});

test('match: lines are counted from 1, whatever order places are asked in', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n') }), fc.array(fc.nat(20)), (text, offsets) => {
      const lineAt = lineCounter(text);
      for (const offset of offsets) {
        const line = text.slice(0, offset).split('\n').length;
        assert.equal(lineAt(offset), line);
        assert.equal(lineOf(text, offset), line);
      }
    }),
  );
});
