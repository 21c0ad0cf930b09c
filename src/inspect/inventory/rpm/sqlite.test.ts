import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { Damage } from '../damage.ts';
import { readSqlite } from './sqlite.ts';
import { buildPackage } from './testing/build-header.ts';
import { readStore } from './testing/read-store.ts';

/** A database that real SQLite wrote, as rpm lays it out. */
function database(
  blobs: readonly Uint8Array[],
  { pageSize = 4096, table = 'Packages' }: { readonly pageSize?: number; readonly table?: string } = {},
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-sqlite-'));
  try {
    const file = join(folder, 'rpmdb.sqlite');
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA page_size=${pageSize}; CREATE TABLE Name (key TEXT, hnum INTEGER)`);
    db.exec(`CREATE TABLE ${table} (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)`);
    const insert = db.prepare(`INSERT INTO ${table} (blob) VALUES (?)`);
    db.exec('BEGIN');
    for (const blob of blobs) insert.run(blob);
    db.exec('COMMIT');
    db.close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const shapes = [
  { name: 'rows within a page', pageSize: 4096, lengths: [0, 10, 100] },
  { name: 'rows at each side of spilling', pageSize: 512, lengths: range(360, 520) },
  { name: 'rows of many overflow pages', pageSize: 512, lengths: [5000, 70_000, 0, 1023] },
  { name: 'interior pages', pageSize: 512, lengths: range(0, 900) },
  { name: 'pages of 64 KiB', pageSize: 65_536, lengths: [100, 65_400, 200_000] },
];

for (const { name, pageSize, lengths } of shapes) {
  test(`sqlite: ${name}`, () => {
    const bytes = database(
      lengths.map((length) => buildPackage(`p${length}`, length)),
      { pageSize },
    );
    const names = lengths.map((length) => `p${length}`);
    assert.deepEqual(readStore(readSqlite, bytes), { names, damage: [] });
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

test('sqlite: an empty table', () => {
  assert.deepEqual(readStore(readSqlite, database([])), { names: [], damage: [] });
});

const small = database([buildPackage('a', 9000), buildPackage('b')], { pageSize: 512 });

const damages = [
  { name: 'no database', bytes: Buffer.from('hello'), damage: /it is no SQLite file/ },
  { name: 'a page size of zero', bytes: edited(small, 16, [0, 0]), damage: /pages of 0 bytes/ },
  { name: 'a cut file', bytes: small.subarray(0, small.length - 1024), damage: /is outside the file/ },
  { name: 'a damaged first page', bytes: edited(small, 100, [0x77]), damage: /page 1 is no page of a table/ },
  { name: 'no such table', bytes: database([], { table: 'Baskets' }), damage: /no table Packages/ },
];

for (const { name, bytes, damage } of damages) {
  test(`sqlite: reports ${name}`, () => {
    assert.match(readStore(readSqlite, bytes).damage.join('; '), damage);
  });
}

function edited(bytes: Uint8Array, offset: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, offset);
  return copy;
}

test('sqlite: a chain of overflow pages that loops ends', () => {
  const bytes = Uint8Array.from(small);
  const view = new DataView(bytes.buffer);
  // Overflow pages are those filled with the summary; each is made to follow itself.
  for (let page = 2; page * 512 < bytes.length; page++) {
    if (bytes[page * 512 + 4] === 0x73) view.setUint32(page * 512, page + 1);
  }
  const { names, damage } = readStore(readSqlite, bytes);
  assert.deepEqual(names, ['b']);
  assert.match(damage.join('; '), /is used twice/);
});

test('sqlite: interior pages that point to each other end', () => {
  const bytes = Uint8Array.from(
    database(
      range(0, 300).map((n) => buildPackage(`p${n}`, 100)),
      { pageSize: 512 },
    ),
  );
  const view = new DataView(bytes.buffer);
  const interior = range(1, bytes.length / 512).filter((page) => bytes[page * 512] === 0x05);
  for (const page of interior) view.setUint32(page * 512 + 8, (interior[0] ?? 0) + 1);
  assert.match(readStore(readSqlite, bytes).damage.join('; '), /is used twice/);
});

test('sqlite: any change is read or reported', () => {
  const edit = fc.tuple(fc.nat(small.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), fc.nat(small.length), (edits, length) => {
      const bytes = Uint8Array.from(small);
      for (const [at, byte] of edits) bytes[at] = byte;
      for (const candidate of [bytes, bytes.subarray(0, length)]) {
        const total = [...readSqlite(candidate, new Damage())].reduce((sum, blob) => sum + blob.length, 0);
        assert.ok(total <= candidate.length);
      }
    }),
    { numRuns: 1000 },
  );
});
