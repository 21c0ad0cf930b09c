import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EBSClient } from '@aws-sdk/client-ebs';
import { Unreadable } from '../../disk/unreadable.ts';
import { open } from '../../open.ts';
import { options as openOptions } from '../../testing/scratch.ts';
import { type FakeAwsOptions, startFakeAws } from '../testing/fake-aws.ts';
import { SnapshotDisk } from './snapshot-disk.ts';

const BLOCK = 512 * 1024;
const never = new AbortController().signal;

/** Three blocks of 16 that are written, the rest zeros. */
const DISK = Buffer.alloc(16 * BLOCK);
for (const index of [0, 5, 6]) DISK.fill(index + 1, index * BLOCK, (index + 1) * BLOCK);

const AMI = {
  name: 'debian-12-amd64-20260101-1',
  owner: '136693071363',
  public: true,
  snapshots: ['snap-1'],
};

async function start(t: TestContext, options: Partial<FakeAwsOptions> = {}) {
  const fake = await startFakeAws({ images: { 'ami-1': AMI }, snapshots: { 'snap-1': DISK }, ...options });
  t.after(() => fake.close());
  const client = new EBSClient({
    region: 'eu-west-1',
    endpoint: fake.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 4,
  });
  t.after(() => client.destroy());
  return { fake, client };
}

test('a snapshot is read by the blocks that are asked for, each once, and the rest is zeros', async (t) => {
  const { fake, client } = await start(t);
  const disk = await SnapshotDisk.open(client, 'snap-1', never);
  assert.equal(disk.size, 2 ** 30);
  assert.equal(disk.written, 3);
  const middle = await disk.read(4 * BLOCK + 10, 3 * BLOCK);
  assert.ok(middle.equals(DISK.subarray(4 * BLOCK + 10, 7 * BLOCK + 10)));
  assert.ok((await disk.read(5 * BLOCK, 100)).equals(DISK.subarray(5 * BLOCK, 5 * BLOCK + 100)));
  assert.ok((await disk.read(8 * BLOCK, BLOCK)).equals(Buffer.alloc(BLOCK)));
  assert.deepEqual(fake.requests.toSorted(), [
    '/snapshots/snap-1/blocks',
    '/snapshots/snap-1/blocks/5',
    '/snapshots/snap-1/blocks/6',
  ]);
});

test('a list in several pages is read to its end', async (t) => {
  const { client } = await start(t, { pageSize: 1 });
  const disk = await SnapshotDisk.open(client, 'snap-1', never);
  assert.deepEqual([disk.written, disk.requests.lists], [3, 3]);
});

test('a block whose checksum is wrong is not taken', async (t) => {
  const { client } = await start(t, { damaged: 5 });
  const disk = await SnapshotDisk.open(client, 'snap-1', never);
  await assert.rejects(disk.read(5 * BLOCK, 1), (error: unknown) => {
    return error instanceof Unreadable && error.code === 'CHECKSUM_MISMATCH' && error.offset === 5 * BLOCK;
  });
  assert.equal((await disk.read(0, 1))[0], 1);
});

test('throttling is waited out', async (t) => {
  const { client } = await start(t, { throttled: 2 });
  const disk = await SnapshotDisk.open(client, 'snap-1', never);
  assert.equal((await disk.read(0, 1))[0], 1);
});

test('tokens that expired are asked for again', async (t) => {
  const { client } = await start(t, { expireTokensOnce: true });
  const disk = await SnapshotDisk.open(client, 'snap-1', never);
  assert.equal((await disk.read(0, 1))[0], 1);
});

test('throttling without end is said', async (t) => {
  const { client } = await start(t, { throttled: 100 });
  await assert.rejects(SnapshotDisk.open(client, 'snap-1', never), { code: 'RATE_LIMITED' });
});

async function openAt(t: TestContext, url: string, id: string) {
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const before = { ...process.env };
  Object.assign(process.env, credentials);
  t.after(() => {
    process.env = before;
  });
  const cloud = { region: 'eu-west-1', endpoints: { ec2: url, ebs: url } };
  const [image] = await open(`aws:${id}`, openOptions({ cloud }));
  assert.ok(image);
  t.after(() => image.close());
  return image;
}

test('an AMI whose snapshot is not shared still tells what AWS says of it', async (t) => {
  const { fake } = await start(t, { refused: ['snap-1'] });
  const image = await openAt(t, fake.url, 'ami-1');
  const { asked, ...facts } = image.identity.cloud ?? {};
  assert.ok(Date.parse(asked ?? '') > 0);
  assert.deepEqual(facts, {
    id: 'ami-1',
    region: 'eu-west-1',
    name: AMI.name,
    owner: AMI.owner,
    public: true,
    system: 'Linux/UNIX',
    productCodes: [],
    disks: ['snap-1'],
  });
  const refusal = image.problems.find(({ code }) => code === 'NO_PERMISSION');
  assert.equal(refusal?.effect, 'incomplete');
  assert.match(refusal?.message ?? '', /snap-1 was not read: .*ask the owner to share it/);
});

test('an AMI that is not there', async (t) => {
  const { fake } = await start(t);
  await assert.rejects(openAt(t, fake.url, 'ami-2'), { code: 'NOT_FOUND', message: /ami-2 in eu-west-1/ });
});

test('nothing answers there', async (t) => {
  await assert.rejects(openAt(t, 'http://127.0.0.1:1', 'ami-1'), { code: 'UNREACHABLE' });
});
