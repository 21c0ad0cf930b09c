import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { EXT4, imageOf } from '../../filesystem/ext/testing/images.ts';
import { toSelection } from '../../selection.ts';
import { options as openOptions, readAll } from '../../testing/scratch.ts';
import { tarMember } from '../../testing/tar-builder.ts';
import { type FakeGcpOptions, startFakeGcp } from '../testing/fake-gcp.ts';
import { fixedVhd } from '../testing/ranges.ts';
import { parseImageName, parseObjectUrl } from './image-name.ts';
import { openGcp, openObject } from './open-gcp.ts';

const RAW = imageOf(EXT4);
/** GCP's export of a disk of 1 GiB, as the image says it has: the file system, and zeros, in as many members of gzip as it takes. */
const ZEROS = gzipSync(Buffer.alloc(4 * 2 ** 20));
const EXPORT = Buffer.concat([
  gzipSync(tarMember({ name: 'disk.raw', data: RAW, size: 2 ** 30 })),
  ...Array.from({ length: 256 - RAW.length / (4 * 2 ** 20) }, () => ZEROS),
  gzipSync(Buffer.alloc(1024)),
]);

const LICENSE = 'https://www.googleapis.com/compute/v1/projects/debian-cloud/global/licenses/debian-12';
const IMAGE = {
  kind: 'compute#image',
  name: 'debian-12-v20260101',
  creationTimestamp: '2026-01-01T00:00:00.000-08:00',
  diskSizeGb: '1',
  family: 'debian-12',
  licenses: [LICENSE],
  deprecated: { state: 'DEPRECATED' },
};
const ID = 'projects/debian-cloud/global/images/debian-12-v20260101';
const FAMILY = 'projects/debian-cloud/global/images/family/debian-12';
const OBJECTS = {
  'bucket/a/i.tar.gz': EXPORT,
  'bucket/i.raw': RAW,
  'bucket/i.vhd': fixedVhd(RAW),
  'bucket/i.txt': Buffer.from('no'),
};

interface Opened {
  readonly id?: string;
  readonly exported?: string;
  readonly fake?: Partial<FakeGcpOptions>;
}

async function start(t: TestContext, { id = ID, exported, fake: more }: Opened) {
  const images = { 'debian-cloud/debian-12-v20260101': IMAGE, 'debian-cloud/family/debian-12': IMAGE };
  const fake = await startFakeGcp({ images, objects: OBJECTS, ...more });
  t.after(() => fake.close());
  const endpoints = { compute: fake.url, storage: fake.url };
  const cloud = { endpoints, ...(exported !== undefined && { exported }) };
  const selection = toSelection(`gcp:${id}`, openOptions());
  return { fake, cloud, selection, id };
}

async function openImage(t: TestContext, how: Opened) {
  const { fake, cloud, selection, id } = await start(t, how);
  const image = await openGcp(id, cloud, selection);
  t.after(() => image.close());
  return { fake, image };
}

test('an exported image is streamed, held against its checksum, and read', async (t) => {
  const { image } = await openImage(t, { exported: 'gs://bucket/a/i.tar.gz', fake: { throttled: 2 } });
  assert.deepEqual(image.problems, []);
  const { asked, ...facts } = image.identity.cloud ?? {};
  assert.ok(Date.parse(asked ?? '') > 0);
  assert.deepEqual(facts, {
    id: ID,
    name: 'debian-12-v20260101',
    owner: 'debian-cloud',
    created: '2026-01-01T00:00:00.000-08:00',
    deprecated: 'DEPRECATED',
    productCodes: ['projects/debian-cloud/global/licenses/debian-12'],
    disks: ['gs://bucket/a/i.tar.gz'],
  });
  const { recorder, problems } = await readAll(image);
  assert.deepEqual(problems, []);
  assert.ok(recorder.files.length > 3);
});

for (const [name, id] of [
  ['an image', ID],
  ['in short', 'debian-cloud/debian-12-v20260101'],
  ['a family', FAMILY],
] as const) {
  test(`${name} that was not exported: what Google says, and what to do`, async (t) => {
    const { image } = await openImage(t, { id });
    assert.equal(image.identity.cloud?.id, ID);
    assert.equal(image.problems[0]?.effect, 'incomplete');
    assert.match(
      image.problems[0]?.message ?? '',
      /gcloud compute images export --image debian-12-v20260101 --project debian-cloud .* --exported gs:/,
    );
  });
}

