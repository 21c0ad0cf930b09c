import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { kernelObjects } from './index.ts';

const FOUND = 'review persistence/kernel-object';

/** A bare ELF header of that type and machine, with some text behind it. */
function elf(type: number, machine: number, text = '', little = true): Uint8Array {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.set([2, little ? 1 : 2, 1], 4);
  if (little) header.writeUInt16LE(type, 16);
  else header.writeUInt16BE(type, 16);
  if (little) header.writeUInt16LE(machine, 18);
  else header.writeUInt16BE(machine, 18);
  return Buffer.concat([header, Buffer.from(text, 'latin1')]);
}

const module = elf(1, 62, 'vermagic=6.1.0 SMP');
const xz = '\xfd7zXZ\0inert';

const cases = [
  { name: 'a module by name', files: { 'opt/x.ko': elf(1, 62) }, expected: [`${FOUND} opt/x.ko`] },
  { name: 'a module by content', files: { 'usr/lib/.x': module }, expected: [`${FOUND} usr/lib/.x`] },
  { name: 'a compressed module', files: { 'opt/x.ko.xz': xz }, expected: [`${FOUND} opt/x.ko.xz`] },
  {
    name: 'an eBPF object of either byte order',
    files: { 'opt/a.o': elf(1, 247), 'opt/b': elf(1, 247, '', false) },
    expected: [`${FOUND} opt/a.o`, `${FOUND} opt/b`],
  },
  {
    name: 'owned ones are nothing',
    files: { ...packageOf('listed', { 'lib/modules/x.ko': module }), 'lib/modules/x.ko': module },
    expected: [],
  },
  {
    name: 'programs, objects, modprobe and translations are nothing',
    files: {
      'usr/bin/x': elf(3, 62),
      'opt/x.o': elf(1, 62),
      'sbin/modprobe': elf(3, 62, 'vermagic='),
      'usr/share/vim/tutor.ko': 'text',
    },
    expected: [],
  },
];

for (const { name, files, expected } of cases) {
  test(`kernel-objects: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [files], catalogers: [listedPackages] }, [
      kernelObjects,
    ]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}
