import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter, toWait } from './retry.ts';
import { type Handler, json, NEVER, open, serve } from './testing/server.ts';

const NOW = Date.parse('2024-05-01T00:00:00Z');

const headers: [string | undefined, number | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['0', 0],
  [' 120 ', 120_000],
  ['Wed, 01 May 2024 00:01:00 GMT', 60_000],
  ['Tue, 30 Apr 2024 00:00:00 GMT', 0],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e9', undefined],
  ['99999999999999999999', undefined],
  ['2024-05-01', undefined],
  ['Wed, 99 Foo 2024 00:01:00 GMT', undefined],
];

for (const [header, expected] of headers) {
  test(`Retry-After: ${header}`, () => assert.equal(parseRetryAfter(header, NOW), expected));
}

test('wait: doubles up to its cap, has jitter, and Retry-After is the least', () => {
  const timing = { backoffMs: 100, backoffCapMs: 350 };
  const longest = [1, 2, 3, 4].map((tries) => toWait(timing, tries, 0, () => 1));
  assert.deepEqual(longest, [100, 200, 350, 350]);
  assert.equal(
    toWait(timing, 3, 0, () => 0),
    0,
  );
  assert.equal(
    toWait(timing, 1, 5000, () => 0.5),
    5050,
  );
});

function failing(times: number, fail: Handler): Handler {
  let left = times;
  return (request, response) => {
    if (left-- > 0) fail(request, response);
    else json(response, 200, {});
  };
}

const passing: { name: string; fail: Handler }[] = [
  { name: '503', fail: (_, response) => json(response, 503, {}) },
  {
    name: '429 with a short Retry-After',
    fail: (_, response) => json(response, 429, {}, { 'retry-after': '0' }),
  },
  { name: 'a reset', fail: (request) => request.socket.resetAndDestroy() },
  { name: 'a closed connection', fail: (request) => request.socket.destroy() },
  { name: 'silence', fail: () => undefined },
  {
    name: 'a body that breaks off',
    fail: (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x', () => request.socket.destroy());
    },
  },
];

for (const { name, fail } of passing) {
  test(`retries after ${name}`, async () => {
    await using server = await serve(failing(2, fail));
    const source = open(server.host);
    assert.equal(Buffer.from((await source.document('v1', NEVER)).bytes).toString(), '{}');
    assert.equal(server.requests.length, 3);
    await source.close();
  });
}

test('retries end', async () => {
  await using server = await serve((_, response) => json(response, 500, {}));
  const source = open(server.host, { timing: { attempts: 3 } });
  await assert.rejects(source.document('v1', NEVER), { code: 'REGISTRY_ERROR', message: /status 500/ });
  assert.equal(server.requests.length, 3);
  await source.close();
});

for (const retryAfter of ['3600', new Date(Date.now() + 3_600_000).toUTCString()]) {
  test(`a long Retry-After (${retryAfter}) is said instead of waited for`, async () => {
    await using server = await serve((_, response) => json(response, 429, {}, { 'retry-after': retryAfter }));
    const source = open(server.host);
    await assert.rejects(source.document('v1', NEVER), {
      code: 'RATE_LIMITED',
      message: /come back in 3[56]\d\d s/,
    });
    assert.equal(server.requests.length, 1);
    await source.close();
  });
}

test('a wait ends when it is cancelled, at once', async () => {
  await using server = await serve((_, response) => json(response, 503, {}));
  const source = open(server.host, { timing: { backoffMs: 60_000, backoffCapMs: 60_000 } });
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 60);
  const start = performance.now();
  await assert.rejects(source.document('v1', abort.signal), { code: 'CANCELLED' });
  assert.ok(performance.now() - start < 5000);
  await source.close();
});

test('nobody listens', async () => {
  const server = await serve(() => undefined);
  await server.close();
  const source = open(server.host);
  await assert.rejects(source.document('v1', NEVER), { code: 'UNREACHABLE', message: /refuses connections/ });
  await source.close();
});

test('a name that does not exist', async () => {
  const source = open('registry.invalid');
  await assert.rejects(source.document('v1', NEVER), { code: 'UNREACHABLE', message: /registry\.invalid/ });
  await source.close();
});
