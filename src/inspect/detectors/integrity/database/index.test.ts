import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fixture, type FixtureFile, inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { database } from './index.ts';

const files = { 'usr/bin/a': 'a', 'usr/bin/b': 'b', 'usr/share/a': 'c' };
const base = {
  'etc/x': 'x',
  ...files,
  'usr/bin/other': 'o',
  ...packageOf('p', files),
  ...packageOf('other', { 'usr/bin/other': 'o' }),
};

function inspect(layers: Fixture['layers']): string[] {
  const { findings, problems } = inspectFixture({ layers, catalogers: [listedPackages] }, [database]);
  assert.deepEqual(problems, []);
  return summary(findings);
}

const record = 'var/lib/listed-packages/p';
const cases: readonly { name: string; layer: Record<string, FixtureFile>; expected?: string }[] = [
  { name: 'the whole database deleted', layer: { 'var/lib/listed-packages': null }, expected: record },
  { name: "one package's record deleted", layer: { [record]: null }, expected: record },
  { name: 'a record without its files', layer: packageOf('p', {}), expected: record },
  {
    name: 'a package removed with its files',
    layer: { [record]: null, 'usr/bin/a': null, 'usr/bin/b': null, 'usr/share/a': null },
  },
  { name: 'a package whose files another took over', layer: { [record]: null, ...packageOf('p2', files) } },
  {
    name: 'a package upgraded',
    layer: { 'usr/bin/a': 'new', ...packageOf('p', { ...files, 'usr/bin/a': 'new' }) },
  },
  { name: 'a layer that touches no package', layer: { 'app/x': 'x' } },
];

for (const { name, layer, expected } of cases) {
  test(`database: ${name}: ${expected === undefined ? 'nothing' : 'for review'}`, () => {
    assert.deepEqual(
      inspect([base, layer]),
      expected === undefined ? [] : [`review integrity/database ${expected}`],
    );
  });
}

test('database: the layer that took it away is named', () => {
  const layers = [base, { 'app/x': 'x' }, { 'var/lib/listed-packages': null }];
  const [finding] = inspectFixture({ layers, catalogers: [listedPackages] }, [database]).findings;
  assert.equal(finding?.location.layer?.index, 2);
  assert.equal(finding?.evidence, 'the records of p, other are gone, their files are not');
});

const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`usr/share/f${index}`, 'x']));

test('database: a whole distribution without one package is for review', () => {
  assert.deepEqual(inspect([{ 'etc/os-release': 'ID=debian\n', ...many }]), [
    'review integrity/database etc/os-release',
  ]);
});

test('database: a small image with an os-release, and a distribution of its own, are nothing', () => {
  assert.deepEqual(inspect([{ 'etc/os-release': 'ID=debian\n', 'app/x': 'x' }]), []);
  assert.deepEqual(inspect([{ 'etc/os-release': 'ID=buildroot\n', ...many }]), []);
  assert.deepEqual(inspect([many]), []);
});
