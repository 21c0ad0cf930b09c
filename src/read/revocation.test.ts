import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFailure } from '../core/failure.ts';
import { type Handler, serve, type TestServer } from './registry/testing/server.ts';
import { fetchRevocation } from './revocation.ts';

const LIST = Buffer.from('a list');
const signal = new AbortController().signal;
const ENV = {};

const PATHS: Readonly<Record<string, Handler>> = {
  '/list': (_, response) => response.end(LIST),
  '/echo': (request, response) => {
    const { method, headers } = request;
    const head = `${method} ${headers['content-type']} ${headers.authorization ?? '-'} ${headers.cookie ?? '-'} `;
    response.write(head);
    request.pipe(response);
  },
  '/missing': (_, response) => response.writeHead(404).end('no'),
  '/large': (_, response) => response.end(Buffer.alloc(2 ** 18 + 1)),
  '/silent': () => undefined,
  '/broken': (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    response.destroy();
  },
  '/to-list': (_, response) => response.writeHead(302, { location: '/list' }).end(),
  '/three': (_, response) => response.writeHead(302, { location: '/two' }).end(),
  '/two': (_, response) => response.writeHead(302, { location: '/to-list' }).end(),
  '/four': (_, response) => response.writeHead(302, { location: '/three' }).end(),
  '/to-file': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/to-user': (_, response) => response.writeHead(302, { location: 'http://a:b@127.0.0.1/' }).end(),
  '/to-metadata': (_, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
};

function serveAll(): Promise<TestServer> {
  return serve((request, response) => (PATHS[request.url ?? ''] ?? PATHS['/missing'])?.(request, response));
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return 'fetched';
  } catch (error) {
    if (isFailure(error)) return error.code;
    throw error;
  }
}

describe('revocation is fetched', () => {
  test('lists with GET, OCSP with POST, and nothing that says who asks', async () => {
    await using server = await serveAll();
    const get = (path: string, body?: Uint8Array) =>
      fetchRevocation(`${server.origin}${path}`, body, signal, 'loopback', ENV);
    assert.deepEqual(Buffer.from(await get('/list')), LIST);
    assert.deepEqual(Buffer.from(await get('/to-list')), LIST);
    assert.deepEqual(Buffer.from(await get('/three')), LIST);
    const echoed = Buffer.from(await get('/echo', Buffer.from('asked'))).toString();
    assert.equal(echoed, 'POST application/ocsp-request - - asked');
  });

  const rows: readonly { readonly path: string; readonly code: string; readonly body?: Uint8Array }[] = [
    { path: '/missing', code: 'REGISTRY_ERROR' },
    { path: '/broken', code: 'UNREACHABLE' },
    { path: '/four', code: 'REGISTRY_ERROR' },
    { path: '/to-file', code: 'FORBIDDEN' },
    { path: '/to-user', code: 'FORBIDDEN' },
    { path: '/to-metadata', code: 'FORBIDDEN' },
    { path: '/large', code: 'TOO_LARGE', body: Buffer.from('asked') },
    { path: '/to-list', code: 'REGISTRY_ERROR', body: Buffer.from('asked') },
  ];
  for (const { path, code, body } of rows) {
    test(`${body === undefined ? 'GET' : 'POST'} ${path}: ${code}`, async () => {
      await using server = await serveAll();
      assert.equal(
        await codeOf(fetchRevocation(`${server.origin}${path}`, body, signal, 'loopback', ENV)),
        code,
      );
    });
  }

  test('a list may have more than a response', async () => {
    await using server = await serveAll();
    const bytes = await fetchRevocation(`${server.origin}/large`, undefined, signal, 'loopback', ENV);
    assert.equal(bytes.length, 2 ** 18 + 1);
  });

  test('not from this machine or its network, unless somebody says so: FORBIDDEN', async () => {
    await using server = await serveAll();
    assert.equal(
      await codeOf(fetchRevocation(`${server.origin}/list`, undefined, signal, 'public', ENV)),
      'FORBIDDEN',
    );
    assert.equal(await codeOf(fetchRevocation(`${server.origin}/list`, undefined, signal)), 'FORBIDDEN');
    assert.deepEqual(server.requests, []);
    const inside = ['http://10.0.0.1/', 'http://[::1]/', 'http://localhost/', 'http://169.254.169.254/'];
    for (const url of inside)
      assert.equal(await codeOf(fetchRevocation(url, undefined, signal)), 'FORBIDDEN');
  });

  test('only http and https, without names and passwords: USAGE', async () => {
    const urls = [
      'ldap://a.example/',
      'file:///etc/passwd',
      'http://a:b@a.example/',
      'list',
      `http://a.example/${'a'.repeat(3000)}`,
    ];
    for (const url of urls) assert.equal(await codeOf(fetchRevocation(url, undefined, signal)), 'USAGE');
  });

  test('cancelled while it waits: CANCELLED', async () => {
    await using server = await serveAll();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const asked = fetchRevocation(`${server.origin}/silent`, undefined, abort.signal, 'loopback', ENV);
    assert.equal(await codeOf(asked), 'CANCELLED');
  });
});
