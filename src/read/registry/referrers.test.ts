import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AttachmentLimits, DEFAULT_ATTACHMENT_LIMITS } from '../../core/attachment.ts';
import { isFailure } from '../../core/failure.ts';
import type { BlobSource, ReferrerList } from '../blob-source.ts';
import { referrer } from '../testing/attached.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from '../testing/fake-registry.ts';
import { buildImage, index, OCI } from '../testing/image-builder.ts';
import { NEVER, open, REPOSITORY, serve } from './testing/server.ts';

const image = buildImage().manifest;
const SUBJECT = image.descriptor.digest;
const TAG = SUBJECT.replace(':', '-');
const first = referrer(image, 'first').manifest;
const second = referrer(image, 'second').manifest;

interface Stage {
  readonly registry: FakeRegistry;
  readonly source: BlobSource;
}

async function stage(t: TestContext, options: FakeRegistryOptions = {}): Promise<Stage> {
  const registry = await startFakeRegistry(options);
  const source = open(registry.host, { timing: { attempts: 2 } });
  t.after(() => Promise.all([source.close(), registry.close()]));
  for (const manifest of [image, first, second]) registry.putManifest(REPOSITORY, manifest);
  return { registry, source };
}

async function list({ source }: Stage, limits: Partial<AttachmentLimits> = {}): Promise<ReferrerList> {
  const found = await source.referrers?.(SUBJECT, { ...DEFAULT_ATTACHMENT_LIMITS, ...limits }, NEVER);
  assert.ok(found !== undefined);
  return found;
}

const digests = ({ referrers }: ReferrerList) => referrers.map(({ descriptor }) => descriptor.digest);
const both = [first.descriptor.digest, second.descriptor.digest];
const asked = ({ registry }: Stage) => registry.requests.map((line) => line.split(' ')[1] ?? '');

test('referrers: on one page', async (t) => {
  const list1 = await list(await stage(t));
  assert.deepEqual(digests(list1), both);
  assert.deepEqual([list1.cut, list1.referrers[0]?.via], [[], 'referrers']);
});

test('referrers: on several pages', async (t) => {
  assert.deepEqual(digests(await list(await stage(t, { pageSize: 1 }))), both);
});

test('referrers: an empty list is an answer, and no tag is asked for', async (t) => {
  const there = await stage(t);
  there.registry.repository(REPOSITORY).manifests.clear();
  assert.deepEqual(await list(there), { referrers: [], cut: [] });
  assert.equal(there.registry.requests.length, 1);
});

for (const status of [400, 404, 405, 406, 501]) {
  test(`referrers: status ${status} means that a tag has the list`, async (t) => {
    const there = await stage(t, { referrers: false, referrersStatus: status });
    there.registry.putManifest(REPOSITORY, index([first.descriptor, second.descriptor]), TAG);
    const found = await list(there);
    assert.deepEqual(digests(found), both);
    assert.equal(found.referrers[0]?.via, 'referrers-tag');
  });
}

test('referrers: neither endpoint nor tag is an empty list', async (t) => {
  assert.deepEqual(await list(await stage(t, { referrers: false })), { referrers: [], cut: [] });
});

const answers: readonly [name: string, type: string, body: string][] = [
  ['a page for people', 'text/html', '<html><body>Sign in</body></html>'],
  ['JSON that is no index', 'application/json', '{"message":"hello"}'],
  ['an image manifest', OCI.manifest, image.bytes.toString('utf8')],
];

for (const [name, type, body] of answers) {
  test(`referrers: ${name} means that a tag has the list`, async (t) => {
    const there = await stage(t);
    there.registry.misbehave.substitute = { [SUBJECT]: { bytes: Buffer.from(body), mediaType: type } };
    there.registry.putManifest(REPOSITORY, index([first.descriptor]), TAG);
    assert.deepEqual(digests(await list(there)), [first.descriptor.digest]);
  });
}

