import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import type { Digest } from '../../core/digest.ts';
import { type FailureCode, isFailure } from '../../core/failure.ts';
import { type FakeRegistry, type FakeRepository, startFakeRegistry } from '../testing/fake-registry.ts';
import { type Blob, blob, buildImage, index, OCI, sha256 } from '../testing/image-builder.ts';
import type { RegistryOptions } from './options.ts';
import { openRegistryForPush, type RegistryWriter } from './push.ts';
import { FAST, type Handler, json, NEVER, REPOSITORY, serve } from './testing/server.ts';

const TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const IMAGE = buildImage();
const SUBJECT = IMAGE.manifest.descriptor.digest;
const LIST_TAG = SUBJECT.replace(':', '-');
const ME = { kind: 'password', username: 'me', password: 'secret' } as const;
const BASIC = `Basic ${Buffer.from('me:secret').toString('base64')}`;

function writerFor(host: string, options: Partial<RegistryOptions> = {}): RegistryWriter {
  return openRegistryForPush(
    { registry: host, repository: REPOSITORY, tag: 'v1' },
    {
      plainHttp: true,
      documentBytes: 64 * 1024,
      env: {},
      homeDir: '/nonexistent',
      certsDirs: [],
      timing: FAST,
      ...options,
    },
  );
}

/** Attaches something to `v1`. */
async function attachTo(
  host: string,
  text = 'bundle',
  options: Partial<RegistryOptions> = {},
): Promise<Digest> {
  const writer = writerFor(host, options);
  try {
    const subject = await writer.readSubject('v1', NEVER);
    const annotations = { 'org.opencontainers.image.created': '2024-01-01T00:00:00Z' };
    return await writer.attach({ subject, artifactType: TYPE, blob: Buffer.from(text), annotations }, NEVER);
  } finally {
    await writer.close();
  }
}

function withImage(registry: FakeRegistry): FakeRepository {
  registry.putManifest(REPOSITORY, IMAGE.manifest, 'v1');
  return registry.repository(REPOSITORY);
}

function contentOf(repository: FakeRepository, reference: string): Record<string, unknown> {
  const digest = repository.tags.get(reference) ?? (reference as Digest);
  return JSON.parse(String(repository.manifests.get(digest)?.bytes)) as Record<string, unknown>;
}

function listed(repository: FakeRepository): unknown[] {
  const { manifests } = contentOf(repository, LIST_TAG) as { manifests: { digest: string }[] };
  return manifests.map(({ digest }) => digest);
}

const failsWith =
  (code: FailureCode, words = /./) =>
  (error: unknown): boolean =>
    isFailure(error, code) && words.test(error.message);

test('what is attached is a manifest with one blob, an empty config and the subject as the registry has it', async () => {
  await using registry = await startFakeRegistry();
  const repository = withImage(registry);
  const digest = await attachTo(registry.host);
  const bundle = Buffer.from('bundle');
  assert.deepEqual(contentOf(repository, digest), {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    artifactType: TYPE,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256('{}'), size: 2 },
    layers: [{ mediaType: TYPE, digest: sha256(bundle), size: bundle.length }],
    subject: IMAGE.manifest.descriptor,
    annotations: { 'org.opencontainers.image.created': '2024-01-01T00:00:00Z' },
  });
  assert.deepEqual(repository.blobs.get(sha256(bundle)), bundle);
  assert.equal(repository.manifests.get(digest)?.mediaType, OCI.manifest);
});

test('bypass 29: no tag is written where the registry lists by itself', async () => {
  await using registry = await startFakeRegistry();
  const repository = withImage(registry);
  await attachTo(registry.host);
  assert.deepEqual([...repository.tags], [['v1', SUBJECT]]);
});

