import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cli } from '../peers/cli.ts';
import { isInstalled, run } from '../peers/run.ts';
import {
  assertRefused,
  assertTrusted,
  byDigest,
  cosignVerifies,
  crane,
  digestOf,
  LEGACY,
  mustCosign,
  PASSWORD,
  pratique,
  pushImage,
  repositoryOf,
  sign,
  skip,
  startScene,
  WITHOUT_LOG,
} from './cosign-scene.ts';

/* Signatures that were moved, copied or swapped, and keys of other kinds, beside the real cosign: see cosign.test.ts. */

describe('cosign', { skip, concurrency: false }, async () => {
  if (skip !== false) return;
  const { alice, debian, fromCrane } = await startScene();

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
