import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { open } from '../../open.ts';
import { options } from '../../testing/scratch.ts';

/** A disk without a system: an MBR with one empty partition, 4 MiB. */
const DISK = Buffer.alloc(4 * 2 ** 20);
DISK.writeUInt16LE(0xaa55, 510);
DISK.set([0, 0, 2, 0, 0x83, 0, 0, 0], 446);
DISK.writeUInt32LE(2048, 454);
DISK.writeUInt32LE(6144, 458);

interface Server {
  readonly ranges?: boolean;
  readonly status?: number;
  /** A tag of its own for each answer: the object changes while it is read. */
  readonly changing?: boolean;
}

async function serve(
  t: TestContext,
  { ranges = true, status, changing = false }: Server = {},
): Promise<string> {
  let answers = 0;
  const server = createServer((request, response) => {
    answers++;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const etag = changing ? `"${answers}"` : '"1"';
    if (status !== undefined) response.writeHead(status).end();
    else if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag)
      response.writeHead(412).end();
    else if (!ranges || from === undefined)
      response.writeHead(200, { etag, 'content-length': DISK.length }).end(DISK);
    else {
      const end = Math.min(DISK.length - 1, to === '' ? DISK.length - 1 : Number(to));
      const part = DISK.subarray(Number(from), end + 1);
      const headers = {
        etag,
        'content-range': `bytes ${from}-${end}/${DISK.length}`,
        'content-length': part.length,
      };
      response.writeHead(206, headers).end(part);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openAt(t: TestContext, url: string, web: string) {
  const [image] = await open(url, options({ cloud: { endpoints: { web } } }));
  assert.ok(image);
  t.after(() => image.close());
  return image;
}

test('a disk is read by ranges, and a signature in its URL is in no report', async (t) => {
  const web = await serve(t);
  const image = await openAt(t, `${web}/disk.raw?sig=SECRET`, web);
  assert.equal(image.identity.kind, 'disk');
  assert.doesNotMatch(JSON.stringify([image.identity, image.problems]), /SECRET/);
  assert.deepEqual(
    image.problems.map(({ code }) => code),
    ['UNKNOWN_CONTENT'],
  );
});

test('plain http is refused but where it is allowed', async (t) => {
  const web = await serve(t);
  await assert.rejects(openAt(t, `${web}/disk.raw`, 'http://127.0.0.1:1'), {
    code: 'USAGE',
    message: /plain http/,
  });
});

const refusals: readonly (readonly [name: string, server: Server, code: string])[] = [
  ['not there', { status: 404 }, 'NOT_FOUND'],
  ['not allowed', { status: 403 }, 'FORBIDDEN'],
  ['no ranges', { ranges: false }, 'UNSUPPORTED'],
];

for (const [name, server, code] of refusals) {
  test(`${name}: ${code}, and the signature is masked`, async (t) => {
    const web = await serve(t, server);
    await assert.rejects(openAt(t, `${web}/disk.raw?sig=SECRET`, web), (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.message);
      assert.doesNotMatch(error.message, /SECRET/);
      return true;
    });
  });
}
