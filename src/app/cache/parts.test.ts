import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PrivateFolder } from '../../read/private-folder.ts';
import { cacheParts } from './parts.ts';

const BYTES = Buffer.alloc(1000);

/** A cache with two entries of facts, and one of each other kind. */
async function filled(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pratique-cache-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const write = (path: string, name: string) => new PrivateFolder(path, 2 ** 20).write(name, BYTES);
  await write(folder, 'facts-1');
  await write(folder, 'link-1');
  await write(join(folder, 'attachments'), 'blob-1');
  await write(join(folder, 'tuf'), 'public');
  return folder;
}

async function entriesOf(folder: string, limit: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, part] of cacheParts(folder, limit)) counts[name] = (await part.usage()).entries;
  return counts;
}

test('cache parts: each is counted apart', async (context) => {
  const folder = await filled(context);
  assert.deepEqual(await entriesOf(folder, 5000), { 'layer facts': 2, attachments: 1, 'trust roots': 1 });
  assert.deepEqual(await entriesOf(join(folder, 'none'), 5000), {
    'layer facts': 0,
    attachments: 0,
    'trust roots': 0,
  });
});

test('cache parts: the size is that of layer facts, nothing else is pruned by it', async (context) => {
  const folder = await filled(context);
  for (const part of cacheParts(folder, 1).values()) await part.prune();
  assert.deepEqual(await entriesOf(folder, 1), { 'layer facts': 0, attachments: 1, 'trust roots': 1 });
});

test('cache parts: clearing takes all entries and nothing else', async (context) => {
  const folder = await filled(context);
  for (const at of [folder, join(folder, 'tuf')]) await writeFile(join(at, 'precious'), '');
  for (const part of cacheParts(folder, 5000).values()) await part.clear();
  assert.deepEqual((await readdir(folder, { recursive: true })).sort(), [
    'attachments',
    'precious',
    'tuf',
    'tuf/precious',
  ]);
});