test('bypass 29: only the list’s tag is written where it does not', async () => {
  await using registry = await startFakeRegistry({ referrers: false });
  const repository = withImage(registry);
  const digest = await attachTo(registry.host);
  assert.deepEqual([...repository.tags.keys()], ['v1', LIST_TAG]);
  assert.equal(repository.tags.get('v1'), SUBJECT);
  assert.deepEqual(contentOf(repository, LIST_TAG), {
    schemaVersion: 2,
    mediaType: OCI.index,
    manifests: [
      {
        mediaType: OCI.manifest,
        digest,
        size: repository.manifests.get(digest)?.bytes.length,
        artifactType: TYPE,
        annotations: { 'org.opencontainers.image.created': '2024-01-01T00:00:00Z' },
      },
    ],
  });
});

describe('the list under a tag', () => {
  const other = blob(OCI.manifest, { schemaVersion: 2, config: {}, layers: [] });

  test('keeps what others wrote, also what we do not know', async () => {
    await using registry = await startFakeRegistry({ referrers: false });
    const repository = withImage(registry);
    const theirs = { ...other.descriptor, artifactType: 'text/x', newer: { a: [1] } };
    const list = index([theirs, 'odd'], { annotations: { by: 'them' }, subject: null });
    registry.putManifest(REPOSITORY, list, LIST_TAG);
    const digest = await attachTo(registry.host);
    const after = contentOf(repository, LIST_TAG) as { manifests: { digest: string }[] };
    assert.equal(after.manifests.at(-1)?.digest, digest);
    assert.deepEqual(
      { ...after, manifests: after.manifests.slice(0, -1) },
      {
        schemaVersion: 2,
        mediaType: OCI.index,
        manifests: [theirs, 'odd'],
        annotations: { by: 'them' },
        subject: null,
      },
    );
  });

  test('holds an entry once, however often it is attached', async () => {
    await using registry = await startFakeRegistry({ referrers: false });
    const repository = withImage(registry);
    const first = await attachTo(registry.host);
    assert.equal(await attachTo(registry.host), first);
    assert.deepEqual(listed(repository), [first]);
  });

  test('several who write at once all end up in it', async () => {
    await using registry = await startFakeRegistry({ referrers: false });
    const repository = withImage(registry);
    const slow = { timing: { ...FAST, backoffMs: 150, backoffCapMs: 600 } };
    const writers = ['a', 'b', 'c'].map((text) => attachTo(registry.host, text, slow));
    const digests = await Promise.all(writers);
    assert.deepEqual(listed(repository).sort(), digests.sort());
  });

  test('an entry that another writer overwrote is added again, to what is there by then', async () => {
    await using registry = await startFakeRegistry({ referrers: false });
    const repository = withImage(registry);
    overwrite(registry, repository, index([other.descriptor]), 2);
    const digest = await attachTo(registry.host);
    assert.deepEqual(listed(repository), [other.descriptor.digest, digest]);
  });

  test('who always overwrites it is complained of', async () => {
    await using registry = await startFakeRegistry({ referrers: false });
    overwrite(registry, withImage(registry), index([other.descriptor]), Number.POSITIVE_INFINITY);
    await assert.rejects(() => attachTo(registry.host), failsWith('REGISTRY_ERROR', /keep overwriting/));
  });

  const foreign: readonly [name: string, document: Blob, FailureCode][] = [
    ['an image', IMAGE.manifest, 'MEDIA_TYPE_MISMATCH'],
    ['an index of another kind', docker(index([])), 'MEDIA_TYPE_MISMATCH'],
    ['an index and a manifest at once', index([], { layers: [] }), 'MEDIA_TYPE_MISMATCH'],
    [
      'a name given twice',
      text(OCI.index, '{"schemaVersion":2,"manifests":[],"manifests":[1]}'),
      'MALFORMED',
    ],
    ['no JSON', text(OCI.index, 'x'), 'MALFORMED'],
    ['a list that would grow over the limit', index(['x'.repeat(64 * 1024 - 200)]), 'TOO_LARGE'],
    ['a list over the limit', index(['x'.repeat(64 * 1024)]), 'TOO_LARGE'],
  ];
  for (const [name, document, code] of foreign) {
    test(`bypass 29: ${name} under its tag is not overwritten`, async () => {
      await using registry = await startFakeRegistry({ referrers: false });
      const repository = withImage(registry);
      const digest = registry.putManifest(REPOSITORY, document, LIST_TAG);
      await assert.rejects(() => attachTo(registry.host), failsWith(code));
      assert.equal(repository.tags.get(LIST_TAG), digest);
    });
  }
});

