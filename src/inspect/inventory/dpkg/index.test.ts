import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLayerPath } from '../../../core/layer-path.ts';
import type { PackageFile } from '../../../core/package.ts';
import type { Seen } from '../../contract.ts';
import { toExamination } from '../../examine.ts';
import { inspectFixture } from '../../testing/fixture.ts';
import { dpkgCataloger } from './index.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);

/** One package's paragraph, installed unless said otherwise. */
function status(name: string, more = '', state = 'install ok installed'): string {
  return `Package: ${name}\nStatus: ${state}\nArchitecture: amd64\nVersion: 1.0-1\n${more}\n`;
}

function packagesOf(...layers: readonly Readonly<Record<string, string | null>>[]) {
  return inspectFixture({ layers }, []).packages;
}

/** `path`, with the first digits of the digest and the flags it has. */
function show({ path, digest, config, ghost }: PackageFile): string {
  return [path, digest?.hex.slice(0, 2), config && 'config', ghost && 'ghost'].filter(Boolean).join(' ');
}

const states = [
  { state: 'install ok installed', expected: ['x'] },
  { state: 'install ok half-configured', expected: ['x'] },
  { state: 'install ok unpacked', expected: ['x'] },
  { state: 'hold ok triggers-pending', expected: ['x'] },
  { state: 'install ok triggers-awaited', expected: ['x'] },
  { state: 'deinstall ok config-files', expected: [] },
  { state: 'purge ok not-installed', expected: [] },
  { state: 'install reinstreq half-installed', expected: [] },
];

for (const { state, expected } of states) {
  test(`dpkg: "${state}" ${expected.length > 0 ? 'is' : 'is not'} on disk`, () => {
    const found = packagesOf({ 'var/lib/dpkg/status': status('x', '', state) });
    assert.deepEqual(
      found.map((one) => one.name),
      expected,
    );
  });
}

test('dpkg: what a status paragraph says', () => {
  const more = 'Source: src (2.0)\nMaintainer: A <a@example.invalid>\nDescription: words\n more\n .\n: not\n';
  const layer = { 'var/lib/dpkg/status': status('x', more), 'etc/os-release': 'ID=debian\nVERSION_ID=12\n' };
  assert.deepEqual(packagesOf(layer)[0], {
    purl: 'pkg:deb/debian/x@1.0-1?arch=amd64&distro=debian-12',
    name: 'x',
    version: '1.0-1',
    type: 'deb',
    source: { name: 'src', version: '2.0' },
    architecture: 'amd64',
    maintainer: 'A <a@example.invalid>',
    database: 'var/lib/dpkg/status',
    files: [],
  });
});

const sources = [
  { name: 'named without version', field: 'Source: src\n', expected: { name: 'src', version: '1.0-1' } },
  {
    name: 'named with version',
    field: 'Source: src (3:2)\n',
    expected: { name: 'src', version: '3:2' },
  },
  { name: 'not named', field: '', expected: { name: 'x', version: '1.0-1' } },
];

for (const { name, field, expected } of sources) {
  test(`dpkg: source package ${name}`, () => {
    assert.deepEqual(packagesOf({ 'var/lib/dpkg/status': status('x', field) })[0]?.source, expected);
  });
}

