import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLayerPath } from '../../core/layer-path.ts';
import type { LayerView } from '../contract.ts';
import { layerOfLines } from '../testing/layer-lines.ts';
import { Timeline } from './timeline.ts';

function seen(layers: readonly LayerView[], index = layers.length - 1): string[] {
  return [...new Timeline(layers).at(index).entries()]
    .map(({ record, layer: at }) => `${record.path}@${at}`)
    .sort();
}

const rows: readonly [name: string, layers: string[][], expected: string[]][] = [
  ['a later file replaces', [['a/', 'a/x'], ['a/x']], ['a/x@1', 'a@0']],
  ['a whiteout deletes a file', [['a/', 'a/x'], ['-a/x']], ['a@0']],
  ['a whiteout deletes all below', [['a/', 'a/b/', 'a/b/x', 'ab'], ['-a']], ['ab@0']],
  ['a whiteout spares its own layer', [['x'], ['-x', 'x']], ['x@1']],
  [
    'an opaque folder keeps only what its layer adds',
    [
      ['a/', 'a/x', 'a/y'],
      ['a/', '-a/*', 'a/z'],
    ],
    ['a/z@1', 'a@1'],
  ],
  [
    'an opaque folder spares its neighbours',
    [['a/', 'a/x', 'ab/', 'ab/x'], ['-a/*']],
    ['a@0', 'ab/x@0', 'ab@0'],
  ],
  ['a folder over a folder keeps what is below', [['a/', 'a/x'], ['a/']], ['a/x@0', 'a@1']],
  ['a file over a folder ends what is below', [['a/', 'a/x'], ['a']], ['a@1']],
  ['a link over a folder ends what is below', [['a/', 'a/x'], ['a -> b']], ['a@1']],
  [
    'a file lands where its folder link points',
    [['bin -> usr/bin', 'usr/', 'usr/bin/'], ['bin/ls']],
    ['bin/ls@1', 'bin@0', 'usr/bin@0', 'usr@0'],
  ],
  [
    'a whiteout acts where its folder link points',
    [['bin -> usr/bin', 'usr/bin/ls'], ['-bin/ls']],
    ['bin@0'],
  ],
  ['a whiteout of nothing is nothing', [['a'], ['-b', '-c/*']], ['a@0']],
];

for (const [name, lines, expected] of rows) {
  test(`timeline: ${name}`, () =>
    assert.deepEqual(seen(lines.map((one, index) => layerOfLines(index, ...one))), expected));
}

test('timeline: every layer has its own view', () => {
  const layers = [layerOfLines(0, 'a', 'b'), layerOfLines(1, '-a', 'c'), layerOfLines(2, 'a')];
  assert.deepEqual(seen(layers, 0), ['a@0', 'b@0']);
  assert.deepEqual(seen(layers, 1), ['b@0', 'c@1']);
  assert.deepEqual(seen(layers, 2), ['a@2', 'b@0', 'c@1']);
});

test('timeline: says what hid a file, and when', () => {
  const timeline = new Timeline([
    layerOfLines(0, 'a', 'b', 'd/', 'd/x'),
    layerOfLines(1, 'a'),
    layerOfLines(2, '-b', '-d'),
  ]);
  assert.deepEqual(timeline.hiddenBy(toLayerPath('a'), 0), { by: 'replaced', layer: 1 });
  assert.deepEqual(timeline.hiddenBy(toLayerPath('b'), 0), { by: 'deleted', layer: 2 });
  assert.deepEqual(timeline.hiddenBy(toLayerPath('d/x'), 0), { by: 'deleted', layer: 2 });
  assert.equal(timeline.hiddenBy(toLayerPath('a'), 1), undefined);
});

test('timeline: links are followed as in a chroot, and loops end', () => {
  const tree = new Timeline([
    layerOfLines(
      0,
      'usr/',
      'usr/bin/',
      'usr/bin/dash',
      'bin -> usr/bin',
      'usr/bin/sh -> dash',
      'l => usr/bin/dash',
    ),
    layerOfLines(1, 'x -> y', 'y -> x', 'up -> ../../usr/bin/sh', 'loop/ ', 'deep -> deep/deep'),
  ]).at(1);
  for (const path of ['bin/sh', 'bin/dash', 'l', 'up', '/bin/../bin/sh']) {
    assert.equal(tree.resolve(path)?.record.path, 'usr/bin/dash', path);
  }
  for (const path of ['x', 'y', 'deep', 'deep/z', 'absent'])
    assert.equal(tree.resolve(path), undefined, path);
  assert.equal(tree.canonical('bin/none'), 'usr/bin/none');
});

test('timeline: `..` leaves the folder that the link before it led to', () => {
  const tree = new Timeline([layerOfLines(0, 'l -> opt/deep', 'opt/deep/', 'opt/p', 'x -> l/../p')]).at(0);
  assert.equal(tree.resolve('x')?.record.path, 'opt/p');
  assert.equal(tree.canonical('l/../p'), 'opt/p');
});

test('timeline: a hard link is what its target was when it was made', () => {
  const timeline = new Timeline([layerOfLines(0, 'a', 'b => a'), layerOfLines(1, 'a')]);
  assert.equal(timeline.final.resolve('b')?.layer, 0);
  assert.equal(timeline.final.resolve('a')?.layer, 1);
});

test('timeline: says which files a link on the way put elsewhere', () => {
  const { relocated } = new Timeline([layerOfLines(0, 'x -> etc', 'x/job', 'etc/other')]);
  assert.deepEqual(
    relocated.map(({ path, entry }) => `${entry.record.path} at ${path}`),
    ['x/job at etc/job'],
  );
});

test('timeline: a view of a past layer is what replaying up to it gives', () => {
  const line = fc.constantFrom(
    'a',
    'a/',
    'a/b',
    'a/b/',
    'a/b/c',
    'd',
    '-a',
    '-a/b',
    '-a/*',
    '-d',
    'd -> a',
    'd/b',
  );
  const stack = fc.array(fc.uniqueArray(line, { maxLength: 4 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(stack, (lines) => {
      const layers = lines.map((one, index) => layerOfLines(index, ...one));
      for (const index of layers.keys()) {
        assert.deepEqual(
          seen(layers, index),
          seen(layers.slice(0, index + 1)),
          JSON.stringify({ lines, index }),
        );
      }
    }),
    { numRuns: 500 },
  );
});
