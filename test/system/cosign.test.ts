import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Verification } from '../../src/core/verification.ts';
import type { RejectionCode } from '../../src/core/vouching.ts';
import { tar } from '../../src/read/testing/tar-builder.ts';
import { type CliResult, cli } from '../peers/cli.ts';
import { goPeer, missingGoPeers, startCraneRegistry } from '../peers/go-peers.ts';
import { missingForRegistry, type RunningRegistry, startRegistry } from '../peers/registry.ts';
import { isInstalled, run } from '../peers/run.ts';

/*
 * Signatures against the real cosign, over two registries that are not ours: Debian's `docker-registry` and the one that
 * comes with crane. Neither has the referrers API, so that everything goes over the tag; what a registry with the
 * API does, the test double has to show. What we sign cosign accepts, what cosign signs we accept, and a signature that was
 * moved, copied or swapped counts for what it signs and for nothing else.
 *
 * No transparency log is involved: the tests speak to the loopback interface only.
 */

const skip = missingForRegistry() ?? missingGoPeers('cosign', 'crane') ?? false;

const work = mkdtempSync(join(tmpdir(), 'pratique-cosign-'));
const file = (name: string): string => join(work, name);
const running: RunningRegistry[] = [];
after(() => {
  for (const registry of running) registry.stop();
  rmSync(work, { recursive: true, force: true });
});

const PASSWORD = 'correct horse';
const PROVENANCE = file('provenance.json');
const WITHOUT_LOG = ['--yes', '--allow-http-registry', '--use-signing-config=false', '--tlog-upload=false'];
const LEGACY = '--new-bundle-format=false';

interface KeyFiles {
  readonly key: string;
  readonly pub: string;
  /** For cosign, which believes SHA-256 of every key unless it is told. */
  readonly hash: string;
}

