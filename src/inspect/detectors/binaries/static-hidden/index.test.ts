import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildElf } from '../../../testing/elf-builder.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { staticHidden } from './index.ts';

const program = buildElf();
const suspicious = [
  'tmp/a',
  'var/tmp/x/a',
  'dev/shm/a',
  'run/a',
  'var/www/html/a',
  'opt/.x/a',
  'usr/lib/.a',
  'root/.../a',
];
const ordinary = [
  'app/server',
  'usr/local/bin/tool',
  'opt/vendor/bin/tool',
  'server',
  'root/.docker/cli-plugins/docker-compose',
  'root/.local/bin/uv',
  'app/node_modules/.pnpm/@esbuild+linux-x64/node_modules/@esbuild/linux-x64/bin/esbuild',
  'var/lib/app/tool',
];

for (const path of suspicious) {
  test(`static-hidden: ${path} is for review`, () => {
    const { findings } = inspectFixture({ layers: [{ [path]: program }] }, [staticHidden]);
    assert.deepEqual(summary(findings), [`review binaries/static-hidden ${path}`]);
  });
}

for (const path of ordinary) {
  test(`static-hidden: ${path} is nothing`, () => {
    assert.deepEqual(inspectFixture({ layers: [{ [path]: program }] }, [staticHidden]).findings, []);
  });
}

const harmless = [
  { name: 'a dynamic program', file: buildElf({ interpreter: '/lib/ld.so', needed: ['libc.so.6'] }) },
  { name: 'a program with symbols', file: buildElf({ sections: 'symtab' }) },
  { name: 'a shared library', file: buildElf({ type: 3, soname: 'libx.so', needed: ['libc.so.6'] }) },
  { name: 'a script', file: '#!/bin/sh\n' },
];

for (const { name, file } of harmless) {
  test(`static-hidden: ${name} in /tmp is nothing`, () => {
    assert.deepEqual(inspectFixture({ layers: [{ 'tmp/a': file }] }, [staticHidden]).findings, []);
  });
}

test('static-hidden: what a package ships is nothing', () => {
  const layers = [{ 'usr/lib/.hmac': program, ...packageOf('p', { 'usr/lib/.hmac': program }) }];
  assert.deepEqual(inspectFixture({ layers, catalogers: [listedPackages] }, [staticHidden]).findings, []);
});
