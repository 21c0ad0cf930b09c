import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { type LayerState, renderProgress } from './progress.ts';

const MIB = 2 ** 20;
const layers: readonly LayerState[] = [
  { size: 100 * MIB, bytes: 0, done: true },
  { size: 300 * MIB, bytes: 100 * MIB, done: false },
];
const plain = { colour: false, width: 80 };

const cases: readonly (readonly [name: string, line: string, expected: string])[] = [
  [
    'bytes and layers',
    renderProgress({ location: 'shop:1.4', layers }, plain),
    `shop:1.4  ${'━'.repeat(14)}${'─'.repeat(14)}  200.0 MiB of 400.0 MiB · 1 of 2 layers`,
  ],
  [
    'layers alone where a size is not known',
    renderProgress(
      {
        location: 'a',
        layers: [
          { bytes: 10, done: true },
          { bytes: 20, done: false },
        ],
      },
      plain,
    ),
    `a  ${'━'.repeat(15)}${'─'.repeat(15)}  30 B · 1 of 2 layers`,
  ],
  [
    'everything read',
    renderProgress({ location: 'a', layers: layers.map((layer) => ({ ...layer, done: true })) }, plain),
    `a  ${'━'.repeat(30)}  2 of 2 layers · judging`,
  ],
  [
    'a long name loses its beginning',
    renderProgress({ location: '/a/very/long/way/to/the/archive.tar', layers }, { colour: false, width: 80 }),
    `…ay/to/the/archive.tar  ${'━'.repeat(7)}${'─'.repeat(7)}  200.0 MiB of 400.0 MiB · 1 of 2 layers`,
  ],
  [
    'a narrow terminal',
    renderProgress({ location: 'a', layers }, { colour: false, width: 20 }),
    '200.0 MiB of 400.0 ',
  ],
  [
    'no layers',
    renderProgress({ location: 'a', layers: [] }, plain),
    `a  ${'━'.repeat(30)}  0 of 0 layers · judging`,
  ],
];

for (const [name, line, expected] of cases) {
  test(`progress: ${name}`, () => assert.equal(line, expected));
}

test('progress: never wider than the terminal, and inert', () => {
  const layer = fc.record({ bytes: fc.nat(), done: fc.boolean() });
  fc.assert(
    fc.property(fc.string(), fc.array(layer), fc.integer({ min: 1, max: 200 }), (location, list, width) => {
      const line = stripVTControlCharacters(
        renderProgress({ location, layers: list }, { colour: true, width }),
      );
      assert.ok(line.length < Math.max(width, 1), line);
      assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f]/);
    }),
  );
});
