import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FailureCode, isFailure } from '../../core/failure.ts';
import { buildImage, OCI, sha256 } from '../testing/image-builder.ts';
import { checkPromise, parseDocument } from './document.ts';

const { config, layers } = buildImage();
const manifest = {
  schemaVersion: 2,
  config: config.descriptor,
  layers: layers.map(({ descriptor }) => descriptor),
};
const entry = { ...config.descriptor, mediaType: OCI.manifest };
const index = { schemaVersion: 2, manifests: [entry] };

function parse(value: unknown, mediaType?: string) {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return parseDocument({ bytes, digest: sha256(bytes), ...(mediaType === undefined ? {} : { mediaType }) });
}

const accepted: [name: string, value: unknown, stated: string | undefined, kind: 'index' | 'manifest'][] = [
  ['a manifest that nobody names', manifest, undefined, 'manifest'],
  ['an index that nobody names', index, undefined, 'index'],
  ['a manifest named outside only', manifest, OCI.manifest, 'manifest'],
  ['a manifest named inside only', { ...manifest, mediaType: OCI.manifest }, undefined, 'manifest'],
  ['a Content-Type with parameters', manifest, `${OCI.manifest}; charset=utf-8`, 'manifest'],
  ['a Content-Type that says nothing', { ...index, mediaType: OCI.index }, 'application/json', 'index'],
  [
    'null for what is not given',
    { ...manifest, manifests: null, annotations: null },
    OCI.manifest,
    'manifest',
  ],
  [
    'a Docker manifest',
    { ...manifest, mediaType: 'application/vnd.docker.distribution.manifest.v2+json' },
    'application/vnd.docker.distribution.manifest.v2+json',
    'manifest',
  ],
  ['a manifest without layers', { ...manifest, layers: [] }, OCI.manifest, 'manifest'],
  [
    'names in the letter case that Go reads too',
    { schemaVersion: 2, Config: config.descriptor, LAYERS: [] },
    undefined,
    'manifest',
  ],
];

for (const [name, value, stated, kind] of accepted) {
  test(`parseDocument reads ${name}`, () => assert.equal(parse(value, stated).kind, kind));
}

const refused: [
  name: string,
  value: unknown,
  stated: string | undefined,
  code: FailureCode,
  message: RegExp,
][] = [
  [
    'index and manifest at once',
    { ...index, ...manifest },
    undefined,
    'MEDIA_TYPE_MISMATCH',
    /CVE-2021-41190/,
  ],
  [
    'index and manifest at once, type stated',
    { ...index, ...manifest },
    OCI.manifest,
    'MEDIA_TYPE_MISMATCH',
    /at once/,
  ],
  ['index with schema 1 layers', { ...index, fsLayers: [] }, OCI.index, 'MEDIA_TYPE_MISMATCH', /at once/],
  ['an index announced as a manifest', index, OCI.manifest, 'MEDIA_TYPE_MISMATCH', /announced as a manifest/],
  [
    'types that differ in and out',
    { ...manifest, mediaType: OCI.manifest },
    OCI.index,
    'MEDIA_TYPE_MISMATCH',
    /calls itself/,
  ],
  [
    'a type that is no manifest',
    manifest,
    'application/vnd.example.other+json',
    'UNSUPPORTED',
    /no image manifest/,
  ],
  ['schema 1', { schemaVersion: 1, fsLayers: [] }, undefined, 'UNSUPPORTED', /schema 1.*skopeo/],
  [
    'schema 1 by Content-Type',
    { schemaVersion: 2 },
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'UNSUPPORTED',
    /schema 1/,
  ],
  ['no schema version', { config: {}, layers: [] }, undefined, 'MALFORMED', /schemaVersion/],
  ['neither', { schemaVersion: 2 }, undefined, 'MALFORMED', /neither/],
  ['a list', [], undefined, 'MALFORMED', /./],
  ['not JSON', '<html>', undefined, 'MALFORMED', /not JSON/],
  [
    'layers in two letter cases',
    { ...manifest, LAYERS: [] },
    undefined,
    'MALFORMED',
    /different letter case/,
  ],
  [
    'layers with the Kelvin sign',
    { ...index, 'manife\u017fts': [] },
    undefined,
    'MALFORMED',
    /different letter case/,
  ],
  [
    'a fractional size',
    { ...manifest, config: { ...config.descriptor, size: 1.5 } },
    undefined,
    'MALFORMED',
    /config\.size/,
  ],
  [
    'a negative size',
    { ...manifest, config: { ...config.descriptor, size: -1 } },
    undefined,
    'MALFORMED',
    /config\.size/,
  ],
  [
    'a size beyond 2^53',
    { ...manifest, config: { ...config.descriptor, size: 2 ** 60 } },
    undefined,
    'MALFORMED',
    /config\.size/,
  ],
  [
    'a digest that climbs',
    { ...manifest, config: { ...config.descriptor, digest: 'sha256:../../etc/passwd' } },
    undefined,
    'MALFORMED',
    /config\.digest/,
  ],
  [
    '2,001 layers',
    { ...manifest, layers: Array(2001).fill(config.descriptor) },
    undefined,
    'MALFORMED',
    /layers/,
  ],
];

for (const [name, value, stated, code, message] of refused) {
  test(`parseDocument refuses ${name}`, () => {
    assert.throws(
      () => parse(value, stated),
      (error) => {
        assert.ok(isFailure(error, code), String(error));
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}

test('parseDocument names everything that is wrong, together', () => {
  const broken = { schemaVersion: 2, config: { digest: 'x', size: -1 }, layers: [{ size: 'y' }] };
  assert.throws(
    () => parse(broken),
    (error) =>
      isFailure(error) &&
      ['config.digest', 'config.size', 'layers.0.digest', 'layers.0.size'].every((part) =>
        error.message.includes(part),
      ),
  );
});

test('checkPromise tells short from wrong', () => {
  const bytes = Buffer.from('abc');
  const promised = { digest: sha256(bytes), size: 3 };
  checkPromise(bytes, sha256(bytes), promised, 'it');
  assert.throws(() => checkPromise(bytes, sha256(bytes), { ...promised, size: 4 }, 'it'), {
    code: 'TRUNCATED',
  });
  assert.throws(() => checkPromise(bytes, sha256(bytes), { ...promised, size: 2 }, 'it'), {
    code: 'DIGEST_MISMATCH',
  });
  assert.throws(() => checkPromise(bytes, sha256('x'), promised, 'it'), { code: 'DIGEST_MISMATCH' });
});

test('parseDocument never throws anything but a Failure', () => {
  const anything = fc.oneof(
    fc.json(),
    fc.record(
      { schemaVersion: fc.constant(2), manifests: fc.anything(), config: fc.anything() },
      { requiredKeys: [] },
    ),
    fc.record({ schemaVersion: fc.constant(2), layers: fc.array(fc.anything()), config: fc.anything() }),
  );
  fc.assert(
    fc.property(
      anything,
      fc.option(fc.constantFrom(OCI.manifest, OCI.index), { nil: undefined }),
      (value, stated) => {
        const text =
          typeof value === 'string'
            ? value
            : (JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? '');
        try {
          parse(text, stated);
        } catch (error) {
          assert.ok(isFailure(error), String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});
