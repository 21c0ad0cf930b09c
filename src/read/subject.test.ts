import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isFailure } from '../core/failure.ts';
import { CachedAttachments } from './attachments/cache.ts';
import { open } from './open.ts';
import { FAST, NEVER, REPOSITORY } from './registry/testing/server.ts';
import { openSubject, type Subject, type SubjectOptions } from './subject.ts';
import { referrer } from './testing/attached.ts';
import { type FakeRegistry, startFakeRegistry } from './testing/fake-registry.ts';
import { type Blob, buildImage, dockerMembers, index, layoutMembers, OCI } from './testing/image-builder.ts';
import { options, scratch, write, writeMembers } from './testing/scratch.ts';
import { tar } from './testing/tar-builder.ts';

const amd64 = buildImage();
const arm64 = buildImage({ config: { architecture: 'arm64' } });
const on = (architecture: string, { descriptor }: Blob) => ({
  ...descriptor,
  platform: { os: 'linux', architecture },
});
const both = index([on('amd64', amd64.manifest), on('arm64', arm64.manifest)]);

async function registryWith(t: TestContext, ...blobs: readonly Blob[]): Promise<FakeRegistry> {
  const registry = await startFakeRegistry();
  t.after(() => registry.close());
  for (const one of blobs) {
    const isDocument = [OCI.manifest, OCI.index].some((type) => type === one.descriptor.mediaType);
    if (isDocument) registry.putManifest(REPOSITORY, one);
    else registry.putBlob(REPOSITORY, one.bytes);
  }
  return registry;
}

const accessTo: SubjectOptions['registry'] = {
  documentBytes: 2 ** 20,
  plainHttp: true,
  env: {},
  homeDir: '/nonexistent',
  certsDirs: [],
  timing: FAST,
};

async function openAt(
  t: TestContext,
  location: string,
  { platform, ...more }: Partial<SubjectOptions> = {},
): Promise<Subject> {
  const { platform: _, ...rest } = options({ registry: accessTo });
  const opened = await openSubject(location, {
    ...rest,
    ...more,
    ...(platform === undefined ? {} : { platform }),
  });
  t.after(() => opened.close());
  return opened;
}

const failsWith = (code: string) => (error: unknown) => isFailure(error) && error.code === code;

test('subject: a tag is resolved once, and nothing is read but the document', async (t) => {
  const registry = await registryWith(t, ...amd64.all);
  registry.putManifest(REPOSITORY, amd64.manifest, 'v1');
  const { name, pinned, digest, kind, leaf } = await openAt(t, `${registry.host}/${REPOSITORY}:v1`);
  assert.equal(name, `${registry.host}/${REPOSITORY}`);
  assert.equal(pinned, `${name}@${digest}`);
  assert.deepEqual([digest, kind, leaf], [amd64.manifest.descriptor.digest, 'manifest', undefined]);
  assert.equal(registry.requests.length, 1);
});

test('bypass 16: a tag that moves to an older digest while it is verified changes nothing', async (t) => {
  const registry = await registryWith(t, ...amd64.all);
  registry.putManifest(REPOSITORY, amd64.manifest, 'v1');
  const subject = await openAt(t, `${registry.host}/${REPOSITORY}:v1`);
  registry.putManifest(REPOSITORY, arm64.manifest, 'v1');
  registry.putManifest(REPOSITORY, referrer(arm64.manifest, 'of the older').manifest);
  assert.deepEqual((await subject.attachments.list(subject.digest, NEVER)).attachments, []);
  assert.ok(registry.requests.slice(1).every((line) => !line.includes('/v1 ')));
});

test('bypass 18: what is attached to another tag of the repository is not found', async (t) => {
  const registry = await registryWith(t, ...amd64.all, arm64.manifest);
  registry.putManifest(REPOSITORY, amd64.manifest, 'v1');
  registry.putManifest(REPOSITORY, arm64.manifest, 'v2');
  registry.putManifest(REPOSITORY, referrer(arm64.manifest, 'of v2').manifest);
  const subject = await openAt(t, `${registry.host}/${REPOSITORY}:v1`);
  assert.deepEqual((await subject.attachments.list(subject.digest, NEVER)).attachments, []);
});

test('bypass 19: other content under the digest asked for', async (t) => {
  const registry = await registryWith(t, ...amd64.all);
  const { digest } = amd64.manifest.descriptor;
  registry.misbehave.substitute = { [digest]: { bytes: arm64.manifest.bytes, mediaType: OCI.manifest } };
  await assert.rejects(openAt(t, `${registry.host}/${REPOSITORY}@${digest}`), failsWith('DIGEST_MISMATCH'));
});

test('bypass 20: the digest counts, not the tag beside it (GHSA-qv35-3gw6-8q4j)', async (t) => {
  const registry = await registryWith(t, ...amd64.all);
  registry.putManifest(REPOSITORY, arm64.manifest, 'v1');
  const wanted = amd64.manifest.descriptor.digest;
  const { digest } = await openAt(t, `${registry.host}/${REPOSITORY}:v1@${wanted}`);
  assert.equal(digest, wanted);
  assert.ok(registry.requests.every((line) => !line.includes('/manifests/v1')));
});

