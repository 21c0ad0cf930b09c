import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  blob,
  buildImage,
  dockerMembers,
  layoutMembers,
  OCI,
  sha256,
} from '../../src/read/testing/image-builder.ts';
import { scratch, write, writeMembers } from '../../src/read/testing/scratch.ts';
import { base256, tar, tarHeader } from '../../src/read/testing/tar-builder.ts';
import { assertFails, assertReports, cli } from '../peers/cli.ts';
import { assertMutantsStandOut, trojanedArchive } from '../peers/mutants.ts';
import { isInstalled, run } from '../peers/run.ts';

/* Wrong input that needs root or gigabytes; the rest is in `test/wrong-input.test.ts`. */

const GIB = 2 ** 30;
const root = process.getuid?.() === 0;
const needsRoot = root ? false : 'needs root';

/** A file that claims gigabytes and has none. */
function sparse(path: string, size: number): void {
  writeFileSync(path, '');
  truncateSync(path, size);
}

const OVERSIZED: readonly [name: string, make: (folder: string) => string][] = [
  [
    'an index of 1 GiB',
    (folder) => {
      const location = writeMembers(join(folder, 'layout'), layoutMembers([], []));
      sparse(join(folder, 'layout/index.json'), GIB);
      return `oci:${location}`;
    },
  ],
  [
    'a manifest of 1 GiB',
    (folder) => {
      const digest = sha256('sparse');
      const location = writeMembers(
        join(folder, 'layout'),
        layoutMembers([{ mediaType: OCI.manifest, digest, size: GIB }], []),
      );
      mkdirSync(join(folder, 'layout/blobs/sha256'), { recursive: true });
      sparse(join(folder, 'layout/blobs', digest.replace(':', '/')), GIB);
      return `oci:${location}`;
    },
  ],
  [
    'a docker manifest of 1 GiB',
    (folder) => {
      const path = join(folder, 'image.tar');
      writeFileSync(path, tarHeader({ name: 'manifest.json', size: GIB }));
      truncateSync(path, GIB + 3 * 512);
      return path;
    },
  ],
  [
    'a config of 1 GiB',
    (folder) => {
      const image = buildImage();
      const members = dockerMembers(image).filter(({ name = '' }) => !/^[0-9a-f]{64}\.json$/.test(name));
      const hex = image.config.descriptor.digest.slice('sha256:'.length);
      const path = join(folder, 'image.tar');
      const whole = tar(members, { end: tarHeader({ name: `${hex}.json`, size: GIB }) });
      writeFileSync(path, whole);
      truncateSync(path, whole.length + GIB + 1024);
      return path;
    },
  ],
];

for (const [name, make] of OVERSIZED) {
  test(`${name}: TOO_LARGE, before it is read`, async (context) => {
    const result = await cli(['inspect', '--no-cache', make(scratch(context))]);
    assertFails(result, 'TOO_LARGE');
    assert.ok(result.took < 20_000, `took ${Math.round(result.took)} ms`);
  });
}

/** A gzip layer of `size` zeros as one file; each member of it gives 64 MiB. */
function writeBomb(path: string, size: number): void {
  const member = gzipSync(Buffer.alloc(64 * 2 ** 20), { level: 9 });
  const file = openSync(path, 'w');
  writeSync(file, gzipSync(tarHeader({ name: 'srv/zeros', raw: { 124: base256(size, 12) } })));
  for (let written = 0; written < size; written += 64 * 2 ** 20) writeSync(file, member);
  closeSync(file);
}

test('ten gigabytes of zeros in a small layer: LIMIT_RATIO, soon', async (context) => {
  const folder = scratch(context);
  const path = join(folder, 'bomb');
  writeBomb(path, 10 * GIB);
  const stored = run('sha256sum', [path]).slice(0, 64);
  const size = Number(run('stat', ['-c', '%s', path]));
  const image = buildImage({ layers: [] });
  const config = blob(OCI.config, {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [sha256('never known')] },
  });
  const layers = [{ mediaType: `${OCI.layer}+gzip`, digest: `sha256:${stored}`, size }];
  const manifest = blob(OCI.manifest, {
    ...JSON.parse(image.manifest.bytes.toString()),
    config: config.descriptor,
    layers,
  });
  const location = writeMembers(
    join(folder, 'layout'),
    layoutMembers([manifest.descriptor], [manifest, config]),
  );
  run('mv', [path, join(location, 'blobs/sha256', stored)]);
  const result = await cli(['inspect', '--no-cache', '--format=json', `oci:${location}`]);
  assertReports(result, 'LIMIT_RATIO');
  assert.ok(result.took < 20_000, `took ${Math.round(result.took)} ms`);
});

test('ten gigabytes of zeros as a compressed archive end soon, with nothing left', async (context) => {
  const path = join(scratch(context), 'image.tar.gz');
  writeBomb(path, 10 * GIB);
  const result = await cli(['inspect', '--no-cache', path]);
  assertFails(result, 'TOO_LARGE');
  assert.ok(result.took < 20_000, `took ${Math.round(result.took)} ms`);
});

