import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { FAILURE_CODES, type FailureCode, isFailure } from '../src/core/failure.ts';
import type { ProblemCode } from '../src/core/problem.ts';
import { inspect } from '../src/index.ts';
import { serve } from '../src/read/registry/testing/server.ts';
import {
  type Blob,
  blob,
  blobName,
  buildImage,
  dockerMembers,
  HELLO,
  type ImageRecipe,
  layoutMembers,
  OCI,
  sha256,
} from '../src/read/testing/image-builder.ts';
import { scratch, write, writeMembers } from '../src/read/testing/scratch.ts';
import { type TarMember, tar } from '../src/read/testing/tar-builder.ts';
import { assertFails, assertReports, cli } from './peers/cli.ts';
import { assertMutantsStandOut, honestArchive, trojanedArchive } from './peers/mutants.ts';

/*
 * Input that is wrong: each ends in one clear line with a code, or in a report that names the problem; never in a stack
 * trace, a hang or an allow, and nothing is left behind. What needs root or gigabytes is among the system tests.
 */

/** Writes an OCI layout; `change` may give other bytes for a blob than its digest is of. */
function layout(
  folder: string,
  recipe: ImageRecipe = {},
  change: (blob: Blob) => Buffer | undefined = keep,
): string {
  const image = buildImage(recipe);
  const blobs = image.all.map((one) => ({ ...one, bytes: change(one) ?? one.bytes }));
  return `oci:${writeMembers(join(folder, 'layout'), layoutMembers([image.manifest.descriptor], blobs))}`;
}

const keep = (): undefined => undefined;

/** A layer that was changed after its digest was taken. */
function damaged(type: string): (blob: Blob) => Buffer | undefined {
  return ({ bytes, descriptor }) => {
    if (descriptor.mediaType !== type) return undefined;
    const copy = Buffer.from(bytes);
    copy[20] = (copy[20] ?? 0) ^ 1;
    return copy;
  };
}

/** A layout of one layer, with digests that hold. */
function layerLayout(
  folder: string,
  stored: Buffer,
  content: Buffer = stored,
  layerType: string = OCI.layer,
): string {
  const config = { rootfs: { type: 'layers', diff_ids: [sha256(content)] } };
  return layout(folder, { layers: [stored], layerType, config });
}

function layerOf(folder: string, ...members: readonly TarMember[]): string {
  return layerLayout(folder, tar(members));
}

function lyingSize(by: number): (folder: string) => string {
  return (folder) => {
    const { layers } = buildImage();
    const lying = layers.map(({ descriptor }) => ({ ...descriptor, size: descriptor.size + by }));
    return layout(folder, { manifest: { layers: lying } });
  };
}

function dockerArchive(folder: string, change: (members: TarMember[]) => readonly TarMember[]): string {
  return write(folder, 'image.tar', tar(change(dockerMembers(buildImage()))));
}

function withManifest(text: string): (folder: string) => string {
  return (folder) =>
    dockerArchive(folder, (members) =>
      members.map((one) => (one.name === 'manifest.json' ? { ...one, data: text } : one)),
    );
}

type Make = (folder: string) => string;

const FAILS: readonly [name: string, make: Make, ...codes: FailureCode[]][] = [
  ['a file that is not there', (folder) => join(folder, 'absent.tar'), 'NOT_FOUND'],
  ['a layout that is not there', (folder) => `oci:${join(folder, 'absent')}`, 'NOT_FOUND'],
  ['a tag that is not there', (folder) => `${layout(folder)}:absent`, 'NOT_FOUND'],
  ['a registry that is not there', () => 'registry:127.0.0.1:1/team/app', 'UNREACHABLE'],
  ['an empty file', (folder) => write(folder, 'image.tar', ''), 'NOT_AN_IMAGE'],
  ['noise', (folder) => write(folder, 'image.tar', 'noise '.repeat(5000)), 'NOT_AN_IMAGE'],
  ['a compressed archive cut short', (folder) => gzipped(folder, 0.5), 'TRUNCATED'],
  [
    'another config than its digest is of',
    (folder) => layout(folder, {}, damaged(OCI.config)),
    'DIGEST_MISMATCH',
  ],
  [
    'another manifest than its digest is of',
    (folder) => layout(folder, {}, damaged(OCI.manifest)),
    'DIGEST_MISMATCH',
  ],
  [
    'an index that is no JSON',
    (folder) => {
      const location = layout(folder);
      write(folder, 'layout/index.json', '{"schemaVersion": 2,');
      return location;
    },
    'MALFORMED',
  ],
  [
    'an index nested a hundred thousand deep',
    (folder) => {
      const location = layout(folder);
      write(folder, 'layout/index.json', `${'{"a":['.repeat(100_000)}`);
      return location;
    },
    'MALFORMED',
  ],
  ['a docker manifest that is no JSON', withManifest('[{"Config": '), 'MALFORMED'],
  ['a docker manifest that is no list', withManifest('"manifest"'), 'NOT_AN_IMAGE'],
  [
    'a docker manifest of files that are not there',
    withManifest('[{"Config":"x.json","Layers":["y"]}]'),
    'NOT_FOUND',
  ],
  [
    'a blob that leads out of the layout',
    (folder) => {
      const location = layout(folder);
      const path = join(folder, 'layout', blobName(buildImage().config));
      rmSync(path);
      symlinkSync('/etc/passwd', path);
      return location;
    },
    'MALFORMED',
  ],
  [
    'a layer that links to itself in the archive',
    (folder) =>
      dockerArchive(folder, (members) =>
        members.map(({ name = '', ...one }) =>
          name.endsWith('layer.tar') ? { name, type: 'symlink', linkname: 'layer.tar' } : { name, ...one },
        ),
      ),
    'MALFORMED',
  ],
  [
    'a path that is a loop of symlinks',
    (folder) => {
      symlinkSync('loop', join(folder, 'loop'));
      return `dir:${join(folder, 'loop')}`;
    },
    'MALFORMED',
    'NOT_FOUND',
  ],
];