test('bypass 21: a document that is index and manifest at once (GHSA-5j5w-g665-5m35)', async (t) => {
  const registry = await registryWith(t);
  const two = index([], { layers: [], config: amd64.config.descriptor });
  registry.putManifest(REPOSITORY, two, 'v1');
  await assert.rejects(openAt(t, `${registry.host}/${REPOSITORY}:v1`), failsWith('MEDIA_TYPE_MISMATCH'));
});

test('bypass 22: index and platform manifest are two subjects (cosign#786)', async (t) => {
  const registry = await registryWith(t, ...amd64.all, arm64.manifest);
  registry.putManifest(REPOSITORY, both, 'v1');
  registry.putManifest(REPOSITORY, referrer(arm64.manifest, 'of the child').manifest);
  const location = `${registry.host}/${REPOSITORY}:v1`;
  const whole = await openAt(t, location);
  assert.deepEqual([whole.kind, whole.leaf], ['index', undefined]);
  const one = await openAt(t, location, { platform: 'linux/arm64' });
  assert.equal(one.digest, both.descriptor.digest);
  assert.equal(one.leaf?.digest, arm64.manifest.descriptor.digest);
  const counts = [one.digest, one.leaf?.digest ?? one.digest].map(
    async (digest) => (await one.attachments.list(digest, NEVER)).attachments.length,
  );
  assert.deepEqual(await Promise.all(counts), [0, 1]);
});

test('bypass 22: an index inside an index is no subject', async (t) => {
  const registry = await registryWith(t, ...amd64.all, both);
  const outer = index([both.descriptor]);
  registry.putManifest(REPOSITORY, outer, 'v1');
  registry.putManifest(REPOSITORY, referrer(both, 'of the inner').manifest);
  const subject = await openAt(t, `${registry.host}/${REPOSITORY}:v1`, { platform: 'linux/amd64' });
  assert.deepEqual(
    [subject.digest, subject.leaf?.digest],
    [outer.descriptor.digest, amd64.manifest.descriptor.digest],
  );
});

test('subject: a platform that the index does not have', async (t) => {
  const registry = await registryWith(t, both);
  registry.putManifest(REPOSITORY, both, 'v1');
  const opening = openAt(t, `${registry.host}/${REPOSITORY}:v1`, { platform: 'linux/s390x' });
  await assert.rejects(opening, failsWith('NO_SUCH_PLATFORM'));
});

test('subject: what was verified once can be verified without a network', async (t) => {
  const registry = await registryWith(t, ...amd64.all);
  registry.putManifest(REPOSITORY, amd64.manifest, 'v1');
  const location = `${registry.host}/${REPOSITORY}:v1`;
  const folder = join(scratch(t), 'cache');
  const first = await openAt(t, location, { cache: new CachedAttachments(folder) });
  await first.attachments.list(first.digest, NEVER);
  await registry.close();
  const cache = new CachedAttachments(folder, { offline: true });
  const again = await openAt(t, location, { cache });
  assert.equal(again.pinned, first.pinned);
  assert.deepEqual((await again.attachments.list(again.digest, NEVER)).attachments, []);
});

const without: readonly [name: string, location: (folder: string) => string][] = [
  ['an engine', () => 'docker:alpine'],
  ["Podman's store", () => 'podman:alpine'],
  ['a docker archive', (folder) => write(folder, 'saved.tar', tar(dockerMembers(amd64)))],
  [
    'a docker archive by name',
    (folder) => `docker-archive:${write(folder, 'a.tar', tar(dockerMembers(amd64)))}`,
  ],
  ['a root file system', (folder) => `rootfs:${folder}`],
  ['a tar of one', (folder) => write(folder, 'root.tar', tar([{ name: 'etc/' }, { name: 'usr/' }]))],
];

for (const [name, location] of without) {
  test(`subject: ${name} holds no signatures`, async (t) => {
    await assert.rejects(openAt(t, location(scratch(t))), (error) => {
      assert.ok(isFailure(error, 'UNSUPPORTED'), String(error));
      assert.match(error.message, /only registries, OCI layouts and OCI archives hold signatures/);
      return true;
    });
  });
}

test('subject: a layout has no name, whatever it calls itself', async (t) => {
  const listed = {
    ...amd64.manifest.descriptor,
    annotations: { 'org.opencontainers.image.ref.name': 'docker.io/library/alpine' },
  };
  const folder = writeMembers(scratch(t), layoutMembers([listed], amd64.all));
  const { name, pinned } = await openAt(t, `oci:${folder}`);
  assert.equal(name, undefined);
  assert.equal(pinned, `${folder}@${amd64.manifest.descriptor.digest}`);
});

test('subject: a location that is not there', async (t) => {
  await assert.rejects(openAt(t, join(scratch(t), 'none.tar')), failsWith('NOT_FOUND'));
});

test('an image opened from a registry has its attachments', async (t) => {
  const registry = await registryWith(t, ...amd64.all);
  registry.putManifest(REPOSITORY, referrer(amd64.manifest, 'a bundle').manifest);
  registry.putManifest(REPOSITORY, amd64.manifest, 'v1');
  const [image] = await open(`${registry.host}/${REPOSITORY}:v1`, options({ registry: accessTo }));
  t.after(() => image?.close());
  const list = await image?.attachments?.list(amd64.manifest.descriptor.digest, NEVER);
  assert.equal(list?.attachments.length, 1);
});
