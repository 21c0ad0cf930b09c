import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Held, serve, serveRange } from '../testing/ranges.ts';
import { WebClient } from './client.ts';
import { maskText, maskUrl } from './mask.ts';
import { openWebDisk } from './range-disk.ts';

const MIB = 2 ** 20;
const DISK = Buffer.alloc(20 * MIB + 5);
for (let index = 0; index < 21; index++) DISK.subarray(index * MIB, (index + 1) * MIB).fill(index + 1);

interface Misbehaviour {
  readonly held?: Partial<Held>;
  /** Statuses of the first answers that are none. */
  readonly statuses?: readonly number[];
  /** From this answer on, the object is another. */
  readonly changesAt?: number;
}

async function start(t: TestContext, { held, statuses = [], changesAt }: Misbehaviour = {}) {
  const ranges: string[] = [];
  const most = { now: 0, ever: 0 };
  const server = await serve(async (request, response) => {
    most.ever = Math.max(most.ever, ++most.now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    most.now--;
    const status = statuses[ranges.length];
    ranges.push(request.headers.range ?? '');
    const etag = changesAt !== undefined && ranges.length >= changesAt ? '"2"' : '"1"';
    if (status === undefined) serveRange(request, response, { bytes: DISK, etag, ...held });
    else
      response
        .writeHead(status, { 'retry-after': '0' })
        .end('<Error><Code>No</Code><Message>?sig=SECRET</Message></Error>');
  });
  t.after(() => server.close());
  const client = new WebClient(undefined, { backoffMs: 1, attempts: 4 });
  t.after(() => client.close());
  const signal = new AbortController().signal;
  const open = () =>
    openWebDisk(new URL(`${server.url}/disk?sig=SECRET`), { client, signal, reach: 'any' }).catch(masked);
  return { open, ranges, most };
}

/** Nothing that is thrown holds the secret. */
function masked(error: unknown): never {
  assert.doesNotMatch(String(error), /SECRET/);
  throw error;
}

test('blocks are fetched once, several at once, and no more than 16', async (t) => {
  const { open, ranges, most } = await start(t);
  const disk = await open();
  assert.equal(disk.size, DISK.length);
  assert.equal((await disk.read(10, 5)).toString('hex'), '0101010101');
  assert.equal(ranges.length, 1);
  const [all, again] = await Promise.all([disk.read(0, DISK.length), disk.read(MIB - 3, 6)]);
  assert.ok(all.equals(DISK));
  assert.ok(again.equals(DISK.subarray(MIB - 3, MIB + 3)));
  assert.equal(ranges.length, 21);
  assert.equal(new Set(ranges).size, 21);
  assert.ok(most.ever > 4 && most.ever <= 16, String(most.ever));
  assert.ok((await disk.read(20 * MIB + 1, 4)).equals(Buffer.alloc(4, 21)));
  await assert.rejects(disk.read(DISK.length, 1), { code: 'TRUNCATED' });
});

test('what will be read next is begun before', async (t) => {
  const { open, ranges } = await start(t);
  const disk = await open();
  disk.ahead(MIB, 3 * MIB);
  disk.ahead(DISK.length, MIB);
  await disk.read(MIB, 3 * MIB);
  assert.equal(ranges.length, 4);
});

test('throttling and errors of the server are waited out', async (t) => {
  const { open } = await start(t, { statuses: [429, 503, 500] });
  assert.equal((await (await open()).read(0, 1))[0], 1);
});

const failures: readonly (readonly [name: string, how: Misbehaviour, code: string])[] = [
  ['throttled without end', { statuses: [429, 429, 429, 429] }, 'RATE_LIMITED'],
  ['broken without end', { statuses: [500, 500, 500, 500] }, 'REGISTRY_ERROR'],
  ['not allowed', { statuses: [403] }, 'FORBIDDEN'],
  ['who is it', { statuses: [401] }, 'UNAUTHORIZED'],
  ['not there', { statuses: [404] }, 'NOT_FOUND'],
  ['less than was asked for', { held: { short: 10 } }, 'TRUNCATED'],
  ['nothing in it', { statuses: [416] }, 'TRUNCATED'],
];

for (const [name, how, code] of failures) {
  test(`${name}: ${code}`, async (t) => {
    const { open } = await start(t, how);
    await assert.rejects(open(), { code });
  });
}

test('an object that changes while it is read', async (t) => {
  const { open } = await start(t, { changesAt: 2 });
  const disk = await open();
  await assert.rejects(disk.read(5 * MIB, 1), { code: 'DIGEST_MISMATCH' });
});

test('one with a weak tag is compared too', async (t) => {
  const { open } = await start(t, { held: { etag: 'W/"1"' } });
  assert.equal((await (await open()).read(5 * MIB, 1))[0], 6);
});

for (const [text, expected] of [
  ['see https://h/p?sv=1&sig=abc now', 'see https://h/p?… now'],
  ['sig=abc', 'sig=…'],
  ['Authorization: Bearer abc.def', 'Authorization: Bearer …'],
  ['X-Amz-Signature=abc&x', 'X-Amz-Signature=…&x'],
  ['{"access_token":"abc"}', '{"access_token":"…"}'],
  ['to=https%3A%2F%2Fh%3Fsv%3D1%26sig%3Dabc', 'to=https%3A%2F%2Fh%3Fsv%3D1%26sig%3D…'],
  ["x-amz-security-token:abc' x", "x-amz-security-token:…' x"],
  ['authentication token expired', 'authentication token expired'],
  ['a design: fine', 'a design: fine'],
  ['nothing secret', 'nothing secret'],
] as const) {
  test(`masked: ${text}`, () => assert.equal(maskText(text), expected));
}

test('a URL without what it allows', () => {
  assert.equal(maskUrl('https://user:word@h:8/a/b?sig=c#d'), 'https://h:8/a/b?…');
});
