import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EBSClient } from '@aws-sdk/client-ebs';
import { Unreadable } from '../../disk/unreadable.ts';
import { open } from '../../open.ts';
import { options as openOptions } from '../../testing/scratch.ts';
import { type FakeAwsOptions, startFakeAws } from '../testing/fake-aws.ts';
import { Turns } from '../web/turns.ts';
import { AWS_TIMING } from './call.ts';
import { boundAnswers } from './client-options.ts';
import { SnapshotDisk } from './snapshot-disk.ts';

const BLOCK = 512 * 1024;
const AMI_ID = 'ami-0abcdef1234567890';
const SNAPSHOT = 'snap-0abcdef1234567890';

/** Three blocks of 16 that are written, the rest zeros. */
const DISK = Buffer.alloc(16 * BLOCK);
for (const index of [0, 5, 6]) DISK.fill(index + 1, index * BLOCK, (index + 1) * BLOCK);

const AMI = {
  name: 'debian-12-amd64-20260101-1',
  owner: '136693071363',
  public: true,
  snapshots: [SNAPSHOT],
};

async function start(t: TestContext, options: Partial<FakeAwsOptions> = {}) {
  const fake = await startFakeAws({ images: { [AMI_ID]: AMI }, snapshots: { [SNAPSHOT]: DISK }, ...options });
  t.after(() => fake.close());
  const client = new EBSClient({
    region: 'eu-west-1',
    endpoint: fake.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  boundAnswers(client);
  t.after(() => client.destroy());
  const openDisk = (tokens = 1000, signal = new AbortController().signal) =>
    SnapshotDisk.open(
      { client, snapshot: SNAPSHOT, signal, timing: { ...AWS_TIMING, attempts: 4, backoffMs: 1 } },
      { turns: new Turns(8), keep: 4 * BLOCK, tokens },
    );
  return { fake, openDisk };
}

test('a snapshot is read by the blocks that are asked for, each once, and the rest is zeros', async (t) => {
  const { fake, openDisk } = await start(t);
  const disk = await openDisk();
  assert.equal(disk.size, 2 ** 30);
  assert.equal(disk.written, 3);
  const middle = await disk.read(4 * BLOCK + 10, 3 * BLOCK);
  assert.ok(middle.equals(DISK.subarray(4 * BLOCK + 10, 7 * BLOCK + 10)));
  assert.ok((await disk.read(5 * BLOCK, 100)).equals(DISK.subarray(5 * BLOCK, 5 * BLOCK + 100)));
  assert.ok((await disk.read(8 * BLOCK, BLOCK)).equals(Buffer.alloc(BLOCK)));
  assert.equal((await disk.read(0, 1))[0], 1);
  const blocks = `/snapshots/${SNAPSHOT}/blocks`;
  assert.deepEqual(fake.requests.toSorted(), [blocks, `${blocks}/0`, `${blocks}/5`, `${blocks}/6`]);
});

test('a list in several pages is read to its end', async (t) => {
  const { openDisk } = await start(t, { pageSize: 1 });
  const disk = await openDisk();
  assert.deepEqual([disk.written, disk.requests.lists], [3, 3]);
});

test('tokens that were let go are asked for again', async (t) => {
  const { openDisk } = await start(t, { pageSize: 2 });
  const disk = await openDisk(1);
  const all = await disk.read(0, 7 * BLOCK);
  assert.ok(all.equals(DISK.subarray(0, 7 * BLOCK)));
  assert.ok(disk.requests.lists <= 8, String(disk.requests.lists));
});

test('a block whose checksum is wrong is not taken, and tried again before', async (t) => {
  const { fake, openDisk } = await start(t, { damaged: 5 });
  const disk = await openDisk();
  await assert.rejects(disk.read(5 * BLOCK, 1), (error: unknown) => {
    return error instanceof Unreadable && error.code === 'CHECKSUM_MISMATCH' && error.offset === 5 * BLOCK;
  });
  assert.equal(fake.requests.filter((path) => path.endsWith('/5')).length, 3);
  assert.equal((await disk.read(0, 1))[0], 1);
});

const passing: readonly (readonly [name: string, how: Partial<FakeAwsOptions>])[] = [
  ['throttling', { throttled: 2 }],
  ['tokens of blocks that expired', { expireTokensOnce: true }],
  ['a token of a page that expired', { pageSize: 1, expirePageOnce: true }],
  ['a connection that breaks within a block', { broken: 2 }],
];

for (const [name, how] of passing) {
  test(`waited out: ${name}`, async (t) => {
    const { openDisk } = await start(t, how);
    const disk = await openDisk();
    const all = await disk.read(0, 16 * BLOCK);
    assert.ok(all.equals(DISK));
    assert.ok(disk.requests.lists <= 5, String(disk.requests.lists));
  });
}

test('tokens that expired are asked for once, however many blocks wait', async (t) => {
  const { openDisk } = await start(t, { expireTokensOnce: true });
  const disk = await openDisk();
  await Promise.all([0, 5, 6].map((index) => disk.read(index * BLOCK, 1)));
  assert.equal(disk.requests.lists, 2);
});

let pages = 0;
const hostile: readonly (readonly [name: string, how: Partial<FakeAwsOptions>, code: string])[] = [
  ['throttling without end', { throttled: 100 }, 'RATE_LIMITED'],
  [
    'a block beyond the volume',
    { page: (page) => ({ ...page, Blocks: [{ BlockIndex: 2048, BlockToken: 'x' }] }) },
    'MALFORMED_DISK',
  ],
  [
    'a negative block',
    { page: (page) => ({ ...page, Blocks: [{ BlockIndex: -1, BlockToken: 'x' }] }) },
    'MALFORMED_DISK',
  ],
  [
    'half a block',
    { page: (page) => ({ ...page, Blocks: [{ BlockIndex: 0.5, BlockToken: 'x' }] }) },
    'MALFORMED_DISK',
  ],
  [
    'a block without a token',
    { page: (page) => ({ ...page, Blocks: [{ BlockIndex: 0 }] }) },
    'MALFORMED_DISK',
  ],
  ['the same page for ever', { page: (page) => ({ ...page, NextToken: 'x' }) }, 'LIMIT_FILES'],
  [
    'empty pages for ever',
    { page: (page) => ({ ...page, Blocks: [], NextToken: `0-${pages++}` }) },
    'LIMIT_FILES',
  ],
  ['a volume of nothing', { page: (page) => ({ ...page, VolumeSize: 0 }) }, 'UNSUPPORTED'],
  ['a volume of no size', { page: (page) => ({ ...page, VolumeSize: 0.1 }) }, 'UNSUPPORTED'],
  ['a volume of an exbibyte', { page: (page) => ({ ...page, VolumeSize: 2 ** 30 }) }, 'UNSUPPORTED'],
  ['blocks of another size', { page: (page) => ({ ...page, BlockSize: 4096 }) }, 'UNSUPPORTED'],
  [
    'a size that changes between pages',
    { pageSize: 1, page: (page) => ({ ...page, VolumeSize: page.NextToken === undefined ? 2 : 1 }) },
    'DIGEST_MISMATCH',
  ],
];

for (const [name, how, code] of hostile) {
  test(`a list: ${name}: ${code}`, async (t) => {
    const { openDisk } = await start(t, how);
    await assert.rejects(openDisk(), { code });
  });
}

test('blocks out of order and twice count once', async (t) => {
  const { openDisk } = await start(t, {
    page: (page) => ({ ...page, Blocks: [...page.Blocks.toReversed(), ...page.Blocks] }),
  });
  const disk = await openDisk();
  assert.equal(disk.written, 3);
  assert.ok((await disk.read(0, 16 * BLOCK)).equals(DISK));
});

test('a list that lost blocks when it is asked for again', async (t) => {
  let lists = 0;
  const { openDisk } = await start(t, {
    expireTokensOnce: true,
    page: (page) => (lists++ === 0 ? page : { ...page, Blocks: [] }),
  });
  await assert.rejects(openDisk(), { code: 'DIGEST_MISMATCH' });
});

const wrongBlocks: readonly (readonly [name: string, how: Partial<FakeAwsOptions>, code: string])[] = [
  ['longer', { content: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]) }, 'TRUNCATED'],
  ['shorter', { content: (bytes) => bytes.subarray(1) }, 'TRUNCATED'],
  ['without end', { content: () => Buffer.alloc(40 * 2 ** 20) }, 'TRUNCATED'],
  ['of another length, as it says', { headers: { 'x-amz-Data-Length': '10' } }, 'TRUNCATED'],
  ['with another checksum', { headers: { 'x-amz-Checksum-Algorithm': 'MD5' } }, 'CHECKSUM_MISMATCH'],
];

