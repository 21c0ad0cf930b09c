import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import type { PackageFile, PackageWithFiles } from '../../src/core/package.ts';
import { type FixtureFile, inspectFixture } from '../../src/inspect/testing/fixture.ts';
import { debianRoot, missingForDebian } from '../peers/debian.ts';

/* Our catalogs against those of the package managers themselves. */

function without(...tools: readonly string[]): string | false {
  const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  return missing.length === 0 ? false : `needs ${missing.join(', ')} (Debian: dpkg, rpm, db5.3-util)`;
}

function run(command: string, args: readonly string[]): string {
  // rpm warns of indexes that a bare Packages file lacks.
  return execFileSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function catalog(files: Readonly<Record<string, FixtureFile>>): readonly PackageWithFiles[] {
  const { packages, problems } = inspectFixture({ layers: [files] }, []);
  assert.deepEqual(problems, []);
  return packages;
}

describe('dpkg on Debian bookworm', {
  skip: missingForDebian('bookworm-minbase') ?? without('dpkg-query'),
}, () => {
  let root: string;
  let packages: readonly PackageWithFiles[];

  before(async () => {
    root = await debianRoot('bookworm-minbase');
    const folders = ['var/lib/dpkg', 'var/lib/dpkg/info'];
    const paths = folders.flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => join(folder, name)),
    );
    const files = [...paths, 'usr/lib/os-release'].filter((path) => lstatSync(join(root, path)).isFile());
    packages = catalog(Object.fromEntries(files.map((path) => [path, readFileSync(join(root, path))])));
  });

  test('the packages that dpkg-query lists', () => {
    const listed = run('dpkg-query', [`--root=${root}`, '-W', '-f=${Package} ${Version} ${Architecture}\n']);
    const ours = packages.map((one) => `${one.name} ${one.version} ${one.architecture}`);
    assert.deepEqual(ours.sort(), listed.trim().split('\n').sort());
    assert.ok(packages.every((one) => one.purl.endsWith('&distro=debian-12')));
  });

  test('the source packages that dpkg-query lists', () => {
    const format = '-f=${Package} ${source:Package} ${source:Version}\n';
    const listed = run('dpkg-query', [`--root=${root}`, '-W', format]);
    const ours = packages.map((one) => `${one.name} ${one.source?.name} ${one.source?.version}`);
    assert.deepEqual(ours.sort(), listed.trim().split('\n').sort());
  });

  test('the files that dpkg -L lists', () => {
    for (const one of packages) {
      const listed = run('dpkg-query', [`--root=${root}`, '-L', one.name]);
      assert.deepEqual(listedPaths(one.files), lines(listed.replace(/^\/\.$/m, '')), one.name);
    }
  });

  test('the digest of every file that nobody may have edited', () => {
    let matching = 0;
    for (const { path, digest, config } of packages.flatMap((one) => one.files)) {
      if (digest === undefined || config === true) continue;
      const content = readFileSync(join(root, path));
      assert.equal(createHash(digest.algorithm).update(content).digest('hex'), digest.hex, path);
      matching++;
    }
    assert.ok(matching > 3000, `${matching} files`);
  });

  test('damaged copies of its files are read or reported', () => {
    const names = ['status', 'diversions', 'info/dash.list', 'info/dash.md5sums'].map(
      (name) => `var/lib/dpkg/${name}`,
    );
    const whole = names.map((name) => readFileSync(join(root, name)));
    for (let round = 0; round < 40; round++) {
      const layer = names.map((name, index) => {
        const copy = Uint8Array.from(whole[index] ?? []);
        for (let edit = 0; edit < 30; edit++)
          copy[Math.floor(Math.random() * copy.length)] = Math.random() * 256;
        return [name, copy.subarray(0, Math.ceil(copy.length * Math.random()))] as const;
      });
      const { problems } = inspectFixture({ layers: [Object.fromEntries(layer)] }, []);
      assert.deepEqual(
        problems.filter(({ code }) => code !== 'MALFORMED_DATABASE'),
        [],
      );
    }
  });
});

/** As dpkg -L prints them: a diverted path with a line that says where it went. */
function listedPaths(files: readonly PackageFile[]): string[] {
  return lines(files.map((file) => `/${file.path}`).join('\n'));
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('/'))
    .sort();
}

const SPEC = `Name: pratique-sample
Epoch: 2
Version: 1.5
Release: 3
Summary: A sample
License: MIT
Vendor: Example
BuildArch: noarch
%description
A sample.
%package docs
Summary: Its documentation
%description docs
Documentation.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/doc/sample
echo hello > %{buildroot}/usr/bin/sample
ln -s sample %{buildroot}/usr/bin/alias
echo a=b > %{buildroot}/etc/sample.conf
touch %{buildroot}/etc/sample.state
for i in $(seq 2000); do echo $i > %{buildroot}/usr/share/doc/sample/page-$i; done
%files
%attr(4755,root,root) /usr/bin/sample
/usr/bin/alias
%config(noreplace) /etc/sample.conf
%ghost /etc/sample.state
%files docs
/usr/share/doc/sample
`;

