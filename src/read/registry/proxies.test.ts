import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { readProxies } from './proxies.ts';
import { json, NEVER, open, serve } from './testing/server.ts';

const rows: [name: string, env: Record<string, string>, protocol: string, expected: string[]][] = [
  ['nothing', {}, 'https:', ['', '', '']],
  [
    'http has its own',
    { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' },
    'http:',
    ['http://p:1/', '', ''],
  ],
  [
    'https has its own',
    { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' },
    'https:',
    ['', 'http://q:2/', ''],
  ],
  ['https does not take that of http', { HTTP_PROXY: 'http://p:1' }, 'https:', ['', '', '']],
  [
    'lower case first',
    { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:2' },
    'https:',
    ['', 'http://p:1/', ''],
  ],
  [
    'no scheme',
    { HTTPS_PROXY: 'p.example:3128', no_proxy: 'a,b' },
    'https:',
    ['', 'http://p.example:3128/', 'a,b'],
  ],
];

for (const [name, env, protocol, expected] of rows) {
  test(`proxies: ${name}`, () => {
    const { httpProxy, httpsProxy, noProxy } = readProxies(env, protocol);
    assert.deepEqual([httpProxy, httpsProxy, noProxy], expected);
  });
}

test('proxies: refuses what is none, without repeating it', () => {
  for (const HTTP_PROXY of ['ftp://me:secret@p', 'http://me:secret@p:x']) {
    assert.throws(() => readProxies({ HTTP_PROXY }, 'http:'), {
      code: 'USAGE',
      message: /^HTTP_PROXY [^@]*$/,
    });
  }
});

test('proxies: requests go through them, except to NO_PROXY', async () => {
  await using server = await serve((_, response) => json(response, 200, {}));
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    json(response, 200, { through: 'proxy' });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  const through = open(server.host, { env: { HTTP_PROXY } });
  assert.match(Buffer.from((await through.document('v1', NEVER)).bytes).toString(), /through/);
  assert.deepEqual(seen, [`GET ${server.origin}/v2/team/app/manifests/v1`]);
  await through.close();

  const direct = open(server.host, { env: { HTTP_PROXY, NO_PROXY: '127.0.0.1' } });
  await direct.document('v1', NEVER);
  assert.equal(server.requests.length, 1);
  await direct.close();
  proxy.closeAllConnections();
  proxy.close();
});
