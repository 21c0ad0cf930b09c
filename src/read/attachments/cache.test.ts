import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DEFAULT_ATTACHMENT_LIMITS } from '../../core/attachment.ts';
import { isFailure } from '../../core/failure.ts';
import type { BlobSource } from '../blob-source.ts';
import { NEVER, open, REPOSITORY } from '../registry/testing/server.ts';
import { referrer, signatureTag } from '../testing/attached.ts';
import { type FakeRegistry, startFakeRegistry } from '../testing/fake-registry.ts';
import { buildImage } from '../testing/image-builder.ts';
import { scratch } from '../testing/scratch.ts';
import { CachedAttachments } from './cache.ts';
import { attachmentsOf } from './source.ts';

const image = buildImage().manifest;
const SUBJECT = image.descriptor.digest;
const bundle = referrer(image, 'a bundle');
const signatures = signatureTag(['signed']);

interface Stage {
  readonly registry: FakeRegistry;
  readonly source: BlobSource;
  readonly folder: string;
  /** As the user calls the repository. */
  readonly name: string;
}

async function stage(t: TestContext): Promise<Stage> {
  const registry = await startFakeRegistry();
  const source = open(registry.host);
  t.after(() => Promise.all([source.close(), registry.close()]));
  registry.putManifest(REPOSITORY, image, 'v1');
  registry.putManifest(REPOSITORY, bundle.manifest);
  registry.putManifest(REPOSITORY, signatures.manifest, `${SUBJECT.replace(':', '-')}.sig`);
  for (const { bytes } of [...bundle.blobs, ...signatures.blobs]) registry.putBlob(REPOSITORY, bytes);
  return { registry, source, folder: join(scratch(t), 'cache'), name: `${registry.host}/${REPOSITORY}` };
}

const online = ({ folder, source, name }: Stage) => new CachedAttachments(folder).over(source, name);
const offline = ({ folder, name }: Stage) =>
  new CachedAttachments(folder, { offline: true }).offlineSource(name);

/** Everything that a verification of `v1` reads. */
async function readAll(source: BlobSource): Promise<string[]> {
  const { digest } = await source.document('v1', NEVER);
  const { attachments } = await attachmentsOf(source).list(digest, NEVER);
  const texts: string[] = [];
  for (const attachment of attachments) {
    const { blobs } = await attachment.open(NEVER);
    for (const blob of blobs) texts.push(Buffer.from(await blob.read(NEVER)).toString('utf8'));
  }
  return texts;
}

const failsWith = (code: string) => (error: unknown) => isFailure(error) && error.code === code;
const questions = ({ registry }: Stage) =>
  registry.requests.map((line) => line.split(' ')[1]?.replace(`/v2/${REPOSITORY}/`, '') ?? '');

test('cache: offline, what was read once is read again, and it is said from when it is', async (t) => {
  const there = await stage(t);
  const texts = await readAll(online(there));
  assert.deepEqual(texts, ['a bundle', 'signed']);
  await there.registry.close();
  const cache = new CachedAttachments(there.folder, { offline: true });
  assert.deepEqual(await readAll(cache.offlineSource(there.name)), texts);
  assert.match(cache.notes.join(), /offline: what is attached to .* is known as of 20\d\d-/);
});

test('cache: online, lists and tags are asked for again, content is not', async (t) => {
  const there = await stage(t);
  await readAll(online(there));
  const before = questions(there).length;
  await readAll(online(there));
  const tag = SUBJECT.replace(':', '-');
  assert.deepEqual(questions(there).slice(before).sort(), [
    `manifests/${tag}.att`,
    `manifests/${tag}.sig`,
    'manifests/v1',
    `referrers/${SUBJECT}`,
  ]);
});

test('bypass 28: a tag that moved is followed, whatever is remembered (CVE-2026-35172)', async (t) => {
  const there = await stage(t);
  await online(there).document('v1', NEVER);
  const other = buildImage({ config: { author: 'another' } }).manifest;
  there.registry.putManifest(REPOSITORY, other, 'v1');
  assert.equal((await online(there).document('v1', NEVER)).digest, other.descriptor.digest);
  assert.equal((await offline(there).document('v1', NEVER)).digest, other.descriptor.digest);
});