function cosign(...args: readonly string[]): { status: number | null; text: string } {
  const env = { ...process.env, COSIGN_PASSWORD: PASSWORD, HOME: work };
  const { status, stdout, stderr } = spawnSync(goPeer('cosign'), args, { env, cwd: work, encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}

function mustCosign(...args: readonly string[]): void {
  const { status, text } = cosign(...args);
  assert.equal(status, 0, text);
}

function crane(...args: readonly string[]): string {
  return run(goPeer('crane'), [...args, '--insecure']).trim();
}

function cosignVerifies(ref: string, { pub, hash }: KeyFiles, ...more: readonly string[]): boolean {
  const command = more.length === 0 ? ['verify'] : ['verify-attestation', ...more];
  const options = ['--key', pub, '--signature-digest-algorithm', hash, '--insecure-ignore-tlog'];
  return cosign(...command, ...options, '--allow-http-registry', ref).status === 0;
}

function makeKey(name: string, hash: string, { privateKey }: { privateKey: KeyObject }): KeyFiles {
  const files = { key: file(`${name}.key`), pub: file(`${name}.pub`), hash };
  writeFileSync(files.key, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  run('openssl', ['pkey', '-in', files.key, '-pubout', '-out', files.pub]);
  return files;
}

/** The same key as cosign keeps it. */
function toCosignKey({ key, pub, hash }: KeyFiles): KeyFiles {
  const name = `${key}.cosign`;
  if (!existsSync(`${name}.key`)) mustCosign('import-key-pair', '--key', key, '--output-key-prefix', name);
  return { key: `${name}.key`, pub, hash };
}

let images = 0;

/** Pushes an image that no other test has; its reference by tag. */
function pushImage(host: string, repository: string, tag = 'v1', platform = 'linux/amd64'): string {
  const layer = file(`layer-${images}.tar`);
  writeFileSync(layer, tar([{ name: 'number', data: `${images++}\n` }]));
  const ref = `${host}/${repository}:${tag}`;
  crane('append', '--oci-empty-base', '-f', layer, '-t', ref);
  crane('mutate', ref, '--set-platform', platform, '-t', ref);
  return ref;
}

const hostOf = (ref: string): string => ref.slice(0, ref.indexOf('/'));
const repositoryOf = (ref: string): string => ref.slice(0, ref.lastIndexOf(':'));
const digestOf = (ref: string): string => crane('digest', ref);
const byDigest = (ref: string): string => `${repositoryOf(ref)}@${digestOf(ref)}`;

function pratique(
  command: string,
  ref: string,
  { key }: KeyFiles,
  ...more: readonly string[]
): Promise<CliResult> {
  const env = { PRATIQUE_KEY_PASSWORD: PASSWORD };
  return cli([command, ref, '--key', key, '--plain-http', hostOf(ref), ...more], { env });
}

async function sign(ref: string, key: KeyFiles, ...more: readonly string[]): Promise<void> {
  const { status, stderr } = await pratique('sign', ref, key, ...more);
  assert.equal(status, 0, stderr);
}

/** Exit code 0 and nothing else is trust. */
async function assertTrusted(ref: string, { pub }: KeyFiles, ...more: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await cli([
    'verify',
    ref,
    '--key',
    pub,
    '--plain-http',
    hostOf(ref),
    '--format',
    'json',
    ...more,
  ]);
  assert.equal(status, 0, stderr || stdout);
  assert.equal((JSON.parse(stdout) as Verification).vouching.outcome, 'trusted');
}

async function assertRefused(
  ref: string,
  { pub }: KeyFiles,
  code: RejectionCode,
  ...more: readonly string[]
): Promise<void> {
  const { status, stdout, stderr } = await cli([
    'verify',
    ref,
    '--key',
    pub,
    '--plain-http',
    hostOf(ref),
    '--format',
    'json',
    ...more,
  ]);
  assert.equal(status, 1, stderr || stdout);
  const { outcome, reasons, rules, rejected } = (JSON.parse(stdout) as Verification).vouching;
  assert.notEqual(outcome, 'trusted');
  const codes = [...reasons, ...rules.flatMap((rule) => rule.reasons), ...rejected].map((one) => one.code);
  assert.ok(codes.includes(code), `${code} is not among ${codes.join(', ')}`);
}

describe('cosign', { skip, concurrency: false }, async () => {
  if (skip !== false) return;
  const debian = await startRegistry(file('debian'));
  const fromCrane = await startCraneRegistry();
  running.push(debian, fromCrane);
  writeFileSync(
    PROVENANCE,
    JSON.stringify({
      buildDefinition: { buildType: 'https://build.example/v1', externalParameters: { ref: 'main' } },
      runDetails: { builder: { id: 'https://builder.example/one' } },
    }),
  );
  const ec = (namedCurve: string): { privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve });
  mustCosign('generate-key-pair', '--output-key-prefix', 'alice');
  const alice: KeyFiles = { key: file('alice.key'), pub: file('alice.pub'), hash: 'sha256' };
  const bob = makeKey('bob', 'sha256', ec('P-256'));
  const keys: Readonly<Record<string, KeyFiles>> = {
    'cosign’s own': alice,
    'P-256': bob,
    'P-384': makeKey('p384', 'sha384', ec('P-384')),
    'P-521': makeKey('p521', 'sha512', ec('P-521')),
    RSA: makeKey('rsa', 'sha256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
    Ed25519: makeKey('ed25519', 'sha256', generateKeyPairSync('ed25519')),
  };

  describe('what we sign', () => {
    for (const [name, key] of Object.entries(keys)) {
      test(`with a key ${name}, cosign accepts, and so do we`, async () => {
        const ref = pushImage(debian.host, 'ours/signed');
        await sign(ref, key);
        assert.ok(cosignVerifies(ref, key));
        await assertTrusted(ref, key);
        const other = key === bob ? alice : bob;
        assert.ok(!cosignVerifies(ref, other));
        await assertRefused(ref, other, 'SIGNER_NOT_TRUSTED');
      });
    }

    for (const { host } of [debian, fromCrane]) {
      const registry = host === debian.host ? 'docker-registry' : 'crane registry serve';

      test(`${registry}: cosign accepts the attestation, and so do we`, async () => {
        const ref = pushImage(host, 'ours/attested');
        const words = ['--type', 'slsaprovenance1', '--predicate', PROVENANCE];
        const { status, stderr } = await pratique('attest', ref, alice, ...words);
        assert.equal(status, 0, stderr);
        assert.ok(cosignVerifies(ref, alice, '--type', 'slsaprovenance1'));
        assert.ok(!cosignVerifies(ref, alice, '--type', 'slsaprovenance'));
        await assertTrusted(ref, alice, '--type', 'slsaprovenance1');
        await assertRefused(ref, alice, 'PREDICATE_TYPE', '--type', 'slsaprovenance');
      });

      test(`${registry}: bypass 8: an attestation is no signature`, async () => {
        const ref = pushImage(host, 'ours/only-attested');
        const words = ['--type', 'slsaprovenance1', '--predicate', PROVENANCE];
        assert.equal((await pratique('attest', ref, alice, ...words)).status, 0);
        await assertRefused(ref, alice, 'PREDICATE_TYPE');
      });

      test(`${registry}: bypass 29: our signature and cosign’s stand beside each other, and no tag but the list is written`, async () => {
        const ref = pushImage(host, 'ours/both');
        await sign(ref, alice);
        mustCosign('sign', ...WITHOUT_LOG, '--key', toCosignKey(bob).key, byDigest(ref));
        await sign(ref, bob);
        for (const key of [alice, bob]) {
          assert.ok(cosignVerifies(ref, key));
          await assertTrusted(ref, key);
        }
        const list = digestOf(ref).replace(':', '-');
        assert.deepEqual(crane('ls', repositoryOf(ref)).split('\n').sort(), [list, 'v1']);
        const { manifests } = JSON.parse(crane('manifest', `${repositoryOf(ref)}:${list}`)) as {
          manifests: unknown[];
        };
        assert.equal(manifests.length, 3);
      });
    }
  });

  describe('what cosign signs', () => {
    for (const [name, key] of Object.entries(keys)) {
      test(`with a key ${name}, we accept`, async () => {
        const ref = pushImage(debian.host, 'theirs/signed');
        const own = key === alice ? alice : toCosignKey(key);
        mustCosign('sign', ...WITHOUT_LOG, '--key', own.key, byDigest(ref));
        await assertTrusted(ref, key);
        await assertRefused(ref, key === bob ? alice : bob, 'SIGNER_NOT_TRUSTED');
      });
    }

    test('in the format before version 3, we accept', async () => {
      const ref = pushImage(fromCrane.host, 'theirs/legacy');
      mustCosign('sign', ...WITHOUT_LOG, LEGACY, '--key', alice.key, byDigest(ref));
      assert.match(crane('ls', repositoryOf(ref)), /\.sig$/m);
      await assertTrusted(ref, alice);
      await assertRefused(ref, bob, 'SIGNER_NOT_TRUSTED');
    });

    for (const [name, more] of [
      ['a bundle', []],
      ['the format before version 3', [LEGACY]],
    ] as const) {
      test(`attestations in ${name}, we accept`, async () => {
        const ref = pushImage(debian.host, 'theirs/attested');
        const words = ['--type', 'slsaprovenance1', '--predicate', PROVENANCE];
        mustCosign('attest', ...WITHOUT_LOG, ...more, ...words, '--key', alice.key, byDigest(ref));
        await assertTrusted(ref, alice, '--type', 'slsaprovenance1');
        await assertRefused(ref, alice, 'PREDICATE_TYPE', '--type', 'cyclonedx');
        await assertRefused(ref, alice, 'PREDICATE_TYPE');
      });
    }
  });

  describe('a signed image', () => {
    test('nobody signed is refused', async () => {
      await assertRefused(pushImage(debian.host, 'moved/unsigned'), alice, 'NO_SIGNATURE');
    });

    test('copied to another registry without its signature is refused, and with it accepted', async () => {
      const ref = pushImage(debian.host, 'moved/copied');
      await sign(ref, alice);
      const there = ref.replace(debian.host, fromCrane.host);
      crane('copy', ref, there);
      await assertRefused(there, alice, 'NO_SIGNATURE');
      const list = digestOf(ref).replace(':', '-');
      crane('copy', `${repositoryOf(ref)}:${list}`, `${repositoryOf(there)}:${list}`);
      await assertTrusted(there, alice);
    });

    test('copied by skopeo under another name keeps its digest and so its signature', {
      skip: !isInstalled('skopeo'),
    }, async () => {
      const ref = pushImage(debian.host, 'moved/original');
      mustCosign('sign', ...WITHOUT_LOG, LEGACY, '--key', alice.key, byDigest(ref));
      const there = `${fromCrane.host}/elsewhere/renamed:v9`;
      const copy = (from: string, to: string): string =>
        run('skopeo', [
          'copy',
          '--src-tls-verify=false',
          '--dest-tls-verify=false',
          `docker://${from}`,
          `docker://${to}`,
        ]);
      copy(ref, there);
      await assertRefused(there, alice, 'NO_SIGNATURE');
      const tag = `${digestOf(ref).replace(':', '-')}.sig`;
      copy(`${repositoryOf(ref)}:${tag}`, `${repositoryOf(there)}:${tag}`);
      await assertTrusted(there, alice);
    });

    test('retagged is accepted, and the tag on another image is not', async () => {
      const ref = pushImage(debian.host, 'moved/retagged');
      await sign(ref, alice);
      crane('tag', ref, 'stable');
      const stable = `${repositoryOf(ref)}:stable`;
      await assertTrusted(stable, alice);
      crane('tag', pushImage(debian.host, 'moved/retagged', 'other'), 'stable');
      await assertRefused(stable, alice, 'NO_SIGNATURE');
      await assertTrusted(ref, alice);
    });

    test('bypass 18: another image’s signature put in its place is refused', async () => {
      const good = pushImage(debian.host, 'moved/swapped', 'good');
      const bad = pushImage(debian.host, 'moved/swapped', 'bad');
      await sign(good, alice);
      mustCosign('sign', ...WITHOUT_LOG, LEGACY, '--key', alice.key, byDigest(good));
      const [from, to] = [good, bad].map((ref) => digestOf(ref).replace(':', '-'));
      const repository = repositoryOf(good);
      crane('tag', `${repository}:${from}`, `${to}`);
      await assertRefused(bad, alice, 'SUBJECT_MISMATCH');
      crane('tag', `${repository}:${from}.sig`, `${to}.sig`);
      await assertRefused(bad, alice, 'SUBJECT_MISMATCH');
      assert.ok(!cosignVerifies(bad, alice));
      await assertTrusted(good, alice);
    });

    test('bypass 22: put into an index does not sign the index', async () => {
      const arm = pushImage(debian.host, 'moved/index', 'arm', 'linux/arm64');
      const amd = pushImage(debian.host, 'moved/index', 'amd', 'linux/amd64');
      await sign(amd, alice);
      const all = `${repositoryOf(amd)}:all`;
      crane('index', 'append', '-m', arm, '-m', amd, '-t', all);
      await assertRefused(all, alice, 'NO_SIGNATURE');
      await assertTrusted(all, alice, '--platform', 'linux/amd64');
      await assertRefused(all, alice, 'NO_SIGNATURE', '--platform', 'linux/arm64');
    });

    test('bypass 22: an index that is signed vouches for its platforms through itself only', async () => {
      const arm = pushImage(debian.host, 'moved/whole', 'arm', 'linux/arm64');
      const amd = pushImage(debian.host, 'moved/whole', 'amd', 'linux/amd64');
      const all = `${repositoryOf(amd)}:all`;
      crane('index', 'append', '-m', arm, '-m', amd, '-t', all);
      await sign(all, alice);
      assert.ok(cosignVerifies(all, alice));
      await assertTrusted(all, alice);
      await assertTrusted(all, alice, '--platform', 'linux/arm64');
      await assertRefused(amd, alice, 'NO_SIGNATURE');
      const smaller = `${repositoryOf(amd)}:smaller`;
      crane('index', 'append', '-m', amd, '-t', smaller);
      await assertRefused(smaller, alice, 'NO_SIGNATURE');
    });
  });

  describe('keys', () => {
    test('the wrong password signs nothing, and says so', async () => {
      const ref = pushImage(debian.host, 'keys/password');
      const args = ['sign', ref, '--key', alice.key, '--plain-http', debian.host];
      const { status, stderr } = await cli(args, { env: { PRATIQUE_KEY_PASSWORD: 'wrong' } });
      assert.equal(status, 3);
      assert.match(stderr, /^pratique: UNAUTHORIZED: [^\n]*password[^\n]*\n$/);
      assert.equal(crane('ls', repositoryOf(ref)), 'v1');
    });

    test('COSIGN_PASSWORD is the password where there is no other', async () => {
      const ref = pushImage(debian.host, 'keys/cosign-password');
      const args = ['sign', ref, '--key', alice.key, '--plain-http', debian.host];
      assert.equal((await cli(args, { env: { COSIGN_PASSWORD: PASSWORD } })).status, 0);
      assert.ok(cosignVerifies(ref, alice));
    });

    test('the public half signs nothing', async () => {
      const ref = pushImage(debian.host, 'keys/public');
      const { status, stderr } = await pratique('sign', ref, { ...alice, key: alice.pub });
      assert.equal(status, 64);
      assert.match(stderr, /^pratique: USAGE: [^\n]*private key\n$/);
    });
  });
});
