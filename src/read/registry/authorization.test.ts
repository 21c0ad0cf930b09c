import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credentials } from './credentials.ts';
import { collect, descriptorOf, type Handler, json, NEVER, open, serve } from './testing/server.ts';

const ME: Credentials = { kind: 'password', username: 'me', password: 'secret' };
const BASIC = `Basic ${Buffer.from('me:secret').toString('base64')}`;
const SCOPE = 'scope=repository%3Ateam%2Fapp%3Apull';

interface Double {
  /** What `Authorization` opens the registry. */
  accepts: string;
  challenge: (host: string) => string | string[];
  token?: (
    path: string,
    authorization: string | undefined,
    body: string,
  ) => [status: number, answer: unknown];
}

/** A registry that wants `accepts`, and a token realm at `/token` on the same host. */
function guarded(double: Double): Handler {
  return (request, response) => {
    const path = request.url ?? '';
    const { authorization, host = '' } = request.headers;
    if (path.startsWith('/token')) {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const [status, answer] = double.token?.(path, authorization, body) ?? [404, {}];
        json(response, status, answer);
      });
    } else if (authorization === double.accepts) {
      json(response, 200, {});
    } else {
      const errors = [{ code: 'UNAUTHORIZED', message: 'authentication required' }];
      json(response, 401, { errors }, { 'www-authenticate': double.challenge(host) });
    }
  };
}

const toOwnRealm = (host: string): string =>
  `Bearer realm="http://${host}/token",service="test",scope="repository:other/app:pull,push"`;

test('basic: nothing is sent before it is asked for', async () => {
  await using server = await serve(guarded({ accepts: BASIC, challenge: () => 'Basic realm="x"' }));
  const source = open(server.host, { credentials: ME });
  await source.document('v1', NEVER);
  await source.document('v2', NEVER);
  assert.deepEqual(server.requests, [
    'GET /v2/team/app/manifests/v1 -',
    `GET /v2/team/app/manifests/v1 ${BASIC}`,
    `GET /v2/team/app/manifests/v2 ${BASIC}`,
  ]);
  await source.close();
});

test('bearer: anonymous, for this repository and for pulling only, whatever the challenge would like', async () => {
  await using server = await serve(
    guarded({ accepts: 'Bearer t0', challenge: toOwnRealm, token: () => [200, { access_token: 't0' }] }),
  );
  const source = open(server.host);
  await source.document('v1', NEVER);
  assert.equal(server.requests[1], `GET /token?service=test&${SCOPE} -`);
  await source.close();
});

test('bearer: with a password', async () => {
  await using server = await serve(
    guarded({
      accepts: 'Bearer t1',
      challenge: (host) => ['Negotiate', `Basic realm="x", ${toOwnRealm(host)}`],
      token: (_, authorization) => (authorization === BASIC ? [200, { token: 't1' }] : [401, {}]),
    }),
  );
  const source = open(server.host, { credentials: ME });
  await source.document('v1', NEVER);
  assert.equal(server.requests[1], `GET /token?service=test&${SCOPE}&account=me ${BASIC}`);
  await source.close();
});

test('bearer: with an identity token, by POST', async () => {
  let form = '';
  await using server = await serve(
    guarded({
      accepts: 'Bearer t2',
      challenge: toOwnRealm,
      token: (_path, _authorization, body) => {
        form = body;
        return [200, { access_token: 't2' }];
      },
    }),
  );
  const source = open(server.host, { credentials: { kind: 'identity-token', token: 'refresh' } });
  await source.document('v1', NEVER);
  assert.equal(server.requests[1], 'POST /token -');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(form)), {
    grant_type: 'refresh_token',
    client_id: 'pratique',
    service: 'test',
    scope: 'repository:team/app:pull',
    refresh_token: 'refresh',
  });
  await source.close();
});

test('bearer: a registry token goes to the registry as it is', async () => {
  await using server = await serve(guarded({ accepts: 'Bearer given', challenge: toOwnRealm }));
  const source = open(server.host, { credentials: { kind: 'registry-token', token: 'given' } });
  await source.document('v1', NEVER);
  assert.equal(server.requests.length, 2);
  await source.close();
});

test('bearer: a token that expires in the middle is renewed, once for all downloads', async () => {
  const blob = Buffer.from('a blob of some length');
  let issued = 0;
  const valid = new Set<string>();
  await using server = await serve((request, response) => {
    const { authorization = '', host = '', range } = request.headers;
    if (request.url?.startsWith('/token') === true) {
      valid.add(`Bearer t${++issued}`);
      return json(response, 200, { token: `t${issued}` });
    }
    if (!valid.has(authorization)) {
      return json(response, 401, {}, { 'www-authenticate': toOwnRealm(host) });
    }
    if (range !== undefined) {
      const start = Number(range.slice('bytes='.length, -1));
      response.writeHead(206, { 'content-range': `bytes ${start}-${blob.length - 1}/${blob.length}` });
      return response.end(blob.subarray(start));
    }
    response.writeHead(200, { 'content-length': String(blob.length) });
    return response.write(blob.subarray(0, 5), () => {
      setTimeout(() => {
        valid.clear();
        request.socket.destroy();
      }, 20);
    });
  });
  const source = open(server.host);
  const whole = await Promise.all([1, 2, 3].map(() => collect(source, descriptorOf(blob))));
  for (const one of whole) assert.ok(one.equals(blob));
  assert.equal(issued, 2);
  await source.close();
});

