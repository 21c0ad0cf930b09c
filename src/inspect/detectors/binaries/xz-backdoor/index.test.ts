import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { xzBackdoor } from './index.ts';

const path = 'usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1';
const library = buildElf({ type: 3, soname: 'liblzma.so.5' });
const RESOLVER = Buffer.from('f30f1efa554889f54c89ce5389fb81e7000000804883ec28488954241848894c2410', 'hex');

const versions = [
  { type: 'deb', version: '5.6.1-1', found: true },
  { type: 'deb', version: '5.6.0-0.2', found: true },
  { type: 'deb', version: '5.6.1+really5.4.5-1', found: false },
  { type: 'deb', version: '5.4.1-0.2', found: false },
  { type: 'deb', version: '5.6.2-1', found: false },
  { type: 'deb', version: '5.6.10-1', found: false },
  { type: 'rpm', version: '5.6.0-1.fc40', found: true },
  { type: 'rpm', version: '0:5.6.1-1.fc41', found: true },
  { type: 'rpm', version: '1:5.4.6-3.fc40', found: false },
  { type: 'rpm', version: '5.6.1.revertto5.4-3.2', found: false },
  { type: 'apk', version: '5.6.1-r0', found: true },
  { type: 'apk', version: '5.6.1-r1', found: true },
  { type: 'apk', version: '5.6.1-r2', found: false },
  { type: 'apk', version: '5.6.1-r10', found: false },
] as const;

for (const { type, version, found } of versions) {
  test(`xz-backdoor: ${type} ${version} is ${found ? 'refused' : 'nothing'}`, () => {
    const layers = [{ [path]: library, ...packageOf('liblzma5', { [path]: library }, { type, version }) }];
    const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [xzBackdoor]);
    assert.deepEqual(summary(findings), found ? [`block binaries/xz-backdoor ${path}`] : []);
    assert.deepEqual(problems, []);
  });
}

test('xz-backdoor: another package of that version is nothing', () => {
  const layers = [packageOf('zlib', {}, { version: '5.6.1-1' })];
  assert.deepEqual(inspectFixture({ layers, catalogers: [listedPackages] }, [xzBackdoor]).findings, []);
});

test('xz-backdoor: the layer that brought a package is named, and an upgrade does not excuse it', () => {
  const bad = packageOf('liblzma5', { [path]: library }, { version: '5.6.1-1' });
  const good = packageOf('liblzma5', {}, { version: '5.6.2-1' });
  const layers = [{ 'etc/x': 'x' }, { [path]: library, ...bad }, { [path]: null, ...good }];
  const { findings } = inspectFixture({ layers, catalogers: [listedPackages] }, [xzBackdoor]);
  assert.deepEqual(summary(findings), [`block binaries/xz-backdoor ${path}`]);
  assert.equal(findings[0]?.location.layer?.index, 1);
  assert.equal(findings[0]?.location.hidden?.by, 'deleted');
});

const files = [
  {
    name: 'a library of that name without a package',
    path,
    file: library,
    expected: `block binaries/xz-backdoor ${path}`,
  },
  {
    name: 'the resolver in a library of another name',
    path: 'opt/lib/liblzma.so.5',
    file: buildElf({ type: 3, soname: 'liblzma.so.5', payload: RESOLVER }),
    expected: 'block binaries/xz-backdoor opt/lib/liblzma.so.5',
  },
  {
    name: 'the resolver in a program that has the library linked in',
    path: 'opt/sshd',
    file: buildElf({ payload: Buffer.concat([Buffer.from('lzma_crc64\0'), RESOLVER]) }),
    expected: 'block binaries/xz-backdoor opt/sshd',
  },
  { name: 'a text of that name', path, file: 'not a library', expected: undefined },
  { name: 'a newer library', path: 'usr/lib/liblzma.so.5.6.2', file: library, expected: undefined },
];

for (const { name, path: at, file, expected } of files) {
  test(`xz-backdoor: ${name}`, () => {
    const { findings } = inspectFixture({ layers: [{ [at]: file }] }, [xzBackdoor]);
    assert.deepEqual(summary(findings), expected === undefined ? [] : [expected]);
  });
}

test('xz-backdoor: Arch built the same version from the repository: for review', () => {
  const { findings } = inspectFixture({ layers: [{ 'etc/os-release': 'ID=arch\n', [path]: library }] }, [
    xzBackdoor,
  ]);
  assert.deepEqual(summary(findings), [`review binaries/xz-backdoor ${path}`]);
});
