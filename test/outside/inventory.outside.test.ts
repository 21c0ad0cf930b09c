import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { toLayerPath } from '../../src/core/layer-path.ts';
import type { PackageWithFiles } from '../../src/core/package.ts';
import { type Examination, toExamination } from '../../src/inspect/examine.ts';
import { CATALOGERS } from '../../src/inspect/inventory/all.ts';
import type { Judgement } from '../../src/inspect/judge.ts';
import { type FixtureFile, inspectFixture } from '../../src/inspect/testing/fixture.ts';

/* Package databases of real images, held against lists and files that others made. */

const DATA = new URL('../../../shared/data/', import.meta.url).pathname;
const MAX_OUTPUT = 512 * 2 ** 20;

function skipUnless(...files: readonly string[]): string | false {
  const missing = files.filter((file) => !existsSync(join(DATA, file)));
  return missing.length === 0 ? false : `needs ../shared/data/${missing.join(', ')}`;
}

function unxz(file: string): Uint8Array {
  return execFileSync('xz', ['-dc', join(DATA, file)], { maxBuffer: MAX_OUTPUT });
}

function catalog(files: Readonly<Record<string, FixtureFile>>): Judgement {
  return inspectFixture({ layers: [files] }, []);
}

const databases = [
  {
    name: 'SQLite, Amazon Linux 2023',
    file: 'rpmdb/amazonlinux2023-plain.rpmdb.sqlite.xz',
    path: 'var/lib/rpm/rpmdb.sqlite',
    list: 'rpmdb/amazonlinux2023-plain.packages.csv',
  },
  {
    name: 'ndb, SUSE Linux Enterprise 15',
    file: 'rpmdb/sle15-bci.Packages.db.xz',
    path: 'usr/lib/sysimage/rpm/Packages.db',
    list: 'rpmdb/sle15-bci.packages.csv',
  },
];

for (const { name, file, path, list } of databases) {
  test(`rpm: the expected list of ${name}`, { skip: skipUnless(file, list) }, () => {
    const { packages, problems } = catalog({ [path]: unxz(file) });
    assert.deepEqual(problems, []);
    assert.deepEqual(packages.map(toRow).sort(), readRows(list));
  });
}