test('referrers: an index under an odd type is one (kyverno#16678)', async (t) => {
  const there = await stage(t);
  const entry = { ...first.descriptor, artifactType: 'application/vnd.oci.empty.v1+json' };
  Object.assign(there.registry.misbehave, {
    referrers: [entry],
    referrersType: 'application/vnd.oci.empty.v1+json',
  });
  assert.deepEqual(digests(await list(there)), [first.descriptor.digest]);
});

const broken: readonly [name: string, status: number, code: string][] = [
  ['an overloaded registry', 503, 'REGISTRY_ERROR'],
  ['a registry that wants to be left alone', 429, 'RATE_LIMITED'],
  ['a registry that wants other credentials', 403, 'FORBIDDEN'],
];

for (const [name, status, code] of broken) {
  test(`referrers: ${name} is a failure, not an empty list`, async (t) => {
    const there = await stage(t);
    there.registry.misbehave.status = { [SUBJECT]: status };
    await assert.rejects(list(there), (error) => isFailure(error) && error.code === code);
  });
}

test('referrers: a body that never ends is a failure', async (t) => {
  const there = await stage(t);
  there.registry.misbehave.neverEnding = [SUBJECT];
  await assert.rejects(list(there), (error) => isFailure(error, 'UNREACHABLE'));
});

test('bypass 23: pages without end (CVE-2023-46737)', async (t) => {
  const there = await stage(t);
  Object.assign(there.registry.misbehave, { endlessPages: 'fresh', referrers: [first.descriptor] });
  const { cut } = await list(there, { pages: 5 });
  assert.equal(there.registry.requests.length, 5);
  assert.match(cut.join(), /more than 5 pages/);
});

test('bypass 23: entries without end', async (t) => {
  const there = await stage(t);
  Object.assign(there.registry.misbehave, {
    endlessPages: 'fresh',
    referrers: Array(40).fill(first.descriptor),
  });
  const found = await list(there, { listed: 100 });
  assert.equal(found.referrers.length, 100);
  assert.match(found.cut.join(), /more than the 100 entries/);
});

test('bypass 23: pages in a circle', async (t) => {
  const there = await stage(t);
  Object.assign(there.registry.misbehave, { endlessPages: 'same', referrers: [first.descriptor] });
  assert.match((await list(there)).cut.join(), /in circles/);
  assert.equal(there.registry.requests.length, 2);
});

test('bypass 24: a page of more bytes than are read', async (t) => {
  const there = await stage(t);
  there.registry.misbehave.huge = { [SUBJECT]: 2 ** 30 };
  const { referrers, cut } = await list(there, { documentBytes: 2 ** 16 });
  assert.deepEqual(referrers, []);
  assert.match(cut.join(), /page of more than 65536 bytes/);
});

test('referrers: a tag that holds no index is said, and is no failure', async (t) => {
  const there = await stage(t, { referrers: false });
  there.registry.putManifest(REPOSITORY, image, TAG);
  const { referrers, cut } = await list(there);
  assert.deepEqual(referrers, []);
  assert.match(cut.join(), /under the tag .* could not be read/);
});

test('bypass 27: a next page on another host is not asked for, and gets no credentials', async (t) => {
  await using stranger = await serve((_, response) => response.end('{}'));
  const there = await stage(t);
  Object.assign(there.registry.misbehave, {
    link: `<${stranger.origin}/v2/${REPOSITORY}/referrers/${SUBJECT}?n=2>; rel="next"`,
    referrers: [first.descriptor],
  });
  const { cut } = await list(there);
  assert.match(cut.join(), /at another place: not followed/);
  assert.deepEqual(stranger.requests, []);
});

test('referrers: a mirror with nothing attached is passed over', async (t) => {
  const [own, mirror] = [await stage(t), await stage(t)];
  mirror.registry.repository(REPOSITORY).manifests.clear();
  const source = open(own.registry.host, {
    mirrors: { [own.registry.host]: [`http://${mirror.registry.host}`] },
  });
  t.after(() => source.close());
  assert.deepEqual(digests(await list({ ...own, source })), both);
  assert.deepEqual([asked(mirror).length, asked(own).length], [1, 1]);
});
