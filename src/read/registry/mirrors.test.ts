import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEndpoints } from './mirrors.ts';
import { collect, descriptorOf, digestOf, type Handler, json, NEVER, open, serve } from './testing/server.ts';

const HUB = { registry: 'docker.io', repository: 'library/alpine' };
const show = (...given: Parameters<typeof toEndpoints>): string[] =>
  toEndpoints(...given).map(({ name, origin, repository }) => `${name} ${origin.href} ${repository}`);

test('endpoints: Docker Hub alone', () => {
  assert.deepEqual(show(HUB, {}), ['docker.io https://registry-1.docker.io/ library/alpine']);
});

test('endpoints: mirrors come first, a path stands before the repository', () => {
  const mirrors = {
    'index.docker.io': ['https://m.example', 'https://h.example:8443/hub/', 'http://p.example/v2/x/y'],
    'ghcr.io': ['https://other.example'],
  };
  assert.deepEqual(show(HUB, { mirrors }), [
    'm.example https://m.example/ library/alpine',
    'h.example:8443 https://h.example:8443/ hub/library/alpine',
    'p.example http://p.example/ x/y/library/alpine',
    'docker.io https://registry-1.docker.io/ library/alpine',
  ]);
});

test('endpoints: http only where asked', () => {
  const local = { registry: 'localhost:5000', repository: 'a' };
  const scheme = (plainHttp: boolean | string[]): string | undefined =>
    show(local, { plainHttp })[0]?.split(' ')[1]?.split('/')[0];
  assert.equal(scheme(false), 'https:');
  assert.equal(scheme(['localhost', 'localhost:5001', '127.0.0.1:5000']), 'https:');
  assert.equal(scheme(['Localhost:5000']), 'http:');
  assert.equal(scheme(true), 'http:');
});

for (const base of [
  'm.example',
  'ftp://m.example',
  'https://u:p@m.example',
  'https://m.example/?a',
  'https://m.example/A',
]) {
  test(`endpoints: refuses the mirror ${base}`, () => {
    assert.throws(() => toEndpoints(HUB, { mirrors: { 'docker.io': [base] } }), { code: 'USAGE' });
  });
}

const MANIFEST = '{"schemaVersion":2}';
const BLOB = Buffer.from('a blob of some length');
const whole: Handler = (request, response) =>
  request.url?.includes('/blobs/') === true ? response.end(BLOB) : response.end(MANIFEST);

const failing: { name: string; handler: Handler }[] = [
  { name: 'does not have it', handler: (_, response) => json(response, 404, {}) },
  { name: 'wants credentials', handler: (_, response) => json(response, 401, {}) },
  { name: 'serves something else', handler: (_, response) => response.end('{}') },
  { name: 'is broken', handler: (_, response) => json(response, 500, {}) },
];

for (const { name, handler } of failing) {
  test(`mirror: one that ${name} is passed over`, async () => {
    await using mirror = await serve(handler);
    await using server = await serve(whole);
    const source = open(server.host, { mirrors: { [server.host]: [`${mirror.origin}/cache`] } });
    assert.equal((await source.document(digestOf(MANIFEST), NEVER)).digest, digestOf(MANIFEST));
    assert.match(mirror.requests[0] ?? '', /^GET \/v2\/cache\/team\/app\/manifests\/sha256:/);
    await source.close();
  });
}

test('mirror: one that works leaves the registry alone', async () => {
  await using mirror = await serve(whole);
  await using server = await serve(whole);
  const source = open(server.host, { mirrors: { [server.host]: [mirror.origin] } });
  await source.document('v1', NEVER);
  await collect(source, descriptorOf(BLOB));
  assert.deepEqual(server.requests, []);
  await source.close();
});

test('mirror: never gets the credentials of the registry', async () => {
  const basic = { 'www-authenticate': 'Basic realm="x"' };
  await using mirror = await serve((_, response) => json(response, 401, {}, basic));
  await using server = await serve((request, response) =>
    request.headers.authorization === undefined ? json(response, 401, {}, basic) : response.end(MANIFEST),
  );
  const source = open(server.host, {
    mirrors: { [server.host]: [mirror.origin] },
    credentials: { kind: 'password', username: 'me', password: 'secret' },
  });
  await source.document('v1', NEVER);
  assert.deepEqual(mirror.requests, ['GET /v2/team/app/manifests/v1 -']);
  await source.close();
});

test('mirror: a blob that breaks for good there goes on at the registry', async () => {
  await using mirror = await serve((request, response) => {
    if (request.headers.range !== undefined) return json(response, 404, {});
    response.writeHead(200, { 'content-length': String(BLOB.length) });
    return response.write(BLOB.subarray(0, 7), () => setTimeout(() => request.socket.destroy(), 5));
  });
  await using server = await serve((request, response) => {
    assert.equal(request.headers.range, 'bytes=7-');
    response.writeHead(206, { 'content-range': `bytes 7-${BLOB.length - 1}/*` }).end(BLOB.subarray(7));
  });
  const source = open(server.host, { mirrors: { [server.host]: [mirror.origin] } });
  assert.ok((await collect(source, descriptorOf(BLOB))).equals(BLOB));
  await source.close();
});

test('mirror: one that is down is tried once, and named when the registry fails too', async () => {
  const mirror = await serve(whole);
  await mirror.close();
  await using server = await serve((_, response) => json(response, 404, {}));
  const source = open(server.host, { mirrors: { [server.host]: [mirror.origin] } });
  const named = new RegExp(`mirrors asked before: ${mirror.host}: UNREACHABLE`);
  await assert.rejects(source.document('v1', NEVER), { code: 'NOT_FOUND', message: named });
  await assert.rejects(source.document('v1', NEVER), { code: 'NOT_FOUND', message: /v1$/ });
  await source.close();
});