const refusals: { name: string; double: Double; credentials?: Credentials; message: RegExp }[] = [
  {
    name: 'no credentials: says where it looked and what to do',
    double: { accepts: 'never', challenge: () => 'Basic realm="x"' },
    message:
      /wants credentials; no credentials found \(there is no auth file\); run docker login 127\.0\.0\.1:\d+ /,
  },
  {
    name: 'wrong password',
    double: { accepts: 'never', challenge: () => 'Basic realm="x"' },
    credentials: ME,
    message: /authentication required; the credentials from the options were tried/,
  },
  {
    name: 'the realm refuses',
    double: { accepts: 'never', challenge: toOwnRealm, token: () => [403, { errors: [{ code: 'DENIED' }] }] },
    credentials: ME,
    message: /does not give access to a token for repository:team\/app:pull; it says: DENIED/,
  },
  {
    name: 'a fresh token that is not good enough',
    double: { accepts: 'never', challenge: toOwnRealm, token: () => [200, { token: 'x' }] },
    message: /run docker login/,
  },
  {
    name: 'an unknown scheme',
    double: { accepts: 'never', challenge: () => 'Negotiate, Digest realm="x"' },
    credentials: ME,
    message: /not known \(negotiate, digest\)/,
  },
  { name: 'no challenge', double: { accepts: 'never', challenge: () => '' }, message: /no challenge/ },
  {
    name: 'an identity token where a password is wanted',
    double: { accepts: 'never', challenge: () => 'Basic realm="x"' },
    credentials: { kind: 'identity-token', token: 'refresh' },
    message: /only a token/,
  },
  {
    name: 'a registry token that is not taken',
    double: { accepts: 'never', challenge: toOwnRealm },
    credentials: { kind: 'registry-token', token: 'given' },
    message: /the credentials from the options were tried/,
  },
];

for (const { name, double, credentials, message } of refusals) {
  test(`unauthorized: ${name}`, async () => {
    await using server = await serve(guarded(double));
    const source = open(server.host, credentials === undefined ? {} : { credentials });
    await assert.rejects(source.document('v1', NEVER), (error) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'UNAUTHORIZED');
      assert.match(error.message, message);
      assert.ok(!/secret|refresh|given/.test(error.message) && error.message.length < 400, error.message);
      return true;
    });
    assert.ok(server.requests.length <= 4);
    await source.close();
  });
}

for (const answer of ['nonsense', {}, { token: 7 }, { token: 'a\r\nX-Evil: 1' }, { token: '' }]) {
  test(`bearer: a realm that answers ${JSON.stringify(answer)}`, async () => {
    await using server = await serve(
      guarded({ accepts: 'never', challenge: toOwnRealm, token: () => [200, answer] }),
    );
    const source = open(server.host);
    await assert.rejects(source.document('v1', NEVER), { code: 'REGISTRY_ERROR', message: /usable token/ });
    await source.close();
  });
}

test('bypass 26: a foreign realm gets no credentials unless the user names it, but may give an anonymous token', async () => {
  await using realm = await serve((_, response) => json(response, 200, { token: 'foreign' }));
  const challenge = (): string => `Bearer realm="${realm.origin}/token"`;
  await using server = await serve(guarded({ accepts: 'Bearer foreign', challenge }));

  for (const credentials of [ME, { kind: 'identity-token', token: 'refresh' }] as const) {
    const refused = open(server.host, { credentials });
    await assert.rejects(refused.document('v1', NEVER), {
      code: 'UNAUTHORIZED',
      message: new RegExp(
        `${realm.host}, a foreign host, .* allow ${realm.host} as an auth realm of ${server.host}`,
      ),
    });
    await refused.close();
  }
  assert.deepEqual(realm.requests, []);

  const anonymous = open(server.host);
  await anonymous.document('v1', NEVER);
  assert.deepEqual(realm.requests, [`GET /token?${SCOPE} -`]);
  await anonymous.close();

  const allowed = open(server.host, { credentials: ME, authRealms: { [server.host]: [realm.host] } });
  await allowed.document('v1', NEVER);
  assert.equal(realm.requests[1], `GET /token?${SCOPE}&account=me ${BASIC}`);
  await allowed.close();
});

test('bypass 27: a realm that redirects elsewhere does not take the credentials along', async () => {
  await using thief = await serve((_, response) => json(response, 200, { token: 'x' }));
  await using server = await serve((request, response) => {
    if (request.url?.startsWith('/token') === true) {
      response.writeHead(307, { location: `${thief.origin}/steal` }).end();
    } else {
      json(response, 401, {}, { 'www-authenticate': toOwnRealm(request.headers.host ?? '') });
    }
  });
  const byGet = open(server.host, { credentials: ME });
  await assert.rejects(byGet.document('v1', NEVER), { code: 'UNAUTHORIZED' });
  assert.deepEqual(thief.requests, ['GET /steal -']);
  await byGet.close();
  const byPost = open(server.host, { credentials: { kind: 'identity-token', token: 'refresh' } });
  await assert.rejects(byPost.document('v1', NEVER), { code: 'UNAUTHORIZED' });
  assert.equal(thief.requests.length, 1);
  await byPost.close();
});

test('a realm in the metadata service is not asked', async () => {
  const challenge = (): string => 'Bearer realm="http://169.254.169.254/latest/meta-data/"';
  await using server = await serve(guarded({ accepts: 'never', challenge }));
  const source = open(server.host);
  await assert.rejects(source.document('v1', NEVER), { code: 'FORBIDDEN', message: /169\.254\.169\.254/ });
  await source.close();
});
