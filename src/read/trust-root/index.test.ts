import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FailureCode, isFailure } from '../../core/failure.ts';
import { readTrustRoot, type TrustRootSource } from './index.ts';
import {
  type Files,
  makeRepository,
  newKeys,
  type RepositoryServer,
  type State,
  serve,
  TRUSTED_ROOT,
} from './testing/repository.ts';

const DAY = 86_400_000;
const keys = newKeys();
const strangers = newKeys();
const NEXT = '{"mediaType":"the next one"}';
const good = makeRepository(keys);

interface Stage {
  readonly server: RepositoryServer;
  readonly source: TrustRootSource;
  readonly cacheDir: string;
  readonly folder: string;
  read(options?: { offline?: boolean; signal?: AbortSignal }): ReturnType<typeof readTrustRoot>;
}

async function stage(t: TestContext, files: Files = good, root = good.get('1.root.json')): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-trust-root-'));
  const server = await serve(files);
  t.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'root.json');
  writeFileSync(path, root ?? '');
  const source = { kind: 'tuf', url: server.url, root: path } as const;
  const cacheDir = join(folder, 'cache');
  const read: Stage['read'] = ({ offline = false, signal = new AbortController().signal } = {}) =>
    readTrustRoot(source, { cacheDir, offline, signal });
  return { server, source, cacheDir, folder, read };
}