function gzipped(folder: string, part: number): string {
  const bytes = gzipSync(trojanedArchive());
  return write(folder, 'image.tar.gz', bytes.subarray(0, bytes.length * part));
}

const REPORTS: readonly [name: string, make: Make, code: ProblemCode, ...flags: string[]][] = [
  [
    'another layer than its digest is of',
    (folder) => layout(folder, {}, damaged(OCI.layer)),
    'DIGEST_MISMATCH',
  ],
  ['a layer said to be larger', lyingSize(1), 'DIGEST_MISMATCH'],
  ['a layer said to be smaller', lyingSize(-512), 'DIGEST_MISMATCH'],
  ['another diff id', (folder) => layerLayout(folder, HELLO, Buffer.from('else')), 'DIGEST_MISMATCH'],
  ['a layer of the archive cut short', (folder) => layerLayout(folder, HELLO.subarray(0, 1100)), 'TRUNCATED'],
  [
    'a compressed layer cut short',
    (folder) => {
      const stored = gzipSync(HELLO);
      return layerLayout(folder, stored.subarray(0, -20), HELLO, `${OCI.layer}+gzip`);
    },
    'TRUNCATED',
  ],
  [
    'a file said to be larger than the layer',
    (folder) => layerOf(folder, { name: 'etc/motd', data: 'hello\n', size: 10_000_000 }),
    'TRUNCATED',
  ],
  [
    'a damaged header',
    (folder) => layerOf(folder, { name: 'etc/motd', data: 'hello\n', checksum: '000000\0 ' }),
    'MALFORMED_ARCHIVE',
  ],
  [
    'a layer that is no archive',
    (folder) => layerLayout(folder, Buffer.alloc(4096, 'noise ')),
    'MALFORMED_ARCHIVE',
  ],
  [
    'a decompression bomb',
    (folder) => {
      // Each member gives 64 MiB of zeros, which is when the ratio is looked at.
      const member = gzipSync(Buffer.alloc(64 * 2 ** 20), { level: 9 });
      return layerLayout(folder, Buffer.concat([member, member, member]), HELLO, `${OCI.layer}+gzip`);
    },
    'LIMIT_RATIO',
  ],
  [
    'more files than allowed',
    (folder) => layerOf(folder, ...Array.from({ length: 20 }, (_, at) => ({ name: `srv/${at}` }))),
    'LIMIT_FILES',
    '--max-files=10',
  ],
  [
    'more bytes than allowed',
    (folder) => layerOf(folder, { name: 'srv/a', data: 'a'.repeat(100_000) }),
    'LIMIT_BYTES',
    '--max-bytes=50k',
  ],
  [
    'a path longer than allowed',
    (folder) => layerOf(folder, { name: `${'a/'.repeat(3000)}a` }),
    'LIMIT_PATH',
  ],
  [
    'a package database that is none',
    (folder) => layerOf(folder, { name: 'lib/apk/db/installed', data: Buffer.alloc(3000, 0xff) }),
    'MALFORMED_DATABASE',
  ],
];

describe('what cannot be inspected', { concurrency: 2 }, () => {
  for (const [name, make, ...codes] of FAILS) {
    test(`${name}: ${codes.join(' or ')}`, async (context) => {
      const location = make(scratch(context));
      assertFails(await cli(['inspect', '--no-cache', '--plain-http=127.0.0.1:1', location]), ...codes);
    });
  }
});

describe('what cannot be inspected whole', { concurrency: 2 }, () => {
  for (const [name, make, code, ...flags] of REPORTS) {
    test(`${name}: ${code}`, async (context) => {
      const location = make(scratch(context));
      assertReports(await cli(['inspect', '--no-cache', '--format=json', ...flags, location]), code);
    });
  }
});

