import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credentials } from './credentials.ts';
import { DEFAULT_TIMING } from './options.ts';
import { sendFollowing, toRedirectTarget } from './redirect.ts';
import { collect, descriptorOf, type Handler, json, NEVER, open, serve } from './testing/server.ts';
import { Transport } from './transport.ts';
import { TrustStore } from './trust.ts';

const ME: Credentials = { kind: 'password', username: 'me', password: 'secret' };
const BASIC = `Basic ${Buffer.from('me:secret').toString('base64')}`;
const BLOB = Buffer.from('the blob');

function behindBasic(then: Handler): Handler {
  return (request, response) => {
    if (request.headers.authorization === BASIC) then(request, response);
    else json(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
  };
}

const sendTo =
  (location: () => string): Handler =>
  (_, response) =>
    response.writeHead(307, { location: location() }).end();

test('redirect: another origin gets no credentials, and neither does the first one when sent back to', async () => {
  let back = '';
  await using storage = await serve((request, response) =>
    request.url === '/back' ? response.writeHead(302, { location: back }).end() : response.end(BLOB),
  );
  let target = `${storage.origin}/blob?signature=x`;
  await using server = await serve((request, response) =>
    request.url === '/open' ? response.end(BLOB) : behindBasic(sendTo(() => target))(request, response),
  );
  back = `${server.origin}/open`;

  const source = open(server.host, { credentials: ME });
  assert.ok((await collect(source, descriptorOf(BLOB))).equals(BLOB));
  assert.deepEqual(storage.requests, ['GET /blob?signature=x -']);

  target = `${storage.origin}/back`;
  assert.ok((await collect(source, descriptorOf(BLOB))).equals(BLOB));
  assert.equal(server.requests.at(-1), 'GET /open -');
  await source.close();
});

test('redirect: the same origin keeps them', async () => {
  await using server = await serve(
    behindBasic((request, response) =>
      request.url === '/moved' ? response.end(BLOB) : response.writeHead(308, { location: '/moved' }).end(),
    ),
  );
  const source = open(server.host, { credentials: ME });
  assert.ok((await collect(source, descriptorOf(BLOB))).equals(BLOB));
  assert.equal(server.requests.at(-1), `GET /moved ${BASIC}`);
  await source.close();
});

test('redirect: a challenge from elsewhere is not answered', async () => {
  await using thief = await serve((_, response) =>
    json(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' }),
  );
  await using server = await serve(sendTo(() => `${thief.origin}/steal`));
  const source = open(server.host, { credentials: ME });
  await assert.rejects(source.document('v1', NEVER), { code: 'UNAUTHORIZED' });
  assert.deepEqual(thief.requests, ['GET /steal -']);
  await source.close();
});

const forbidden = [
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:169.254.169.254]/',
  'http://2852039166/',
  'http://metadata.google.internal/computeMetadata/v1/',
  'http://[fd00:ec2::254]/',
];

for (const location of forbidden) {
  test(`redirect: ${location} is refused even to a registry on this machine`, async () => {
    await using server = await serve(sendTo(() => location));
    const source = open(server.host);
    await assert.rejects(source.document('v1', NEVER), { code: 'FORBIDDEN', message: /metadata/ });
    await source.close();
  });
}

test('redirect: a registry out in the internet does not lead to this machine or network', async () => {
  const transport = new Transport(new TrustStore(undefined, []), DEFAULT_TIMING, {});
  await using server = await serve((_, response) => response.end());
  for (const url of [server.origin, server.origin.replace('127.0.0.1', 'localhost'), 'http://10.0.0.1/']) {
    const outgoing = {
      method: 'GET',
      url: new URL(url),
      headers: {},
      reach: 'public',
      signal: NEVER,
    } as const;
    await assert.rejects(sendFollowing(transport, outgoing), { code: 'FORBIDDEN' });
  }
  assert.deepEqual(server.requests, []);
  await transport.close();
});

const targets: [name: string, from: string, location: string | undefined, expected: string][] = [
  ['a path', 'https://r.example/a/b', '../c#fragment', 'https://r.example/c'],
  ['another host', 'https://r.example/', 'https://s.example/x?y', 'https://s.example/x?y'],
  ['http to http', 'http://r.example/', 'http://s.example/', 'http://s.example/'],
  ['http to https', 'http://r.example/', 'https://s.example/', 'https://s.example/'],
  ['https to http', 'https://r.example/', 'http://r.example/', 'FORBIDDEN'],
  ['a file', 'https://r.example/', 'file:///etc/passwd', 'FORBIDDEN'],
  ['a script', 'https://r.example/', 'javascript:0', 'FORBIDDEN'],
  ['user info', 'https://r.example/', 'https://a:b@s.example/', 'FORBIDDEN'],
  ['no location', 'https://r.example/', undefined, 'REGISTRY_ERROR'],
  ['no URL', 'https://r.example/', 'https://', 'REGISTRY_ERROR'],
];

for (const [name, from, location, expected] of targets) {
  test(`redirect target: ${name}`, () => {
    const target = (): string => toRedirectTarget(new URL(from), location).href;
    if (/^[A-Z]/.test(expected)) assert.throws(target, { code: expected, message: /^[^?]*$/ });
    else assert.equal(target(), expected);
  });
}
