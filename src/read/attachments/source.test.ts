import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Attachment,
  type AttachmentLimits,
  type AttachmentList,
  type AttachmentSource,
  DEFAULT_ATTACHMENT_LIMITS,
} from '../../core/attachment.ts';
import { isFailure } from '../../core/failure.ts';
import { NEVER, open, REPOSITORY } from '../registry/testing/server.ts';
import { type Attached, EMPTY, referrer, signatureTag } from '../testing/attached.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../testing/fake-registry.ts';
import { buildImage, index } from '../testing/image-builder.ts';
import { attachmentsOf } from './source.ts';

const image = buildImage().manifest;
const SUBJECT = image.descriptor.digest;
const TAG = SUBJECT.replace(':', '-');
const bundle = referrer(image, 'a bundle');
const signatures = signatureTag(['one', 'two', 'one']);
const attestations = signatureTag(['attested']);

interface Stage {
  readonly registry: FakeRegistry;
  readonly attachments: AttachmentSource;
}

async function stage(
  t: TestContext,
  limits: Partial<AttachmentLimits> = {},
  options: FakeRegistryOptions = {},
): Promise<Stage> {
  const registry = await startFakeRegistry(options);
  const source = open(registry.host, { timing: { attempts: 2 } });
  t.after(() => Promise.all([source.close(), registry.close()]));
  registry.putManifest(REPOSITORY, image, 'v1');
  return { registry, attachments: attachmentsOf(source, { ...DEFAULT_ATTACHMENT_LIMITS, ...limits }) };
}

function attach({ registry }: Stage, { manifest, blobs }: Attached, ...tags: string[]): void {
  for (const { bytes } of blobs) registry.putBlob(REPOSITORY, bytes);
  registry.putManifest(REPOSITORY, manifest, ...tags);
}

const list = ({ attachments }: Stage): Promise<AttachmentList> => attachments.list(SUBJECT, NEVER);

async function only(there: Stage): Promise<Attachment> {
  const { attachments } = await list(there);
  const [attachment] = attachments;
  assert.ok(attachment !== undefined && attachments.length === 1);
  return attachment;
}

async function read(attachment: Attachment): Promise<string[]> {
  const { blobs } = await attachment.open(NEVER);
  const texts: string[] = [];
  for (const blob of blobs) texts.push(Buffer.from(await blob.read(NEVER)).toString('utf8'));
  return texts;
}

const failsWith = (code: string) => (error: unknown) => isFailure(error) && error.code === code;

test('attachments: nothing is attached', async (t) => {
  assert.deepEqual(await list(await stage(t)), { attachments: [], cut: [] });
});

test('attachments: referrers, then signatures, then attestations, read to their content', async (t) => {
  const there = await stage(t);
  attach(there, attestations, `${TAG}.att`);
  attach(there, signatures, `${TAG}.sig`);
  attach(there, bundle);
  const { attachments, cut } = await list(there);
  assert.deepEqual(cut, []);
  assert.deepEqual(
    attachments.map(({ via }) => via),
    ['referrers', 'signature-tag', 'attestation-tag'],
  );
  assert.deepEqual(await Promise.all(attachments.map(read)), [
    ['a bundle'],
    ['one', 'two', 'one'],
    ['attested'],
  ]);
  const opened = await attachments[0]?.open(NEVER);
  assert.equal(opened?.claimedSubject, SUBJECT);
});

test('attachments: the same manifest by two ways is one attachment', async (t) => {
  const there = await stage(t);
  attach(there, bundle, `${TAG}.sig`);
  assert.equal((await only(there)).via, 'referrers');
});

test('attachments: one blob of several signatures is fetched once', async (t) => {
  const there = await stage(t);
  attach(there, signatures, `${TAG}.sig`);
  const attachment = await only(there);
  await Promise.all([read(attachment), read(attachment)]);
  assert.equal(there.registry.requests.filter((line) => line.includes('/blobs/')).length, 2);
});