function text(mediaType: string, content: string): Blob {
  return blob(mediaType, Buffer.from(content));
}

function docker({ bytes }: Blob): Blob {
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
  return blob(mediaType, { ...JSON.parse(bytes.toString()), mediaType });
}

/** Somebody who, `times` times, writes the list right after it was written. */
function overwrite(registry: FakeRegistry, repository: FakeRepository, list: Blob, times: number): void {
  let left = times;
  const set = repository.tags.set.bind(repository.tags);
  registry.putManifest(REPOSITORY, list);
  repository.tags.set = (tag, digest) =>
    set(tag, tag === LIST_TAG && left-- > 0 ? list.descriptor.digest : digest);
}

describe('conditional writes', () => {
  test('the list is written on condition of what was read, and again when that has changed', async () => {
    await using registry = await startFakeRegistry({ referrers: false });
    const repository = withImage(registry);
    registry.putManifest(REPOSITORY, index([]), LIST_TAG);
    const conditions: unknown[] = [];
    await using front = await serve((request, response) => {
      const isList = request.url?.endsWith(LIST_TAG) === true;
      if (isList && request.method === 'PUT') conditions.push(request.headers['if-match']);
      if (isList && request.method === 'PUT' && conditions.length < 3) return json(response, 412, {});
      forward(registry, request, response, isList ? { etag: `"v${conditions.length}"` } : {});
    });
    const digest = await attachTo(front.host);
    assert.deepEqual(conditions, ['"v0"', '"v1"', '"v2"']);
    assert.deepEqual(listed(repository), [digest]);
  });

  test('a condition that is never met is dropped in the end', async () => {
    await using registry = await startFakeRegistry({ referrers: false });
    const repository = withImage(registry);
    registry.putManifest(REPOSITORY, index([]), LIST_TAG);
    await using front = await serve((request, response) => {
      if (request.headers['if-match'] !== undefined) return json(response, 412, {});
      forward(registry, request, response, { etag: '"x"' });
    });
    const digest = await attachTo(front.host);
    assert.deepEqual(listed(repository), [digest]);
  });

  for (const etag of ['W/"x"', 'x', '"a"b"', '']) {
    test(`an ETag that is none, or a weak one, is no condition: ${etag}`, async () => {
      await using registry = await startFakeRegistry({ referrers: false });
      withImage(registry);
      registry.putManifest(REPOSITORY, index([]), LIST_TAG);
      const conditions: unknown[] = [];
      await using front = await serve((request, response) => {
        if (request.method === 'PUT') conditions.push(request.headers['if-match']);
        forward(registry, request, response, { etag });
      });
      await attachTo(front.host);
      assert.deepEqual(
        conditions.filter((one) => one !== undefined),
        [],
      );
    });
  }
});

/** Hands a request on to the fake registry, and its answer back with these headers besides. */
function forward(
  { host }: FakeRegistry,
  request: IncomingMessage,
  response: ServerResponse,
  more: Readonly<Record<string, string>> = {},
): void {
  const { method, url, headers } = request;
  const { host: _, ...kept } = headers;
  const asked = httpRequest(`http://${host}${url}`, { method, headers: kept, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...more });
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  request.pipe(asked);
}

