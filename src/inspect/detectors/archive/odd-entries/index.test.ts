import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Oddity } from '../../../../core/image.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { oddEntries } from './index.ts';

const cases: readonly { name: string; kind: Oddity['kind']; path: string; expected?: string }[] = [
  { name: 'a file twice', kind: 'duplicate-path', path: 'etc/passwd', expected: 'etc/passwd' },
  { name: 'a folder twice', kind: 'duplicate-path', path: 'etc' },
  {
    name: 'an almost opaque whiteout',
    kind: 'near-miss-whiteout',
    path: 'etc/.wh..wh..opqX',
    expected: 'etc/.wh..wh..opqX',
  },
  { name: "AUFS's own books", kind: 'near-miss-whiteout', path: '.wh..wh.plnk/12.34' },
  { name: 'a path that climbs', kind: 'path-escape', path: '../../etc/cron.d/x', expected: 'etc/cron.d/x' },
  { name: 'bytes in the padding', kind: 'padding-data', path: 'etc/passwd' },
];

for (const { name, kind, path, expected } of cases) {
  test(`odd-entries: ${name} is ${expected === undefined ? 'nothing' : 'for review'}`, () => {
    const oddities: Oddity[] = [{ kind, path, offset: 512, length: 0, head: '' }];
    const { findings } = inspectFixture({ layers: [{ 'etc/': '', 'etc/passwd': 'x' }], oddities }, [
      oddEntries,
    ]);
    assert.deepEqual(
      summary(findings),
      expected === undefined ? [] : [`review archive/odd-entries ${expected}`],
    );
  });
}

test('odd-entries: evidence shows the path as it was written', () => {
  const oddities: Oddity[] = [{ kind: 'path-escape', path: '../x', offset: 0, length: 0, head: '' }];
  const [finding] = inspectFixture({ layers: [{}], oddities }, [oddEntries]).findings;
  assert.equal(finding?.evidence, 'the path climbs above the root: ../x');
});
