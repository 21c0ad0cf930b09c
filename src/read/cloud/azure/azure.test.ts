import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EXT4, imageOf } from '../../filesystem/ext/testing/images.ts';
import { toSelection } from '../../selection.ts';
import { options as openOptions, readAll } from '../../testing/scratch.ts';
import { type FakeAzureOptions, startFakeAzure } from '../testing/fake-azure.ts';
import { fixedVhd } from '../testing/ranges.ts';
import { openAzure, requireStorage } from './open-azure.ts';
import { parseAzureId } from './resource-id.ts';

const SUBSCRIPTION = '01234567-89ab-cdef-0123-456789abcdef';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Compute`;
const DISK = `${GROUP}/disks/d`;
const SNAPSHOT = `${GROUP}/snapshots/s`;
const IMAGE = `${GROUP}/images/i`;
const VERSION = `${GROUP}/galleries/gal/images/def/versions/1.2.3`;
const PATIENCE = { pollMs: 1, longestMs: 300 };

const VHD = fixedVhd(imageOf(EXT4));
const OS_DISK = { osType: 'Linux', managedDisk: { id: DISK } };

const RESOURCES = {
  [DISK.toLowerCase()]: {
    name: 'd',
    location: 'westeurope',
    properties: { osType: 'Linux', timeCreated: '2026-01-02T03:04:05Z', diskState: 'Unattached' },
  },
  [SNAPSHOT.toLowerCase()]: { name: 's', location: 'westeurope', properties: { osType: 'Windows' } },
  [IMAGE.toLowerCase()]: {
    name: 'i',
    location: 'westeurope',
    properties: { storageProfile: { osDisk: OS_DISK, dataDisks: [{ lun: 0, snapshot: { id: SNAPSHOT } }] } },
  },
  [VERSION.toLowerCase()]: {
    name: '1.2.3',
    location: 'westeurope',
    properties: {
      publishingProfile: { publishedDate: '2026-02-02T00:00:00Z', endOfLifeDate: '2027-02-02T00:00:00Z' },
      storageProfile: { source: { id: IMAGE } },
    },
  },
};

async function openAt(
  t: TestContext,
  id: string,
  more: Partial<FakeAzureOptions> = {},
  signal?: AbortSignal,
) {
  const disks = { [DISK.toLowerCase()]: VHD, [SNAPSHOT.toLowerCase()]: VHD };
  const fake = await startFakeAzure({ resources: RESOURCES, disks, ...more });
  t.after(() => fake.close());
  const cloud = { endpoints: { management: fake.url } };
  const selection = toSelection(`azure:${id}`, openOptions(signal === undefined ? {} : { signal }));
  const image = await openAzure(id, cloud, selection, PATIENCE).catch((error: unknown) => {
    assert.doesNotMatch(String(error), /S3cr3t/);
    for (const one of begun(fake.requests))
      assert.ok(ended(fake.requests).includes(one), 'access is given back');
    throw error;
  });
  t.after(() => image.close());
  assert.doesNotMatch(JSON.stringify([image.identity, image.problems]), /S3cr3t/);
  return { fake, image };
}

function begun(requests: readonly string[]): string[] {
  const given = requests.filter((request) => /^GET \/sas/.test(request)).map((path) => path.slice(8));
  return [...new Set(given)].sort();
}

function ended(requests: readonly string[]): string[] {
  return requests
    .filter((request) => request.endsWith('/endgetaccess'))
    .map((request) => request.slice(5, -'/endgetaccess'.length))
    .sort();
}

test('a disk is read by its SAS, which is given back', async (t) => {
  const { fake, image } = await openAt(t, DISK, { polls: 2, throttled: 2 });
  assert.deepEqual(image.problems, []);
  const { recorder, problems } = await readAll(image);
  assert.ok(recorder.files.length > 3);
  assert.deepEqual(problems, []);
  const { asked, ...facts } = image.identity.cloud ?? {};
  assert.ok(Date.parse(asked ?? '') > 0);
  assert.deepEqual(facts, {
    id: DISK,
    name: 'd',
    owner: SUBSCRIPTION,
    region: 'westeurope',
    system: 'linux',
    created: '2026-01-02T03:04:05Z',
    productCodes: [],
    disks: [DISK],
  });
  await image.close();
  await image.close();
  assert.deepEqual(ended(fake.requests), [DISK.toLowerCase()]);
  assert.deepEqual(begun(fake.requests), [DISK.toLowerCase()]);
});

for (const [name, id] of [
  ['an image', IMAGE],
  ['a version in a gallery', VERSION],
] as const) {
  test(`${name} is read by what it was made of, and never said to be clean`, async (t) => {
    const { image } = await openAt(t, id);
    assert.equal(image.layers.length, 2);
    assert.deepEqual(image.identity.cloud?.disks, [DISK, SNAPSHOT]);
    assert.ok(image.problems.every(({ code, effect }) => code === 'UNSUPPORTED' && effect === 'incomplete'));
    assert.match(image.problems[0]?.message ?? '', /may have changed since/);
    if (id === VERSION) assert.equal(image.identity.cloud?.deprecated, '2027-02-02T00:00:00Z');
  });
}

test('an image of images without end', async (t) => {
  const resources = {
    [VERSION.toLowerCase()]: { properties: { storageProfile: { source: { id: VERSION } } } },
  };
  const { image } = await openAt(t, VERSION, { resources });
  assert.match(JSON.stringify(image.problems), /without end/);
});

const BLOB = (uri: string) => ({
  [IMAGE.toLowerCase()]: { properties: { storageProfile: { osDisk: { osType: 'Linux', blobUri: uri } } } },
});

for (const uri of [
  'http://169.254.169.254/metadata/identity/oauth2/token?sig=S3cr3t',
  'http://10.0.0.5/x.vhd',
  'https://evil.example/x.vhd',
  'https://a.blob.core.windows.net.evil.example/x.vhd',
  'https://a.blob.core.windows.net:8443/x.vhd',
  'https://me:S3cr3t@a.blob.core.windows.net/x.vhd',
  'file:///etc/passwd',
]) {
  test(`a blob that whoever made the image chose: ${uri}`, async () => {
    const url = new URL(uri);
    assert.throws(() => requireStorage(url, { isOverridden: false }), { code: 'FORBIDDEN' });
  });
}

test('a blob at the metadata service is refused under another Azure too', async (t) => {
  const uri = 'http://169.254.169.254/metadata/identity/oauth2/token?sig=S3cr3t';
  const { image } = await openAt(t, IMAGE, { resources: BLOB(uri) });
  const refusal = image.problems.find(({ code }) => code === 'NO_PERMISSION');
  assert.match(refusal?.message ?? '', /169\.254\.169\.254 is a link-local, metadata or reserved address/);
});

test('a disk named twice is read once, and access is asked for once', async (t) => {
  const twice = { ...OS_DISK, lun: 0, managedDisk: { id: DISK.toUpperCase() } };
  const properties = { storageProfile: { osDisk: OS_DISK, dataDisks: [twice] } };
  const { fake, image } = await openAt(t, IMAGE, {
    resources: { ...RESOURCES, [IMAGE.toLowerCase()]: { properties } },
  });
  assert.equal(image.identity.cloud?.disks.length, 1);
  assert.equal(fake.requests.filter((path) => path.endsWith('/begingetaccess')).length, 1);
});

test('an image of a thousand images', async (t) => {
  const source = (at: number) => ({ source: { id: `${GROUP}/images/x${at}` } });
  const dataDiskImages = Array.from({ length: 1000 }, (_, at) => source(at));
  const { fake, image } = await openAt(t, VERSION, {
    resources: { [VERSION.toLowerCase()]: { properties: { storageProfile: { dataDiskImages } } } },
  });
  assert.ok(fake.requests.length < 50, String(fake.requests.length));
  assert.match(JSON.stringify(image.problems), /has 1001 disks, and no machine has so many/);
});

const refusals: readonly (readonly [name: string, more: Partial<FakeAzureOptions>, message: RegExp])[] = [
  ['no role', { refused: [403, 'AuthorizationFailed'] }, /AuthorizationFailed.*docs\/clouds\.md/],
  ['a machine runs with it', { refused: [409, 'OperationNotAllowed'] }, /OperationNotAllowed/],
  ['the operation fails', { polls: 1, ends: 'Failed' }, /InternalExecutionError/],
];

for (const [name, more, message] of refusals) {
  test(`refused: ${name}: a problem with what works, and what Azure says`, async (t) => {
    const { image } = await openAt(t, DISK, more);
    const refusal = image.problems.find(({ code }) => code === 'NO_PERMISSION');
    assert.equal(refusal?.effect, 'incomplete');
    assert.match(refusal?.message ?? '', message);
    assert.match(refusal?.message ?? '', /what works: make a disk/);
    assert.equal(image.identity.cloud?.region, 'westeurope');
  });
}

const failures: readonly (readonly [name: string, more: Partial<FakeAzureOptions>, code: string])[] = [
  ['not there', { resources: {} }, 'NOT_FOUND'],
  ['an operation that never ends', { polls: Number.POSITIVE_INFINITY }, 'UNREACHABLE'],
  ['an operation that goes on elsewhere', { polls: 1, elsewhere: 'http://127.0.0.2:1' }, 'REGISTRY_ERROR'],
  ['exchanged while it is read', { changing: true }, 'DIGEST_MISMATCH'],
];

for (const [name, more, code] of failures) {
  test(`${name}: ${code}`, async (t) => {
    await assert.rejects(openAt(t, DISK, more), { code });
  });
}

test('given up: access is given back all the same', async (t) => {
  const leave = new AbortController();
  const { fake, image } = await openAt(t, DISK, {}, leave.signal);
  leave.abort();
  await image.close();
  assert.deepEqual(ended(fake.requests), [DISK.toLowerCase()]);
});

test('what Azure lets nobody read has a name, and a way', async (t) => {
  for (const [id, owner, way] of [
    ['Canonical:ubuntu-24_04-lts:server:24.04.202601010', 'Canonical', /--image-reference Canonical:/],
    ['/CommunityGalleries/g-1/Images/i/Versions/1.0.0', 'g-1', /--gallery-image-reference \/CommunityGall/],
  ] as const) {
    const { image } = await openAt(t, id);
    assert.deepEqual([image.identity.cloud?.owner, image.identity.cloud?.public], [owner, true]);
    assert.match(image.problems[0]?.message ?? '', way);
    assert.equal(image.problems[0]?.effect, 'incomplete');
    assert.match(image.problems[0]?.message ?? '', /Azure was not asked about it/);
    assert.doesNotMatch(image.problems[0]?.message ?? '', /all the same/);
  }
});

for (const id of [
  '',
  'x',
  `${GROUP}/disks/..`,
  `${GROUP}/disks/d?x=1`,
  `${GROUP}/disks/d/../../e`,
  `${GROUP}/virtualMachines/v`,
  `${GROUP}/galleries/gal/images/def/versions/latest`,
  'A:B:C',
]) {
  test(`no id: ${JSON.stringify(id)}`, () => {
    assert.throws(() => parseAzureId(id), { code: 'USAGE' });
  });
}
