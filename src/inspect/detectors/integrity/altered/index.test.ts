import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { type Fixture, type FixtureFile, inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { altered } from './index.ts';

const real = buildElf({ payload: 'real' });
const trojan = buildElf({ payload: 'trojan' });
const owned = (path: string, content: string | Uint8Array = real, extra = {}) =>
  packageOf('p', { [path]: content, ...extra });

function inspect(layers: Fixture['layers']): string[] {
  const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [altered]);
  assert.deepEqual(problems, []);
  return summary(findings);
}

const cases: readonly {
  name: string;
  path: string;
  file: FixtureFile;
  was?: string;
  expected?: 'block' | 'note';
}[] = [
  { name: 'an ELF in /usr/bin', path: 'usr/bin/ls', file: trojan, expected: 'block' },
  { name: 'a library', path: 'usr/lib/x86_64-linux-gnu/libc.so.6', file: trojan, expected: 'block' },
  {
    name: 'a script in /usr/sbin',
    path: 'usr/sbin/x',
    file: '#!/bin/sh\nb',
    was: '#!/bin/sh\na',
    expected: 'block',
  },
  { name: 'a program of a helper folder', path: 'usr/libexec/x/y', file: trojan, expected: 'block' },
  { name: 'a text in a library folder', path: 'usr/lib/os-release', file: 'b', was: 'a', expected: 'note' },
  { name: 'a program emptied by a slimming tool', path: 'usr/bin/perl', file: '', expected: 'note' },
  {
    name: "npm's own update",
    path: 'usr/lib/node_modules/npm/bin/npm-cli.js',
    file: '#!/usr/bin/env node\n',
    expected: 'note',
  },
  { name: "pip's own update", path: 'usr/bin/pip3', file: '#!/usr/bin/python3\n', expected: 'note' },
  { name: 'the very same program', path: 'usr/bin/ls', file: real },
  { name: 'a program of /usr/local', path: 'usr/local/bin/x', file: trojan },
  { name: 'a program of /opt', path: 'opt/x/bin/x', file: trojan },
  { name: 'configuration', path: 'etc/x.conf', file: 'b', was: 'a' },
];

for (const { name, path, file, was, expected } of cases) {
  test(`altered: ${name}: ${expected ?? 'nothing'}`, () => {
    const findings = inspect([{ [path]: file, ...owned(path, was ?? real) }]);
    assert.deepEqual(findings, expected === undefined ? [] : [`${expected} integrity/altered ${path}`]);
  });
}

test('altered: a claim without digest, a conffile and a ghost are not compared', () => {
  const digest = { algorithm: 'md5', hex: '0'.repeat(32) } as const;
  const layer = {
    'usr/bin/a': real,
    'usr/bin/b': real,
    'usr/bin/c': real,
    ...packageOf('p', {
      'usr/bin/a': null,
      'usr/bin/b': { digest, config: true },
      'usr/bin/c': { digest, ghost: true },
    }),
  };
  assert.deepEqual(inspect([layer]), []);
});

test('altered: a trojan laid over the program in a later layer is found there', () => {
  const { findings } = inspectFixture(
    {
      layers: [{ 'usr/bin/ls': real, ...owned('usr/bin/ls') }, { 'usr/bin/ls': trojan }],
      catalogers: [listedPackages],
    },
    [altered],
  );
  assert.deepEqual(summary(findings), ['block integrity/altered usr/bin/ls']);
  assert.equal(findings[0]?.location.layer?.index, 1);
  assert.match(findings[0]?.evidence ?? '', /^p 1\.0-1 records md5 [0-9a-f]{32}, the file has [0-9a-f]{32}$/);
});

test('altered: through the links of a merged /usr', () => {
  const base = { bin: { link: 'usr/bin' }, 'usr/bin/ls': real, ...owned('bin/ls') };
  assert.deepEqual(inspect([base]), []);
  assert.deepEqual(inspect([base, { 'bin/ls': trojan }]), ['block integrity/altered bin/ls']);
});

test('altered: an upgrade replaces file and record, a database in a later layer speaks for earlier files', () => {
  const upgraded = [
    { 'usr/bin/ls': real, ...owned('usr/bin/ls') },
    { 'usr/bin/ls': trojan, ...owned('usr/bin/ls', trojan) },
  ];
  assert.deepEqual(inspect(upgraded), []);
  assert.deepEqual(inspect([{ 'usr/bin/ls': trojan }, owned('usr/bin/ls', trojan)]), []);
  assert.deepEqual(inspect([{ 'usr/bin/ls': trojan }, owned('usr/bin/ls')]), [
    'block integrity/altered usr/bin/ls',
  ]);
});

const links: readonly { name: string; link: FixtureFile; expected: string[] }[] = [
  {
    name: 'hard link to a program of no package',
    link: { kind: 'hardlink', link: 'opt/x' },
    expected: ['block integrity/altered usr/bin/ls'],
  },
  {
    name: 'symlink to a program of no package',
    link: { link: '/opt/x' },
    expected: ['review integrity/altered usr/bin/ls'],
  },
  { name: 'symlink to a packaged program', link: { link: 'busybox' }, expected: [] },
  { name: 'symlink to nothing', link: { link: '/opt/none' }, expected: [] },
];

for (const { name, link, expected } of links) {
  test(`altered: a recorded program made a ${name}`, () => {
    const base = { 'usr/bin/busybox': trojan, ...owned('usr/bin/ls', real, { 'usr/bin/busybox': trojan }) };
    const program = { data: buildElf({ payload: 'x' }), mode: 0o755 };
    assert.deepEqual(inspect([base, { 'opt/x': program, 'usr/bin/ls': link }]), expected);
  });
}

test('altered: notes are one a package, however many files', () => {
  const names = Array.from({ length: 300 }, (_, index) => `usr/lib/node_modules/npm/docs/${index}`);
  const layer = {
    ...Object.fromEntries(names.map((name) => [name, 'new'])),
    ...packageOf('nodejs', Object.fromEntries(names.map((name) => [name, 'old']))),
  };
  const { findings } = inspectFixture({ layers: [layer], catalogers: [listedPackages] }, [altered]);
  assert.deepEqual(summary(findings), ['note integrity/altered usr/lib/node_modules/npm/docs/0']);
  assert.match(findings[0]?.evidence ?? '', /and so for 299 more files of the package$/);
});
