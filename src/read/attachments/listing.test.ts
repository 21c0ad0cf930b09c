import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDigest } from '../../core/digest.ts';
import { isFailure } from '../../core/failure.ts';
import { blob, buildImage, index, OCI } from '../testing/image-builder.ts';
import { parseListing, toCosignTag, toCuts, toReferrersTag } from './listing.ts';

const { descriptor } = buildImage().manifest;
const HEX = 'ab'.repeat(32);

const parse = (manifests: readonly unknown[], most = 10) => {
  const { bytes, descriptor } = index(manifests);
  return parseListing({ ...descriptor, bytes }, 'referrers', most);
};

const entries: readonly [name: string, entry: unknown][] = [
  ['a digest that is a path (bypass 30)', { ...descriptor, digest: 'sha256:../../etc' }],
  ['a digest in upper case', { ...descriptor, digest: descriptor.digest.toUpperCase() }],
  ['annotations that are no text', { ...descriptor, annotations: { a: [] } }],
  ['a size beyond what numbers can hold', { ...descriptor, size: 1e300 }],
  ['null', null],
];

for (const [name, entry] of entries) {
  test(`listing: an entry with ${name} is counted and hides no other`, () => {
    const listing = parse([entry, descriptor]);
    assert.deepEqual([listing.referrers.length, listing.unreadable], [1, 1]);
    assert.match(toCuts(listing, { listed: 10 }).join(), /1 entries .* are no descriptors/);
  });
}

test('bypass 23: what is beyond the bound is counted and said', () => {
  const listing = parse(Array(15).fill(descriptor));
  assert.deepEqual([listing.referrers.length, listing.beyond], [10, 5]);
  assert.match(toCuts(listing, { listed: 10 }).join(), /more than the 10 entries/);
});

test('bypass 21: a list that is a manifest too is refused', () => {
  const both = blob(OCI.index, { schemaVersion: 2, manifests: [], layers: [], config: descriptor });
  assert.throws(
    () => parseListing({ ...both.descriptor, bytes: both.bytes }, 'referrers', 10),
    (error) => isFailure(error, 'MEDIA_TYPE_MISMATCH'),
  );
});

test('listing: any JSON is parsed or refused', () => {
  const entry = fc.oneof(fc.jsonValue(), fc.constant(descriptor));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (manifests) => {
      try {
        const { referrers, unreadable, beyond } = parse(JSON.parse(JSON.stringify(manifests)));
        assert.equal(referrers.length + unreadable + beyond, manifests.length);
      } catch (error) {
        // A name given twice, or nested too deep.
        assert.ok(isFailure(error, 'MALFORMED'), String(error));
      }
    }),
    { numRuns: 400 },
  );
});

const tags: readonly [digest: string, referrers: string, sig: string | undefined][] = [
  [`sha256:${HEX}`, `sha256-${HEX}`, `sha256-${HEX}.sig`],
  [`sha512:${HEX}${HEX}`, `sha512-${HEX}`, undefined],
];

for (const [digest, referrers, sig] of tags) {
  test(`listing: the tags beside ${digest.slice(0, 12)}`, () => {
    assert.equal(toReferrersTag(parseDigest(digest)), referrers);
    assert.equal(toCosignTag(parseDigest(digest), 'sig'), sig);
  });
}
