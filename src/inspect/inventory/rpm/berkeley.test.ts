import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Damage } from '../damage.ts';
import { readBerkeley } from './berkeley.ts';
import { buildPackage } from './testing/build-header.ts';
import { readStore } from './testing/read-store.ts';

const PAGE = 512;
const HEADER = 26;

/** One hash page with rpm's counter and a record for each blob, each value in a chain of overflow pages. */
function buildBerkeley(blobs: readonly Uint8Array[], little: boolean): Buffer {
  const chains = blobs.map((blob) => Math.ceil(blob.length / (PAGE - HEADER)));
  const bytes = Buffer.alloc(PAGE * (2 + chains.reduce((sum, length) => sum + length, 0)));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, little);
  const u16 = (at: number, value: number): void => view.setUint16(at, value, little);
  u32(12, 0x061561);
  u32(16, 9);
  u32(20, PAGE);
  bytes[25] = 8;
  u32(32, bytes.length / PAGE - 1);
  bytes[PAGE + 25] = 13;
  u16(PAGE + 20, 2 * (blobs.length + 1));
  let end = PAGE;
  let index = 0;
  const item = (content: Uint8Array): number => {
    end -= content.length;
    bytes.set(content, PAGE + end);
    u16(PAGE + HEADER + 2 * index++, end);
    return PAGE + end;
  };
  item(Buffer.from([1, 0, 0, 0, 0]));
  item(Buffer.from([1, 7, 0, 0, 0]));
  let page = 2;
  blobs.forEach((blob, number) => {
    item(Buffer.from([1, number + 1, 0, 0, 0]));
    const value = item(Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    u32(value + 4, page);
    u32(value + 8, blob.length);
    for (let at = 0; at < blob.length; at += PAGE - HEADER, page++) {
      const part = blob.subarray(at, at + PAGE - HEADER);
      const last = at + part.length === blob.length;
      bytes[page * PAGE + 25] = 7;
      u16(page * PAGE + 22, part.length);
      u32(page * PAGE + 16, last ? 0 : page + 1);
      bytes.set(part, page * PAGE + HEADER);
    }
  });
  return bytes;
}

const blobs = [buildPackage('a', 100), buildPackage('b', 2000), buildPackage('c', 400)];

for (const little of [true, false]) {
  const order = little ? 'little' : 'big';
  const whole = buildBerkeley(blobs, little);

  test(`berkeley, ${order} endian: every record but the counter`, () => {
    assert.deepEqual(readStore(readBerkeley, whole), { names: ['a', 'b', 'c'], damage: [] });
  });

  test(`berkeley, ${order} endian: a cut file is reported`, () => {
    const read = readStore(readBerkeley, whole.subarray(0, 5 * PAGE));
    assert.deepEqual(read.names, ['a']);
    assert.match(read.damage.join('; '), /it ends after 5 of \d+ pages; a record on page 1 is damaged/);
  });

  test(`berkeley, ${order} endian: any change is read or reported`, () => {
    const edit = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), fc.nat(whole.length), (edits, length) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, byte] of edits) bytes[at] = byte;
        for (const candidate of [bytes, bytes.subarray(0, length)]) {
          const total = [...readBerkeley(candidate, new Damage())].reduce(
            (sum, blob) => sum + blob.length,
            0,
          );
          assert.ok(total <= 2 * candidate.length);
        }
      }),
      { numRuns: 500 },
    );
  });
}

const damages = [
  { name: 'no database', change: () => Buffer.from('hello'), damage: /no Berkeley DB hash file/ },
  {
    name: 'an unknown version',
    change: (bytes: Buffer) => bytes.fill(99, 16, 17),
    damage: /version 99 with pages of 512 bytes/,
  },
  {
    name: 'an encrypted file',
    change: (bytes: Buffer) => bytes.fill(1, 24, 25),
    damage: /encrypted or has page checksums/,
  },
  {
    name: 'a page with an odd number of items',
    change: (bytes: Buffer) => bytes.fill(5, PAGE + 20, PAGE + 21),
    damage: /page 1 claims 5 items/,
  },
  {
    name: 'an item beyond its page',
    change: (bytes: Buffer) => bytes.fill(0xff, PAGE + HEADER, PAGE + HEADER + 2),
    damage: /an item is outside page 1/,
  },
  {
    name: 'an overflow chain that loops',
    change: (bytes: Buffer) => {
      for (let page = 3; page < bytes.length / PAGE; page++) bytes.writeUInt32LE(3, page * PAGE + 16);
      return bytes;
    },
    damage: /a record on page 1 is damaged/,
  },
];

for (const { name, change, damage } of damages) {
  test(`berkeley: reports ${name}`, () => {
    const read = readStore(readBerkeley, change(buildBerkeley(blobs, true)));
    assert.match(read.damage.join('; '), damage);
  });
}
