import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FailureCode, isFailure } from '../../core/failure.ts';
import { open } from '../open.ts';
import { buildImage, dockerMembers } from '../testing/image-builder.ts';
import { openOne, options, readAll, scratch } from '../testing/scratch.ts';
import { tar } from '../testing/tar-builder.ts';
import { dockerEndpoint, podmanEndpoint } from './endpoint.ts';

const image = buildImage();
const id = image.config.descriptor.digest;
const saved = tar(dockerMembers(image, []));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (status: number, value: unknown): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

/** An engine that knows `hello:1`; what differs is handed in by path. */
async function engine(
  t: TestContext,
  answers: Readonly<Record<string, Answer>> = {},
): Promise<{ socket: string; asked: string[] }> {
  const asked: string[] = [];
  const known: Record<string, Answer> = {
    '/images/hello:1/json': json(200, { Id: id, RepoTags: ['hello:1', 'hello:latest'] }),
    [`/images/${id}/get`]: (_, response) => response.end(saved),
    ...answers,
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    (known[path] ?? json(404, { message: 'no such image' }))(request, response);
  });
  const socket = join(scratch(t), 'engine.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socket, asked };
}

for (const kind of ['docker', 'podman'] as const) {
  test(`an image of ${kind} is asked for by name, saved by id, and read`, async (t) => {
    const { socket, asked } = await engine(t);
    const where = kind === 'docker' ? { dockerHost: `unix://${socket}` } : { podmanSocket: socket };
    const one = await openOne(t, `${kind}:hello:1`, where);
    assert.deepEqual(asked, ['/images/hello:1/json', `/images/${id}/get`]);
    assert.equal(one.identity.kind, kind);
    assert.deepEqual(one.identity.tags, ['hello:1', 'hello:latest']);
    assert.equal(one.layers[0]?.fingerprint, undefined);
    assert.equal(one.layers[0]?.cacheable, false);
    const { recorder, problems } = await readAll(one);
    assert.deepEqual(problems, []);
    assert.equal(recorder.contents.get('etc/hello'), 'hello\n');
  });
}

const get = `/images/${id}/get`;
const refused: [name: string, answers: Record<string, Answer>, code: FailureCode, message: RegExp][] = [
  [
    'an image it does not have',
    { '/images/hello:1/json': json(404, { message: 'No such image' }) },
    'NOT_FOUND',
    /no image hello:1/,
  ],
  [
    'an answer of 500',
    { '/images/hello:1/json': json(500, { message: 'on\nfire\u001b[31m' }) },
    'ENGINE_UNAVAILABLE',
    /answered 500.*: on fire \[31m$/,
  ],
  ['an answer of 403', { '/images/hello:1/json': json(403, {}) }, 'NO_PERMISSION', /does not let/],
  [
    'an inspection that is not JSON',
    { '/images/hello:1/json': (_, response) => response.end('<html>') },
    'MALFORMED',
    /not JSON/,
  ],
  [
    'an inspection of 9 MB',
    { '/images/hello:1/json': (_, response) => response.end(Buffer.alloc(9 * 2 ** 20, ' ')) },
    'TOO_LARGE',
    /longer/,
  ],
  [
    'an id that is a path',
    { '/images/hello:1/json': json(200, { Id: '../containers' }) },
    'MALFORMED',
    /no image id/,
  ],
  ['an image deleted in between', { [get]: json(404, {}) }, 'NOT_FOUND', /no image/],
  ['a saved image that is no tar', { [get]: (_, response) => response.end('hello') }, 'MALFORMED', /tar/],
  [
    'a saved image that breaks off',
    {
      [get]: (_, response) => {
        response.writeHead(200, { 'content-length': saved.length });
        response.write(saved.subarray(0, 700));
        setTimeout(() => response.destroy(), 20);
      },
    },
    'TRUNCATED',
    /broke off/,
  ],
  [
    'a saved image that ends early',
    { [get]: (_, response) => response.end(saved.subarray(0, 700)) },
    'TRUNCATED',
    /ends inside/,
  ],
];

for (const [name, answers, code, message] of refused) {
  test(`an engine with ${name}`, async (t) => {
    const { socket } = await engine(t, answers);
    await assert.rejects(open('docker:hello:1', options({ dockerHost: `unix://${socket}` })), (error) => {
      assert.ok(isFailure(error, code), String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /[\n\u001b]/);
      return true;
    });
  });
}

test('cancelling while the image comes stops it, and leaves nothing behind', async (t) => {
  const stop = new AbortController();
  const { socket } = await engine(t, {
    [get]: (_, response) => {
      response.write(saved.subarray(0, 700));
      setTimeout(() => stop.abort(), 20);
    },
  });
  const before = process.env.TMPDIR;
  const folder = scratch(t);
  process.env.TMPDIR = folder;
  try {
    const opening = open('docker:hello:1', options({ dockerHost: `unix://${socket}`, signal: stop.signal }));
    await assert.rejects(opening, { code: 'CANCELLED' });
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('no engine is said with what to do', async (t) => {
  const gone = join(scratch(t), 'gone.sock');
  await assert.rejects(
    open('docker:x', options({ dockerHost: `unix://${gone}` })),
    (error) => isFailure(error, 'ENGINE_UNAVAILABLE') && /start Docker/.test(error.message),
  );
  await assert.rejects(
    open('podman:x', options({ podmanSocket: gone })),
    (error) => isFailure(error, 'ENGINE_UNAVAILABLE') && /podman/.test(error.message),
  );
  await assert.rejects(open('docker:x', options({ dockerHost: 'tcp://127.0.0.1:1' })), {
    code: 'ENGINE_UNAVAILABLE',
  });
});

for (const name of ['../containers/json', 'a/../b', 'a?b', 'a#b', 'a b', 'a%2fb', '-a', 'a//b']) {
  test(`the name ${name} never reaches the engine`, async (t) => {
    const { socket, asked } = await engine(t);
    await assert.rejects(open(`docker:${name}`, options({ dockerHost: `unix://${socket}` })), {
      code: 'USAGE',
    });
    assert.deepEqual(asked, []);
  });
}

const endpoints: [name: string, where: string, made: () => { where: string; target: { kind: string } }][] = [
  ['DOCKER_HOST', 'tcp://10.0.0.1:99', () => dockerEndpoint(undefined, { DOCKER_HOST: 'tcp://10.0.0.1:99' })],
  [
    'an option before DOCKER_HOST',
    'unix:///a',
    () => dockerEndpoint('unix:///a', { DOCKER_HOST: 'tcp://b' }),
  ],
  ['CONTAINER_HOST', 'unix:///c', () => podmanEndpoint(undefined, { CONTAINER_HOST: 'unix:///c' })],
  [
    'the user’s Podman',
    'unix:///nowhere/podman/podman.sock',
    () => podmanEndpoint(undefined, { XDG_RUNTIME_DIR: '/nowhere' }),
  ],
];
for (const [name, where, made] of endpoints) {
  test(`endpoint: ${name}`, () => assert.equal(made().where, where));
}

const wrong: [host: string, code: FailureCode][] = [
  ['ssh://user@host', 'UNSUPPORTED'],
  ['tcp://host:1/path?x', 'USAGE'],
  ['nonsense', 'USAGE'],
];
for (const [host, code] of wrong) {
  test(`endpoint: ${host} is refused`, () => assert.throws(() => dockerEndpoint(host, {}), { code }));
}
