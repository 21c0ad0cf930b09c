import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { type FailureCode, isFailure } from '../../core/failure.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { open } from '../open.ts';
import {
  type BuiltImage,
  blobName,
  buildImage,
  dockerMembers,
  HELLO,
  index,
  layoutMembers,
  sha256,
} from '../testing/image-builder.ts';
import { openOne, options, readAll, scratch, write, writeMembers } from '../testing/scratch.ts';
import { type TarMember, tar } from '../testing/tar-builder.ts';

const image = buildImage();
const evil = buildImage({ layers: [tar([{ name: 'other', data: 'x' }])] });
const named = (one: BuiltImage, name: string) => ({
  ...one.manifest.descriptor,
  annotations: { 'org.opencontainers.image.ref.name': name },
});
const oci = layoutMembers([named(image, '1.0')], image.all);
const docker = dockerMembers(image);
const hex = image.config.descriptor.digest.slice(7);

/** What `docker save` writes since version 25: both tables. */
function bothTables(inDocker: BuiltImage, inLayout: BuiltImage): TarMember[] {
  const blobs = [...new Set([...inDocker.all, ...inLayout.all])];
  const [first] = inDocker.layers;
  assert.ok(first !== undefined);
  const table = [{ Config: blobName(inDocker.config), RepoTags: ['a:1'], Layers: [blobName(first)] }];
  return [
    ...layoutMembers([inLayout.manifest.descriptor], blobs),
    { name: 'manifest.json', data: JSON.stringify(table) },
  ];
}

const opened: [name: string, bytes: Buffer, kind: string, prefix?: string][] = [
  ['an OCI archive', tar(oci), 'oci-archive'],
  [
    'an OCI archive written by tar -C',
    tar(oci.map((one) => ({ ...one, name: `./${one.name}` }))),
    'oci-archive',
  ],
  ['an OCI archive in gzip', gzipSync(tar(oci)), 'oci-archive'],
  ['an OCI archive, forced', tar(oci), 'oci-archive', 'oci-archive:'],
  ['an old docker archive', tar(docker), 'docker-archive'],
  ['an old docker archive in zstd', zstdCompressSync(tar(docker)), 'docker-archive'],
  ['a docker archive that is a layout too', tar(bothTables(image, image)), 'docker-archive'],
  ['the same read as a layout', tar(bothTables(image, image)), 'oci-archive', 'oci-archive:'],
  ['a root file system', HELLO, 'rootfs-tar'],
  ['a root file system in gzip', gzipSync(HELLO), 'rootfs-tar'],
  [
    'a root file system, forced on an archive',
    tar([...docker, { name: 'etc/hello', data: 'hello\n' }]),
    'rootfs-tar',
    'rootfs:',
  ],
];

for (const [name, bytes, kind, prefix = ''] of opened) {
  test(`opens ${name}`, async (t) => {
    const path = write(scratch(t), 'some-file', bytes);
    const one = await openOne(t, `${prefix}${path}`);
    assert.equal(one.identity.kind, kind);
    const { recorder, problems } = await readAll(one);
    assert.deepEqual(problems, []);
    assert.equal(recorder.contents.get('etc/hello'), 'hello\n');
    assert.equal(one.layers.length, 1);
  });
}

test('an old docker archive names its layer by the diff id, and by the history', async (t) => {
  const one = await openOne(t, write(scratch(t), 'a.tar', tar(docker)));
  const diffId = sha256(HELLO);
  assert.deepEqual(one.layers[0]?.ref, { index: 0, digest: diffId, diffId, instruction: 'ADD layer 0' });
  assert.deepEqual(one.identity.tags, ['hello:1']);
  assert.equal(one.identity.configDigest, image.config.descriptor.digest);
});

test('a layer compressed inside an archive is read', async (t) => {
  const gz = gzipSync(HELLO);
  const members = docker.map((one) => (one.name?.endsWith('layer.tar') ? { ...one, data: gz } : one));
  const { recorder, problems } = await readAll(await openOne(t, write(scratch(t), 'a.tar', tar(members))));
  assert.deepEqual(problems, []);
  assert.equal(recorder.contents.get('etc/hello'), 'hello\n');
});

test('a layer that is a symlink to another folder’s is read, as old docker save wrote it', async (t) => {
  const name = `${'0'.repeat(64)}/layer.tar`;
  const members = [
    { name: 'shared/layer.tar', data: HELLO },
    { name, type: 'symlink', linkname: '../shared/layer.tar' },
    ...docker.filter((one) => one.name !== name),
  ];
  const { problems } = await readAll(await openOne(t, write(scratch(t), 'a.tar', tar(members))));
  assert.deepEqual(problems, []);
});

