import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { miner } from './index.ts';

const elf = (...words: string[]): Uint8Array => buildElf({ payload: words.join('\0') });

const cases = [
  {
    name: 'stratum with RandomX is refused',
    file: elf('stratum+tcp://pool.invalid:3333', 'randomx_create_vm'),
    expected: ['block binaries/miner opt/app/worker'],
  },
  {
    name: 'stratum with XMRig options is refused, whatever the case',
    file: elf('Stratum+SSL://', 'XMRig 6.21', '--donate-level'),
    expected: ['block binaries/miner opt/app/worker'],
  },
  { name: 'stratum alone is nothing', file: elf('stratum+tcp://pool.invalid'), expected: [] },
  { name: 'an algorithm alone, as in a wallet, is nothing', file: elf('randomx_create_vm'), expected: [] },
  {
    name: 'the same words in a text are nothing',
    file: 'stratum+tcp xmrig randomx_ donate-level',
    expected: [],
  },
];

for (const { name, file, expected } of cases) {
  test(`miner: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [{ 'opt/app/worker': file }] }, [miner]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('miner: words split over two files are nothing, and what is deleted is still found', () => {
  const layers = [
    { 'opt/a': elf('stratum+tcp://'), 'opt/b': elf('xmrig'), 'opt/c': elf('stratum+tcp://', 'xmrig') },
    { 'opt/c': null },
  ];
  const { findings } = inspectFixture({ layers }, [miner]);
  assert.deepEqual(summary(findings), ['block binaries/miner opt/c']);
  assert.equal(findings[0]?.location.hidden?.by, 'deleted');
});

test('miner: a distribution package that is one, unaltered, is for a person to judge', () => {
  const program = elf('stratum+tcp://', 'xmrig');
  const layers = [{ 'usr/bin/xmrig': program, ...packageOf('xmrig', { 'usr/bin/xmrig': program }) }];
  const { findings } = inspectFixture({ layers, catalogers: [listedPackages] }, [miner]);
  assert.deepEqual(summary(findings), ['review binaries/miner usr/bin/xmrig']);
});
