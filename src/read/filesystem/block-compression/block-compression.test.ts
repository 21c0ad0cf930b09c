import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { decodeLz4Block } from './lz4.ts';
import { decodeLzo1x } from './lzo.ts';

const TEXT = Buffer.concat([
  Buffer.from(`${'the quick brown fox. '.repeat(8)}${'the lazy dog. '.repeat(3)}`),
  Buffer.alloc(300),
  Buffer.from('the quick'),
]);

/** TEXT, as liblzo2 2.10 (lzo1x_1_compress, lzo1x_999_compress) and liblz4 1.9.4 (LZ4_compress_default) write it. */
const LZO_1 = 'AAN0aGUgcXVpY2sgYnJvd24gZm94LiAgdlAABWxhenkgZG9noBQ2NQAAIAAEAAANAAAAAAAAAHRoZSBxdWljaxEAAA==';
const LZO_999 = 'JnRoZSBxdWljayBicm93biBmb3guICB2UAAFbGF6eSBkb2c8NQAAIAALAAAnqAURAAA=';
const LZ4 = '/wZ0aGUgcXVpY2sgYnJvd24gZm94LiAVAISCbGF6eSBkb2ehAA8OAAUfAAEA/xmQdGhlIHF1aWNr';

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const packed = (base64: string): Buffer => Buffer.from(base64, 'base64');

const readable = [
  { name: 'lzo, level 1', decode: decodeLzo1x, input: packed(LZO_1), expected: TEXT },
  { name: 'lzo, level 999', decode: decodeLzo1x, input: packed(LZO_999), expected: TEXT },
  { name: 'lz4', decode: decodeLz4Block, input: packed(LZ4), expected: TEXT },
  { name: 'lzo of nothing', decode: decodeLzo1x, input: bytes(0x11, 0, 0), expected: Buffer.alloc(0) },
  { name: 'lz4 of nothing', decode: decodeLz4Block, input: bytes(0), expected: Buffer.alloc(0) },
  {
    name: 'lzo with a run of zeros, as lzo-rle writes it',
    decode: decodeLzo1x,
    input: bytes(17, 1, 21, 97, 98, 99, 100, 0x18, 0xfd, 0xff, 2, 122, 0x11, 0, 0),
    expected: Buffer.from(`abcd${'\0'.repeat(20)}z`),
  },
  {
    name: 'lz4 repeating what it is just writing',
    decode: decodeLz4Block,
    input: bytes(0x15, 97, 1, 0, 0x10, 98),
    expected: Buffer.from('aaaaaaaaaab'),
  },
];

for (const { name, decode, input, expected } of readable) {
  test(name, () => {
    assert.deepEqual(decode(input, expected.length), expected);
    assert.deepEqual(decode(input, expected.length + 100), expected, 'with room left');
  });
}

const damaged = [
  { name: 'lzo of no bytes', decode: decodeLzo1x, input: bytes(), size: 10 },
  {
    name: 'lzo from before its beginning',
    decode: decodeLzo1x,
    input: bytes(21, 1, 2, 3, 4, 0x40, 9),
    size: 99,
  },
  { name: 'lzo for less room', decode: decodeLzo1x, input: packed(LZO_1), size: TEXT.length - 1 },
  { name: 'lzo without its end mark', decode: decodeLzo1x, input: packed(LZO_1).subarray(0, -3), size: 1000 },
  { name: 'lzo with more behind', decode: decodeLzo1x, input: bytes(0x11, 0, 0, 0), size: 10 },
  { name: 'lzo with a length that never ends', decode: decodeLzo1x, input: Buffer.alloc(5000), size: 10 },
  { name: 'lz4 of no bytes', decode: decodeLz4Block, input: bytes(), size: 10 },
  {
    name: 'lz4 from before its beginning',
    decode: decodeLz4Block,
    input: bytes(0x15, 97, 2, 0, 0),
    size: 99,
  },
  { name: 'lz4 from no distance', decode: decodeLz4Block, input: bytes(0x15, 97, 0, 0, 0), size: 99 },
  { name: 'lz4 for less room', decode: decodeLz4Block, input: packed(LZ4), size: TEXT.length - 1 },
  {
    name: 'lz4 cut in its last literals',
    decode: decodeLz4Block,
    input: packed(LZ4).subarray(0, -1),
    size: 1000,
  },
  { name: 'lz4 cut in a distance', decode: decodeLz4Block, input: bytes(0x15, 97, 1), size: 1000 },
  { name: 'lz4 that ends in a match', decode: decodeLz4Block, input: bytes(0x10, 97, 1, 0), size: 1000 },
];

for (const { name, decode, input, size } of damaged) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => decode(input, size),
      (error) => error instanceof Unreadable && error.code === 'MALFORMED_FILE_SYSTEM',
    );
  });
}

test('whatever the bytes are, there is output within bounds or a refusal', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 20_000; round++) {
    const [decode, base] = round % 2 === 0 ? [decodeLzo1x, LZO_1] : [decodeLz4Block, LZ4];
    const input = packed(base);
    for (let flips = random(4); flips >= 0; flips--) input[random(input.length)] = random(256);
    try {
      assert.ok(decode(input, 1024).length <= 1024);
    } catch (error) {
      assert.ok(error instanceof Unreadable, String(error));
    }
  }
});
