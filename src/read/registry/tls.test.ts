import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { makeCertificates } from './testing/certificates.ts';
import { json, NEVER, open, serve } from './testing/server.ts';

const made = makeCertificates({ server: 'IP:127.0.0.1', client: 'DNS:client', other: 'DNS:other.example' });
const skip = made === undefined ? 'openssl is missing: no certificates to test with' : false;
after(() => made?.remove());

function certificates(): NonNullable<typeof made> {
  assert.ok(made);
  return made;
}

const HTTPS = { plainHttp: false } as const;

test('tls: a private authority is refused with a hint, and taken when its file is named', {
  skip,
}, async () => {
  await using server = await serve((_, response) => json(response, 200, {}), certificates().pem('server'));
  const strict = open(server.host, HTTPS);
  await assert.rejects(strict.document('v1', NEVER), {
    code: 'UNREACHABLE',
    message: /unknown authority .*--ca-file/,
  });
  await strict.close();
  const trusting = open(server.host, { ...HTTPS, caFile: certificates().caFile });
  assert.equal((await trusting.document('v1', NEVER)).mediaType, 'application/json');
  await trusting.close();
});

test('tls: verification stays on when Node is told to leave it out', { skip }, async () => {
  await using server = await serve((_, response) => json(response, 200, {}), certificates().pem('server'));
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    const source = open(server.host, HTTPS);
    await assert.rejects(source.document('v1', NEVER), { code: 'UNREACHABLE' });
    await source.close();
  } finally {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  }
});

test('tls: a certificate for another name is refused', { skip }, async () => {
  await using server = await serve((_, response) => json(response, 200, {}), certificates().pem('other'));
  const source = open(server.host, { ...HTTPS, caFile: certificates().caFile });
  await assert.rejects(source.document('v1', NEVER), { code: 'UNREACHABLE', message: /not valid for it/ });
  await source.close();
});

test('tls: a server that speaks http only', async () => {
  await using server = await serve((_, response) => json(response, 200, {}));
  const source = open(server.host, HTTPS);
  await assert.rejects(source.document('v1', NEVER), { code: 'UNREACHABLE', message: /--plain-http/ });
  assert.deepEqual(server.requests, []);
  await source.close();
});

test('tls: a redirect to http is refused, and nothing is sent there', { skip }, async () => {
  await using plain = await serve((_, response) => json(response, 200, {}));
  await using redirecting = await serve((_, response) => {
    response.writeHead(307, { location: `${plain.origin}/` }).end();
  }, certificates().pem('server'));
  const source = open(redirecting.host, { ...HTTPS, caFile: certificates().caFile });
  await assert.rejects(source.document('v1', NEVER), { code: 'FORBIDDEN', message: /from https to http/ });
  assert.deepEqual(plain.requests, []);
  await source.close();
});

test('tls: a token realm on http is refused by a registry on https', { skip }, async () => {
  await using plain = await serve((_, response) => json(response, 200, { token: 'x' }));
  await using server = await serve((_, response) => {
    json(response, 401, {}, { 'www-authenticate': `Bearer realm="${plain.origin}/token"` });
  }, certificates().pem('server'));
  const source = open(server.host, { ...HTTPS, caFile: certificates().caFile });
  await assert.rejects(source.document('v1', NEVER), { code: 'UNAUTHORIZED', message: /not https/ });
  assert.deepEqual(plain.requests, []);
  await source.close();
});

test('tls: certs.d gives its authority and client certificate to its own host only', { skip }, async () => {
  const { folder, caFile } = certificates();
  const seen: string[] = [];
  const tls = { ...certificates().pem('server'), ca: certificates().pem('client').cert, requestCert: true };
  const note = (socket: TLSSocket): void => {
    seen.push(String(socket.getPeerCertificate().subject?.CN));
  };
  await using storage = await serve(
    (request, response) => {
      note(request.socket as TLSSocket);
      json(response, 200, {});
    },
    { ...tls, rejectUnauthorized: false },
  );
  await using server = await serve(
    (request, response) => {
      note(request.socket as TLSSocket);
      response.writeHead(307, { location: `${storage.origin}/` }).end();
    },
    { ...tls, ca: [certificates().pem('client').cert], rejectUnauthorized: false },
  );
  const certsDir = join(folder, 'certs.d');
  const own = join(certsDir, server.host);
  await mkdir(own, { recursive: true });
  await cp(caFile, join(own, 'ca.crt'));
  await cp(join(folder, 'client.crt'), join(own, 'client.cert'));
  await cp(join(folder, 'client.key'), join(own, 'client.key'));

  const alone = open(server.host, { ...HTTPS, certsDirs: [certsDir] });
  await assert.rejects(alone.document('v1', NEVER), {
    code: 'UNREACHABLE',
    message: new RegExp(storage.host),
  });
  await alone.close();
  const both = open(server.host, { ...HTTPS, certsDirs: [certsDir], caFile });
  await both.document('v1', NEVER);
  await both.close();
  assert.deepEqual(seen, ['client', 'client', 'undefined']);
});

test('tls: through a proxy the registry is still the one that is verified', { skip }, async () => {
  await using server = await serve((_, response) => json(response, 200, {}), certificates().pem('server'));
  const seen: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    seen.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const strict = open(server.host, { ...HTTPS, env });
  await assert.rejects(strict.document('v1', NEVER), { code: 'UNREACHABLE', message: /unknown authority/ });
  await strict.close();
  const trusting = open(server.host, { ...HTTPS, env, caFile: certificates().caFile });
  await trusting.document('v1', NEVER);
  await trusting.close();
  assert.deepEqual(seen, [server.host, server.host]);
  proxy.close();
});

test('tls: an authority file that cannot be used is said to be so', { skip }, async () => {
  const { folder } = certificates();
  const empty = join(folder, 'empty.crt');
  const broken = join(folder, 'broken.crt');
  await writeFile(empty, 'nothing');
  await writeFile(broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  for (const [caFile, message] of [
    [join(folder, 'gone.crt'), /gone\.crt cannot be read/],
    [empty, /no PEM/],
    [join(folder, 'client.key'), /no PEM certificate/],
    [broken, /cannot be used/],
  ] as const) {
    const source = open('127.0.0.1:1', { ...HTTPS, caFile });
    await assert.rejects(source.document('v1', NEVER), { code: 'USAGE', message });
    await source.close();
  }
});

test('tls: half a client certificate is said to be so', { skip }, async () => {
  const { folder } = certificates();
  const own = join(folder, 'half.d', '127.0.0.1:1');
  await mkdir(own, { recursive: true });
  await cp(join(folder, 'client.crt'), join(own, 'client.cert'));
  const source = open('127.0.0.1:1', { ...HTTPS, certsDirs: [join(folder, 'half.d')] });
  await assert.rejects(source.document('v1', NEVER), {
    code: 'USAGE',
    message: /client\.key cannot be read/,
  });
  await source.close();
});
