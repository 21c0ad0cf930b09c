import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countSigners } from './count-signers.ts';

const ROWS: readonly (readonly [name: string, signed: readonly (readonly string[])[], count: number])[] = [
  ['nobody asked for', [], 0],
  ['nobody signed', [[], []], 0],
  ['two signers', [['a'], ['b']], 2],
  ['one key under two names', [['a'], ['a']], 1],
  ['two identities of one pattern', [['a', 'b'], []], 1],
  ['an identity that two patterns cover', [['a'], ['a', 'b']], 2],
  ['the first takes what only the second needs', [['a', 'b'], ['a']], 2],
  ['three in a chain', [['a', 'b'], ['b', 'c'], ['b']], 3],
  [
    'three signers, two identities',
    [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ],
    2,
  ],
];

for (const [name, signed, count] of ROWS) {
  test(`count signers: ${name}`, () => assert.equal(countSigners(signed.map((one) => new Set(one))), count));
}

test('count signers: agrees with trying everything', () => {
  const best = (signed: readonly (readonly string[])[], taken: readonly string[]): number => {
    const [first, ...rest] = signed;
    if (first === undefined) return 0;
    const free = first.filter((identity) => !taken.includes(identity));
    return Math.max(best(rest, taken), ...free.map((identity) => 1 + best(rest, [...taken, identity])));
  };
  const signed = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')), { maxLength: 5 });
  fc.assert(
    fc.property(signed, (one) => assert.equal(countSigners(one.map((ids) => new Set(ids))), best(one, []))),
    { numRuns: 1000 },
  );
});
