import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureCode } from '../../core/failure.ts';
import { collect, descriptorOf, type Handler, json, NEVER, open, serve } from './testing/server.ts';

const BLOB = randomBytes(300_000);
const DESCRIPTOR = descriptorOf(BLOB);

/** Sends what is asked for, but drops the connection after `piece` bytes. */
function flaky(piece: number, options: { ranges: boolean; chunked?: boolean } = { ranges: true }): Handler {
  return (request, response) => {
    const start = options.ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    const rest = BLOB.subarray(start);
    const head = start === 0 ? {} : { 'content-range': `bytes ${start}-${BLOB.length - 1}/${BLOB.length}` };
    const length = options.chunked === true ? {} : { 'content-length': String(rest.length) };
    response.writeHead(start === 0 ? 200 : 206, { ...head, ...length });
    if (rest.length <= piece) response.end(rest);
    else response.write(rest.subarray(0, piece), () => setTimeout(() => request.socket.destroy(), 5));
  };
}

test('blob: comes whole', async () => {
  await using server = await serve(flaky(BLOB.length));
  const source = open(server.host);
  assert.ok((await collect(source, DESCRIPTOR)).equals(BLOB));
  assert.deepEqual(server.requests, [`GET /v2/team/app/blobs/${DESCRIPTOR.digest} -`]);
  await source.close();
});

test('blob: an empty one', async () => {
  await using server = await serve((_, response) => response.end());
  const source = open(server.host);
  assert.equal((await collect(source, descriptorOf(Buffer.alloc(0)))).length, 0);
  await source.close();
});

const resuming: { name: string; handler: () => Handler }[] = [
  { name: 'with a range', handler: () => flaky(100_000) },
  { name: 'with a range, without lengths', handler: () => flaky(100_000, { ranges: true, chunked: true }) },
  {
    name: 'by skipping, where ranges are ignored',
    handler: () => {
      let piece = 50_000;
      return (request, response) => {
        piece += 100_000;
        flaky(piece, { ranges: false })(request, response);
      };
    },
  },
  {
    name: 'after an answer that ended early without an error',
    handler: () => {
      let calls = 0;
      return (request, response) => {
        if (calls++ > 0) return flaky(BLOB.length)(request, response);
        response.writeHead(200);
        return response.end(BLOB.subarray(0, 1000));
      };
    },
  },
  {
    name: 'after silence',
    handler: () => {
      let calls = 0;
      return (request, response) => {
        if (calls++ > 0) return flaky(BLOB.length)(request, response);
        response.writeHead(200, { 'content-length': String(BLOB.length) });
        return response.write(BLOB.subarray(0, 1000));
      };
    },
  },
  {
    name: 'through a busy registry',
    handler: () => {
      let calls = 0;
      return (request, response) =>
        calls++ % 2 === 1 ? json(response, 503, {}) : flaky(150_000)(request, response);
    },
  },
];

for (const { name, handler } of resuming) {
  test(`blob: a dropped download goes on ${name}`, async () => {
    await using server = await serve(handler());
    const source = open(server.host);
    assert.ok((await collect(source, DESCRIPTOR)).equals(BLOB));
    assert.ok(server.requests.length > 1);
    await source.close();
  });
}

const refusals: { name: string; handler: Handler; code: FailureCode; message?: RegExp }[] = [
  {
    name: 'more bytes than said, by its own length',
    handler: (_, response) => response.end(Buffer.concat([BLOB, Buffer.alloc(1)])),
    code: 'TOO_LARGE',
  },
  {
    name: 'bytes without end',
    handler: (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) {}
        response.once('drain', more);
      };
      more();
    },
    code: 'TOO_LARGE',
  },
  {
    name: 'fewer bytes than said, by its own length',
    handler: (_, response) => response.writeHead(200, { 'content-length': '5' }).end('short'),
    code: 'TRUNCATED',
  },
  {
    name: 'a part that was not asked for',
    handler: (_, response) =>
      response.writeHead(206, { 'content-range': `bytes 5-9/${BLOB.length}` }).end(BLOB.subarray(5, 10)),
    code: 'REGISTRY_ERROR',
    message: /another part/,
  },
  {
    name: 'a part of something else',
    handler: (_, response) => response.writeHead(206, { 'content-range': 'bytes 0-4/5' }).end('12345'),
    code: 'REGISTRY_ERROR',
  },
  {
    name: 'an encoded blob',
    handler: (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(BLOB),
    code: 'REGISTRY_ERROR',
  },
  {
    name: 'a missing blob',
    handler: (_, response) => json(response, 404, { errors: [{ code: 'BLOB_UNKNOWN' }] }),
    code: 'NOT_FOUND',
    message: /BLOB_UNKNOWN/,
  },
];

for (const { name, handler, code, message = /^[^\n]{10,300}$/ } of refusals) {
  test(`blob refuses ${name}`, async () => {
    await using server = await serve(handler);
    const source = open(server.host);
    let received = 0;
    const read = async (): Promise<void> => {
      for await (const piece of source.blob(DESCRIPTOR, NEVER)) received += piece.length;
    };
    await assert.rejects(read(), { code, message });
    assert.ok(received <= DESCRIPTOR.size);
    await source.close();
  });
}

test('blob: one that never gets on ends', async () => {
  await using server = await serve(flaky(10));
  const source = open(server.host, { timing: { resumes: 3 } });
  await assert.rejects(collect(source, DESCRIPTOR), { code: 'UNREACHABLE' });
  assert.equal(server.requests.length, 4);
  await source.close();
});

test('blob: a registry that ignores ranges and always breaks ends', async () => {
  await using server = await serve(flaky(100_000, { ranges: false }));
  const source = open(server.host, { timing: { resumes: 3 } });
  await assert.rejects(collect(source, DESCRIPTOR), { code: 'UNREACHABLE' });
  assert.ok(server.requests.length <= 5);
  await source.close();
});

test('blob: a reader that takes its time is not an idle connection', async () => {
  await using server = await serve(flaky(BLOB.length));
  const source = open(server.host, { timing: { idleMs: 100 } });
  let length = 0;
  let paused = false;
  for await (const piece of source.blob(DESCRIPTOR, NEVER)) {
    if (!paused) await sleep(400);
    paused = true;
    length += piece.length;
  }
  assert.equal(length, BLOB.length);
  assert.equal(server.requests.length, 1);
  await source.close();
});

test('blob: a reader that leaves closes the connection', async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await serve((request, response) => {
    request.socket.on('close', () => closed.resolve());
    response.writeHead(200, { 'content-length': String(BLOB.length) });
    response.write(BLOB.subarray(0, 1000));
  });
  const source = open(server.host, { timing: { idleMs: 60_000 } });
  for await (const _ of source.blob(DESCRIPTOR, NEVER)) break;
  await closed.promise;
  await source.close();
});

test('blob: cancelled in the middle', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': String(BLOB.length) });
    response.write(BLOB.subarray(0, 1000));
  });
  const source = open(server.host);
  const abort = new AbortController();
  const read = async (): Promise<void> => {
    for await (const _ of source.blob(DESCRIPTOR, abort.signal)) setTimeout(() => abort.abort(), 10);
  };
  await assert.rejects(read(), { code: 'CANCELLED' });
  await source.close();
});

test('blob: closing the source ends a download', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': String(BLOB.length) });
    response.write(BLOB.subarray(0, 1000));
  });
  const source = open(server.host);
  const read = async (): Promise<void> => {
    for await (const _ of source.blob(DESCRIPTOR, NEVER)) await source.close();
  };
  await assert.rejects(read(), (error) => error instanceof Error && error.name === 'Failure');
});
