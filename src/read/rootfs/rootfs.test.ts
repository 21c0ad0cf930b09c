import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { type TestContext, test } from 'node:test';
import type { FileRecord } from '../../core/file.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { open } from '../open.ts';
import { HELLO } from '../testing/image-builder.ts';
import { LayerRecorder } from '../testing/layer-recorder.ts';
import { openOne, options, readAll, scratch, write } from '../testing/scratch.ts';

function root(t: TestContext): string {
  const folder = scratch(t);
  for (const name of ['etc', 'usr/bin']) mkdirSync(join(folder, name), { recursive: true });
  return folder;
}

function line({ path, kind, size, link }: FileRecord): string {
  return [kind, path, size, ...(link === undefined ? [] : [`-> ${link}`])].join(' ');
}

/** File capabilities of a folder are read by getfattr; where it is not installed, that is a problem. */
const WITHOUT_GETFATTR = spawnSync('getfattr', ['--version']).status === 0 ? [] : ['UNSUPPORTED incomplete'];

test('a folder reads as one layer: files, links, modes, nothing followed', async (t) => {
  const folder = root(t);
  write(folder, 'etc/hello', 'hello\n');
  write(folder, 'etc/empty', '');
  write(folder, 'usr/bin/tool', '#!/bin/sh\n');
  chmodSync(join(folder, 'usr/bin/tool'), 0o4755);
  linkSync(join(folder, 'usr/bin/tool'), join(folder, 'usr/bin/twin'));
  symlinkSync('/etc/shadow', join(folder, 'etc/out'));
  symlinkSync('usr/bin', join(folder, 'bin'));
  symlinkSync('loop', join(folder, 'loop'));
  const one = await openOne(t, folder);
  assert.equal(one.identity.kind, 'rootfs-directory');
  assert.equal(one.layers[0]?.cacheable, false);
  const { recorder, problems } = await readAll(one);
  assert.deepEqual(recorder.files.map(line), [
    'symlink bin 0 -> usr/bin',
    'directory etc 0',
    'symlink loop 0 -> loop',
    'directory usr 0',
    'file etc/empty 0',
    'file etc/hello 6',
    'symlink etc/out 0 -> /etc/shadow',
    'directory usr/bin 0',
    'file usr/bin/tool 10',
    'hardlink usr/bin/twin 0 -> usr/bin/tool',
  ]);
  assert.equal(recorder.contents.get('etc/hello'), 'hello\n');
  const tool = recorder.files.find(({ path }) => path === 'usr/bin/tool');
  assert.deepEqual([tool?.mode, tool?.mtime], [0o4755, 1_700_000_000]);
  assert.deepEqual(problems, WITHOUT_GETFATTR);
});