const claims = [
  {
    name: 'a list without checksums',
    files: { 'info/x.list': '/.\n/usr\n/usr/bin/x\n' },
    expected: ['usr', 'usr/bin/x'],
  },
  {
    name: 'checksums join the list',
    files: { 'info/x.list': '/usr/bin/x\n/usr/bin/y\n', 'info/x.md5sums': `${A}  usr/bin/x\n` },
    expected: ['usr/bin/x aa', 'usr/bin/y'],
  },
  {
    name: 'checksums without a list, in every spelling',
    files: { 'info/x.md5sums': `${A}  a\n${B} *./b\n\\${A}  c\\\\d\n${A.toUpperCase()}  /e` },
    expected: ['a aa', 'b bb', 'c\\d aa', 'e aa'],
  },
  {
    name: 'configuration files by both of their lists',
    more: `Conffiles:\n /etc/x ${A}\n /etc/old one ${B} obsolete\n /etc/new newconffile\n`,
    files: { 'info/x.list': '/etc/x\n', 'info/x.conffiles': '/etc/z\n' },
    expected: ['etc/x aa config', 'etc/z config', 'etc/old one bb config', 'etc/new config'],
  },
  {
    name: 'lists by architecture where several are installed',
    files: { 'info/x:amd64.list': '/usr/lib/x\n', 'info/x:amd64.md5sums': `${A}  usr/lib/x\n` },
    expected: ['usr/lib/x aa'],
  },
  {
    name: 'what another package diverts lies elsewhere',
    files: {
      'info/x.list': '/bin/sh\n',
      'info/x.md5sums': `${A}  bin/sh\n`,
      diversions: '/bin/sh\n/bin/sh.distrib\nother\n',
    },
    expected: ['bin/sh ghost', 'bin/sh.distrib aa'],
  },
  {
    name: 'what the administrator diverts lies elsewhere',
    files: { 'info/x.list': '/bin/sh\n', diversions: '/bin/sh\n/bin/sh.old\n:\n' },
    expected: ['bin/sh ghost', 'bin/sh.old'],
  },
  {
    name: 'what a package diverts itself stays',
    files: { 'info/x.list': '/bin/sh\n', diversions: '/bin/sh\n/bin/sh.distrib\nx\n' },
    expected: ['bin/sh'],
  },
  {
    name: 'UTF-8 paths',
    files: { 'info/x.list': Buffer.from('/usr/share/F\u0151.crt\n').toString('latin1') },
    expected: ['usr/share/F\u0151.crt'],
  },
];

for (const { name, more, files, expected } of claims) {
  test(`dpkg: ${name}`, () => {
    const layer = Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`var/lib/dpkg/${path}`, text]),
    );
    const [found] = packagesOf({ 'var/lib/dpkg/status': status('x', more), ...layer });
    assert.deepEqual(found?.files.map(show), expected);
  });
}

test('dpkg: two architectures of a package have each their files', () => {
  const i386 = status('x').replace('amd64', 'i386');
  const found = packagesOf({
    'var/lib/dpkg/status': `${status('x')}${i386}`,
    'var/lib/dpkg/info/x:amd64.list': '/lib/amd64\n',
    'var/lib/dpkg/info/x:i386.list': '/lib/i386\n',
  });
  assert.deepEqual(
    found.map((one) => [one.architecture, one.files.map(show)]),
    [
      ['amd64', ['lib/amd64']],
      ['i386', ['lib/i386']],
    ],
  );
});

test('dpkg: distroless keeps a description and checksums for each package', () => {
  const found = packagesOf({
    'var/lib/dpkg/status.d/libssl1.1': 'Package: libssl1.1\nVersion: 1.1.1\nArchitecture: amd64\n',
    'var/lib/dpkg/status.d/libssl1.1.md5sums': `${A}  usr/lib/libssl.so.1.1\n`,
    'var/lib/dpkg/status.d/libssl1.1.preinst': '#!/bin/sh\n',
  });
  assert.deepEqual(
    found.map((one) => [one.name, one.database, one.files.map(show)]),
    [['libssl1.1', 'var/lib/dpkg/status.d/libssl1.1', ['usr/lib/libssl.so.1.1 aa']]],
  );
});

test('dpkg: a later layer replaces the status and adds lists', () => {
  const base = { 'var/lib/dpkg/status': status('x'), 'var/lib/dpkg/info/x.list': '/x\n' };
  const next = {
    'var/lib/dpkg/status': `${status('x')}${status('y')}`,
    'var/lib/dpkg/info/y.list': '/y\n',
  };
  const { view } = inspectFixture({ layers: [base, next] }, []);
  assert.deepEqual(
    view.packagesAt(0).map((one) => one.name),
    ['x'],
  );
  assert.deepEqual(
    view.packages.flatMap((one) => one.files.map(show)),
    ['x', 'y'],
  );
});