const fails =
  (code: FailureCode, message = /./) =>
  (error: unknown): boolean => {
    assert.ok(isFailure(error), String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };

/** Stands the clock still, `ms` from now. */
function travel(t: TestContext, ms: number): void {
  const now = Date.now() + ms;
  t.mock.timers.reset();
  t.mock.timers.enable({ apis: ['Date'], now });
}

test('a repository is read from a root of one’s own', async (t) => {
  const { read } = await stage(t);
  assert.deepEqual(await read(), { json: JSON.parse(TRUSTED_ROOT), notes: [] });
});

test('a URL with a slash at its end is the same repository', async (t) => {
  const { source, cacheDir, read, server } = await stage(t);
  await read();
  const asked = server.asked.length;
  const again = { ...source, url: `${server.url}/` } as TrustRootSource;
  await readTrustRoot(again, { cacheDir, offline: false, signal: new AbortController().signal });
  assert.equal(server.asked.length, asked);
});

test('within a day nobody is asked, afterwards it is asked for what is new', async (t) => {
  const { read, server } = await stage(t);
  await read();
  const asked = server.asked.length;
  server.files = makeRepository(keys, {
    versions: { timestamp: 2, snapshot: 2, targets: 2, root: 2 },
    trustedRoot: NEXT,
  });
  assert.deepEqual((await read()).json, JSON.parse(TRUSTED_ROOT));
  assert.equal(server.asked.length, asked);
  travel(t, DAY + 60_000);
  assert.deepEqual(await read(), { json: JSON.parse(NEXT), notes: [] });
  assert.ok(server.asked.includes('2.root.json'));
});

test('an entry that expires sooner is refreshed sooner', async (t) => {
  const expires = { timestamp: new Date(Date.now() + DAY / 4) };
  const { read, server } = await stage(t, makeRepository(keys, { expires }));
  await read();
  server.files = makeRepository(keys, { versions: { timestamp: 2 } });
  const asked = server.asked.length;
  travel(t, DAY / 2);
  await read();
  assert.ok(server.asked.length > asked);
});

test('a clock that was set back makes it ask again', async (t) => {
  const { read, server } = await stage(t);
  await read();
  const asked = server.asked.length;
  travel(t, -60_000);
  await read();
  assert.ok(server.asked.length > asked);
});

test('offline, what was verified last is taken however old, and the age is said', async (t) => {
  const { read, server } = await stage(t);
  await read();
  await server.close();
  assert.match(
    (await read({ offline: true })).notes.join(),
    /offline: the trust root of http.* is as of 20\d\d-/,
  );
  travel(t, 400 * DAY);
  const { json, notes } = await read({ offline: true });
  assert.deepEqual(json, JSON.parse(TRUSTED_ROOT));
  assert.match(notes.join(), /should have been refreshed by 20\d\d-/);
});

test('offline, nothing remembered is a failure for a repository of one’s own', async (t) => {
  const { read, server } = await stage(t);
  await assert.rejects(read({ offline: true }), fails('NOT_FOUND', /nothing is remembered of http/));
  assert.deepEqual(server.asked, []);
});

test('offline, the public root that ships with the program is taken, and said to be', async (t) => {
  const { cacheDir } = await stage(t);
  const signal = new AbortController().signal;
  const { json, notes } = await readTrustRoot({ kind: 'public' }, { cacheDir, offline: true, signal });
  assert.ok(typeof json === 'object' && json !== null && 'tlogs' in json);
  assert.match(notes.join(), /ships with this program, never refreshed/);
});

test('another root of trust does not find what an old one has let in', async (t) => {
  const { read, server, source, cacheDir, folder } = await stage(t);
  await read();
  const path = join(folder, 'other.json');
  writeFileSync(path, makeRepository(strangers).get('1.root.json') ?? '');
  const other = { ...source, root: path } as TrustRootSource;
  const signal = new AbortController().signal;
  await assert.rejects(
    readTrustRoot(other, { cacheDir, offline: false, signal }),
    fails('TRUST_ROOT_INVALID'),
  );
  await server.close();
});

test('roots are followed one after the other', async (t) => {
  const { read, server } = await stage(t, makeRepository(keys, { versions: { root: 5 } }));
  await read();
  assert.deepEqual(
    server.asked.filter((path) => path.endsWith('.root.json')),
    ['2.root.json', '3.root.json', '4.root.json', '5.root.json', '6.root.json'],
  );
});

test('a store that says 403 for a root that is not there is understood', async (t) => {
  const { read, server } = await stage(t);
  server.answer = (path) => (path === '2.root.json' ? { status: 403 } : undefined);
  assert.deepEqual((await read()).json, JSON.parse(TRUSTED_ROOT));
});

const past = new Date(Date.now() - DAY);
const INVALID: Readonly<Record<string, readonly [State, RegExp]>> = {
  'an expired root': [{ versions: { root: 2 }, expires: { root: past } }, /root\.json is expired/],
  'an expired timestamp': [{ expires: { timestamp: past } }, /timestamp\.json is expired/],
  'an expired snapshot': [{ expires: { snapshot: past } }, /snapshot\.json is expired/],
  'expired targets': [{ expires: { targets: past } }, /targets(?:\.json)? is expired/],
  'a root that a stranger signed': [{ versions: { root: 2 }, signers: { root: strangers.root } }, /root/],
  'a timestamp that a stranger signed': [{ signers: { timestamp: strangers.timestamp } }, /timestamp/],
  'a snapshot that a stranger signed': [{ signers: { snapshot: strangers.snapshot } }, /snapshot/],
  'targets that a stranger signed': [{ signers: { targets: strangers.targets } }, /targets/],
  'no trusted root among the targets': [{ target: 'else.json' }, /no target trusted_root\.json/],
  'a trusted root that is no JSON': [{ trustedRoot: '{' }, /is not JSON/],
  'a trusted root of 5 MiB': [{ trustedRoot: ' '.repeat(5 * 2 ** 20) }, /has 5242880 bytes/],
};

for (const [name, [state, message]] of Object.entries(INVALID)) {
  test(`a repository is refused: ${name}`, async (t) => {
    const { read, cacheDir } = await stage(t, makeRepository(keys, state));
    await assert.rejects(read(), fails('TRUST_ROOT_INVALID', message));
    assert.throws(() => readdirSync(join(cacheDir, 'tuf')), 'nothing is remembered');
  });
}

test('bypass 16: a repository that went back in time (CVE-2022-29173)', async (t) => {
  for (const role of ['timestamp', 'snapshot', 'targets'] as const) {
    const all = { timestamp: 3, snapshot: 3, targets: 3 };
    const { read, server } = await stage(t, makeRepository(keys, { versions: all, trustedRoot: NEXT }));
    await read();
    // What comes after is newer, for the one role that has gone back.
    const newer = { timestamp: 4, snapshot: 4, targets: 4 };
    server.files = makeRepository(keys, { versions: { ...newer, [role]: 2 } });
    travel(t, DAY + 60_000);
    await assert.rejects(read(), fails('TRUST_ROOT_INVALID', /version/));
    assert.deepEqual((await read({ offline: true })).json, JSON.parse(NEXT), 'what was good is still known');
    t.mock.timers.reset();
  }
});

test('bypass 16: also after its last state has expired', async (t) => {
  const versions = { timestamp: 3, snapshot: 3, targets: 3 };
  const expires = { timestamp: new Date(Date.now() + 2 * DAY) };
  const { read, server } = await stage(t, makeRepository(keys, { versions, expires, trustedRoot: NEXT }));
  await read();
  travel(t, 10 * DAY);
  server.files = makeRepository(keys, { versions: { timestamp: 2, snapshot: 2, targets: 2 } });
  await assert.rejects(read(), fails('TRUST_ROOT_INVALID', /less than current version/));
});

test('bypass 23: a repository with roots without end', async (t) => {
  const endless = makeRepository(keys, { versions: { root: 200 } });
  const { read, server } = await stage(t, endless);
  await assert.rejects(read(), fails('TRUST_ROOT_INVALID', /has no end: more than 128 files/));
  assert.equal(server.asked.length, 128);
});

for (const [name, path, size] of [
  ['a root', '2.root.json', 600_000],
  ['a timestamp', 'timestamp.json', 20_000],
  ['a snapshot', '1.snapshot.json', 3_000_000],
  ['targets', '1.targets.json', 6_000_000],
] as const) {
  test(`bypass 24: ${name} that is too large`, async (t) => {
    const { read, server } = await stage(t);
    server.answer = (asked) => (asked === path ? { status: 200, body: Buffer.alloc(size, 0x20) } : undefined);
    await assert.rejects(read(), fails('TRUST_ROOT_INVALID', /more than the \d+ bytes/));
  });
}

test('a target that is not what was signed', async (t) => {
  const { read, server } = await stage(t);
  server.answer = (path) =>
    path.startsWith('targets/')
      ? { status: 200, body: TRUSTED_ROOT.replace('sigstore', 'SIGSTORE') }
      : undefined;
  await assert.rejects(read(), fails('TRUST_ROOT_INVALID', /hash/i));
});

test('no connection is no forgery: UNREACHABLE, with what to do', async (t) => {
  const { read, server } = await stage(t);
  await server.close();
  await assert.rejects(read(), fails('UNREACHABLE', /--offline takes .*--trusted-root FILE/));
});

test('a server that only breaks is asked three times', async (t) => {
  const { read, server } = await stage(t);
  server.answer = (path) => (path === '1.snapshot.json' ? { status: 503 } : undefined);
  await assert.rejects(read(), fails('UNREACHABLE', /1\.snapshot\.json answers with status 503/));
  assert.equal(server.asked.filter((path) => path === '1.snapshot.json').length, 3);
});

test('what is no repository is said to be none', async (t) => {
  const { read } = await stage(t, new Map());
  await assert.rejects(read(), fails('NOT_FOUND', /is .* a TUF repository\?/));
});

test('redirects are followed, but not from here to where it must not lead', async (t) => {
  const { read, server } = await stage(t);
  server.answer = (path) =>
    path === 'timestamp.json' ? { status: 302, location: 'file:///etc/passwd' } : undefined;
  await assert.rejects(read(), fails('FORBIDDEN'));
});

test('a cancelled run is cancelled', async (t) => {
  const { read } = await stage(t);
  await assert.rejects(read({ signal: AbortSignal.abort() }), fails('CANCELLED'));
});

for (const url of [
  'http://tuf.acme.example',
  'ftp://127.0.0.1',
  'tuf.acme.example',
  'https://user:secret@tuf.acme.example',
  'https://tuf.acme.example/?a',
]) {
  test(`a URL is refused: ${url}`, async (t) => {
    const { source, cacheDir } = await stage(t);
    const options = { cacheDir, offline: true, signal: new AbortController().signal };
    await assert.rejects(readTrustRoot({ ...source, url } as TrustRootSource, options), (error) => {
      assert.ok(isFailure(error, 'USAGE'));
      return !error.message.includes('secret');
    });
  });
}

test('what is remembered and damaged is not used, and neither is a folder of everybody', async (t) => {
  const { read, cacheDir, server } = await stage(t);
  await read();
  const folder = join(cacheDir, 'tuf');
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{');
  let asked = server.asked.length;
  assert.deepEqual(await read(), { json: JSON.parse(TRUSTED_ROOT), notes: [] });
  assert.ok(server.asked.length > asked);
  if (process.getuid?.() === undefined) return;
  chmodSync(folder, 0o777);
  asked = server.asked.length;
  assert.match((await read()).notes.join(), /is not used: the folder can be written by other users/);
  assert.ok(server.asked.length > asked);
});

test('a cache that cannot be written is a note', async (t) => {
  const { read, cacheDir } = await stage(t);
  mkdirSync(cacheDir);
  writeFileSync(join(cacheDir, 'tuf'), '');
  assert.match((await read()).notes.join(), /could not be remembered/);
});

const FILES: Readonly<Record<string, readonly [FailureCode | 'good', string | undefined]>> = {
  'a trusted root': ['good', TRUSTED_ROOT],
  'no file': ['NOT_FOUND', undefined],
  'no JSON': ['MALFORMED', '{'],
  'a name twice': ['MALFORMED', '{"a":1,"a":2}'],
  'too large': ['TOO_LARGE', ' '.repeat(5 * 2 ** 20)],
};

for (const [name, [code, text]] of Object.entries(FILES)) {
  test(`a file: ${name}`, async (t) => {
    const { folder, cacheDir } = await stage(t);
    const path = join(folder, 'trusted_root.json');
    if (text !== undefined) writeFileSync(path, text);
    const reading = readTrustRoot(
      { kind: 'file', path },
      { cacheDir, offline: false, signal: new AbortController().signal },
    );
    if (code !== 'good') await assert.rejects(reading, fails(code));
    else assert.deepEqual(await reading, { json: JSON.parse(TRUSTED_ROOT), notes: [] });
  });
}

test('a root of one’s own that is none is named', async (t) => {
  const { read } = await stage(t, good, Buffer.from('no JSON'));
  await assert.rejects(read(), fails('MALFORMED', /the TUF root .*root\.json/));
  const { read: readOther } = await stage(t, good, Buffer.from('{}'));
  await assert.rejects(readOther(), fails('TRUST_ROOT_INVALID'));
});
