import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type FailureCode, isFailure } from '../core/failure.ts';
import { DEFAULT_LIMITS } from '../core/limits.ts';
import { parsePlatform } from './manifest/platform.ts';
import { readOciImages } from './oci-image.ts';
import type { Selection } from './selection.ts';
import {
  type Blob,
  blob,
  buildImage,
  HELLO,
  index,
  MemorySource,
  OCI,
  sha256,
} from './testing/image-builder.ts';
import { LayerRecorder } from './testing/layer-recorder.ts';

const signal = new AbortController().signal;

function select(more: Partial<Selection> = {}): Selection {
  const platform = parsePlatform('linux/amd64');
  return { location: 'here', platform, allPlatforms: false, limits: DEFAULT_LIMITS, signal, ...more };
}

function openTag(source: MemorySource, selection = select()) {
  return readOciImages({ kind: 'registry', source, reference: 'tag', tags: ['tag'] }, selection);
}

async function openOne(source: MemorySource, selection = select()) {
  const [image, ...rest] = await openTag(source, selection);
  assert.ok(image !== undefined && rest.length === 0);
  return image;
}

function on(written: string, image: { readonly manifest: Blob }, more = {}) {
  const [os, architecture, variant] = written.split('/');
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return { ...image.manifest.descriptor, platform, ...more };
}

const amd = buildImage();
const arm = buildImage({ config: { architecture: 'arm64' } });
const everything = [...amd.all, ...arm.all];

test('a manifest opens as an image whose layer reads back', async () => {
  const source = new MemorySource(amd.all, { tag: amd.manifest });
  const image = await openOne(source);
  assert.deepEqual(image.identity, {
    location: 'here',
    kind: 'registry',
    digest: amd.manifest.descriptor.digest,
    configDigest: amd.config.descriptor.digest,
    tags: ['tag'],
    platform: { os: 'linux', architecture: 'amd64' },
  });
  assert.deepEqual(image.config.cmd, ['/bin/sh']);
  const [layer] = image.layers;
  assert.equal(layer?.ref.instruction, 'ADD layer 0');
  assert.equal(layer?.cacheable, true);
  const recorder = new LayerRecorder();
  const summary = await layer?.read(recorder, signal);
  assert.deepEqual(summary?.problems, []);
  assert.equal(recorder.contents.get('etc/hello'), 'hello\n');
  await image.close();
  await image.close();
  assert.equal(source.closed, 1);
});

test('an index leads to the platform wanted, past attestations and through a nested index', async () => {
  const inner = index([on('linux/arm64', arm), on('linux/amd64', amd)]);
  const attestation = on('unknown/unknown', arm, {
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  });
  const outer = index([attestation, inner.descriptor]);
  const image = await openOne(new MemorySource([...everything, inner], { tag: outer }));
  assert.equal(image.identity.digest, amd.manifest.descriptor.digest);
  assert.equal(image.identity.indexDigest, outer.descriptor.digest);
});

test('all platforms share one source, which the last close closes', async () => {
  const source = new MemorySource(everything, {
    tag: index([on('linux/arm64', arm), on('linux/amd64', amd)]),
  });
  const images = await openTag(source, select({ allPlatforms: true, platform: undefined }));
  assert.deepEqual(
    images.map(({ identity }) => identity.platform?.architecture),
    ['arm64', 'amd64'],
  );
  await images[0]?.close();
  await images[0]?.close();
  assert.equal(source.closed, 0);
  await images[1]?.close();
  assert.equal(source.closed, 1);
});

test('an entry marked as an attestation that a runtime would start is not passed over', async () => {
  const marked = on('linux/amd64', amd, {
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  });
  const image = await openOne(new MemorySource(everything, { tag: index([marked]) }));
  assert.equal(image.identity.digest, amd.manifest.descriptor.digest);
});

test('an entry without a platform is looked into', async () => {
  const bare = index([arm.manifest.descriptor, amd.manifest.descriptor]);
  const image = await openOne(new MemorySource(everything, { tag: bare }));
  assert.equal(image.identity.digest, amd.manifest.descriptor.digest);
});

test('an index that contradicts the config is said', async () => {
  const image = await openOne(new MemorySource(everything, { tag: index([on('linux/amd64', arm)]) }));
  assert.deepEqual(
    image.problems.map(({ code, effect }) => [code, effect]),
    [['MALFORMED_CONFIG', 'notice']],
  );
});

const other = buildImage({ config: { author: 'another' } });
const artifact = blob('application/vnd.example+json', { hello: 1 });
const signature = buildImage({ manifest: { config: artifact.descriptor } });
const both = blob(OCI.manifest, {
  schemaVersion: 2,
  manifests: [],
  config: amd.config.descriptor,
  layers: [],
});
const deep = [1, 2, 3, 4, 5].reduce(
  (inner) => [index([inner[0]?.descriptor]), ...inner],
  [index([on('linux/amd64', amd)])],
);
const liar = {
  ...amd.manifest,
  descriptor: { ...amd.manifest.descriptor, size: amd.manifest.descriptor.size + 1 },
};
const swapped = { bytes: arm.manifest.bytes, descriptor: amd.manifest.descriptor };
// A digest cannot be known before it is written, so this is as near as an attacker gets.
const self = { mediaType: OCI.index, digest: sha256('a'), size: 183 };
const cycle: Blob = {
  bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [self] })),
  descriptor: self,
};
const huge = buildImage({ manifest: { config: { ...amd.config.descriptor, size: 2 ** 30 } } });
const shortConfig = { ...amd.config, bytes: amd.config.bytes.subarray(1) };
const otherConfig = { ...amd.config, bytes: Buffer.from(amd.config.bytes).fill(0x20, 0, 1) };

