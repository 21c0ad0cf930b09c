import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { type Fixture, inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { replaced } from './index.ts';

const real = { data: buildElf({ payload: 'real' }), mode: 0o755 };
const other = { data: buildElf({ payload: 'other' }), mode: 0o755 };
const base = {
  'usr/bin/bash': real,
  'usr/bin/dash': { data: buildElf({ payload: 'dash' }), mode: 0o755 },
  'usr/bin/sh': { link: 'dash' },
  'usr/sbin/sshd': real,
  'usr/lib/x86_64-linux-gnu/libc.so.6': real,
  'usr/lib/x86_64-linux-gnu/security/pam_unix.so': real,
  'usr/bin/rarely': real,
  ...packageOf('p', {
    'usr/bin/bash': null,
    'usr/bin/dash': null,
    'usr/bin/sh': null,
    'usr/sbin/sshd': null,
    'usr/lib/x86_64-linux-gnu/libc.so.6': null,
    'usr/lib/x86_64-linux-gnu/security/pam_unix.so': null,
    'usr/bin/rarely': null,
  }),
};

function inspect(layers: Fixture['layers']): string[] {
  const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [replaced]);
  assert.deepEqual(problems, []);
  return summary(findings);
}

for (const path of [
  'usr/bin/bash',
  'usr/sbin/sshd',
  'usr/lib/x86_64-linux-gnu/libc.so.6',
  'usr/lib/x86_64-linux-gnu/security/pam_unix.so',
]) {
  test(`replaced: ${path} by a layer without a package manager is refused, even without a digest`, () => {
    assert.deepEqual(inspect([base, { [path]: other }]), [`block integrity/replaced ${path}`]);
  });
}

const cases: readonly { name: string; layer: Fixture['layers'][number]; expected?: string }[] = [
  { name: 'a script in place of bash', layer: { 'usr/bin/bash': '#!/bin/dash\n' }, expected: 'usr/bin/bash' },
  {
    name: 'sh turned to a program of no package',
    layer: { 'usr/bin/sh': { link: '/opt/sh' }, 'opt/sh': other },
    expected: 'usr/bin/sh',
  },
  { name: 'sh turned from dash to bash', layer: { 'usr/bin/sh': { link: 'bash' } } },
  { name: 'the same bash again, as chmod leaves it', layer: { 'usr/bin/bash': { ...real, mode: 0o700 } } },
  {
    name: 'an upgrade with its database',
    layer: { 'usr/bin/bash': other, ...packageOf('p', { 'usr/bin/bash': null }) },
  },
  { name: 'a program of little weight', layer: { 'usr/bin/rarely': other } },
  { name: 'a bash of its own in /usr/local', layer: { 'usr/local/bin/bash': other } },
  { name: 'bash emptied or deleted', layer: { 'usr/bin/bash': '' } },
];

for (const { name, layer, expected } of cases) {
  test(`replaced: ${name}: ${expected === undefined ? 'nothing' : 'refused'}`, () => {
    assert.deepEqual(
      inspect([base, layer]),
      expected === undefined ? [] : [`block integrity/replaced ${expected}`],
    );
  });
}

test('replaced: an image without packages has nothing to hold against', () => {
  assert.deepEqual(inspect([{ 'bin/sh': real }, { 'bin/sh': other }]), []);
});

test('replaced: what the database records is a repair', () => {
  const recorded = packageOf('p', { 'usr/bin/bash': real.data });
  assert.deepEqual(inspect([{ 'usr/bin/bash': other, ...recorded }, { 'usr/bin/bash': real }]), []);
});