const CONFIG = 1;
const GHOST = 64;

describe('rpm', { skip: without('rpm', 'rpmbuild') }, () => {
  let folder: string;
  let sqlite: Uint8Array;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pratique-rpm-'));
    writeFileSync(join(folder, 'sample.spec'), SPEC);
    run('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${folder}/top`, join(folder, 'sample.spec')]);
    const made = join(folder, 'top/RPMS/noarch');
    const files = readdirSync(made).map((file) => join(made, file));
    const db = ['--define', '_db_backend sqlite', '--dbpath', join(folder, 'db')];
    run('rpm', [...db, '--initdb']);
    run('rpm', [...db, '-i', '--justdb', '--nodeps', '--force-debian', ...files]);
    sqlite = readFileSync(join(folder, 'db/rpmdb.sqlite'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  test('the packages and files that rpm -qa lists', () => {
    const ours = catalog({ 'var/lib/rpm/rpmdb.sqlite': sqlite }).flatMap(toListing);
    assert.deepEqual(ours.sort(), listed(join(folder, 'db'), 'sqlite'));
    assert.equal(ours.length, 2007);
  });

  for (const order of ['1234', '4321']) {
    const skip = without('db5.3_load');
    test(`the same packages in a Berkeley DB of byte order ${order}`, { skip }, () => {
      const file = join(folder, `db-${order}`, 'Packages');
      mkdirSync(join(folder, `db-${order}`));
      writeFileSync(join(folder, 'dump'), toDump(join(folder, 'db/rpmdb.sqlite'), order));
      run('db5.3_load', ['-f', join(folder, 'dump'), file]);
      const ours = catalog({ 'var/lib/rpm/Packages': readFileSync(file) });
      assert.deepEqual(ours.flatMap(toListing).sort(), listed(join(folder, `db-${order}`), 'bdb_ro'));
      assert.equal(ours.length, 2);
    });
  }
});

/** What rpm itself says of a database. */
function listed(folder: string, backend: string): string[] {
  const format =
    'package %{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\n[%{FILENAMES}|%{FILEDIGESTS}|%{FILEFLAGS}|%{FILEMODES}\n]';
  const options = ['--define', `_db_backend ${backend}`, '--dbpath', folder];
  const text = run('rpm', [...options, '-qa', '--qf', format]);
  return text.trim().split('\n').map(simplify).sort();
}

function toListing(one: PackageWithFiles): string[] {
  const source = `${one.source?.name}-${one.source?.version}.src.rpm`;
  const files = one.files.map(
    ({ path, digest, config, ghost, mode }) =>
      `/${path}|${ghost === true ? '' : (digest?.hex ?? '')}|${config ? 'c' : ''}${ghost ? 'g' : ''}|${mode}`,
  );
  return [`package ${one.name} ${one.version} ${one.architecture} ${source}`, ...files];
}

/** A line of rpm's listing with the flags and mode bits that we keep. */
function simplify(line: string): string {
  const [path, digest, flags, mode] = line.split('|');
  if (mode === undefined) return line;
  const config = (Number(flags) & CONFIG) !== 0 ? 'c' : '';
  const ghost = (Number(flags) & GHOST) !== 0 ? 'g' : '';
  return `${path}|${ghost === 'g' ? '' : digest}|${config}${ghost}|${Number(mode) & 0o7777}`;
}

/** The text format of db_load(1): rpm's counter under key 0, then each header under its number in that byte order. */
function toDump(file: string, order: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT hnum, blob FROM Packages').all();
  db.close();
  const records: [key: Buffer, value: Uint8Array][] = [[Buffer.alloc(4), Buffer.alloc(4, 1)]];
  for (const { hnum, blob } of rows) {
    const key = Buffer.alloc(4);
    if (order === '1234') key.writeUInt32LE(Number(hnum));
    else key.writeUInt32BE(Number(hnum));
    records.push([key, blob as Uint8Array]);
  }
  const hex = records.flatMap(([key, value]) => [
    ` ${key.toString('hex')}`,
    ` ${Buffer.from(value).toString('hex')}`,
  ]);
  const header = [
    'VERSION=3',
    'format=bytevalue',
    'type=hash',
    `db_lorder=${order}`,
    'db_pagesize=4096',
    'HEADER=END',
  ];
  return `${[...header, ...hex, 'DATA=END'].join('\n')}\n`;
}