test('bypass 28: what one repository gave is not given for another (CVE-2024-39897)', async (t) => {
  const there = await stage(t);
  await readAll(online(there));
  const other = { ...there, name: `${there.registry.host}/team/private` };
  const [, content] = bundle.blobs;
  assert.ok(content !== undefined);
  const descriptor = { ...content.descriptor, urls: [], annotations: {} };
  await assert.rejects(offline(other).document(SUBJECT, NEVER), failsWith('NOT_FOUND'));
  await assert.rejects(offline(other).blob(descriptor, NEVER).next(), failsWith('NOT_FOUND'));
  const before = there.registry.requests.length;
  await online(other).document(SUBJECT, NEVER);
  assert.equal(there.registry.requests.length, before + 1, 'the registry was asked');
});

test('cache: offline, nothing remembered is a failure that says what to do', async (t) => {
  const there = await stage(t);
  const source = offline(there);
  await assert.rejects(
    source.document('v1', NEVER),
    /nothing is remembered of .*:v1: verify it once with a network/,
  );
  await assert.rejects(
    async () => source.referrers?.(SUBJECT, DEFAULT_ATTACHMENT_LIMITS, NEVER),
    failsWith('NOT_FOUND'),
  );
  await assert.rejects(attachmentsOf(source).list(SUBJECT, NEVER), failsWith('NOT_FOUND'));
});

test('cache: offline, a tag that did not exist still does not', async (t) => {
  const there = await stage(t);
  await assert.rejects(online(there).document('nope', NEVER), failsWith('NOT_FOUND'));
  await assert.rejects(offline(there).document('nope', NEVER), /did not exist on 20\d\d-/);
});

test('cache: an entry that somebody changed is no entry', async (t) => {
  const there = await stage(t);
  await readAll(online(there));
  for (const name of readdirSync(there.folder)) {
    const path = join(there.folder, name);
    const bytes = readFileSync(path);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  }
  await assert.rejects(offline(there).document(SUBJECT, NEVER), failsWith('NOT_FOUND'));
  await assert.rejects(offline(there).document('v1', NEVER), failsWith('NOT_FOUND'));
  await assert.rejects(attachmentsOf(offline(there)).list(SUBJECT, NEVER), failsWith('NOT_FOUND'));
  const before = there.registry.requests.length;
  assert.deepEqual(await readAll(online(there)), ['a bundle', 'signed'], 'fetched anew');
  assert.ok(there.registry.requests.length > before + 4);
});

test('bypass 19: a blob that is not what its digest says is not remembered', async (t) => {
  const there = await stage(t);
  const digest = bundle.blobs[1]?.descriptor.digest ?? '';
  there.registry.misbehave.substitute = { [digest]: { bytes: Buffer.from('A bundle') } };
  await assert.rejects(readAll(online(there)), failsWith('DIGEST_MISMATCH'));
  delete there.registry.misbehave.substitute;
  assert.deepEqual(await readAll(online(there)), ['a bundle', 'signed']);
});

const withoutUsers = process.getuid?.() === undefined ? 'needs users' : false;

test('cache: a folder that others can write is not used', { skip: withoutUsers }, async (t) => {
  const there = await stage(t);
  await readAll(online(there));
  chmodSync(there.folder, 0o777);
  const cache = new CachedAttachments(there.folder);
  assert.deepEqual(await readAll(cache.over(there.source, there.name)), ['a bundle', 'signed']);
  assert.match(cache.notes.join(), /is not used: the folder can be written by other users/);
  await assert.rejects(offline(there).document('v1', NEVER), failsWith('NO_PERMISSION'));
});

test('cache: a folder that cannot be written is a note, not a failure', async (t) => {
  const there = await stage(t);
  writeFileSync(there.folder, '');
  const cache = new CachedAttachments(there.folder);
  assert.deepEqual(await readAll(cache.over(there.source, there.name)), ['a bundle', 'signed']);
  assert.match(cache.notes.join(), /could not be written/);
});
