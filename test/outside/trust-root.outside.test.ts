import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isFailure } from '../../src/core/failure.ts';
import { parseTrustRoot } from '../../src/inspect/signatures/sigstore/trust-root.ts';
import { readTrustRoot } from '../../src/read/trust-root/index.ts';
import { type Files, serve } from '../../src/read/trust-root/testing/repository.ts';

/* The public sigstore's own TUF metadata, served on this machine, at a time when it was good. */

const archive = fileURLToPath(
  new URL('../../../shared/data/signatures/sigstore-root-signing.tar.xz', import.meta.url),
);
const skip = existsSync(archive) ? false : 'needs ../shared/data/signatures/sigstore-root-signing.tar.xz';
const folder = mkdtempSync(join(tmpdir(), 'pratique-tuf-outside-'));
const repository = join(folder, 'sigstore-root-signing');
const history = join(repository, 'metadata', 'root_history');

/** The timestamp was good until 2026-08-28, the root until 2026-11-20. */
const GOOD = new Date('2026-08-25T12:00:00Z');

before(() => {
  if (skip === false) execFileSync('tar', ['-xJf', archive, '-C', folder]);
});
after(() => rmSync(folder, { recursive: true }));

test('the public repository is followed from each of its roots to the trust root of today', {
  skip,
}, async (t) => {
  for (const first of [1, 5, 10, 15]) {
    const json = await read(t, GOOD, first);
    const { material } = parseTrustRoot('sigstore', json, { requireLog: true, requireSct: true });
    assert.ok(material.tlogs.some(({ baseURL }) => baseURL === 'https://rekor.sigstore.dev'));
  }
});

for (const [name, date, message] of [
  ['its timestamp', '2026-09-15T00:00:00Z', /timestamp\.json is expired/],
  ['its root', '2026-11-24T00:00:00Z', /root\.json is expired/],
] as const) {
  test(`the public repository after ${name} has expired is refused`, { skip }, async (t) => {
    await assert.rejects(read(t, new Date(date), 15), (error) => {
      assert.ok(isFailure(error, 'TRUST_ROOT_INVALID'));
      assert.match(error.message, message);
      return true;
    });
  });
}

async function read(t: TestContext, now: Date, first: number): Promise<unknown> {
  const server = await serve(toFiles());
  t.mock.timers.enable({ apis: ['Date'], now });
  try {
    const root = join(history, `${first}.root.json`);
    const options = {
      cacheDir: join(folder, `cache-${first}`),
      offline: false,
      signal: new AbortController().signal,
    };
    const { json, notes } = await readTrustRoot({ kind: 'tuf', url: server.url, root }, options);
    assert.deepEqual(notes, []);
    return json;
  } finally {
    t.mock.timers.reset();
    await server.close();
  }
}

/** By the names that a repository with consistent snapshots has. */
function toFiles(): Files {
  const files: Files = new Map();
  for (const name of readdirSync(history)) files.set(name, readFileSync(join(history, name)));
  files.set('timestamp.json', readFileSync(join(repository, 'metadata', 'timestamp.json')));
  for (const name of ['snapshot.json', 'targets.json', 'registry.npmjs.org.json']) {
    const bytes = readFileSync(join(repository, 'metadata', name));
    files.set(`${JSON.parse(bytes.toString()).signed.version}.${name}`, bytes);
  }
  const trustedRoot = readFileSync(join(repository, 'targets', 'trusted_root.json'));
  for (const algorithm of ['sha256', 'sha512']) {
    const hash = createHash(algorithm).update(trustedRoot).digest('hex');
    files.set(`targets/${hash}.trusted_root.json`, trustedRoot);
  }
  return files;
}
