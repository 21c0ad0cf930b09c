import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { packed } from './index.ts';

/** Bytes that look compressed, the same every time. */
const noise = Buffer.concat(
  Array.from({ length: 512 }, (_, index) => createHash('sha256').update(String(index)).digest()),
);

function upxHeader(magic: string, fileSize: number, blockSize: number): Uint8Array {
  const header = Buffer.alloc(40);
  header.write(magic, 4, 'latin1');
  header.writeUInt16LE(0x6d8, 8);
  header[10] = 13;
  header[11] = 22;
  header.writeUInt32LE(fileSize, 16);
  header.writeUInt32LE(blockSize, 20);
  header.writeUInt32LE(Math.min(blockSize, 0x1000), 24);
  header.writeUInt32LE(0x800, 28);
  header[32] = 14;
  return header;
}

const upx = (
  magic: string,
  fileSize = 100_000,
  blockSize = 100_000,
  tail = '',
  sections: 'none' | 'stripped' = 'none',
): Uint8Array =>
  buildElf({
    sections,
    afterHeaders: upxHeader(magic, fileSize, blockSize),
    payload: Buffer.concat([noise, Buffer.from(tail, 'latin1')]),
  });

const cases = [
  { name: 'UPX as it is', file: upx('UPX!'), expected: ['review binaries/packed opt/x'] },
  { name: 'UPX with another magic', file: upx('YTS!'), expected: ['block binaries/packed-altered opt/x'] },
  {
    name: 'UPX with its sizes zeroed',
    file: upx('UPX!', 0, 0),
    expected: ['block binaries/packed-altered opt/x'],
  },
  {
    name: 'another magic behind a section table put there to mislead',
    file: upx('YTS!', 100_000, 100_000, '', 'stripped'),
    expected: ['block binaries/packed-altered opt/x'],
  },
  {
    name: 'only the last magic is left',
    file: upx('\0\0\0\0', 0, 0, 'UPX!\0\0\0\0'),
    expected: ['block binaries/packed-altered opt/x'],
  },
  {
    name: 'no sections and high entropy',
    file: buildElf({ sections: 'none', payload: noise }),
    expected: ['review binaries/packed opt/x'],
  },
  {
    name: 'no sections and plain content is nothing',
    file: buildElf({ sections: 'none', payload: 'plain words '.repeat(2000) }),
    expected: [],
  },
  {
    name: 'high entropy with sections, as in an installer, is nothing',
    file: buildElf({ payload: noise }),
    expected: [],
  },
  {
    name: 'UPX itself, which carries the words, is nothing',
    file: buildElf({ payload: 'UPX! $Id: UPX 4' }),
    expected: [],
  },
];

for (const { name, file, expected } of cases) {
  test(`packed: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [{ 'opt/x': file }] }, [packed]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('packed: what a package ships that way, unaltered, is nothing', () => {
  const file = upx('UPX!');
  const layers = [{ 'usr/bin/x': file, ...packageOf('x', { 'usr/bin/x': file }) }];
  assert.deepEqual(inspectFixture({ layers, catalogers: [listedPackages] }, [packed]).findings, []);
});