const refused: [name: string, code: FailureCode, source: () => MemorySource, message: RegExp][] = [
  [
    'no such platform, and says which there are',
    'NO_SUCH_PLATFORM',
    () => new MemorySource(everything, { tag: index([on('linux/arm64', arm), on('linux/arm/v7', amd)]) }),
    /linux\/arm64, linux\/arm\/v7/,
  ],
  ['an empty index', 'NO_SUCH_PLATFORM', () => new MemorySource([], { tag: index([]) }), /holds none/],
  [
    'a manifest for another platform',
    'NO_SUCH_PLATFORM',
    () => new MemorySource(arm.all, { tag: arm.manifest }),
    /for linux\/arm64 only/,
  ],
  [
    'an artifact',
    'NOT_AN_IMAGE',
    () => new MemorySource([...signature.all, artifact], { tag: signature.manifest }),
    /application\/vnd\.example\+json/,
  ],
  [
    'two images that runtimes would differ on',
    'MALFORMED',
    () =>
      new MemorySource([...everything, ...other.all], {
        tag: index([on('linux/amd64', amd), other.manifest.descriptor]),
      }),
    /name one by its digest/,
  ],
  [
    'index and manifest at once behind an index',
    'MEDIA_TYPE_MISMATCH',
    () => new MemorySource([...everything, both], { tag: index([on('linux/amd64', { manifest: both })]) }),
    /at once/,
  ],
  [
    'an index called a manifest',
    'MEDIA_TYPE_MISMATCH',
    () =>
      new MemorySource([...everything, ...deep], {
        tag: index([on('linux/amd64', { manifest: deep[0] as Blob }, { mediaType: OCI.manifest })]),
      }),
    /calls itself|turned out/,
  ],
  [
    'indexes nested too deep',
    'TOO_LARGE',
    () => new MemorySource([...everything, ...deep], { tag: deep[0] as Blob }),
    /nests indexes deeper than 4/,
  ],
  [
    'an index that lists itself',
    'DIGEST_MISMATCH',
    () => new MemorySource([cycle], { tag: cycle }),
    /not what its digest promised/,
  ],
  [
    'a manifest of another size',
    'TRUNCATED',
    () => new MemorySource(everything, { tag: index([on('linux/amd64', { manifest: liar })]) }),
    /promised/,
  ],
  [
    'a manifest of another digest',
    'DIGEST_MISMATCH',
    () =>
      new MemorySource([swapped, ...amd.layers, amd.config], {
        tag: index([
          on('linux/amd64', {
            manifest: {
              ...swapped,
              descriptor: { ...amd.manifest.descriptor, size: arm.manifest.bytes.length },
            },
          }),
        ]),
      }),
    /digest/,
  ],
  [
    'a config said to have 1 GB',
    'TOO_LARGE',
    () => new MemorySource(huge.all, { tag: huge.manifest }),
    /1073741824 bytes.*--max-document/,
  ],
  [
    'a config that ends early',
    'TRUNCATED',
    () => new MemorySource([...amd.layers, shortConfig], { tag: amd.manifest }),
    /promised/,
  ],
  [
    'a config of another digest',
    'DIGEST_MISMATCH',
    () => new MemorySource([...amd.layers, otherConfig], { tag: amd.manifest }),
    /digest/,
  ],
];

for (const [name, code, make, message] of refused) {
  test(`refused: ${name}`, async () => {
    const source = make();
    await assert.rejects(openTag(source), (error) => {
      assert.ok(isFailure(error, code), String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.equal(source.closed, 1);
  });
}

async function readOnly(source: MemorySource) {
  const image = await openOne(source);
  const [layer] = image.layers;
  assert.ok(layer !== undefined);
  return { layer, summary: await layer.read(new LayerRecorder(), signal) };
}

test('a layer of an unknown type is a problem, not an empty layer', async () => {
  const odd = buildImage({ layerType: 'application/vnd.oci.image.layer.v1.tar+encrypted' });
  const { layer, summary } = await readOnly(new MemorySource(odd.all, { tag: odd.manifest }));
  assert.equal(layer.cacheable, false);
  assert.deepEqual(
    summary.problems.map(({ code, effect }) => [code, effect]),
    [['UNSUPPORTED', 'incomplete']],
  );
});

const foreign = buildImage({ layerType: 'application/vnd.docker.image.rootfs.foreign.diff.tar' });

test('a foreign layer that is in the source is read', async () => {
  const { summary } = await readOnly(new MemorySource(foreign.all, { tag: foreign.manifest }));
  assert.deepEqual(summary.problems, []);
});

test('a foreign layer that is not is a problem, and its urls are never asked', async () => {
  const source = new MemorySource([foreign.manifest, foreign.config], { tag: foreign.manifest });
  const { summary } = await readOnly(source);
  assert.deepEqual(
    summary.problems.map(({ code, effect }) => [code, effect]),
    [['FOREIGN_LAYER', 'incomplete']],
  );
});

test('a layer that is missing breaks the reading', async () => {
  const image = await openOne(new MemorySource([amd.manifest, amd.config], { tag: amd.manifest }));
  await assert.rejects(async () => image.layers[0]?.read(new LayerRecorder(), signal), { code: 'NOT_FOUND' });
});

test('a layer compressed other than its type says is refused', async () => {
  const zipped = buildImage({ layers: [gzipSync(HELLO)] });
  const image = await openOne(new MemorySource(zipped.all, { tag: zipped.manifest }));
  await assert.rejects(async () => image.layers[0]?.read(new LayerRecorder(), signal), {
    code: 'MEDIA_TYPE_MISMATCH',
  });
});