for (const [name, how, code] of wrongBlocks) {
  test(`a block ${name}: ${code}`, async (t) => {
    const { openDisk } = await start(t, how);
    const disk = await openDisk();
    await assert.rejects(disk.read(0, 1), (error) => error instanceof Unreadable && error.code === code);
  });
}

test('given up while it waits: at once', async (t) => {
  const leave = new AbortController();
  const { fake } = await start(t, { throttled: Number.POSITIVE_INFINITY });
  const opened = openAt(t, fake.url, AMI_ID, leave.signal);
  setTimeout(() => leave.abort(), 300);
  const begun = performance.now();
  await assert.rejects(opened, { code: 'CANCELLED' });
  assert.ok(performance.now() - begun < 3000);
});

async function openAt(t: TestContext, url: string, id: string, signal?: AbortSignal) {
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const before = { ...process.env };
  Object.assign(process.env, credentials);
  t.after(() => {
    process.env = before;
  });
  const cloud = { region: 'eu-west-1', endpoints: { ec2: url, ebs: url } };
  const [image] = await open(`aws:${id}`, openOptions({ cloud, ...(signal !== undefined && { signal }) }));
  assert.ok(image);
  t.after(() => image.close());
  return image;
}

test('an AMI whose snapshot is not shared still tells what AWS says of it', async (t) => {
  const { fake } = await start(t, { refused: [SNAPSHOT] });
  const image = await openAt(t, fake.url, AMI_ID);
  const { asked, ...facts } = image.identity.cloud ?? {};
  assert.ok(Date.parse(asked ?? '') > 0);
  assert.deepEqual(facts, {
    id: AMI_ID,
    region: 'eu-west-1',
    name: AMI.name,
    owner: AMI.owner,
    public: true,
    system: 'Linux/UNIX',
    productCodes: [],
    disks: [SNAPSHOT],
  });
  const refusal = image.problems.find(({ code }) => code === 'NO_PERMISSION');
  assert.equal(refusal?.effect, 'incomplete');
  assert.match(refusal?.message ?? '', /snap-0abcdef1234567890 was not read: .*ask the owner to share it/);
  assert.doesNotMatch(refusal?.message ?? '', /kms/);
});

