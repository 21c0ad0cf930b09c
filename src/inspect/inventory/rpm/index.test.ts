import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { toLayerPath } from '../../../core/layer-path.ts';
import type { Seen } from '../../contract.ts';
import { toExamination } from '../../examine.ts';
import { inspectFixture } from '../../testing/fixture.ts';
import { rpmCataloger } from './index.ts';
import { buildHeader, buildPackage, type HeaderTags } from './testing/build-header.ts';

function database(...blobs: readonly Uint8Array[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-rpm-'));
  try {
    const file = join(folder, 'rpmdb.sqlite');
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)');
    for (const blob of blobs) db.prepare('INSERT INTO Packages (blob) VALUES (?)').run(blob);
    db.close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const BASH: HeaderTags = [
  [1000, { type: 'string', value: 'bash' }],
  [1001, { type: 'string', value: '5.1.8' }],
  [1002, { type: 'string', value: '4.el9' }],
  [1003, { type: 'int32', value: [1] }],
  [1011, { type: 'string', value: 'AlmaLinux' }],
  [1014, { type: 'string', value: 'GPLv3+' }],
  [1022, { type: 'string', value: 'x86_64' }],
  [1030, { type: 'int16', value: [0o100755, 0o100644, 0o040755] }],
  [1035, { type: 'strings', value: ['ab'.repeat(32), '', ''] }],
  [1037, { type: 'int32', value: [0, 65, 0] }],
  [1044, { type: 'string', value: 'bash-doc-5.1.8-4.el9.src.rpm' }],
  [1116, { type: 'int32', value: [0, 1, 2] }],
  [1117, { type: 'strings', value: ['bash', 'x', ''] }],
  [1118, { type: 'strings', value: ['/usr/bin/', '/etc/', '/'] }],
  [5011, { type: 'int32', value: [8] }],
];

test('rpm: a package and its files', () => {
  const layer = {
    'var/lib/rpm/rpmdb.sqlite': database(buildHeader(BASH)),
    'etc/os-release': 'ID="almalinux"\nVERSION_ID="9.0"\n',
  };
  assert.deepEqual(inspectFixture({ layers: [layer] }, []).packages, [
    {
      purl: 'pkg:rpm/almalinux/bash@5.1.8-4.el9?arch=x86_64&distro=almalinux-9.0&epoch=1&upstream=bash-doc-5.1.8-4.el9.src.rpm',
      name: 'bash',
      version: '1:5.1.8-4.el9',
      type: 'rpm',
      architecture: 'x86_64',
      source: { name: 'bash-doc', version: '5.1.8-4.el9' },
      licence: 'GPLv3+',
      maintainer: 'AlmaLinux',
      database: 'var/lib/rpm/rpmdb.sqlite',
      files: [
        { path: 'usr/bin/bash', digest: { algorithm: 'sha256', hex: 'ab'.repeat(32) }, mode: 0o755 },
        { path: 'etc/x', config: true, ghost: true, mode: 0o644 },
      ],
    },
  ]);
});

test('rpm: a second database hides nothing, and counts nothing twice', () => {
  const layer = {
    'var/lib/rpm/rpmdb.sqlite': database(buildPackage('a')),
    'usr/lib/sysimage/rpm/rpmdb.sqlite': database(buildPackage('a'), buildPackage('b')),
  };
  assert.deepEqual(
    inspectFixture({ layers: [layer] }, []).packages.map((one) => `${one.name} ${one.database}`),
    ['a var/lib/rpm/rpmdb.sqlite', 'b usr/lib/sysimage/rpm/rpmdb.sqlite'],
  );
});

/** What the cataloger says of one file. */
function problemsIn(name: string, bytes: Uint8Array, whole = true): string[] {
  const path = toLayerPath(`var/lib/rpm/${name}`);
  const record = { kind: 'file', path, mode: 0o644, uid: 0, gid: 0, mtime: 0, content: 'binary' } as const;
  const { observations, problems } = toExamination([rpmCataloger])({
    record: { ...record, size: bytes.length },
    bytes,
    base: 0,
    whole,
  });
  assert.deepEqual(problems, []);
  const seen = observations.map(({ observation }) => ({ layer: 0, path, observation }));
  return [...(rpmCataloger.problems?.(seen as Seen<never>[]) ?? [])].map((problem) => problem.message);
}

const noise = Buffer.alloc(100, 7);

const damages = [
  { name: 'nothing', file: 'rpmdb.sqlite', bytes: database(buildPackage('a')), expected: [] },
  { name: 'an empty log', file: 'rpmdb.sqlite-wal', bytes: noise.subarray(0, 32), expected: [] },
  {
    name: 'a log with changes',
    file: 'rpmdb.sqlite-wal',
    bytes: noise,
    expected: ['it holds changes that were not written to rpmdb.sqlite'],
  },
  { name: 'no SQLite', file: 'rpmdb.sqlite', bytes: noise, expected: ['it is no SQLite file'] },
  { name: 'no ndb', file: 'Packages.db', bytes: noise, expected: ['it is no ndb file of version 0'] },
  { name: 'no Berkeley DB', file: 'Packages', bytes: noise, expected: ['it is no Berkeley DB hash file'] },
  {
    name: 'a damaged header among good ones',
    file: 'rpmdb.sqlite',
    bytes: database(buildPackage('a'), noise, buildPackage('b')),
    expected: ['a header is larger than its record'],
  },
];

for (const { name, file, bytes, expected } of damages) {
  test(`rpm: reports ${name}`, () => {
    assert.deepEqual(
      problemsIn(file, bytes),
      expected.map((message) => `the rpm database var/lib/rpm/${file}: ${message}`),
    );
  });
}

test('rpm: reports a database larger than is read', () => {
  assert.match(problemsIn('Packages', noise, false)[0] ?? '', /its 100 bytes are more than is read/);
});