test('attachments: a list that calls a bundle empty gives no hint (kyverno#16664)', async (t) => {
  const there = await stage(t, {}, { referrers: false });
  attach(there, bundle);
  const entry = { ...bundle.manifest.descriptor, artifactType: EMPTY.descriptor.mediaType };
  there.registry.putManifest(REPOSITORY, index([entry]), TAG);
  const attachment = await only(there);
  assert.equal(attachment.artifactType, undefined);
  assert.equal((await attachment.open(NEVER)).artifactType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
});

test('attachments: a registry that fails on the tag is a failure, not "nothing attached"', async (t) => {
  const there = await stage(t);
  there.registry.misbehave.status = { [`${TAG}.sig`]: 500 };
  await assert.rejects(list(there), failsWith('REGISTRY_ERROR'));
});

test('bypass 19: a manifest that is another when it is fetched', async (t) => {
  const there = await stage(t);
  attach(there, bundle);
  const { digest } = bundle.manifest.descriptor;
  there.registry.misbehave.substitute = { [digest]: { bytes: signatures.manifest.bytes } };
  const attachment = await only(there);
  await assert.rejects(attachment.open(NEVER), failsWith('DIGEST_MISMATCH'));
});

test('bypass 19: a blob that is another when it is fetched', async (t) => {
  const there = await stage(t);
  attach(there, bundle);
  const [, content] = bundle.blobs;
  assert.ok(content !== undefined);
  there.registry.misbehave.substitute = { [content.descriptor.digest]: { bytes: Buffer.from('A bundle') } };
  await assert.rejects(read(await only(there)), failsWith('DIGEST_MISMATCH'));
});

test('bypass 19: a tag that leads elsewhere the second time is not asked for twice', async (t) => {
  const there = await stage(t);
  attach(there, signatures, `${TAG}.sig`);
  there.registry.misbehave.changeAfterFirst = { [`${TAG}.sig`]: attestations.manifest.bytes };
  assert.deepEqual(await read(await only(there)), ['one', 'two', 'one']);
});

test('bypass 21: a list that calls a manifest an index', async (t) => {
  const there = await stage(t);
  attach(there, bundle);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  there.registry.misbehave.referrers = [{ ...bundle.manifest.descriptor, mediaType }];
  const attachment = await only(there);
  await assert.rejects(attachment.open(NEVER), failsWith('MEDIA_TYPE_MISMATCH'));
});

test('bypass 23: the fetches for all attachments have one budget (CVE-2023-33957)', async (t) => {
  const there = await stage(t, { fetches: 10 });
  for (let place = 0; place < 20; place++) attach(there, referrer(image, `bundle ${place}`));
  const { attachments } = await list(there);
  assert.equal(attachments.length, 20);
  const opened = await Promise.allSettled(attachments.map((attachment) => attachment.open(NEVER)));
  const refused = opened.filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 12, 'two of ten went to the tags');
  assert.ok(refused.every((one) => one.status === 'rejected' && failsWith('TOO_LARGE')(one.reason)));
  const fetched = there.registry.requests.filter((line) => line.includes('/manifests/sha256:'));
  assert.equal(fetched.length, 8);
});

test('bypass 23: more signatures under one tag than are looked at', async (t) => {
  const there = await stage(t, { blobs: 2 });
  attach(there, signatures, `${TAG}.sig`);
  await assert.rejects((await only(there)).open(NEVER), failsWith('TOO_LARGE'));
});

test('bypass 24: a blob that says it is huge is not fetched (CVE-2024-29902)', async (t) => {
  const there = await stage(t, { blobBytes: 4 });
  attach(there, bundle);
  await assert.rejects(read(await only(there)), failsWith('TOO_LARGE'));
  assert.deepEqual(
    there.registry.requests.filter((line) => line.includes('/blobs/')),
    [],
  );
});

test('bypass 24: a blob that is longer than it says is cut off', async (t) => {
  const there = await stage(t);
  attach(there, bundle);
  const digest = bundle.blobs[1]?.descriptor.digest ?? '';
  there.registry.misbehave.huge = { [digest]: 2 ** 32 };
  await assert.rejects(read(await only(there)), failsWith('TOO_LARGE'));
});

test('bypass 24: a signature manifest without end hides no other attachment (CVE-2024-29903)', async (t) => {
  const there = await stage(t, { documentBytes: 2 ** 16 });
  attach(there, bundle);
  there.registry.misbehave.huge = { [`${TAG}.sig`]: 2 ** 32 };
  const { attachments, cut } = await list(there);
  assert.deepEqual(
    attachments.map(({ via }) => via),
    ['referrers'],
  );
  assert.match(cut.join(), /under the tag .*\.sig could not be read: .*more than 65536 bytes/);
});

test('bypass 25: manifests that nest without end are refused', async (t) => {
  const there = await stage(t);
  const bytes = Buffer.from(`{"schemaVersion":2,"layers":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  there.registry.misbehave.substitute = { [`${TAG}.sig`]: { bytes, mediaType: 'application/json' } };
  const attachment = await only(there);
  await assert.rejects(attachment.open(NEVER), failsWith('MALFORMED'));
});

test('bypass 30: a digest that is a path is never asked for', async (t) => {
  const there = await stage(t);
  there.registry.misbehave.referrers = [{ ...bundle.manifest.descriptor, digest: 'sha256:../../../v2/' }];
  const { attachments, cut } = await list(there);
  assert.deepEqual(attachments, []);
  assert.match(cut.join(), /no descriptors/);
});
