import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { type FixtureFile, inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { kernelThreadName } from './index.ts';

const elf = buildElf();
const program: FixtureFile = { data: elf, mode: 0o755 };
const posing = [
  'tmp/kdevtmpfsi',
  'usr/bin/kworker',
  'opt/kworker-u8:2',
  'var/tmp/kinsing',
  'bin/[kthreadd]',
  'x/ksoftirqd',
  'x/migration-0',
];
const honest = [
  'usr/bin/[',
  'usr/bin/kmod',
  'usr/bin/kubectl',
  'app/migration',
  'opt/worker',
  'usr/bin/watchdogd',
  'x/kworker.conf.d',
];

for (const path of posing) {
  test(`kernel-thread-name: ${path} is refused`, () => {
    const { findings } = inspectFixture({ layers: [{ [path]: program }] }, [kernelThreadName]);
    assert.deepEqual(summary(findings), [`block binaries/kernel-thread-name ${path}`]);
  });
}

for (const path of honest) {
  test(`kernel-thread-name: ${path} is nothing`, () => {
    const { findings } = inspectFixture({ layers: [{ [path]: program }] }, [kernelThreadName]);
    assert.deepEqual(summary(findings), []);
  });
}

test('kernel-thread-name: a script counts when it can be executed, a text does not', () => {
  const layers = [
    {
      'x/kworker': { data: '#!/bin/sh\n', mode: 0o755 },
      'doc/kthreadd': 'about kthreadd',
      'y/kworker': '#!/bin/sh\n',
    },
  ];
  const { findings } = inspectFixture({ layers }, [kernelThreadName]);
  assert.deepEqual(summary(findings), ['block binaries/kernel-thread-name x/kworker']);
});

test('kernel-thread-name: what a package brought is for a person to judge, what it merely claims is refused', () => {
  const claims = packageOf('k', { 'usr/bin/kthreadd': elf, 'usr/bin/ksmd': null });
  const layers = [{ 'usr/bin/kthreadd': program, 'usr/bin/ksmd': program, ...claims }];
  const { findings } = inspectFixture({ layers, catalogers: [listedPackages] }, [kernelThreadName]);
  assert.deepEqual(summary(findings), [
    'block binaries/kernel-thread-name usr/bin/ksmd',
    'review binaries/kernel-thread-name usr/bin/kthreadd',
  ]);
});
