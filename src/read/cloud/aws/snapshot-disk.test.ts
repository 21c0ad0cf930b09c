import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FakeAwsOptions } from '../testing/fake-aws.ts';
import { BLOCK, DISK, SNAPSHOT, start } from './testing/snapshot.ts';

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
