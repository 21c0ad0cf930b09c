import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyCataloger } from '../../../contract.ts';
import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { preloadEnv } from './index.ts';

const ID = 'config/preload-env';
const block = (name = 'LD_PRELOAD') => [`block ${ID} Env.${name}`];
const elf = '\x7fELF';

const cases: readonly DetectorCase[] = [
  {
    name: 'an unowned library',
    files: { 'usr/lib/libhide.so': elf },
    config: { env: ['LD_PRELOAD=/usr/lib/libhide.so'] },
    expected: block(),
  },
  { name: 'a missing library', config: { env: ['LD_PRELOAD=/tmp/x.so'] }, expected: block() },
  { name: 'an audit library', config: { env: ['LD_AUDIT=/tmp/x.so'] }, expected: block('LD_AUDIT') },
  {
    name: 'an allocator is a look',
    files: { 'opt/libjemalloc.so.2': elf },
    config: { env: ['LD_PRELOAD=/opt/libjemalloc.so.2'] },
    expected: [`review ${ID} Env.LD_PRELOAD`],
  },
  { name: 'nothing: empty', config: { env: ['LD_PRELOAD=', 'PATH=/usr/bin'] }, expected: [] },
];

testCases(preloadEnv, cases);

test(`${ID}: an owned library is nothing, by path, name or link; the one beside it is not`, () => {
  const place = 'usr/lib/x86_64-linux-gnu/libjemalloc.so.2';
  const cataloger: AnyCataloger = {
    id: 'inventory/test',
    version: 1,
    wants: [],
    examine: () => [],
    packages: () => [
      {
        purl: 'pkg:deb/debian/libjemalloc2@5',
        name: 'libjemalloc2',
        version: '5',
        type: 'deb',
        database: 'var/lib/dpkg/status' as never,
        files: [{ path: place as never }],
      },
    ],
  };
  const layer = {
    lib: { link: 'usr/lib' },
    [place]: elf,
    'usr/local/lib/libjemalloc.so': { link: `/${place}` },
    'x.so': elf,
  };
  const inspect = (value: string) =>
    summary(
      inspectFixture({ layers: [layer], config: { env: [`LD_PRELOAD=${value}`] }, catalogers: [cataloger] }, [
        preloadEnv,
      ]).findings,
    );
  for (const value of [
    `/${place}`,
    '/lib/x86_64-linux-gnu/libjemalloc.so.2',
    'libjemalloc.so.2',
    '/usr/local/lib/libjemalloc.so',
  ]) {
    assert.deepEqual(inspect(value), [], value);
  }
  assert.deepEqual(inspect(`/${place}:/x.so`), block());
});