test('a layer that climbs out and links in circles: nothing is written, nothing hangs, nothing is allowed', async (context) => {
  const folder = scratch(context);
  const location = layerOf(
    folder,
    { name: '../../../../tmp/pratique-climbed', data: 'hello\n' },
    { name: '/../etc/cron.d/x', data: 'hello\n' },
    { name: 'etc/passwd', type: 'symlink', linkname: 'shadow' },
    { name: 'etc/shadow', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'etc/ld.so.preload', type: 'symlink', linkname: 'ld.so.preload' },
    { name: 'a', type: 'symlink', linkname: 'b' },
    { name: 'b', type: 'symlink', linkname: 'a/../a' },
    { name: 'c', type: 'hardlink', linkname: 'c' },
  );
  const { status, stdout, stderr, left } = await cli(['inspect', '--no-cache', '--format=json', location]);
  assert.equal(stderr, '');
  assert.equal(status, 2, stdout);
  assert.deepEqual(left, []);
  assert.throws(() => rmSync('/tmp/pratique-climbed'), { code: 'ENOENT' });
});

/** Every block that begins an entry, of the archive or of a layer in it. */
function entriesOf(archive: Buffer): number[] {
  const blocks = Array.from({ length: Math.floor(archive.length / 512) }, (_, at) => at * 512);
  return blocks.filter((at) => archive.subarray(at + 257, at + 262).equals(Buffer.from('ustar')));
}

const ODD_CUTS = [1, 100, 511, 513, 1023, 1024];
const inTenths = (length: number): number[] =>
  Array.from({ length: 10 }, (_, at) => Math.floor((length * at) / 10));

const CUT: readonly [name: string, bytes: Buffer, cuts: readonly number[]][] = [
  ['docker save', trojanedArchive(), [...ODD_CUTS, ...entriesOf(trojanedArchive())]],
  ['an OCI archive', honestArchive(), [...ODD_CUTS, ...entriesOf(honestArchive())]],
  ['docker save in gzip', gzipSync(trojanedArchive()), [...ODD_CUTS, ...inTenths(1000)]],
];

for (const [name, bytes, cuts] of CUT) {
  test(`${name} cut short: never allowed, wherever the cut is`, async (context) => {
    const file = join(scratch(context), 'cut.tar');
    const allowed: string[] = [];
    for (const cut of new Set(cuts)) {
      writeFileSync(file, bytes.subarray(0, cut));
      const outcome = await inspect(file, { cache: false, jobs: 1 }).then(
        ({ decision }) => decision.outcome,
        (error: unknown) => {
          assert.ok(isFailure(error), `cut at ${cut}: ${String(error)}`);
          assert.ok(FAILURE_CODES.includes(error.code) && error.code !== 'INTERNAL', error.message);
          return error.code;
        },
      );
      if (outcome === 'allow') allowed.push(`allowed when cut at ${cut} of ${bytes.length}`);
    }
    assert.deepEqual(allowed, []);
  });
}

test('images with changed bytes: a code, a problem, or what the digests promise', async (context) => {
  await assertMutantsStandOut(scratch(context), 25, 1);
});

test('a registry whose manifest has no end: TOO_LARGE', async () => {
  await using registry = await serve((request, response) => {
    if (request.url?.includes('/manifests/') !== true) return response.writeHead(200).end();
    response.writeHead(200, { 'content-type': OCI.manifest });
    const piece = Buffer.alloc(2 ** 20, ' ');
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
      response.once('drain', pour);
    };
    pour();
    return response;
  });
  const flag = `--plain-http=${registry.host}`;
  assertFails(await cli(['inspect', '--no-cache', flag, `${registry.host}/team/app:v1`]), 'TOO_LARGE');
});

/** A registry with one image, whose layer stops half-way; resolves when it does. */
async function stallingRegistry() {
  const layer = blob(OCI.layer, tar([{ name: 'srv/a', data: Buffer.alloc(500_000, 'a') }]));
  const image = buildImage({ layers: [layer.bytes] });
  const { promise: stalled, resolve } = Promise.withResolvers<void>();
  const registry = await serve((request, response) => {
    const asked = image.all.find(({ descriptor }) => request.url?.endsWith(descriptor.digest) === true);
    const found = request.url?.endsWith('/manifests/v1') === true ? image.manifest : asked;
    if (found === undefined) return response.writeHead(200).end();
    const { mediaType, digest, size } = found.descriptor;
    response.writeHead(200, {
      'content-type': mediaType,
      'docker-content-digest': digest,
      'content-length': size,
    });
    if (digest !== layer.descriptor.digest) return response.end(found.bytes);
    response.write(found.bytes.subarray(0, size / 2));
    setTimeout(resolve, 200);
    return response;
  });
  return { registry, stalled };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} in the middle of a download: CANCELLED, and nothing stays behind`, async () => {
    const { registry, stalled } = await stallingRegistry();
    await using _ = registry;
    const args = ['inspect', '--no-cache', `--plain-http=${registry.host}`, `${registry.host}/team/app:v1`];
    const result = await cli(args, { interrupt: stalled.then(() => signal) });
    assertFails(result, 'CANCELLED');
    assert.ok(result.took < 20_000, `took ${result.took} ms`);
  });
}
