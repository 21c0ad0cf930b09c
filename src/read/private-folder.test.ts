import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PrivateFolder } from './private-folder.ts';
import { scratch, write } from './testing/scratch.ts';

const BYTES = Buffer.from('remembered');
/** With the magic and a SHA-256 before it. */
const ENTRY_BYTES = 17 + 32 + BYTES.length;
const withoutUsers = process.getuid?.() === undefined ? 'needs users' : false;

test('private folder: what was written is read, and nobody else can', async (t) => {
  const path = join(scratch(t), 'deep', 'down');
  const folder = new PrivateFolder(path, 1000);
  assert.equal(await folder.read('a', 100), undefined);
  await folder.write('a', BYTES.subarray(0, 4), BYTES.subarray(4));
  assert.deepEqual(await folder.read('a', 100), BYTES);
  assert.equal(await folder.read('a', 9), undefined, 'larger than what is asked for');
  assert.equal(((await stat(path)).mode & 0o777).toString(8), '700');
});

test('private folder: one that others can write is not trusted', { skip: withoutUsers }, async (t) => {
  const path = scratch(t);
  const folder = new PrivateFolder(path, 1000);
  assert.equal(await folder.distrust(), undefined);
  for (const mode of [0o720, 0o702, 0o777]) {
    await chmod(path, mode);
    assert.match((await folder.distrust()) ?? '', /can be written by other users/);
  }
});

test('private folder: one that cannot be looked at is not used, and stops nothing', async (t) => {
  const path = join(scratch(t), 'round');
  await symlink(path, path);
  const folder = new PrivateFolder(join(path, 'part'), 1000);
  assert.match((await folder.distrust()) ?? '', /is not used: ELOOP/);
  assert.equal(await folder.read('a', 10), undefined);
});

const damages: readonly [name: string, damage: (path: string) => Promise<unknown>][] = [
  ['a changed byte', async (path) => writeFile(path, changedAt(await readFile(path), -1))],
  ['another magic', async (path) => writeFile(path, changedAt(await readFile(path), 0))],
  ['another hash', async (path) => writeFile(path, changedAt(await readFile(path), 20))],
  ['an end cut off', (path) => truncate(path, ENTRY_BYTES - 1)],
  ['a header cut off', (path) => truncate(path, 30)],
  ['nothing in it', (path) => truncate(path, 0)],
];

for (const [name, damage] of damages) {
  test(`private folder: an entry with ${name} is none, and goes`, async (t) => {
    const path = scratch(t);
    const folder = new PrivateFolder(path, 1000);
    await folder.write('a', BYTES);
    await damage(join(path, 'a.entry'));
    assert.equal(await folder.read('a', 100), undefined);
    assert.deepEqual(await readdir(path), []);
  });
}

test('private folder: what is no file is no entry, and nothing waits for it', async (t) => {
  const path = scratch(t);
  write(path, 'folder.entry/file', '');
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(path, 'pipe.entry')]);
  const folder = new PrivateFolder(path, 1000);
  assert.equal(await folder.read('folder', 100), undefined);
  assert.equal(await folder.read('pipe', 100), undefined);
});

test('private folder: stays within its limit, the longest unused goes first, drafts of the dead go too', async (t) => {
  const path = scratch(t);
  write(path, '.draft-1-dead', 'x');
  const folder = new PrivateFolder(path, 3 * ENTRY_BYTES);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await folder.write(name, BYTES);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual((await readdir(path)).sort(), ['c.entry', 'd.entry', 'e.entry']);
  await folder.read('c', 100);
  assert.equal(await new PrivateFolder(path, 2 * ENTRY_BYTES).prune(), 1);
  assert.deepEqual((await readdir(path)).sort(), ['c.entry', 'e.entry']);
  assert.deepEqual(await folder.usage(), {
    entries: 2,
    bytes: 2 * ENTRY_BYTES,
    limit: 3 * ENTRY_BYTES,
  });
});

test('private folder: clearing takes entries and nothing else', async (t) => {
  const path = scratch(t);
  write(path, 'precious', '');
  const folder = new PrivateFolder(path, 1000);
  await folder.write('a', BYTES);
  await folder.write('b', BYTES);
  assert.equal(await folder.clear(), 2);
  assert.deepEqual(await readdir(path), ['precious']);
});

test('private folder: many writers at once leave a whole entry and no drafts', async (t) => {
  const path = scratch(t);
  const writers = Array.from({ length: 8 }, () => new PrivateFolder(path, 1000));
  await Promise.all(writers.map((folder) => folder.write('a', BYTES)));
  assert.deepEqual(await writers[0]?.read('a', 100), BYTES);
  assert.deepEqual(await readdir(path), ['a.entry']);
});

test('private folder: where none can be made, writing fails and leaves nothing', async (t) => {
  const file = write(scratch(t), 'file', '');
  await assert.rejects(new PrivateFolder(file, 1000).write('a', BYTES), { code: 'ENOTDIR' });
  await assert.rejects(new PrivateFolder('/proc/none/such', 1000).write('a', BYTES), { code: 'ENOENT' });
});

test('private folder: a file in its place is said', async (t) => {
  const file = write(scratch(t), 'file', '');
  await assert.rejects(new PrivateFolder(file, 1000).usage(), { code: 'USAGE' });
  assert.equal((await new PrivateFolder(`${file}-none`, 1000).usage()).entries, 0);
});

function changedAt(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  const offset = at < 0 ? bytes.length + at : at;
  changed[offset] = (changed[offset] ?? 0) ^ 1;
  return changed;
}
