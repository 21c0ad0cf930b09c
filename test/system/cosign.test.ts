import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertRefused,
  assertTrusted,
  byDigest,
  cosignVerifies,
  crane,
  digestOf,
  LEGACY,
  mustCosign,
  PROVENANCE,
  pratique,
  pushImage,
  repositoryOf,
  sign,
  skip,
  startScene,
  toCosignKey,
  WITHOUT_LOG,
} from './cosign-scene.ts';

/*
 * Signatures against the real cosign, over two registries that are not ours: Debian's `docker-registry` and the one that
 * comes with crane. Neither has the referrers API, so that everything goes over the tag; what a registry with the
 * API does, the test double has to show. What we sign cosign accepts, what cosign signs we accept, and a signature that was
 * moved, copied or swapped counts for what it signs and for nothing else.
 *
 * No transparency log is involved: the tests speak to the loopback interface only.
 */

describe('cosign', { skip, concurrency: false }, async () => {
  if (skip !== false) return;
  const { alice, bob, debian, fromCrane, keys } = await startScene();

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
});
