import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { findRun, parseRunlist, type Run } from './runlist.ts';

const rows: readonly [
  name: string,
  pairs: string,
  expected: readonly (readonly [number, number | undefined, number])[],
][] = [
  ['none', '00', []],
  ['one', '21 05 0001 00', [[0, 256, 5]]],
  [
    'two, the second before the first',
    '21 05 0001 11 03 f0 00',
    [
      [0, 256, 5],
      [5, 240, 3],
    ],
  ],
  [
    'a hole between',
    '11 02 10 01 04 11 01 10 00',
    [
      [0, 16, 2],
      [2, undefined, 4],
      [6, 32, 1],
    ],
  ],
  ['runs that follow one another are one', '11 02 10 11 03 02 00', [[0, 16, 5]]],
  ['so are holes', '01 02 01 03 00', [[0, undefined, 5]]],
  ['fields of eight bytes', '88 0300000000000000 0900000000000000 00', [[0, 9, 3]]],
];

const wrong: readonly [name: string, pairs: string][] = [
  ['no end', '11 02 10'],
  ['a run cut off', '44 01'],
  ['a count of no bytes', '10 05 00'],
  ['fields of nine bytes', '19 010000000000000000 05 00'],
  ['a count of 0', '11 00 05 00'],
  ['a negative count', '11 ff 05 00'],
  ['before the volume', '11 01 ff 00'],
  ['past the volume', '21 01 e803 00'],
  ['a count larger than any disk', '18 ffffffffffffff7f 01 00'],
];

function parse(pairs: string): Run[] {
  return parseRunlist(Buffer.from(pairs.replaceAll(' ', ''), 'hex'), 0, 1000);
}

describe('runs', () => {
  for (const [name, pairs, expected] of rows)
    test(name, () =>
      assert.deepEqual(
        parse(pairs).map(({ vcn, lcn, length }) => [vcn, lcn, length]),
        expected,
      ),
    );

  for (const [name, pairs] of wrong) test(name, () => assert.throws(() => parse(pairs), Unreadable));

  test('the run that holds a cluster', () => {
    const runs = parse('11 02 10 01 04 11 01 10 00');
    assert.deepEqual(
      [0, 1, 2, 5, 6, 7].map((vcn) => findRun(runs, vcn)),
      [0, 0, 1, 1, 2, undefined],
    );
  });
});