/** Of the list's columns those that a package keeps: epoch, name, version, release, arch, source, licence, vendor. */
function readRows(list: string): string[] {
  const lines = readFileSync(join(DATA, list), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines
    .map((line) => {
      const [epoch, name, version, release, arch, source, , licence, vendor] = line.split('¶');
      const origin = source === '(none)' ? '' : source;
      const full = epoch === '' || epoch === '0' ? `${version}-${release}` : `${epoch}:${version}-${release}`;
      return [name, full, arch, origin, licence, vendor].join(' | ');
    })
    .sort();
}

function toRow(one: PackageWithFiles): string {
  const origin = one.source === undefined ? '' : `${one.source.name}-${one.source.version}.src.rpm`;
  return [
    one.name,
    one.version,
    one.architecture ?? '',
    origin,
    one.licence ?? '',
    one.maintainer ?? '',
  ].join(' | ');
}

const systems = [
  {
    name: 'AlmaLinux 9.0, Berkeley DB',
    file: 'rootfs/almalinux-9-docker-aarch64-micro-20220527.tar.xz',
    databases: ['var/lib/rpm/Packages', 'usr/lib/os-release'],
    distribution: { id: 'almalinux', version: '9.0' },
    purl: 'pkg:rpm/almalinux/bash@5.1.8-4.el9?arch=aarch64&distro=almalinux-9.0&upstream=bash-5.1.8-4.el9.src.rpm',
  },
  {
    name: 'AlmaLinux 9.3, SQLite',
    file: 'rootfs/almalinux-9-docker-aarch64-micro-20231125.tar.xz',
    databases: ['var/lib/rpm/rpmdb.sqlite', 'usr/lib/os-release'],
    distribution: { id: 'almalinux', version: '9.3' },
    purl: 'pkg:rpm/almalinux/bash@5.1.8-6.el9_1?arch=aarch64&distro=almalinux-9.3&upstream=bash-5.1.8-6.el9_1.src.rpm',
  },
  {
    name: 'Alpine 3.20.3, apk',
    file: 'rootfs/alpine-minirootfs-3.20.3-x86_64.tar.gz',
    databases: ['lib/apk/db/installed', 'etc/os-release', 'etc/alpine-release'],
    distribution: { id: 'alpine', version: '3.20.3' },
    purl: 'pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64&distro=alpine-3.20.3',
  },
];

for (const { name, file, databases: paths, distribution, purl } of systems) {
  test(`${name}: packages, and the digest of every file they brought`, { skip: skipUnless(file) }, () => {
    const root = mkdtempSync(join(tmpdir(), 'pratique-inventory-'));
    try {
      execFileSync('tar', ['-xf', join(DATA, file), '-C', root, '--no-same-owner', '--exclude=./dev']);
      const found = catalog(Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path))])));
      assert.deepEqual(found.problems, []);
      assert.equal(found.distribution?.id, distribution.id);
      assert.equal(found.distribution?.version, distribution.version);
      assert.ok(
        found.packages.some((one) => one.purl === purl),
        `${purl} in ${found.packages.map((one) => one.purl).join('\n')}`,
      );
      const { matching, differing } = compareFiles(root, found.packages);
      assert.deepEqual(differing, []);
      assert.ok(matching > 30, `${matching} files have the recorded digest`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

/** Regular files with a recorded digest that nobody may have edited, held against it. */
function compareFiles(
  root: string,
  packages: readonly PackageWithFiles[],
): { matching: number; differing: string[] } {
  const differing: string[] = [];
  let matching = 0;
  for (const { path, digest, config, ghost } of packages.flatMap((one) => one.files)) {
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (digest === undefined || config === true || ghost === true || stat?.isFile() !== true) continue;
    const actual = createHash(digest.algorithm)
      .update(readFileSync(join(root, path)))
      .digest('hex');
    if (actual === digest.hex) matching++;
    else differing.push(path);
  }
  return { matching, differing };
}

const archive = 'docker-archives/alpine-311.tar.gz';

test('Alpine 3.11 in a docker archive: 14 packages', { skip: skipUnless(archive) }, () => {
  const members = execFileSync('tar', ['-tzf', join(DATA, archive)], { encoding: 'utf8' }).split('\n');
  const layer = members.find((member) => member.endsWith('/layer.tar')) ?? '';
  const tar = execFileSync('tar', ['-xzOf', join(DATA, archive), layer], { maxBuffer: MAX_OUTPUT });
  const read = (path: string): Uint8Array => execFileSync('tar', ['-xOf', '-', path], { input: tar });
  const { packages, distribution, problems } = catalog({
    'lib/apk/db/installed': read('lib/apk/db/installed'),
    'etc/os-release': read('etc/os-release'),
  });
  assert.deepEqual(problems, []);
  assert.equal(distribution?.version?.startsWith('3.11'), true);
  assert.equal(packages.length, 14);
  assert.ok(packages.every((one) => one.source !== undefined));
  assert.ok(packages.flatMap((one) => one.files).length > 200);
});

const mutated = [
  ...databases.map(({ file, path }) => ({ file, path, read: () => unxz(file) })),
  ...systems.map(({ file, databases: [path = ''] }) => ({
    file,
    path,
    read: () =>
      execFileSync('tar', ['-xOf', join(DATA, file), '--wildcards', `*${path}`], { maxBuffer: MAX_OUTPUT }),
  })),
];

for (const { file, path, read } of mutated) {
  test(`a damaged ${path} of ${file} is reported or read, and never throws`, {
    skip: skipUnless(file),
  }, () => {
    const whole = read();
    const until = Date.now() + 1500;
    let random = 1;
    const next = (bound: number): number => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((random / 2 ** 32) * bound);
    };
    while (Date.now() < until) {
      const bytes = Uint8Array.from(whole);
      for (let edits = 1 + next(40); edits > 0; edits--) bytes[next(bytes.length)] = next(256);
      const cut = next(3) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
      assert.deepEqual(examine(path, cut).problems, []);
    }
  });
}

for (const { path, file, read } of mutated.filter((one) => one.path.includes('rpm'))) {
  test(`rpm: half of ${file} is reported`, { skip: skipUnless(file) }, () => {
    const whole = read();
    const { observations } = examine(path, whole.subarray(0, Math.floor(whole.length / 2)));
    const seen = observations.map(({ observation }) => ({ layer: 0, path: toLayerPath(path), observation }));
    const cataloger = CATALOGERS.find(({ id }) => id === observations[0]?.examiner);
    const messages = [...(cataloger?.problems?.(seen) ?? [])].map((problem) => problem.message);
    assert.equal(messages.length, 1);
    assert.ok(messages[0]?.startsWith(`the rpm database ${path}: `), messages[0]);
  });
}

function examine(path: string, bytes: Uint8Array): Examination {
  const record = { kind: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, content: 'binary' } as const;
  return toExamination(CATALOGERS)({
    record: { ...record, path: toLayerPath(path), size: bytes.length },
    bytes,
    base: 0,
    whole: true,
  });
}