const setpriv = isInstalled('setpriv') ? needsRoot : 'not installed: setpriv';
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** A folder that a user without rights may walk into, with one thing in it that he may not read. */
function forbidden(context: TestContext, make: (folder: string) => string): string {
  const folder = scratch(context);
  chmodSync(folder, 0o755);
  const path = make(folder);
  chmodSync(path, 0o000);
  return path;
}

function asNobody(...args: string[]) {
  return cli(['inspect', '--no-cache', ...args], {
    through: NOBODY,
    env: { PRATIQUE_CACHE: '/nonexistent' },
  });
}

test('an archive that may not be read: NO_PERMISSION', { skip: setpriv }, async (context) => {
  const path = forbidden(context, (folder) => write(folder, 'image.tar', trojanedArchive()));
  assertFails(await asNobody(path), 'NO_PERMISSION');
});

test('a layout that may not be read: NO_PERMISSION', { skip: setpriv }, async (context) => {
  const path = forbidden(context, (folder) => writeMembers(join(folder, 'layout'), layoutMembers([], [])));
  assertFails(await asNobody(`oci:${path}`), 'NO_PERMISSION');
});

test('a root file system that may not be read: NO_PERMISSION', { skip: setpriv }, async (context) => {
  const path = forbidden(context, (folder) => writeMembers(join(folder, 'root'), [{ name: 'etc/motd' }]));
  assertFails(await asNobody(`dir:${path}`), 'NO_PERMISSION');
});

test('a file in it that may not be read: a problem, and no allow', { skip: setpriv }, async (context) => {
  const path = forbidden(context, (folder) => {
    writeMembers(join(folder, 'root'), [{ name: 'etc/motd', data: 'hello\n' }]);
    return write(join(folder, 'root'), 'etc/secret', 'x');
  });
  const report = assertReports(
    await asNobody('--format=json', `dir:${join(path, '../..')}`),
    'NO_PERMISSION',
  );
  const unread = report.problems.filter(({ effect }) => effect === 'incomplete');
  assert.deepEqual(
    unread.map((problem) => problem.path),
    ['etc/secret'],
  );
});

/** A file system of 64 KiB. */
function smallDisk(context: TestContext): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-small-'));
  let mounted = false;
  context.after(() => {
    if (mounted) run('umount', [folder]);
    rmdirSync(folder);
  });
  try {
    run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    mounted = true;
    return folder;
  } catch {
    context.skip('no tmpfs may be mounted here');
    return undefined;
  }
}

/** Does not compress well, so that it has no place on a small disk. */
function largeArchive(): Buffer {
  const noise = Buffer.from(run('head', ['-c', '300000', '/dev/urandom'], {}), 'latin1');
  return tar(dockerMembers(buildImage({ layers: [tar([{ name: 'srv/noise', data: noise }])] })));
}

test('no room for temporary files: DISK_FULL', { skip: needsRoot }, async (context) => {
  const temporary = smallDisk(context);
  if (temporary === undefined) return;
  const path = write(scratch(context), 'image.tar.gz', gzipSync(largeArchive()));
  assertFails(await cli(['inspect', '--no-cache', path], { temporary }), 'DISK_FULL');
});

test('no room for the cache: the same verdict, said in a notice', { skip: needsRoot }, async (context) => {
  const cacheDir = smallDisk(context);
  if (cacheDir === undefined) return;
  const noise = Array.from({ length: 3000 }, (_, at) => ({ name: `srv/${sha256(`${at}`)}`, data: `${at}` }));
  const bytes = tar(dockerMembers(buildImage({ layers: [tar(noise)] })));
  const path = write(scratch(context), 'image.tar', bytes);
  const args = ['inspect', '--format=json', `--cache-dir=${cacheDir}`, path];
  const { status, stdout, stderr, left } = await cli(args);
  const report = JSON.parse(stdout);
  assert.equal(status, 0, stderr);
  const codes = report.problems.map((problem: { code: string; effect: string }) => [
    problem.code,
    problem.effect,
  ]);
  assert.deepEqual(codes, [['CACHE_UNUSABLE', 'notice']]);
  assert.deepEqual(left, []);
});

test('no room for the report: DISK_FULL', { skip: needsRoot }, async (context) => {
  const disk = smallDisk(context);
  if (disk === undefined) return;
  writeFileSync(join(disk, 'filler'), Buffer.alloc(60 * 1024));
  const path = write(scratch(context), 'image.tar', trojanedArchive());
  const result = await cli(['inspect', '--no-cache', `--format=json=${join(disk, 'report.json')}`, path]);
  assertFails(result, 'DISK_FULL');
  assert.deepEqual(readdirSync(disk), ['filler']);
});

test('many images with changed bytes: a code, a problem, or what the digests promise', async (context) => {
  await assertMutantsStandOut(scratch(context), 200, 2);
});
