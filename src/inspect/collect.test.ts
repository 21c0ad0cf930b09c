import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { toDigest } from '../core/digest.ts';
import type { FileRecord } from '../core/file.ts';
import type { LayerSink, LayerSource } from '../core/image.ts';
import { toLayerPath } from '../core/layer-path.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/limits.ts';
import { collectFacts } from './collect.ts';
import type { LayerFacts } from './facts.ts';
import { WindowCutter, windowsOf } from './file-windows.ts';
import { WorkerPool } from './pool/pool.ts';
import { at, buildHive, merged } from './registry/testing/hive-builder.ts';
import { readRules } from './yara/rule-source.ts';

const RUN = 'Microsoft\\Windows\\CurrentVersion\\Run';
const diffId = toDigest('sha256', 'a'.repeat(64));
const pool = new WorkerPool({ scope: 'all', rules: readRules([]) }, 2);
after(() => pool.close());

const hex = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

function record(name: string, size: number): FileRecord {
  return { path: toLayerPath(name), kind: 'file', mode: 0o644, uid: 0, gid: 0, size, mtime: 0 };
}

async function collect(
  limits: Partial<Limits>,
  fill: (sink: LayerSink) => Promise<void>,
): Promise<LayerFacts> {
  const layer: LayerSource = {
    ref: { index: 0, digest: diffId, diffId },
    cacheable: false,
    async read(sink) {
      await fill(sink);
      return { diffId, bytes: 0, problems: [] };
    },
  };
  const signal = new AbortController().signal;
  return collectFacts(layer, { pool, limits: { ...DEFAULT_LIMITS, ...limits }, scope: 'all', signal });
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('collect: small files are hashed, classified and examined in workers', async () => {
  const preload = Buffer.from('/usr/lib/evil.so\n');
  const facts = await collect({}, async (sink) => {
    sink.entry({ ...record('etc', 0), kind: 'directory' });
    await sink.file(record('etc/ld.so.preload', preload.length), chunksOf(preload, 3));
    await sink.file(record('usr/bin/x', 4), chunksOf(Buffer.from('\x7fELF', 'latin1'), 9));
    sink.entry(record('empty', 0));
    await sink.file(record('srv/plain', 3), chunksOf(Buffer.from('abc'), 3));
  });
  const [, file, program, empty, plain] = facts.files;
  assert.equal(file?.sha256, hex('sha256', preload));
  assert.deepEqual([file?.content, program?.content, empty?.content], ['text', 'elf', 'empty']);
  assert.equal(program?.md5, hex('md5', Buffer.from('\x7fELF', 'latin1')));
  assert.equal(file?.md5, hex('md5', preload), 'something was seen in it, so ownership will matter');
  assert.equal(plain?.md5, undefined, 'nothing was seen in it, and it is in no program folder');
  assert.equal(empty?.sha256, hex('sha256', Buffer.alloc(0)));
  assert.ok(facts.observations.some(({ path }) => path === 'etc/ld.so.preload'));
});

test('collect: a large file goes by in windows, hashed whole, and what lies across two is found', async () => {
  const bytes = Buffer.alloc(700_000, 'x');
  bytes.write('-----', 262_140);
  const facts = await collect({ fileMemory: 262_144 }, async (sink) => {
    await sink.file(record('usr/lib/big', bytes.length), chunksOf(bytes, 50_000));
  });
  assert.equal(facts.files[0]?.sha256, hex('sha256', bytes));
  assert.equal(facts.files[0]?.sha1, hex('sha1', bytes));
  assert.deepEqual(
    facts.problems.map(({ code, effect }) => `${code} ${effect}`),
    ['LIMIT_FILE_MEMORY notice'],
  );
});

test('collect: what is wanted whole is handed over whole, and in windows to all others', async () => {
  const filler = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`filler ${index}`, { type: 3, data: Buffer.alloc(15_000, 7) }]),
  );
  const evil = { values: { evil: 'C:\\Users\\Public\\x.exe' } };
  const bytes = buildHive(merged(at('A', { values: filler }), at(RUN, evil)));
  assert.ok(bytes.length > 2 * 262_144);
  const path = 'Windows/System32/config/SOFTWARE';
  const facts = await collect({ fileMemory: 262_144 }, async (sink) => {
    await sink.file(record(path, bytes.length), chunksOf(bytes, 50_000));
    await sink.file(record('after', 3), chunksOf(Buffer.from('abc'), 3));
  });
  assert.deepEqual(
    facts.problems.map(({ code, effect }) => `${code} ${effect}`),
    ['LIMIT_FILE_MEMORY notice'],
  );
  assert.deepEqual(
    facts.files.map(({ sha256 }) => sha256),
    [hex('sha256', bytes), hex('sha256', Buffer.from('abc'))],
  );
  const autostarts = facts.observations.filter(({ examiner }) => examiner === 'windows/registry-autostart');
  assert.equal(autostarts.length, 1);
});

test('collect: windows of what is in memory are those of what goes by', () => {
  for (const length of [1, 65_536, 131_072, 131_073, 196_608, 196_609, 700_000]) {
    const bytes = randomBytes(length);
    const cutter = new WindowCutter(131_072);
    const goneBy: [number, string][] = [];
    for (const window of cutter.push(bytes)) goneBy.push([window.base, hex('sha256', window.bytes)]);
    const { base, bytes: rest } = cutter.rest();
    // The last may be what the one before had already.
    if (goneBy.length === 0 || rest.length > 65_536) goneBy.push([base, hex('sha256', rest)]);
    const held = [...windowsOf(bytes, 131_072)].map((window) => [window.base, hex('sha256', window.bytes)]);
    assert.deepEqual(held, goneBy, `${length}`);
  }
});

test('collect: many batches keep their order and their digests apart', async () => {
  const contents = Array.from({ length: 3000 }, (_, index) =>
    Buffer.from(`file ${index} `.repeat(1 + (index % 500))),
  );
  const facts = await collect({}, async (sink) => {
    for (const [index, bytes] of contents.entries()) {
      await sink.file(record(`f${index}`, bytes.length), chunksOf(bytes, 1000));
    }
  });
  assert.deepEqual(
    facts.files.map(({ path, sha256 }) => `${path} ${sha256}`),
    contents.map((bytes, index) => `f${index} ${hex('sha256', bytes)}`),
  );
});

test('collect: a source that ends early leaves no stale bytes of an earlier file in the digest', async () => {
  const facts = await collect({}, async (sink) => {
    await sink.file(record('short', 100), chunksOf(Buffer.from('abc'), 3));
  });
  assert.equal(facts.files[0]?.sha256, hex('sha256', Buffer.from('abc')));
});

test('collect: a failure of the source is thrown', async () => {
  await assert.rejects(
    collect({}, () => Promise.reject(new Error('gone'))),
    /gone/,
  );
});