test('names that are no UTF-8 are read', async (t) => {
  const folder = root(t);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/etc/`), Buffer.from([0xff, 0x61])]), 'x');
  const { recorder } = await readAll(await openOne(t, folder));
  assert.equal(recorder.contents.get('etc/\u00ffa'), 'x');
});

test('FIFOs are listed and never opened, sockets are left out', async (t) => {
  const folder = root(t);
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(folder, 'etc/fifo')]);
  const server = createServer().listen(join(folder, 'etc/socket'));
  t.after(() => server.close());
  const { recorder } = await readAll(await openOne(t, folder));
  assert.deepEqual(recorder.files.filter(({ path }) => /fifo|socket/.test(path)).map(line), [
    'fifo etc/fifo 0',
  ]);
});

test('a folder swapped for a symlink while it is read leads nowhere', async (t) => {
  const outside = scratch(t);
  write(outside, 'passwd', 'secret');
  const folder = root(t);
  write(folder, 'etc/a', 'a');
  write(folder, 'usr/bin/passwd', 'harmless');
  const one = await openOne(t, folder);
  const recorder = new LayerRecorder();
  const swap = recorder.file.bind(recorder);
  recorder.file = async (record, content) => {
    await swap(record, content);
    if (record.path !== 'etc/a') return;
    rmSync(join(folder, 'usr/bin'), { recursive: true });
    symlinkSync(outside, join(folder, 'usr/bin'));
  };
  const summary = await one.layers[0]?.read(recorder, new AbortController().signal);
  assert.ok(![...recorder.contents.values()].includes('secret'));
  assert.ok(summary?.problems.some(({ effect }) => effect === 'incomplete'));
});

test('a file that becomes shorter while it is read is a problem', async (t) => {
  const folder = root(t);
  const path = write(folder, 'etc/long', Buffer.alloc(3 * 2 ** 20));
  const one = await openOne(t, folder);
  const recorder = new LayerRecorder({ digestOnly: true });
  recorder.file = async (_, content) => {
    for await (const _chunk of content) truncateSync(path, 2 ** 20);
  };
  const summary = await one.layers[0]?.read(recorder, new AbortController().signal);
  assert.deepEqual(
    summary?.problems.map(({ code, effect }) => `${code} ${effect}`),
    [...WITHOUT_GETFATTR, 'TRUNCATED incomplete'],
  );
});

test('a change between opening and reading is a problem', async (t) => {
  const folder = root(t);
  const one = await openOne(t, folder);
  write(folder, 'etc/late', 'x');
  assert.deepEqual((await readAll(one)).problems, [...WITHOUT_GETFATTR, 'DIGEST_MISMATCH incomplete']);
});

test('limits cut, and say so', async (t) => {
  const folder = root(t);
  for (let count = 0; count < 20; count++) write(folder, `etc/${count}`, 'x'.repeat(1000));
  write(folder, `etc/${'d'.repeat(60)}`, 'x');
  const cut = async (limits: Partial<typeof DEFAULT_LIMITS>) =>
    (await readAll(await openOne(t, folder, { limits: { ...DEFAULT_LIMITS, ...limits } }))).problems;
  assert.ok((await cut({ files: 10 })).includes('LIMIT_FILES incomplete'));
  assert.ok((await cut({ bytes: 5000 })).includes('LIMIT_BYTES incomplete'));
  assert.ok((await cut({ pathLength: 50 })).includes('LIMIT_PATH incomplete'));
});

test('what may not be read is a problem inside, and a failure at the root', {
  skip: getuid?.() === 0 && 'root may read everything',
}, async (t) => {
  const folder = root(t);
  write(folder, 'etc/closed', 'x');
  chmodSync(join(folder, 'etc/closed'), 0);
  assert.ok((await readAll(await openOne(t, folder))).problems.includes('NO_PERMISSION incomplete'));
  chmodSync(folder, 0);
  await assert.rejects(open(`rootfs:${folder}`, options()), { code: 'NO_PERMISSION' });
  chmodSync(folder, 0o755);
});

test('a folder that is no root file system is one only when it is called so', async (t) => {
  const folder = scratch(t);
  write(folder, 'a', 'x');
  await assert.rejects(open(folder, options()), { code: 'NOT_AN_IMAGE' });
  const { recorder } = await readAll(await openOne(t, `dir:${folder}`));
  assert.deepEqual(recorder.files.map(line), ['file a 1']);
});

test('a tar of a root file system is hashed when it is opened, and cut off it is read as far as it goes', async (t) => {
  const folder = scratch(t);
  const whole = await readAll(await openOne(t, write(folder, 'a.tar', HELLO)));
  assert.deepEqual(whole.problems, []);
  const cut = await readAll(await openOne(t, write(folder, 'b.tar', HELLO.subarray(0, 512 + 512 + 3))));
  assert.deepEqual(cut.problems, ['TRUNCATED incomplete']);
});

test('a path that is not there is not a download', async () => {
  for (const path of ['./gone', '/gone', 'gone.tar.gz', 'rootfs:gone', 'oci:gone:1', 'docker-archive:gone:1'])
    await assert.rejects(open(path, options()), { code: 'NOT_FOUND' }, path);
});
