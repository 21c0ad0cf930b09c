import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ATTACHMENT_LIMITS } from '../../core/attachment.ts';
import { isFailure } from '../../core/failure.ts';
import { descriptorOf, NEVER, open, REPOSITORY } from '../registry/testing/server.ts';
import { startFakeRegistry } from '../testing/fake-registry.ts';
import { MemorySource } from '../testing/image-builder.ts';
import { AttachmentFetcher } from './fetcher.ts';

const BYTES = Buffer.from('{"a": "blob"}');
const descriptor = descriptorOf(BYTES);

test('bypass 24: a blob that drips for ever ends, and is no wish of the user', async (t) => {
  const registry = await startFakeRegistry();
  const source = open(registry.host, { timing: { idleMs: 60_000 } });
  t.after(() => Promise.all([source.close(), registry.close()]));
  registry.misbehave.neverEnding = [descriptor.digest];
  const fetcher = new AttachmentFetcher(source, DEFAULT_ATTACHMENT_LIMITS, 100);
  await assert.rejects(fetcher.blob(descriptor, NEVER), (error) => isFailure(error, 'UNREACHABLE'));
  await assert.rejects(
    fetcher.blob(descriptor, AbortSignal.abort()),
    (error) => isFailure(error, 'CANCELLED'),
    'the user’s wish is one',
  );
});

test('fetcher: a fetch that failed is not remembered', async (t) => {
  const registry = await startFakeRegistry();
  const source = open(registry.host);
  t.after(() => Promise.all([source.close(), registry.close()]));
  const fetcher = new AttachmentFetcher(source, DEFAULT_ATTACHMENT_LIMITS);
  await assert.rejects(fetcher.blob(descriptor, NEVER), (error) => isFailure(error, 'NOT_FOUND'));
  registry.putBlob(REPOSITORY, BYTES);
  assert.deepEqual(await fetcher.blob(descriptor, NEVER), BYTES);
});

test('fetcher: the same digest with another size is not what was remembered', async () => {
  const source = new MemorySource([{ bytes: BYTES, descriptor }], {});
  const fetcher = new AttachmentFetcher(source, DEFAULT_ATTACHMENT_LIMITS);
  await fetcher.blob(descriptor, NEVER);
  const lying = fetcher.blob({ ...descriptor, size: BYTES.length - 1 }, NEVER);
  await assert.rejects(lying, (error) => isFailure(error, 'DIGEST_MISMATCH'));
  assert.equal(source.reads, 2);
});