test('a layer of other bytes than the config says is a problem, and not cacheable by digest alone', async (t) => {
  const members = docker.map((one) =>
    one.name?.endsWith('layer.tar') ? { ...one, data: evil.layers[0]?.bytes ?? '' } : one,
  );
  const { problems } = await readAll(await openOne(t, write(scratch(t), 'a.tar', tar(members))));
  assert.deepEqual(problems, ['DIGEST_MISMATCH incomplete']);
});

test('a file has a fingerprint once it has settled, and another after a change', async (t) => {
  const folder = scratch(t);
  const path = write(folder, 'a.tar', tar(docker));
  const young = await openOne(t, path);
  assert.equal(young.layers[0]?.fingerprint, undefined);
  assert.equal(young.layers[0]?.cacheable, false);
  await sleep(120);
  const settled = await openOne(t, path);
  assert.match(settled.layers[0]?.fingerprint ?? '', /^(?:\d+:){4}\d+@512$/);
  assert.equal(settled.layers[0]?.cacheable, true);
  write(folder, 'a.tar', tar(docker));
  await sleep(120);
  const changed = await openOne(t, path);
  assert.notEqual(changed.layers[0]?.fingerprint, settled.layers[0]?.fingerprint);
});

test('of several images one is chosen by tag, in every kind of archive', async (t) => {
  const folder = scratch(t);
  const manifests = [named(image, '1.0'), named(evil, '2.0')];
  const layout = write(folder, 'oci.tar', tar(layoutMembers(manifests, [...image.all, ...evil.all])));
  const table = [image, evil].map((one, at) => ({
    Config: `${one.config.descriptor.digest.slice(7)}.json`,
    RepoTags: [`a:${at}`],
    Layers: [`${at}/layer.tar`],
  }));
  const saved = write(
    folder,
    'docker.tar',
    tar([
      ...[image, evil].flatMap((one, at) => [
        { name: `${at}/layer.tar`, data: one.layers[0]?.bytes ?? '' },
        { name: `${one.config.descriptor.digest.slice(7)}.json`, data: one.config.bytes },
      ]),
      { name: 'manifest.json', data: JSON.stringify(table) },
    ]),
  );
  for (const [path, first, second] of [
    [layout, '1.0', '2.0'],
    [saved, 'a:0', 'a:1'],
  ] as const) {
    await assert.rejects(open(path, options()), (error) => {
      assert.ok(isFailure(error, 'USAGE'));
      assert.ok(error.message.includes(`${path}:${first}`) && error.message.includes(`${path}:${second}`));
      return true;
    });
    const chosen = await openOne(t, `${path}:${second}`);
    assert.equal(chosen.identity.configDigest, evil.config.descriptor.digest);
    await assert.rejects(open(`${path}:9.9`, options()), { code: 'NOT_FOUND' });
  }
  const byDigest = await openOne(t, `oci-archive:${layout}@${image.manifest.descriptor.digest}`);
  assert.equal(byDigest.identity.digest, image.manifest.descriptor.digest);
});

const last = docker.at(-1) as TarMember;
const whole = tar(docker);
const twoTyped = { ...image.manifest.descriptor, mediaType: 'application/vnd.oci.image.index.v1+json' };

