import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { damaged } from '../../testing/memory-disk.ts';
import { decodeLznt1 } from './lznt1.ts';
import { decodeLzx } from './lzx.ts';
import { decodeXpress } from './xpress.ts';

/*
 * Of the packed texts, that of LZNT1 is [MS-XCA]'s own example, and those of XPRESS and LZX were written by wimlib 1.14 (wimcapture
 * --compress=XPRESS --chunk-size=4096, and --compress=LZX); test/system packs larger ones.
 */

const LZNT1 =
  '38b08846232000204720410010a24701a04520440008450150790' +
  '0c045200524138805b4024a44ef0358028c09160148450' +
  '0be009e000401189000';

const XPRESS =
  'BwAAAAADAAAJAAAAAAAAAAAAAAAAAAAANVNVVVUAAAAAAAAAAAAAAAAAAAAAAAAAkJAAAAAACAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJAAAAAAAAAAAAAAAJAAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
  'AAAAAAAAAAAAkAAAAAAAAAAABQAAAAAAAAAIAAAAAAAAAAcAAAAAAAAAYggAAAAAAABYCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACpqK6ssrC2tRKdx2qc67mQTnnrKak9GUVKkWaqpSzKFlKat2loVyq9Vda2y' +
  'cNWVqypdWu3Niita5XxrZWGrKltW2r3a2hVXvL+qN7LCV1W+r/SKtTUssYiLVXsshWGsjGNpNGtrWWYxNqu6WbnPWfnO0qjW1rTV' +
  'oqxWdbUtrN17raXRra1tusXZretuW3jYyuAbH3BCQI2AKgF0AigF0AqgFk4v6COI3+fwr8P8DvA8w/cP7wbEuSAH4yIQFTHMiGJH' +
  'EkOUWLbEOiYT+QnEUOyLYpgUxaYqRlmx7opZ3gJxFtO42NbFMS+MfWEME2Obv0B8xsozZqGxLI1jahtb2hjQ8RAnMTiOxXNMo2NY' +
  'HcfsPHb0PMRbbA9jfB/r/pgGyLJAkAldb3ErMwTZIcgQRZYtMoyRZI3fc/1PfUBJoEgIQkIQEoSQJIQhIQgJqfoJ4kgIQkIQEoSQ' +
  'JIRaJ2gdNP6OuDq169WtW7Z+2TohJAkhXgn4vkKCEBKEkCSEISEICUJIW0JOspAghIQhJAkhSAhCQhASl5A37SSIISEICUJIEkKQ' +
  'EISEJiR2OwniSAhCQhAShJAkhCEhCQnnnoL4EkKQEISEISQJIUgIQkK8ayCOhJAkhCEhCAlCSBJCkBDvm7/HLyrr76/Xz1/H3/zH' +
  'gP8tAAA=';

const LZX =
  'SCAAwgAAYFJVZDNQgF8e1NVB+V/53cqbImYgAkHBxIg3Ys32ABkAAAIBAAAZIOABOZ3G0Dhu95sAxAAAAAAAAAQA/z/5/yXEzUzO' +
  'TZ1L8pgTY8UEZkxTY5gbxeR2zEMeIRDMUA01kMN2uJJXKLFSlSuzt1KSK1eufGbEmTPJOVPUmebOM3k9c/KaE2vVRGZNU2uaW9Xk' +
  'ds3Jb028dZOZN029b+53k9k3J884MVROZ+Y5Nc65XE5l5y/5yRIvdfUyci8u+fblyXdO3LWTmTtO3Xfut5P9O+chhOnLaW+nfxuH' +
  'lRwOcDjD4QiHiIiIiDSNTdPTNDRNy+Uul7lc5XKny51OdDrT6U6nu93tdrfb3W54vOPxj8c8Htt4tm1t29u2Xm96vev1r9fxXxEh' +
  'ERERERERERERERERERERERERERERERERERERERERERERERERERERERERERERERERfxrvHtv749v58P/8/x7y3/T19fX29ff1//V+' +
  '+wBA';

const SONG =
  'F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D E F# G F# E D E A ' +
  'F# F# G A A G F# E D D E F# E D D';

/** Numbers, and calls whose targets LZX translates. */
const NUMBERS = Buffer.concat([
  Buffer.from(Array.from({ length: 300 }, (_, index) => `${index + 1}\n`).join('')),
  ...Array.from({ length: 8 }, () => Buffer.from('\xe8\x10\0\0\0call', 'latin1')),
]);

const rows: readonly [
  name: string,
  decode: (packed: Buffer, size: number) => Buffer,
  packed: Buffer,
  plain: Buffer,
][] = [
  ['LZNT1', decodeLznt1, Buffer.from(LZNT1, 'hex'), Buffer.from(`${SONG}\0`)],
  [
    'LZNT1, a chunk that is not packed',
    decodeLznt1,
    Buffer.from('02306162630000', 'hex'),
    Buffer.from('abc\0\0'),
  ],
  ['LZNT1, nothing', decodeLznt1, Buffer.alloc(0), Buffer.alloc(4)],
  ['XPRESS', decodeXpress, Buffer.from(XPRESS, 'base64'), NUMBERS],
  ['LZX', decodeLzx, Buffer.from(LZX, 'base64'), NUMBERS],
  ['LZX, a block that is not packed', decodeLzx, rawLzx('abc', 'defg'), Buffer.from('abcdefg')],
];

/** Blocks that are not packed: type 3, a size, a word to align, three distances, the bytes. */
function rawLzx(...blocks: readonly string[]): Buffer {
  const parts = blocks.map((block) => {
    const head = Buffer.alloc(16);
    const bits = (3 << 29) | (block.length << 12);
    head.writeUInt16LE(bits >>> 16, 0);
    head.writeUInt16LE(bits & 0xffff, 2);
    for (let at = 4; at < 16; at += 4) head.writeUInt32LE(1, at);
    return Buffer.concat([head, Buffer.from(block), Buffer.alloc(block.length % 2)]);
  });
  return Buffer.concat(parts);
}

const wrong: readonly [name: string, decode: () => Buffer][] = [
  ['LZNT1 that ends inside a chunk', () => decodeLznt1(Buffer.from('38b08846', 'hex'), 99)],
  ['LZNT1 that refers to before its beginning', () => decodeLznt1(Buffer.from('02b0010000', 'hex'), 99)],
  ['XPRESS without a table', () => decodeXpress(Buffer.alloc(9), 99)],
  ['XPRESS with an empty table', () => decodeXpress(Buffer.alloc(300), 99)],
  ['LZX with a block of no type', () => decodeLzx(Buffer.alloc(99), 99)],
  ['LZX that ends too early', () => decodeLzx(rawLzx('abc').subarray(0, 17), 3)],
  ['LZX with a block that is too long', () => decodeLzx(rawLzx('abcd'), 3)],
];

describe('decoders', () => {
  for (const [name, decode, packed, plain] of rows)
    test(name, () => assert.equal(decode(packed, plain.length).toString('latin1'), plain.toString('latin1')));

  for (const [name, decode] of wrong) test(name, () => assert.throws(decode, Unreadable));

  for (const [name, decode, packed, plain] of rows)
    test(`${name}, damaged: Unreadable or other bytes`, () => {
      for (const copy of damaged(packed.length === 0 ? Buffer.alloc(9) : packed, 300)) {
        try {
          assert.equal(decode(copy, plain.length).length, plain.length);
        } catch (error) {
          assert.ok(error instanceof Unreadable, String(error));
        }
      }
    });
});
