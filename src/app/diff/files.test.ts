import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fixture, inspectFixture } from '../../inspect/testing/fixture.ts';
import { compareFiles } from './files.ts';

type Layers = Fixture['layers'];

function compare(before: Layers, after: Layers): Record<string, string[]> {
  const view = (layers: Layers) => inspectFixture({ layers }, []).view;
  const { added, removed, changed } = compareFiles(view(before), view(after));
  return {
    added: added.map(({ path }) => path),
    removed: removed.map(({ path }) => path),
    changed: changed.map(({ path, what }) => `${path} ${what.join('+')}`),
  };
}

const MERGED = { bin: { link: 'usr/bin' }, 'usr/bin/tool': 'one' };
const rows: readonly [name: string, before: Layers, after: Layers, expected: Record<string, string[]>][] = [
  ['nothing', [{ a: 'x' }], [{ a: 'x' }], { added: [], removed: [], changed: [] }],
  ['a file more', [{}], [{ a: 'x' }], { added: ['a'], removed: [], changed: [] }],
  ['a file less', [{ a: 'x' }], [{ a: 'x' }, { a: null }], { added: [], removed: ['a'], changed: [] }],
  ['other content', [{ a: 'x' }], [{ a: 'y' }], { added: [], removed: [], changed: ['a content'] }],
  [
    'other mode',
    [{ a: { data: 'x', mode: 0o644 } }],
    [{ a: { data: 'x', mode: 0o4755 } }],
    { added: [], removed: [], changed: ['a mode'] },
  ],
  [
    'a file written through a linked folder in both',
    [MERGED, { 'bin/more': 'm' }],
    [MERGED, { 'bin/more': 'm' }],
    { added: [], removed: [], changed: [] },
  ],
  [
    'a file replaced through a linked folder',
    [MERGED],
    [MERGED, { 'bin/tool': 'two' }],
    { added: [], removed: [], changed: ['usr/bin/tool content'] },
  ],
];

for (const [name, before, after, expected] of rows) {
  test(`diff of files: ${name}`, () => assert.deepEqual(compare(before, after), expected));
}
