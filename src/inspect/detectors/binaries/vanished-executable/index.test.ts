import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { type Fixture, inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { vanishedExecutable } from './index.ts';

const elf = { data: buildElf(), mode: 0o755 };
const newer = { data: buildElf({ payload: 'newer' }), mode: 0o755 };
const script = { data: '#!/bin/sh\necho hi\n', mode: 0o755 };

const cases: readonly { name: string; layers: Fixture['layers']; expected: string[] }[] = [
  {
    name: 'an ELF in /usr/bin that is deleted later',
    layers: [{ 'usr/bin/x': elf }, { 'usr/bin/x': null }],
    expected: ['review binaries/vanished-executable usr/bin/x'],
  },
  {
    name: 'an ELF in /tmp that is deleted later',
    layers: [{ 'tmp/x': elf }, { tmp: null }],
    expected: ['review binaries/vanished-executable tmp/x'],
  },
  {
    name: 'a script in a hidden folder that is deleted later',
    layers: [{ 'opt/.x/run': script }, { 'opt/.x': null }],
    expected: ['review binaries/vanished-executable opt/.x/run'],
  },
  {
    name: 'an ELF that a text takes the place of',
    layers: [{ 'usr/local/bin/x': elf }, { 'usr/local/bin/x': 'nothing to see' }],
    expected: ['review binaries/vanished-executable usr/local/bin/x'],
  },
  {
    name: 'an installer script, copied, run and deleted, is a note',
    layers: [{ 'tmp/install.sh': script }, { 'tmp/install.sh': null }],
    expected: ['note binaries/vanished-executable tmp/install.sh'],
  },
  {
    name: 'a program rebuilt in place is nothing',
    layers: [{ 'usr/local/bin/x': elf }, { 'usr/local/bin/x': newer }],
    expected: [],
  },
  {
    name: 'the same program copied again is nothing',
    layers: [{ 'usr/bin/x': elf }, { 'usr/bin/x': elf }],
    expected: [],
  },
  {
    name: 'a build folder that is deleted later is nothing',
    layers: [{ 'tmp/build/src/x': elf }, { tmp: null }],
    expected: [],
  },
  {
    name: 'an application folder that is deleted later is nothing',
    layers: [{ 'app/x': elf }, { app: null }],
    expected: [],
  },
  { name: 'what stays is nothing', layers: [{ 'usr/bin/x': elf }, { 'etc/x': 'x' }], expected: [] },
  {
    name: 'a package that is removed later is nothing',
    layers: [
      { 'usr/bin/x': elf, ...packageOf('x', { 'usr/bin/x': null }) },
      { 'usr/bin/x': null, 'var/lib/listed-packages/x': null },
    ],
    expected: [],
  },
];

for (const { name, layers, expected } of cases) {
  test(`vanished-executable: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [
      vanishedExecutable,
    ]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('vanished-executable: names the layer that added the file and the one that hides it', () => {
  const layers = [{ 'etc/x': 'x' }, { 'usr/bin/x': elf }, { 'usr/bin/x': null }];
  const [finding] = inspectFixture({ layers }, [vanishedExecutable]).findings;
  assert.equal(finding?.location.layer?.index, 1);
  assert.equal(finding?.location.hidden?.layer.index, 2);
});
