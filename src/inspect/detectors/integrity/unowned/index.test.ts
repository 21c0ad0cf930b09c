import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { type Fixture, type FixtureFile, inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { unowned } from './index.ts';

const elf: FixtureFile = { data: buildElf(), mode: 0o755 };
const script: FixtureFile = { data: '#!/bin/sh\necho hi\n', mode: 0o755 };
const stub: FixtureFile = {
  data: '#!/usr/bin/python3\nimport re\nimport sys\nfrom flask.cli import main\nif True:\n    sys.exit(main())\n',
  mode: 0o755,
};
const policy: FixtureFile = { data: '#!/bin/sh\n\n# not in a container\nexit 101\n', mode: 0o755 };

const COMMANDS = ['ls', 'cat', 'ps', 'bash', 'python3', 'gcc', 'apt-get'];
const packaged = Object.fromEntries(COMMANDS.map((name) => [`usr/bin/${name}`, elf]));
const base = {
  bin: { link: 'usr/bin' },
  ...packaged,
  ...packageOf('p', Object.fromEntries(COMMANDS.map((name) => [`bin/${name}`, null]))),
};

function inspect(layers: Fixture['layers'], config: Fixture['config'] = {}): string[] {
  const { findings, problems } = inspectFixture({ layers, config, catalogers: [listedPackages] }, [unowned]);
  assert.deepEqual(problems, []);
  return summary(findings);
}

const cases: readonly { name: string; layer: Record<string, FixtureFile>; expected?: string }[] = [
  { name: 'an ELF in /usr/bin', layer: { 'usr/bin/x': elf }, expected: 'review integrity/unowned usr/bin/x' },
  {
    name: 'an ELF in /bin, through the link',
    layer: { 'bin/x': elf },
    expected: 'review integrity/unowned bin/x',
  },
  {
    name: 'a script in /usr/sbin',
    layer: { 'usr/sbin/x': script },
    expected: 'review integrity/unowned usr/sbin/x',
  },
  {
    name: 'a hard link to a program elsewhere',
    layer: { 'opt/x': elf, 'usr/bin/x': { kind: 'hardlink', link: 'opt/x' } },
    expected: 'review integrity/unowned usr/bin/x',
  },
  {
    name: 'an entry point that pip wrote',
    layer: { 'usr/bin/flask': stub },
    expected: 'note integrity/unowned usr/bin/flask',
  },
  {
    name: 'an init process put there by custom',
    layer: { 'usr/bin/tini': elf },
    expected: 'note integrity/unowned usr/bin/tini',
  },
  { name: "debootstrap's policy", layer: { 'usr/sbin/policy-rc.d': policy } },
  { name: 'a symlink', layer: { 'opt/x': elf, 'usr/bin/x': { link: '/opt/x' } } },
  {
    name: 'a hard link to a packaged program',
    layer: { 'usr/bin/x': { kind: 'hardlink', link: 'usr/bin/ls' } },
  },
  { name: 'a text', layer: { 'usr/bin/readme': 'hello' } },
  {
    name: 'an ordinary application',
    layer: {
      'usr/local/bin/app': elf,
      'app/server': elf,
      server: elf,
      'entrypoint.sh': script,
      'usr/lib/app/x': elf,
    },
  },
  {
    name: 'ls in /usr/local',
    layer: { 'usr/local/bin/ls': script },
    expected: 'review integrity/shadowing usr/local/bin/ls',
  },
  {
    name: 'ls in /usr/local as a link to a program of no package',
    layer: { 'opt/x': elf, 'usr/local/bin/ls': { link: '/opt/x' } },
    expected: 'review integrity/shadowing usr/local/bin/ls',
  },
  {
    name: 'ls in /usr/local as a link to a packaged program',
    layer: { 'usr/local/bin/ls': { link: '/bin/cat' } },
  },
  {
    name: 'python and gcc in /usr/local',
    layer: { 'usr/local/bin/python3': elf, 'usr/local/bin/gcc': elf },
    expected: 'note integrity/shadowing usr/local/bin',
  },
  { name: 'ls in a folder that PATH does not name', layer: { 'opt/x/bin/ls': elf } },
  {
    name: 'a Cyrillic letter',
    layer: { 'usr/local/bin/bаsh': elf },
    expected: 'block integrity/look-alike usr/local/bin/bаsh',
  },
  { name: 'a blank at the end', layer: { 'bin/ps ': elf }, expected: 'block integrity/look-alike bin/ps' },
  {
    name: 'an invisible character',
    layer: { 'usr/bin/l\u200bs': elf },
    expected: 'block integrity/look-alike usr/bin/l\u200bs',
  },
  { name: 'a text of such a name', layer: { 'usr/share/doc/bаsh': 'about' } },
];

for (const { name, layer, expected } of cases) {
  test(`unowned: ${name}: ${expected ?? 'nothing'}`, () => {
    const found = inspect([base, layer]).filter(
      (line) => !(expected?.includes('look-alike') && line.startsWith('review')),
    );
    assert.deepEqual(found, expected === undefined ? [] : [expected]);
  });
}

test('unowned: the PATH of the image decides what comes first', () => {
  const layers = [base, { 'opt/tools/ls': elf, 'usr/local/bin/ps': elf }];
  const env = ['PATH=/opt/tools:/usr/bin:/usr/local/bin'];
  assert.deepEqual(inspect(layers, { env }), ['review integrity/shadowing opt/tools/ls']);
});

test('unowned: where the database does not speak for the commands, nothing is a stranger', () => {
  const strangers = Object.fromEntries(COMMANDS.map((name) => [`usr/bin/my-${name}`, elf]));
  assert.deepEqual(
    inspect([{ ...strangers, 'usr/bin/ls': elf, ...packageOf('p', { 'usr/bin/ls': null }) }]),
    [],
  );
  assert.deepEqual(inspect([strangers]), []);
});

test('unowned: what a package owned in any view is no stranger', () => {
  const removed = { 'var/lib/listed-packages/gcc': null };
  assert.deepEqual(
    inspect([base, { 'usr/bin/cc1': elf, ...packageOf('gcc', { 'usr/bin/cc1': null }) }, removed]),
    [],
  );
});
