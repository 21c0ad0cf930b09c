import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf, type ElfPlan } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { processHider } from './index.ts';

const hooking = { readdir: true, readdir64: true, dlsym: false };
const probing = '/proc/self/fd/%d\0/proc/%s/stat\0';
const library = (plan: ElfPlan): Uint8Array => buildElf({ type: 3, needed: ['libc.so.6'], ...plan });

const cases = [
  { name: 'hooks and process probes', plan: { symbols: hooking, payload: probing }, found: true },
  {
    name: 'hooks that hide the preload file',
    plan: { symbols: hooking, payload: '/etc/ld.so.preload' },
    found: true,
  },
  {
    name: 'hooks in a library without section headers',
    plan: { symbols: hooking, payload: probing, sections: 'none' },
    found: true,
  },
  {
    name: 'a library that only calls readdir',
    plan: { symbols: { readdir: false, dlsym: false }, payload: probing },
  },
  {
    name: 'hooks without a look at processes, as in a sanitizer',
    plan: { symbols: hooking, payload: '/proc/self/maps' },
  },
  { name: 'hooks that pass nothing on', plan: { symbols: { readdir: true }, payload: probing } },
] as const;

for (const { name, plan, ...rest } of cases) {
  const found = 'found' in rest;
  test(`process-hider: ${name}: ${found ? 'refused' : 'nothing'}`, () => {
    const { findings, problems } = inspectFixture({ layers: [{ 'usr/lib/libx.so': library(plan) }] }, [
      processHider,
    ]);
    assert.deepEqual(summary(findings), found ? ['block binaries/process-hider usr/lib/libx.so'] : []);
    assert.deepEqual(problems, []);
  });
}

test('process-hider: what a package record vouches for is for a person to judge', () => {
  const file = library({ symbols: hooking, payload: probing });
  const layers = [{ 'usr/lib/libx.so': file, ...packageOf('x', { 'usr/lib/libx.so': file }) }];
  const { findings } = inspectFixture({ layers, catalogers: [listedPackages] }, [processHider]);
  assert.deepEqual(summary(findings), ['review binaries/process-hider usr/lib/libx.so']);
});
