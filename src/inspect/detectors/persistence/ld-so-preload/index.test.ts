import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { ldSoPreload } from './index.ts';

const cases = [
  {
    name: 'a named object is refused',
    layers: [{ 'etc/ld.so.preload': '/usr/lib/libhide.so\n' }],
    expected: ['block persistence/ld-so-preload etc/ld.so.preload'],
  },
  {
    name: 'comments and blank lines are nothing',
    layers: [{ 'etc/ld.so.preload': '# nothing\n\n' }],
    expected: [],
  },
  {
    name: 'the same name elsewhere is nothing',
    layers: [{ 'srv/etc/ld.so.preload': '/usr/lib/libhide.so\n' }],
    expected: [],
  },
  {
    name: 'what a later layer deletes is still found',
    layers: [{ 'etc/ld.so.preload': '/usr/lib/libhide.so\n' }, { 'etc/ld.so.preload': null }],
    expected: ['block persistence/ld-so-preload etc/ld.so.preload'],
  },
];

for (const { name, layers, expected } of cases) {
  test(`ld-so-preload: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers }, [ldSoPreload]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('ld-so-preload: says line, object and what hides it', () => {
  const layers = [{ 'etc/ld.so.preload': '# x\n/usr/lib/libhide.so\n' }, { 'etc/ld.so.preload': null }];
  const [finding] = inspectFixture({ layers }, [ldSoPreload]).findings;
  assert.equal(finding?.location.line, 2);
  assert.equal(finding?.evidence, '/usr/lib/libhide.so');
  assert.equal(finding?.location.hidden?.by, 'deleted');
  assert.equal(finding?.location.hidden?.layer.index, 1);
});