const unlike: readonly (readonly [name: string, how: Opened, message: RegExp])[] = [
  [
    'another size',
    { exported: 'gs://bucket/i.raw' },
    /a disk of 12582912 bytes and the image one of 1073741824/,
  ],
  [
    'older than the image',
    { exported: 'gs://bucket/a/i.tar.gz', fake: { created: '2025-01-01T00:00:00Z' } },
    /before the image/,
  ],
];

for (const [name, how, message] of unlike) {
  test(`no export of this image: ${name}`, async (t) => {
    const { image } = await openImage(t, how);
    assert.deepEqual([image.problems.length, image.problems[0]?.effect], [1, 'incomplete']);
    assert.match(image.problems[0]?.message ?? '', message);
  });
}

test('an object that may not be read: a problem, and what Google says', async (t) => {
  const { image } = await openImage(t, {
    exported: 'gs://bucket/i.raw',
    fake: { refused: [403, 'forbidden'] },
  });
  assert.equal(image.problems[0]?.code, 'NO_PERMISSION');
  assert.equal(image.identity.cloud?.owner, 'debian-cloud');
});

const others: readonly (readonly [name: string, id: string, key: string, found: unknown])[] = [
  ['another image', ID, 'debian-12-v20260101', { ...IMAGE, name: 'debian-12-v2' }],
  ['no name', FAMILY, 'family/debian-12', { ...IMAGE, name: 5 }],
  ['a name that is a command', FAMILY, 'family/debian-12', { ...IMAGE, name: 'x; rm -rf ~' }],
];

for (const [name, id, key, found] of others) {
  test(`Google answers with ${name}`, async (t) => {
    const fake = { images: { [`debian-cloud/${key}`]: found } };
    await assert.rejects(openImage(t, { id, fake }), { code: 'REGISTRY_ERROR', message: /another image/ });
  });
}

const failures: readonly (readonly [name: string, how: Opened, code: string])[] = [
  ['no such image', { id: 'debian-cloud/other' }, 'NOT_FOUND'],
  ['no such object', { exported: 'gs://bucket/no.raw' }, 'NOT_FOUND'],
  ['a wrong checksum', { exported: 'gs://bucket/a/i.tar.gz', fake: { damaged: true } }, 'DIGEST_MISMATCH'],
  ['overwritten meanwhile', { exported: 'gs://bucket/i.raw', fake: { overwritten: true } }, 'NOT_FOUND'],
  ['who is it', { exported: 'gs://bucket/i.raw', fake: { refused: [401, 'authError'] } }, 'UNAUTHORIZED'],
];

for (const [name, how, code] of failures) {
  test(`${name}: ${code}`, async (t) => {
    await assert.rejects(openImage(t, how), { code });
  });
}

for (const url of ['gs://bucket/i.raw', 'gs://bucket/i.vhd', 'gs://bucket/a/i.tar.gz']) {
  test(`${url} as a disk of its own`, async (t) => {
    const { cloud, selection, fake } = await start(t, {});
    const image = await openObject(url, cloud, selection);
    t.after(() => image.close());
    assert.deepEqual([image.identity.kind, image.problems], ['disk', []]);
    const { recorder } = await readAll(image);
    assert.ok(recorder.files.length > 3);
    assert.equal(new Set(fake.ranges).size, fake.ranges.length, 'nothing is asked for twice');
  });
}

for (const id of [
  '',
  'x',
  'p',
  'projects/P/global/images/i',
  `${ID}/..`,
  'projects/debian-cloud/global/images/../../x',
  'a-b/c?d',
]) {
  test(`no name of an image: ${JSON.stringify(id)}`, () => {
    assert.throws(() => parseImageName(id), { code: 'USAGE' });
  });
}

for (const url of [
  'gs://',
  'gs://b',
  'gs://bucket/',
  'gs://../o',
  'gs://bucket/..',
  'gs://bucket/o?x',
  's3://bucket/o',
]) {
  test(`no object: ${url}`, () => {
    assert.throws(() => parseObjectUrl(url), { code: 'USAGE' });
  });
}
