import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Damage } from '../damage.ts';
import { readNdb } from './ndb.ts';
import { buildPackage } from './testing/build-header.ts';
import { readStore } from './testing/read-store.ts';

const PAGE = 4096;

/** A file with one page of slots; blob and slot numbers count from 1. */
function buildNdb(blobs: readonly Uint8Array[]): Buffer {
  const page = Buffer.alloc(PAGE);
  for (let at = 0; at < PAGE; at += 16) page.write('Slot', at);
  page.fill(0, 0, 32).write('RpmP');
  page.writeUInt32LE(1, 12);
  const parts: Buffer[] = [page];
  let offset = PAGE;
  blobs.forEach((blob, index) => {
    const size = Math.ceil((16 + blob.length + 12) / 16) * 16;
    const framed = Buffer.alloc(size);
    framed.write('BlbS');
    framed.writeUInt32LE(index + 1, 4);
    framed.writeUInt32LE(blob.length, 12);
    framed.set(blob, 16);
    framed.writeUInt32LE(blob.length, size - 8);
    framed.write('BlbE', size - 4);
    const slot = 32 + index * 32;
    page.writeUInt32LE(index + 1, slot + 4);
    page.writeUInt32LE(offset / 16, slot + 8);
    page.writeUInt32LE(size / 16, slot + 12);
    parts.push(framed);
    offset += size;
  });
  return Buffer.concat(parts);
}

const whole = buildNdb([buildPackage('a', 10), buildPackage('b', 999), buildPackage('c', 3)]);

test('ndb: packages in slot order, free slots between', () => {
  assert.deepEqual(readStore(readNdb, whole), { names: ['a', 'b', 'c'], damage: [] });
});

const damages = [
  {
    name: 'no database',
    change: () => Buffer.from('hello'),
    names: [],
    damage: ['it is no ndb file of version 0'],
  },
  {
    name: 'a later version',
    change: (bytes: Buffer) => bytes.fill(1, 4, 5),
    names: [],
    damage: ['it is no ndb file of version 0'],
  },
  {
    name: 'a slot that is none',
    change: (bytes: Buffer) => bytes.fill(0, 64, 68),
    names: ['a', 'c'],
    damage: ['slot 4 is no slot'],
  },
  {
    name: 'a blob of another package',
    change: (bytes: Buffer) => bytes.fill(9, 68, 69),
    names: ['a', 'c'],
    damage: ['the package of slot 4 is damaged'],
  },
  {
    name: 'a cut file',
    change: (bytes: Buffer) => bytes.subarray(0, bytes.length - 1),
    names: ['a', 'b'],
    damage: ['the package of slot 6 is damaged'],
  },
  {
    name: 'slots that never end',
    change: (bytes: Buffer) => bytes.fill(0xff, 12, 16),
    names: ['a', 'b', 'c'],
    damage: ['it ends before its last slot'],
  },
];

for (const { name, change, names, damage } of damages) {
  test(`ndb: reports ${name}`, () => {
    const read = readStore(readNdb, change(Buffer.from(whole)));
    assert.deepEqual(read.names, names);
    assert.deepEqual(read.damage.slice(0, damage.length), damage);
  });
}

test('ndb: many slots with one large blob gain nothing', () => {
  const bytes = buildNdb([buildPackage('a', 100_000)]);
  for (let slot = 48; slot < PAGE; slot += 16) bytes.copy(bytes, slot, 32, 48);
  const { names, damage } = readStore(readNdb, bytes);
  assert.deepEqual(names, ['a']);
  assert.equal(damage.length, 6);
});

test('ndb: any change is read or reported', () => {
  const edit = fc.tuple(fc.nat(200), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), fc.nat(whole.length), (edits, length) => {
      const bytes = Uint8Array.from(whole);
      for (const [at, byte] of edits) bytes[at] = byte;
      for (const candidate of [bytes, bytes.subarray(0, length)]) {
        const total = [...readNdb(candidate, new Damage())].reduce((sum, blob) => sum + blob.length, 0);
        assert.ok(total <= candidate.length);
      }
    }),
    { numRuns: 500 },
  );
});