/** What the cataloger says of one file. */
function problemsIn(path: string, text: string, whole = true): string[] {
  const bytes = Buffer.from(text);
  const record = { kind: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, content: 'text' } as const;
  const file = { ...record, path: toLayerPath(path), size: bytes.length };
  const { observations } = toExamination([dpkgCataloger])({ record: file, bytes, base: 0, whole });
  const seen = observations.map(({ observation }) => ({ layer: 0, path: file.path, observation }));
  return [...(dpkgCataloger.problems?.(seen as Seen<never>[]) ?? [])].map((problem) => problem.message);
}

const damages = [
  {
    name: 'a paragraph without a name',
    path: 'var/lib/dpkg/status',
    text: `${status('x')}Version: 1\n`,
    expected: ['the dpkg file var/lib/dpkg/status: the paragraph at line 6 names no package'],
  },
  {
    name: 'a line that is no field',
    path: 'var/lib/dpkg/status',
    text: status('x', '\x00\x01\n'),
    expected: ['the dpkg file var/lib/dpkg/status: line 5 is no field'],
  },
  {
    name: 'a field twice',
    path: 'var/lib/dpkg/status',
    text: status('x', 'Package: y\n'),
    expected: ['the dpkg file var/lib/dpkg/status: line 5 repeats the field package'],
  },
  {
    name: 'a broken checksum line',
    path: 'var/lib/dpkg/info/x.md5sums',
    text: `${A}  a\nabc  b\n${B}b\n`,
    expected: ['the dpkg file var/lib/dpkg/info/x.md5sums: line 2 is no checksum; line 3 is no checksum'],
  },
  {
    name: 'an incomplete diversion',
    path: 'var/lib/dpkg/diversions',
    text: '/a\n/b\n',
    expected: ['the dpkg file var/lib/dpkg/diversions: diversion 1 is incomplete'],
  },
  {
    name: 'many broken lines, in few words',
    path: 'var/lib/dpkg/info/x.md5sums',
    text: 'x\n'.repeat(1000),
    expected: [
      `the dpkg file var/lib/dpkg/info/x.md5sums: ${[1, 2, 3, 4, 5].map((line) => `line ${line} is no checksum`).join('; ')}; and 995 more`,
    ],
  },
  { name: 'nothing', path: 'var/lib/dpkg/status', text: `${status('x')}\n\n${status('y')}`, expected: [] },
];

for (const { name, path, text, expected } of damages) {
  test(`dpkg: reports ${name}`, () => {
    assert.deepEqual(problemsIn(path, text), expected);
  });
}

test('dpkg: reports a file larger than is read', () => {
  assert.deepEqual(problemsIn('var/lib/dpkg/status', 'Package: x\n', false), [
    'the dpkg file var/lib/dpkg/status: its 11 bytes are more than is read of such a file',
  ]);
});

test('dpkg: any text in any file is read without throwing', () => {
  const text = fc
    .array(
      fc.constantFrom(
        'Package: x',
        'Status: a b installed',
        ' /etc/x y',
        '\n',
        '\n\n',
        A,
        '  ',
        '/',
        '\\',
        ':',
        '\0',
      ),
    )
    .map((parts) => parts.join(''));
  const names = ['status', 'status.d/x', 'info/x.list', 'info/x.md5sums', 'info/x.conffiles', 'diversions'];
  fc.assert(
    fc.property(fc.array(text, { minLength: 6, maxLength: 6 }), (texts) => {
      const layer = Object.fromEntries(
        names.map((name, index) => [`var/lib/dpkg/${name}`, texts[index] ?? '']),
      );
      const failed = inspectFixture({ layers: [layer] }, []).problems;
      assert.deepEqual(
        failed.filter(({ code }) => code === 'DETECTOR_FAILED'),
        [],
      );
    }),
    { numRuns: 300 },
  );
});
