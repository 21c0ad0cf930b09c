import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { toDigest } from '../core/digest.ts';
import type { FileRecord } from '../core/file.ts';
import type { LayerSource, LayerSummary } from '../core/image.ts';
import { toLayerPath } from '../core/layer-path.ts';
import { DEFAULT_LIMITS } from '../core/limits.ts';
import { collectAliases } from './collect-aliases.ts';
import { WorkerPool } from './pool/pool.ts';
import { readRules } from './yara/rule-source.ts';

const diffId = toDigest('sha256', 'a'.repeat(64));
const pool = new WorkerPool({ scope: 'all', rules: readRules([]) }, 1);
after(() => pool.close());

const CONTENT = Buffer.from('/opt/evil.so\n');
const record: FileRecord = {
  path: toLayerPath('opt/x'),
  kind: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: CONTENT.length,
  mtime: 0,
};

/** Examines `opt/x` as `etc/ld.so.preload`, from a layer that gives `content` for it, or nothing. */
async function look(content: Uint8Array | undefined, problems: LayerSummary['problems'] = []) {
  const layer: LayerSource = {
    ref: { index: 0, digest: diffId, diffId },
    cacheable: true,
    async read(sink) {
      if (content !== undefined) await sink.file(record, chunks(content));
      return { diffId, bytes: 0, problems };
    },
  };
  const path = toLayerPath('etc/ld.so.preload');
  const alias = { path, layer: 0, target: { record, layer: 0 }, examiners: ['persistence/ld-so-preload'] };
  const options = {
    pool,
    limits: DEFAULT_LIMITS,
    scope: 'all',
    signal: new AbortController().signal,
  } as const;
  const facts = await collectAliases(layer, [alias], options);
  return {
    seen: facts.observations.length,
    problems: facts.problems.map(({ code, effect }) => `${code} ${effect}`),
  };
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('aliases: a file is examined under its second name', async () => {
  assert.deepEqual(await look(CONTENT), { seen: 1, problems: [] });
});

test('aliases: a file that does not come the second time is a problem', async () => {
  assert.deepEqual(await look(undefined), { seen: 0, problems: ['TRUNCATED incomplete'] });
});

test('aliases: a file that comes shorter the second time is a problem', async () => {
  assert.deepEqual((await look(CONTENT.subarray(0, 5))).problems, ['TRUNCATED incomplete']);
});

test('aliases: other bytes than the digest says, the second time, are a problem', async () => {
  const mismatch = { code: 'DIGEST_MISMATCH', message: 'other bytes', effect: 'incomplete' } as const;
  assert.deepEqual((await look(Buffer.from('# nothing....'), [mismatch])).problems, [
    'DIGEST_MISMATCH incomplete',
  ]);
});
