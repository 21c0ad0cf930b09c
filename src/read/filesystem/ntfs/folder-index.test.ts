import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NtfsBuilder } from './testing/ntfs-builder.ts';
import { fileName, indexEntry, lastEntry } from './testing/ntfs-parts.ts';
import { inBlocks, seeRoot } from './testing/see-volume.ts';

const one = indexEntry(24, fileName(20, 'one'));
const two = indexEntry(25, fileName(20, 'two'));
const trees: readonly [name: string, builder: () => NtfsBuilder, names: string[], problem?: RegExp][] = [
  ['names in a block', () => inBlocks([[one, two, lastEntry()]], { bitmap: 1 }), ['one', 'two']],
  [
    'a node above another',
    () =>
      inBlocks(
        [
          [indexEntry(24, fileName(20, 'one'), 2), lastEntry()],
          [two, lastEntry()],
        ],
        { bitmap: 3 },
      ),
    ['one', 'two'],
  ],
  ['a loop', () => inBlocks([[one, two, lastEntry(0)]]), ['one', 'two'], /leads twice/],
  [
    'a block that the tree does not reach, and the bitmap does',
    () =>
      inBlocks(
        [
          [one, lastEntry()],
          [two, lastEntry()],
        ],
        { bitmap: 3 },
      ),
    ['one', 'two'],
    /in use that its tree does not reach/,
  ],
  [
    'a block that neither reaches: what was deleted',
    () =>
      inBlocks(
        [
          [one, lastEntry()],
          [two, lastEntry()],
        ],
        { bitmap: 1 },
      ),
    ['one'],
  ],
  ['a block past the end', () => inBlocks([[one, lastEntry()]], { top: 9 }), [], /block at 9216/],
  [
    'a block of another place',
    () => inBlocks([[one, lastEntry()]], { place: () => 5 }),
    ['one'],
    /belongs at/,
  ],
  [
    'names of another folder',
    () => inBlocks([[indexEntry(24, fileName(5, 'one')), lastEntry()]]),
    ['one'],
    /belongs to folder 5/,
  ],
  ['an entry that leaves its block', () => inBlocks([[one, two]]), ['one', 'two'], /an entry that leaves it/],
];

describe('folders', () => {
  for (const [name, builder, expected, problem] of trees) {
    test(name, async () => {
      const { files, problems } = await seeRoot(builder());
      const { folder, ...inside } = files;
      assert.equal(folder, '/');
      assert.deepEqual(
        Object.keys(inside),
        expected.map((file) => `folder/${file}`),
      );
      if (problem === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join('\n'), problem);
    });
  }
});
