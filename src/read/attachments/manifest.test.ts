import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../core/failure.ts';
import { referrer, SIMPLE_SIGNING, signatureTag } from '../testing/attached.ts';
import { type Blob, blob, buildImage, index, OCI } from '../testing/image-builder.ts';
import { parseAttachment } from './manifest.ts';

const LIMITS = { blobs: 100 };
const image = buildImage().manifest;
const bundle = referrer(image, 'bundle').manifest;
const signatures = signatureTag(['one', 'two']).manifest;

const parse = ({ bytes, descriptor: { digest, mediaType } }: Blob, type = mediaType) =>
  parseAttachment({ bytes, digest, mediaType: type }, LIMITS);

function changed(more: Readonly<Record<string, unknown>>): Blob {
  return blob(OCI.manifest, { ...JSON.parse(bundle.bytes.toString('utf8')), ...more });
}

test('attachment: a bundle with its subject', () => {
  const { artifactType, subject, blobs } = parse(bundle);
  assert.equal(artifactType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
  assert.equal(subject, image.descriptor.digest);
  assert.equal(blobs.length, 1);
});

test("attachment: cosign's signatures have no subject, and the type of their config", () => {
  const { artifactType, subject, blobs } = parse(signatures);
  assert.equal(artifactType, OCI.config);
  assert.equal(subject, undefined);
  assert.deepEqual(
    blobs.map(({ mediaType, annotations }) => [mediaType, annotations['dev.cosignproject.cosign/signature']]),
    [
      [SIMPLE_SIGNING, 'c2lnbmF0dXJl0'],
      [SIMPLE_SIGNING, 'c2lnbmF0dXJl1'],
    ],
  );
});

const one = { mediaType: 'a/b', digest: image.descriptor.digest, size: 1 };
const refused: readonly [name: string, document: Blob, code: string, type?: string][] = [
  ['an index', index([]), 'UNSUPPORTED'],
  ['bypass 21: index and manifest at once', changed({ manifests: [] }), 'MEDIA_TYPE_MISMATCH'],
  ['bypass 21: announced as an index', bundle, 'MEDIA_TYPE_MISMATCH', OCI.index],
  ['bypass 21: layers in two letter cases', changed({ LAYERS: [one] }), 'MALFORMED'],
  ['bypass 25: more blobs than are looked at', changed({ layers: Array(101).fill(one) }), 'TOO_LARGE'],
  [
    'bypass 25: nested without end',
    changed({ config: JSON.parse('['.repeat(500) + ']'.repeat(500)) }),
    'MALFORMED',
  ],
  [
    'bypass 30: a digest that is a path',
    changed({ layers: [{ ...one, digest: 'sha256:../../x' }] }),
    'MALFORMED',
  ],
  ['bypass 30: a subject that is a path', changed({ subject: { ...one, digest: 'sha256:..' } }), 'MALFORMED'],
  ['a negative size', changed({ layers: [{ ...one, size: -1 }] }), 'MALFORMED'],
  ['layers that are no list', changed({ layers: {} }), 'MALFORMED'],
  ['annotations that are no text', changed({ annotations: { a: { b: 1 } } }), 'MALFORMED'],
  ['no config', changed({ config: undefined }), 'MALFORMED'],
  ['schema 1', changed({ schemaVersion: 1 }), 'UNSUPPORTED'],
  ['no JSON', blob(OCI.manifest, Buffer.from('{')), 'MALFORMED'],
];

for (const [name, document, code, type] of refused) {
  test(`attachment: ${name} is refused`, () => {
    assert.throws(
      () => parse(document, type),
      (error) => isFailure(error) && error.code === code,
    );
  });
}

test('attachment: mutated manifests are parsed or refused, never anything else', () => {
  const edit = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });
  fc.assert(
    fc.property(
      fc.constantFrom(bundle, signatures),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (whole, edits) => {
        let bytes = Buffer.from(whole.bytes);
        for (const { at, byte, cut } of edits) {
          const place = at % Math.max(1, bytes.length);
          if (cut) bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)]);
          else bytes[place] = byte;
        }
        try {
          const { blobs } = parseAttachment({ ...whole.descriptor, bytes }, LIMITS);
          assert.ok(blobs.length <= LIMITS.blobs);
        } catch (error) {
          assert.ok(isFailure(error), String(error));
        }
      },
    ),
    { numRuns: 1500 },
  );
});

test('attachment: any JSON is parsed or refused', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      const { bytes, descriptor } = blob(OCI.manifest, Buffer.from(text));
      assert.throws(() => parseAttachment({ ...descriptor, bytes }, LIMITS), isFailure);
    }),
    { numRuns: 500 },
  );
});

test('bypass 23: 10,000 signatures in one manifest are narrowed in well under two seconds', () => {
  const many = signatureTag(Array.from({ length: 10_000 }, (_, place) => `payload ${place}`)).manifest;
  const start = performance.now();
  const { blobs } = parseAttachment({ ...many.descriptor, bytes: many.bytes }, { blobs: 20_000 });
  assert.equal(blobs.length, 10_000);
  assert.ok(performance.now() - start < 2000, `took ${performance.now() - start} ms`);
});