test('an encrypted snapshot says which permission is missing', async (t) => {
  const images = { [AMI_ID]: { ...AMI, encrypted: true } };
  for (const how of [{ keyRefused: true }, { refused: [SNAPSHOT] }]) {
    const { fake } = await start(t, { images, ...how });
    const image = await openAt(t, fake.url, AMI_ID);
    const refusal = image.problems.find(({ code }) => code === 'NO_PERMISSION');
    assert.match(refusal?.message ?? '', /encrypted.*kms:Decrypt/);
  }
});

test('snapshots that repeat are read once, and those that are too many or no snapshots are said', async (t) => {
  const many = Array.from({ length: 130 }, (_, at) => `snap-${at.toString(16)}`);
  const snapshots = [SNAPSHOT, SNAPSHOT, '../../x', ...many];
  const { fake } = await start(t, { images: { [AMI_ID]: { ...AMI, snapshots } }, refused: many });
  const image = await openAt(t, fake.url, AMI_ID);
  assert.equal(fake.requests.filter((path) => path === `/snapshots/${SNAPSHOT}/blocks`).length, 1);
  assert.ok(fake.requests.every((path) => path === '/' || /^\/snapshots\/snap-[0-9a-f]+\/blocks/.test(path)));
  assert.equal(image.identity.cloud?.disks.length, 128);
  const messages = image.problems.map(({ message }) => message).join('\n');
  assert.match(messages, /AWS names \.\.\/\.\.\/x, which is no snapshot/);
  assert.match(messages, /4 of 132 snapshots were not read/);
});

test('an AMI that is not there', async (t) => {
  const { fake } = await start(t);
  const id = 'ami-0123456789abcdef0';
  await assert.rejects(openAt(t, fake.url, id), {
    code: 'NOT_FOUND',
    message: /ami-0123456789abcdef0 in eu-west-1/,
  });
});

/** Two to the hundredth power, if entities were expanded. */
function toBomb(xml: string): string {
  const entities = Array.from({ length: 100 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`);
  const bomb = `<!DOCTYPE x [<!ENTITY e0 "x">${entities.join('')}]>`;
  return bomb + xml.replace(AMI_ID, '&e100;');
}

const answers: readonly (readonly [name: string, described: (xml: string) => string])[] = [
  ['of another image', (xml) => xml.replace(`<imageId>${AMI_ID}`, '<imageId>ami-00000000')],
  ['that is no XML', () => '{"no": 1}'],
  ['with another shape', (xml) => xml.replace('<imagesSet><item>', '<imagesSet><item><name><x>1</x></name>')],
  ['with entities in entities', toBomb],
  ['without end', (xml) => `${' '.repeat(40 * 2 ** 20)}${xml}`],
];

for (const [name, described] of answers) {
  test(`EC2 answers with what is ${name}`, async (t) => {
    const { fake } = await start(t, { described });
    await assert.rejects(openAt(t, fake.url, AMI_ID), (error: Error & { code?: string }) => {
      assert.ok(['REGISTRY_ERROR', 'NOT_FOUND'].includes(error.code ?? ''), error.message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

test('nothing answers there', async (t) => {
  await assert.rejects(openAt(t, 'http://127.0.0.1:1', AMI_ID), { code: 'UNREACHABLE' });
});

for (const id of [
  'foo',
  'ami-',
  'ami-1',
  'ami-0ABCDEF1',
  'ami-0abcdef1/../x',
  'snap-0abcdef1',
  `${AMI_ID}0`,
  `${AMI_ID}\n`,
]) {
  test(`no AMI: ${JSON.stringify(id)}`, async (t) => {
    const { fake } = await start(t);
    await assert.rejects(openAt(t, fake.url, id), { code: 'USAGE' });
    assert.deepEqual(fake.requests, []);
  });
}