describe('uploads', () => {
  test('a blob that is there is not sent again', async () => {
    await using registry = await startFakeRegistry();
    withImage(registry);
    registry.putBlob(REPOSITORY, Buffer.from('{}'));
    registry.putBlob(REPOSITORY, Buffer.from('bundle'));
    await attachTo(registry.host);
    assert.deepEqual(
      registry.requests.filter((line) => line.includes('/uploads/')),
      [],
    );
  });

  test('a location without a host is the registry’s own', async () => {
    await using registry = await startFakeRegistry({ relativeLocations: true });
    withImage(registry);
    await attachTo(registry.host);
    const sent = registry.requests.filter((line) => line.startsWith('PUT') && line.includes('/uploads/'));
    assert.equal(sent.length, 2);
    assert.match(sent[0] ?? '', /uploads\/[^?]+\?state=[^&]+&digest=sha256%3A[0-9a-f]{64} -$/);
  });

  test('bypass 27: an upload that goes to another host goes there without credentials', async () => {
    await using registry = await startFakeRegistry();
    withImage(registry);
    // The fake registry names its own host in upload locations: for whoever asked the front, another one.
    await using front = await serve(guarded(registry));
    await attachTo(front.host, 'bundle', { credentials: ME });
    const direct = registry.requests.filter((line) => line.startsWith('PUT') && line.includes('/uploads/'));
    assert.equal(direct.length, 2);
    assert.ok(direct.every((line) => line.endsWith(' -')));
    assert.ok(front.requests.some((line) => line.startsWith('POST') && line.endsWith(BASIC)));
    assert.ok(!front.requests.some((line) => line.startsWith('PUT') && line.includes('/uploads/')));
  });

  test('bypass 27: a challenge from where an upload was sent to is not answered', async () => {
    await using registry = await startFakeRegistry();
    withImage(registry);
    await using thief = await serve((_, response) =>
      json(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' }),
    );
    await using front = await serve(guarded(registry, `${thief.origin}/take`));
    await assert.rejects(
      () => attachTo(front.host, 'bundle', { credentials: ME }),
      failsWith('UNAUTHORIZED'),
    );
    assert.ok(thief.requests.length > 0 && thief.requests.every((line) => line.endsWith(' -')));
  });

  const locations: readonly [name: string, location: string | undefined, FailureCode][] = [
    ['no location', undefined, 'REGISTRY_ERROR'],
    ['no URL', 'http://[', 'REGISTRY_ERROR'],
    ['another scheme', 'file:///etc/passwd', 'FORBIDDEN'],
    ['a user and password in it', 'http://me:x@127.0.0.1/', 'FORBIDDEN'],
    ['a metadata service', 'http://169.254.169.254/latest', 'FORBIDDEN'],
  ];
  for (const [name, location, code] of locations) {
    test(`an upload location that is not followed: ${name}`, async () => {
      await using registry = await startFakeRegistry();
      withImage(registry);
      await using front = await serve((request, response) => {
        if (request.method !== 'POST') return forward(registry, request, response);
        json(response, 202, {}, location === undefined ? {} : { location });
      });
      await assert.rejects(() => attachTo(front.host), failsWith(code));
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`a manifest is not sent elsewhere: ${status}`, async () => {
      await using registry = await startFakeRegistry();
      withImage(registry);
      await using elsewhere = await serve((_, response) => json(response, 201, {}));
      await using front = await serve((request, response) => {
        const isManifest = request.method === 'PUT' && request.url?.includes('/manifests/') === true;
        if (!isManifest) return forward(registry, request, response);
        json(response, status, {}, { location: elsewhere.origin });
      });
      await assert.rejects(() => attachTo(front.host), failsWith('REGISTRY_ERROR'));
      assert.deepEqual(elsewhere.requests, []);
    });
  }

  test('an upload that broke is begun anew', async () => {
    await using registry = await startFakeRegistry({ relativeLocations: true });
    const repository = withImage(registry);
    let broken = 0;
    await using front = await serve((request, response) => {
      if (request.method === 'PUT' && request.url?.includes('/uploads/') && broken++ < 2)
        return json(response, 503, {});
      forward(registry, request, response);
    });
    await attachTo(front.host);
    assert.ok(repository.blobs.has(sha256('bundle')));
  });

  test('a registry that stored something else is not believed', async () => {
    await using registry = await startFakeRegistry();
    withImage(registry);
    await using front = await serve((request, response) => {
      const lie = request.method === 'PUT' && request.url?.includes('/manifests/') === true;
      forward(registry, request, response, lie ? { 'docker-content-digest': sha256('other') } : {});
    });
    await assert.rejects(() => attachTo(front.host), failsWith('DIGEST_MISMATCH'));
  });
});

/** A registry that wants basic credentials; uploads go where it says, by default to the fake registry itself. */
function guarded(registry: FakeRegistry, uploads?: string): Handler {
  return (request, response) => {
    if (request.headers.authorization !== BASIC)
      return json(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' });
    if (request.method === 'POST' && uploads !== undefined)
      return json(response, 202, {}, { location: uploads });
    forward(registry, request, response);
  };
}

test('bearer: the right to push is asked for, for this repository only', async () => {
  await using registry = await startFakeRegistry();
  withImage(registry);
  const asked: (string | null)[] = [];
  await using front = await serve((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    if (url.pathname === '/token') {
      asked.push(url.searchParams.get('scope'));
      return json(response, 200, { token: 'good' });
    }
    if (request.headers.authorization === 'Bearer good') return forward(registry, request, response);
    const challenge = `Bearer realm="http://${request.headers.host}/token",scope="repository:other/app:*"`;
    json(response, 401, {}, { 'www-authenticate': challenge });
  });
  await attachTo(front.host);
  assert.deepEqual(asked, [`repository:${REPOSITORY}:pull,push`]);
});

test('mirrors are never written to', async () => {
  await using registry = await startFakeRegistry();
  withImage(registry);
  await using mirror = await serve((_, response) => json(response, 500, {}));
  await attachTo(registry.host, 'bundle', { mirrors: { [registry.host]: [mirror.origin] } });
  assert.deepEqual(mirror.requests, []);
});

const subjects: readonly [name: string, document: Blob, kind: 'index' | 'manifest'][] = [
  ['an OCI manifest', IMAGE.manifest, 'manifest'],
  ['an OCI index', index([IMAGE.manifest.descriptor]), 'index'],
  ['a Docker list', docker(index([])), 'index'],
];
for (const [name, document, kind] of subjects) {
  test(`readSubject: ${name}`, async () => {
    await using registry = await startFakeRegistry();
    registry.putManifest(REPOSITORY, document, 'v1');
    const writer = writerFor(registry.host);
    assert.deepEqual(await writer.readSubject('v1', NEVER), { kind, ...document.descriptor });
    assert.deepEqual(await writer.readSubject(document.descriptor.digest, NEVER), {
      kind,
      ...document.descriptor,
    });
    await writer.close();
  });
}

test('bypass 21: nothing is attached to what is two things', async () => {
  await using registry = await startFakeRegistry();
  registry.putManifest(REPOSITORY, index([], { layers: [], config: {} }), 'v1');
  await assert.rejects(() => attachTo(registry.host), failsWith('MEDIA_TYPE_MISMATCH'));
  assert.ok(!registry.requests.some((line) => /^(?:POST|PUT)/.test(line)));
});

test('a registry that does not answer any more ends the push', async () => {
  await using registry = await startFakeRegistry();
  withImage(registry);
  await using front = await serve((request, response) => {
    if (request.method !== 'PUT') forward(registry, request, response);
  });
  const timing = { ...FAST, headersMs: 100, attempts: 2 };
  await assert.rejects(() => attachTo(front.host, 'bundle', { timing }), failsWith('UNREACHABLE'));
});

test('cancelled while uploading', async () => {
  await using registry = await startFakeRegistry({ relativeLocations: true });
  withImage(registry);
  const controller = new AbortController();
  await using front = await serve((request, response) => {
    if (request.method === 'PUT') controller.abort();
    else forward(registry, request, response);
  });
  const writer = writerFor(front.host);
  const subject = await writer.readSubject('v1', NEVER);
  const referrer = { subject, artifactType: TYPE, blob: Buffer.from('x'), annotations: {} };
  await assert.rejects(() => writer.attach(referrer, controller.signal), failsWith('CANCELLED'));
  await writer.close();
});
