import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf, type ElfPlan } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { runpath } from './index.ts';

const cases: readonly { name: string; plan: ElfPlan; found: boolean }[] = [
  { name: 'a folder under /tmp', plan: { runpath: '/usr/lib:/tmp/lib' }, found: true },
  { name: '/dev/shm in the old RPATH', plan: { rpath: '/dev/shm' }, found: true },
  { name: 'the working folder', plan: { runpath: '.' }, found: true },
  { name: 'a relative folder', plan: { runpath: 'lib' }, found: true },
  { name: 'an empty part', plan: { runpath: '/usr/lib:' }, found: true },
  { name: 'the folder of the program', plan: { runpath: '$ORIGIN/../lib:${ORIGIN}:$LIB' }, found: false },
  { name: 'an ordinary folder', plan: { runpath: '/opt/app/lib:/tmpfs/x' }, found: false },
  { name: 'an empty path, which the loader skips', plan: { runpath: '' }, found: false },
  { name: 'no search path', plan: { needed: ['libc.so.6'] }, found: false },
];

for (const { name, plan, found } of cases) {
  test(`runpath: ${name}: ${found ? 'for review' : 'nothing'}`, () => {
    const { findings, problems } = inspectFixture({ layers: [{ 'opt/app/x': buildElf(plan) }] }, [runpath]);
    assert.deepEqual(summary(findings), found ? ['review binaries/runpath opt/app/x'] : []);
    assert.deepEqual(problems, []);
  });
}

test('runpath: in a dependency tree it is a note, in an unaltered package nothing', () => {
  const file = buildElf({ runpath: '/tmp/build' });
  const layers = [
    { 'app/node_modules/a/a.node': file, 'usr/lib/b.so': file, ...packageOf('b', { 'usr/lib/b.so': file }) },
  ];
  const { findings } = inspectFixture({ layers, catalogers: [listedPackages] }, [runpath]);
  assert.deepEqual(summary(findings), ['note binaries/runpath app/node_modules/a/a.node']);
});
