import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { FailureCode } from '../../core/failure.ts';
import { digestOf, type Handler, json, NEVER, open, serve } from './testing/server.ts';

const MANIFEST = Buffer.from('{"schemaVersion":2}');
const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const DIGEST = digestOf(MANIFEST);
const SHA512 = `sha512:${createHash('sha512').update(MANIFEST).digest('hex')}`;

function answer(headers: Record<string, string>, body = MANIFEST): Handler {
  return (_, response) => {
    response.writeHead(200, { 'content-type': TYPE, ...headers });
    response.end(body);
  };
}

test('document: a tag gives bytes, digest and media type, and asks for every kind', async () => {
  let accept = '';
  await using server = await serve((request, response) => {
    accept = request.headers.accept ?? '';
    answer({ 'content-type': `${TYPE}; charset=utf-8`, 'docker-content-digest': DIGEST })(request, response);
  });
  const source = open(server.host);
  const document = await source.document('v1', NEVER);
  assert.deepEqual(document, { bytes: MANIFEST, digest: DIGEST, mediaType: TYPE });
  assert.deepEqual(server.requests, ['GET /v2/team/app/manifests/v1 -']);
  for (const kind of ['oci.image.index.v1', 'oci.image.manifest.v1', 'distribution.manifest.list.v2']) {
    assert.ok(accept.includes(kind));
  }
  await source.close();
});

test('document: a digest of either algorithm is checked', async () => {
  await using server = await serve(answer({}));
  const source = open(server.host);
  assert.equal((await source.document(DIGEST, NEVER)).digest, DIGEST);
  assert.equal((await source.document(SHA512, NEVER)).digest, SHA512);
  await source.close();
});

const refusals: {
  name: string;
  handler: Handler;
  reference?: string;
  code: FailureCode;
  message?: RegExp;
}[] = [
  {
    name: 'other content than the digest asked for',
    handler: answer({}, Buffer.from('{}')),
    reference: DIGEST,
    code: 'DIGEST_MISMATCH',
  },
  {
    name: 'other content than the digest stated',
    handler: answer({ 'docker-content-digest': digestOf('x') }),
    code: 'DIGEST_MISMATCH',
  },
  {
    name: 'a stated digest that is none',
    handler: answer({ 'docker-content-digest': 'sha256:zz' }),
    code: 'DIGEST_MISMATCH',
  },
  {
    name: 'a length over the bound',
    handler: (_, response) => {
      response.writeHead(200, { 'content-length': String(2 ** 30) });
      response.write('x');
    },
    code: 'TOO_LARGE',
  },
  {
    name: 'a manifest without end and without length',
    handler: (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16 * 1024, 0x20))) {}
        response.once('drain', more);
      };
      more();
    },
    code: 'TOO_LARGE',
  },
  {
    name: 'a compressed manifest',
    handler: answer({ 'content-encoding': 'gzip' }),
    code: 'REGISTRY_ERROR',
  },
  {
    name: 'a missing tag, in the words of the registry made harmless',
    handler: (_, response) =>
      json(response, 404, {
        errors: [{ code: 'MANIFEST_UNKNOWN', message: 'no\n\u001b[31m such\u202e tag' }],
      }),
    code: 'NOT_FOUND',
    message: /team\/app:v1; it says: MANIFEST_UNKNOWN: no \[31m such tag$/,
  },
  {
    name: 'words without end',
    handler: (_, response) => json(response, 403, { errors: [{ code: 'DENIED', message: 'x'.repeat(1e6) }] }),
    code: 'FORBIDDEN',
    message: /^.{1,120}$/,
  },
  {
    name: 'a request it does not like',
    handler: (_, response) => json(response, 400, { errors: [{ code: 'NAME_INVALID' }, 7, { code: 'X' }] }),
    code: 'REGISTRY_ERROR',
    message: /status 400 .*NAME_INVALID; X/,
  },
  {
    name: 'an empty success',
    handler: (_, response) => response.writeHead(204).end(),
    code: 'REGISTRY_ERROR',
  },
  {
    name: 'a redirect to nowhere',
    handler: (_, response) => response.writeHead(307).end(),
    code: 'REGISTRY_ERROR',
  },
  {
    name: 'a redirect without end',
    handler: (request, response) => response.writeHead(307, { location: request.url ?? '' }).end(),
    code: 'REGISTRY_ERROR',
    message: /more than 5 times/,
  },
  {
    name: 'neither tag nor digest',
    handler: answer({}),
    reference: '../../_catalog',
    code: 'USAGE',
  },
];

for (const { name, handler, reference = 'v1', code, message = /^[^\n]{10,300}$/ } of refusals) {
  test(`document refuses ${name}`, async () => {
    await using server = await serve(handler);
    const source = open(server.host);
    await assert.rejects(source.document(reference, NEVER), { code, message });
    await source.close();
  });
}

test('document: an endless manifest ends at the bound', async () => {
  let sent = 0;
  await using server = await serve((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16 * 1024))) sent += 16 * 1024;
      response.once('drain', more);
    };
    more();
  });
  const source = open(server.host);
  await assert.rejects(source.document('v1', NEVER), { code: 'TOO_LARGE' });
  assert.ok(sent < 16 * 2 ** 20, `${sent} bytes were sent`);
  await source.close();
});

test('document: a body that drips is cut at the deadline', async () => {
  await using server = await serve((_, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  });
  const source = open(server.host, { timing: { documentMs: 150, attempts: 1 } });
  await assert.rejects(source.document('v1', NEVER), { code: 'UNREACHABLE', message: /no answer in time/ });
  await source.close();
});

test('document: cancelled while waiting for an answer', async () => {
  await using server = await serve(() => undefined);
  const source = open(server.host);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 20);
  await assert.rejects(source.document('v1', abort.signal), { code: 'CANCELLED' });
  await assert.rejects(source.document('v1', abort.signal), { code: 'CANCELLED' });
  await source.close();
});