const refused: [name: string, bytes: string | Buffer, code: FailureCode, message: RegExp, prefix?: string][] =
  [
    ['an empty file', '', 'NOT_AN_IMAGE', /is empty/],
    ['text', 'hello', 'NOT_AN_IMAGE', /is no tar/],
    [
      'a tar cut off in a layer',
      whole.subarray(0, 700),
      'TRUNCATED',
      /ends inside "0{64}\/layer\.tar"/,
      'docker-archive:',
    ],
    [
      'a tar cut off in a header',
      whole.subarray(0, 512 + HELLO.length + 100),
      'TRUNCATED',
      /ends inside a header/,
      'docker-archive:',
    ],
    ['gzip cut off', gzipSync(whole).subarray(0, -20), 'TRUNCATED', /./],
    [
      'gzip that is broken',
      Buffer.concat([gzipSync(whole).subarray(0, 40), Buffer.alloc(200, 0xff)]),
      'MALFORMED',
      /./,
    ],
    ['manifest.json twice', tar([...docker, last]), 'MALFORMED', /"manifest\.json" twice/],
    [
      'manifest.json twice, once behind dots',
      tar([...docker, { ...last, name: 'x/../manifest.json' }]),
      'MALFORMED',
      /twice/,
    ],
    ['a blob twice', tar([...oci, oci[2] as TarMember]), 'MALFORMED', /twice/],
    [
      'a sparse member',
      tar([...docker, { name: 'x', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' } }]),
      'MALFORMED',
      /differ/,
    ],
    [
      'a global pax header that renames',
      tar([{ name: 'g', type: 'global-pax', data: '16 path=m.json\n\n' }, ...docker]),
      'MALFORMED',
      /./,
    ],
    [
      'a manifest.json of another kind',
      tar([{ name: 'manifest.json', data: '{"name":"my app"}' }]),
      'NOT_AN_IMAGE',
      /rootfs:/,
    ],
    [
      'a manifest.json that is not JSON',
      tar([{ name: 'manifest.json', data: '[{' }]),
      'MALFORMED',
      /not JSON/,
    ],
    [
      'a manifest.json without images',
      tar([{ name: 'manifest.json', data: '[]' }]),
      'NOT_AN_IMAGE',
      /without images/,
    ],
    [
      'a manifest.json of 9 MB',
      tar([{ name: 'manifest.json', data: Buffer.alloc(9 * 2 ** 20, ' ') }]),
      'TOO_LARGE',
      /--max-document/,
    ],
    [
      'a config of another digest',
      tar(docker.map((one) => (one.name === `${hex}.json` ? { ...one, data: evil.config.bytes } : one))),
      'DIGEST_MISMATCH',
      /config/,
    ],
    [
      'a layer that is missing',
      tar(docker.filter(({ name }) => !name?.endsWith('layer.tar'))),
      'NOT_FOUND',
      /incomplete/,
    ],
    [
      'a config that is missing',
      tar(docker.filter(({ name }) => name !== `${hex}.json`)),
      'NOT_FOUND',
      /incomplete/,
    ],
    [
      'a layer that links in circles',
      tar([
        { name: `${'0'.repeat(64)}/layer.tar`, type: 'symlink', linkname: '../a' },
        { name: 'a', type: 'symlink', linkname: 'b' },
        { name: 'b', type: 'symlink', linkname: 'a' },
        ...docker.slice(1),
      ]),
      'MALFORMED',
      /circles/,
    ],
    [
      'a layer that links out',
      tar([
        { name: `${'0'.repeat(64)}/layer.tar`, type: 'symlink', linkname: '../../../../etc/passwd' },
        ...docker.slice(1),
      ]),
      'MALFORMED',
      /links out/,
    ],
    [
      'a layer that links to the root',
      tar([
        { name: `${'0'.repeat(64)}/layer.tar`, type: 'symlink', linkname: '/etc/passwd' },
        ...docker.slice(1),
      ]),
      'NOT_FOUND',
      /missing/,
    ],
    [
      'a layer that is a folder',
      tar([{ name: `${'0'.repeat(64)}/layer.tar/` }, ...docker.slice(1)]),
      'MALFORMED',
      /is no file/,
    ],
    [
      'two tables with two images',
      tar(bothTables(image, evil)),
      'MALFORMED',
      /other images in manifest\.json/,
    ],
    [
      'a layout without a marker, forced',
      tar(oci.slice(1)),
      'NOT_AN_IMAGE',
      /no file oci-layout/,
      'oci-archive:',
    ],
    [
      'a layout of version 2',
      tar([{ name: 'oci-layout', data: '{"imageLayoutVersion":"2.0.0"}' }, ...oci.slice(1)]),
      'UNSUPPORTED',
      /version "2\.0\.0"/,
    ],
    ['a layout without images', tar(layoutMembers([], [])), 'NOT_AN_IMAGE', /lists no image/],
    [
      'a layout that lists a blob as two types',
      tar(layoutMembers([image.manifest.descriptor, twoTyped], image.all)),
      'MEDIA_TYPE_MISMATCH',
      /two types/,
    ],
    [
      'a layout whose blob is not its name',
      tar(layoutMembers([image.manifest.descriptor], [{ ...image.manifest, bytes: evil.manifest.bytes }])),
      'DIGEST_MISMATCH',
      /has the digest/,
    ],
    [
      'a layout that lacks its manifest',
      tar(layoutMembers([image.manifest.descriptor], [])),
      'NOT_FOUND',
      /incomplete/,
    ],
    [
      'a docker archive, forced on a layout',
      tar(oci),
      'NOT_AN_IMAGE',
      /no manifest\.json/,
      'docker-archive:',
    ],
  ];

for (const [name, bytes, code, message, prefix = ''] of refused) {
  test(`refuses ${name}`, async (t) => {
    const path = write(scratch(t), 'some-file', bytes);
    await assert.rejects(open(`${prefix}${path}`, options()), (error) => {
      assert.ok(isFailure(error, code), String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

test('a bomb around an archive stops at the ratio, and leaves nothing behind', async (t) => {
  const folder = scratch(t);
  const path = write(
    folder,
    'bomb.tar.gz',
    gzipSync(tar([{ name: 'zeros', data: Buffer.alloc(80 * 2 ** 20) }])),
  );
  const limits = { ...DEFAULT_LIMITS, ratio: 100 };
  await assert.rejects(
    inTemporary(t, () => open(path, options({ limits }))),
    { code: 'TOO_LARGE' },
  );
});

test('a compressed archive leaves no name on the disk while it is open', async (t) => {
  const path = write(scratch(t), 'a.tar.gz', gzipSync(tar(docker)));
  await inTemporary(t, async () => {
    const one = await openOne(t, path);
    await readAll(one);
  });
});

/** Runs with a TMPDIR of its own, which must stay empty. */
async function inTemporary<T>(t: TestContext, run: () => Promise<T>): Promise<T> {
  const before = process.env.TMPDIR;
  const folder = scratch(t);
  process.env.TMPDIR = folder;
  try {
    return await run();
  } finally {
    assert.deepEqual(readdirSync(folder), []);
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

test('a folder for temporary files that is not there is said as such', async (t) => {
  const path = write(scratch(t), 'a.tar.gz', gzipSync(tar(docker)));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = '/nowhere/at/all';
  try {
    await assert.rejects(open(path, options()), { code: 'NOT_FOUND' });
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('bytes behind a compressed archive are noticed', async (t) => {
  const path = write(
    scratch(t),
    'a.tar.gz',
    Buffer.concat([gzipSync(tar(docker)), Buffer.from('something hidden')]),
  );
  assert.deepEqual(
    (await openOne(t, path)).problems.map(({ code, effect }) => [code, effect]),
    [['MALFORMED_ARCHIVE', 'notice']],
  );
});

test('a layout folder is read without following symlinks, and a change while reading is refused', async (t) => {
  const folder = writeMembers(scratch(t), oci);
  await sleep(120);
  const one = await openOne(t, folder);
  assert.equal(one.identity.kind, 'oci-layout');
  assert.deepEqual((await readAll(one)).problems, []);
  const [layer] = image.layers;
  assert.ok(layer !== undefined);
  write(folder, blobName(layer), Buffer.alloc(9));
  await assert.rejects(readAll(one), { code: 'DIGEST_MISMATCH' });
});

test('an index that lists one image for several platforms is an index', async (t) => {
  const arm = buildImage({ config: { architecture: 'arm64' } });
  const on = (one: BuiltImage, architecture: string) => ({
    ...one.manifest.descriptor,
    platform: { os: 'linux', architecture },
  });
  const members = layoutMembers([on(arm, 'arm64'), on(image, 'amd64')], [...arm.all, ...image.all]);
  const path = write(scratch(t), 'a.tar', tar(members));
  assert.equal((await openOne(t, path)).identity.platform?.architecture, 'amd64');
  assert.equal(
    (await openOne(t, path, { platform: 'linux/arm64' })).identity.platform?.architecture,
    'arm64',
  );
  await assert.rejects(open(path, options({ platform: 'linux/s390x' })), { code: 'NO_SUCH_PLATFORM' });
});

test('an index inside a layout gives its digest', async (t) => {
  const nested = index([{ ...image.manifest.descriptor, platform: { os: 'linux', architecture: 'amd64' } }]);
  const path = write(scratch(t), 'a.tar', tar(layoutMembers([nested.descriptor], [nested, ...image.all])));
  assert.equal((await openOne(t, path)).identity.indexDigest, nested.descriptor.digest);
});

test('a cancelled signal stops at once', async (t) => {
  const path = write(scratch(t), 'a.tar.gz', gzipSync(tar(docker)));
  await assert.rejects(open(path, options({ signal: AbortSignal.abort() })), { code: 'CANCELLED' });
});

test('any mutation of an archive opens, or fails with a code', async (t) => {
  const folder = scratch(t);
  const originals = [tar(docker), tar(oci), tar(bothTables(image, image))];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(originals.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(4000),
      async (which, edits, cut) => {
        const bytes = Buffer.from(originals[which] ?? Buffer.alloc(0));
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        const path = write(folder, 'mutant.tar', cut < 3000 ? bytes : bytes.subarray(0, bytes.length - cut));
        try {
          for (const one of await open(path, options())) {
            await readAll(one);
            await one.close();
          }
        } catch (error) {
          assert.ok(isFailure(error) && error.code !== 'INTERNAL', String(error));
        }
      },
    ),
    { numRuns: 150 },
  );
});
