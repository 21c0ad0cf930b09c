import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Digest, toDigest } from '../../core/digest.ts';
import type { LayerSource } from '../../core/image.ts';
import { toLayerPath } from '../../core/layer-path.ts';
import type { LayerFacts } from '../../inspect/facts.ts';
import { PrivateFolder } from '../../read/private-folder.ts';
import { FactsCache } from './facts-cache.ts';

const digestOf = (digit: string): Digest => toDigest('sha256', digit.repeat(64));

async function folderFor(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pratique-cache-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function layerWith(digest: Digest, diffId: Digest, more: Partial<LayerSource> = {}): LayerSource {
  return {
    ref: { index: 0, digest, diffId },
    cacheable: true,
    read: () => Promise.reject(new Error('unread')),
    ...more,
  };
}

function factsOf(diffId: Digest, more: Partial<LayerFacts> = {}): LayerFacts {
  const record = {
    path: toLayerPath('a'),
    kind: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 1,
    mtime: 0,
  } as const;
  return {
    diffId,
    files: [record],
    whiteouts: [],
    oddities: [],
    observations: [],
    problems: [],
    bytes: 9,
    ...more,
  };
}

const blob = digestOf('1');
const diffId = digestOf('a');

test('cache: what was saved is loaded', async (context) => {
  const cache = new FactsCache(await folderFor(context), 2 ** 20);
  assert.equal(await cache.load(layerWith(blob, diffId), 'v1'), undefined);
  assert.equal(await cache.save(layerWith(blob, diffId), factsOf(diffId), 'v1'), undefined);
  assert.deepEqual(await cache.load(layerWith(blob, diffId), 'v1'), factsOf(diffId));
});

test('cache: other detectors, another blob or a claimed diff id are no hit', async (context) => {
  const cache = new FactsCache(await folderFor(context), 2 ** 20);
  await cache.save(layerWith(blob, diffId), factsOf(diffId), 'v1');
  assert.equal(await cache.load(layerWith(blob, diffId), 'v2'), undefined);
  assert.equal(
    await cache.load(layerWith(digestOf('2'), diffId), 'v1'),
    undefined,
    'an unread blob claims our diff id',
  );
  assert.equal(
    await cache.load(layerWith(blob, digestOf('b')), 'v1'),
    undefined,
    'the read blob claims another',
  );
});

test('cache: a local file is known by its identity', async (context) => {
  const cache = new FactsCache(await folderFor(context), 2 ** 20);
  await cache.save(layerWith(diffId, diffId, { fingerprint: 'inode 1' }), factsOf(diffId), 'v1');
  assert.ok(await cache.load(layerWith(diffId, diffId, { fingerprint: 'inode 1' }), 'v1'));
  assert.equal(await cache.load(layerWith(diffId, diffId, { fingerprint: 'inode 2' }), 'v1'), undefined);
  assert.equal(await cache.load(layerWith(diffId, diffId), 'v1'), undefined);
});

const unsaved: readonly [name: string, layer: Partial<LayerSource>, facts: Partial<LayerFacts>][] = [
  ['with a part unread', {}, { problems: [{ code: 'TRUNCATED', message: 'cut', effect: 'incomplete' }] }],
  ['with another diff id than claimed', {}, { diffId: digestOf('b') }],
  ['of a source nothing pins', { cacheable: false }, {}],
];

for (const [name, layer, facts] of unsaved) {
  test(`cache: a layer ${name} is not kept`, async (context) => {
    const folder = await folderFor(context);
    const cache = new FactsCache(folder, 2 ** 20);
    await cache.save(layerWith(blob, diffId, layer), factsOf(diffId, facts), 'v1');
    assert.deepEqual(await readdir(folder), []);
  });
}

test('cache: what hides behind a gzip member stays with the blob, not with the layer', async (context) => {
  const cache = new FactsCache(await folderFor(context), 2 ** 20);
  const trailer = { kind: 'compression-trailer', offset: 5, length: 3, head: 'abc' } as const;
  await cache.save(layerWith(blob, diffId), factsOf(diffId, { oddities: [trailer] }), 'v1');
  await cache.save(layerWith(digestOf('2'), diffId), factsOf(diffId), 'v1');
  assert.deepEqual((await cache.load(layerWith(blob, diffId), 'v1'))?.oddities, [trailer]);
  assert.deepEqual((await cache.load(layerWith(digestOf('2'), diffId), 'v1'))?.oddities, []);
});

test('cache: a damaged entry is noticed and thrown away', async (context) => {
  const folder = await folderFor(context);
  const cache = new FactsCache(folder, 2 ** 20);
  await cache.save(layerWith(blob, diffId), factsOf(diffId), 'v1');
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
    await writeFile(join(folder, name), bytes);
  }
  assert.equal(await cache.load(layerWith(blob, diffId), 'v1'), undefined);
  assert.equal((await readdir(folder)).length, 1, 'the damaged link is gone');
});

test('cache: stays within its size, the longest unused goes first', async (context) => {
  const folder = await folderFor(context);
  const cache = new FactsCache(folder, 8000);
  for (const digit of '0123456789abcdef') {
    await cache.save(layerWith(digestOf(digit), digestOf(digit)), factsOf(digestOf(digit)), 'v1');
  }
  const entries = new PrivateFolder(folder, 8000);
  await entries.prune();
  assert.ok((await entries.usage()).bytes <= 8000);
  assert.ok(await cache.load(layerWith(digestOf('f'), digestOf('f')), 'v1'), 'the newest is still there');
});

test('cache: many writers at once leave whole entries and no drafts', async (context) => {
  const folder = await folderFor(context);
  const writers = Array.from({ length: 8 }, () => new FactsCache(folder, 2 ** 20));
  await Promise.all(writers.map((cache) => cache.save(layerWith(blob, diffId), factsOf(diffId), 'v1')));
  assert.deepEqual(await writers[0]?.load(layerWith(blob, diffId), 'v1'), factsOf(diffId));
  assert.equal((await readdir(folder)).filter((name) => name.startsWith('.')).length, 0);
});

test('cache: a folder that cannot be written is a complaint, not a failure', async (context) => {
  const file = join(await folderFor(context), 'file');
  await writeFile(file, '');
  const complaint = await new FactsCache(file, 2 ** 20).save(layerWith(blob, diffId), factsOf(diffId), 'v1');
  assert.match(complaint ?? '', /could not be written/);
});

const foreign = process.getuid?.() === undefined ? 'needs users' : false;

test('cache: a folder that others can write is not believed, and that is said', {
  skip: foreign,
}, async (context) => {
  const folder = await folderFor(context);
  await new FactsCache(folder, 2 ** 20).save(layerWith(blob, diffId), factsOf(diffId), 'v1');
  await chmod(folder, 0o777);
  const cache = new FactsCache(folder, 2 ** 20);
  assert.equal(await cache.load(layerWith(blob, diffId), 'v1'), undefined);
  assert.match(
    (await cache.save(layerWith(blob, diffId), factsOf(diffId), 'v1')) ?? '',
    /can be written by other users/,
  );
});
