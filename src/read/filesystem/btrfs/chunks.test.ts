import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { ChunkMap } from './chunks.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const HERE = 1;
const PROFILE = { single: 0, raid0: 8, raid1: 16, dup: 32, raid10: 64, raid5: 128, raid1c3: 512 };

interface Shape {
  readonly profile: number;
  /** Device and where on it. */
  readonly stripes: readonly (readonly [number, number])[];
  readonly halves?: number;
  readonly length?: number;
}

function chunk({ profile, stripes, halves = 1, length = MIB }: Shape): Buffer {
  const item = Buffer.alloc(48 + 32 * stripes.length);
  item.writeBigUInt64LE(BigInt(length), 0);
  item.writeUInt32LE(64 * KIB, 16);
  item.writeUInt32LE(profile | 1, 24);
  item.writeUInt16LE(stripes.length, 44);
  item.writeUInt16LE(halves, 46);
  for (const [index, [device, offset]] of stripes.entries()) {
    item.writeUInt32LE(device, 48 + 32 * index);
    item.writeBigUInt64LE(BigInt(offset), 48 + 32 * index + 8);
  }
  return item;
}

const mapped = [
  {
    name: 'once',
    shape: { profile: PROFILE.single, stripes: [[1, 5 * MIB]] },
    at: 100,
    length: 200,
    copies: [[[5 * MIB + 100, 200]]],
  },
  {
    name: 'twice on this device',
    shape: {
      profile: PROFILE.dup,
      stripes: [
        [1, MIB],
        [1, 9 * MIB],
      ],
    },
    at: 70 * KIB,
    length: 128 * KIB,
    copies: [[[MIB + 70 * KIB, 128 * KIB]], [[9 * MIB + 70 * KIB, 128 * KIB]]],
  },
  {
    name: 'three times, once of it here',
    shape: {
      profile: PROFILE.raid1c3,
      stripes: [
        [2, 0],
        [1, 3 * MIB],
        [3, 0],
      ],
    },
    at: 0,
    length: 4,
    copies: [[[3 * MIB, 4]]],
  },
  {
    name: 'in stripes',
    shape: {
      profile: PROFILE.raid0,
      stripes: [
        [1, MIB],
        [1, 8 * MIB],
      ],
    },
    at: 60 * KIB,
    length: 130 * KIB,
    copies: [
      [
        [MIB + 60 * KIB, 4 * KIB],
        [8 * MIB, 64 * KIB],
        [MIB + 64 * KIB, 62 * KIB],
      ],
    ],
  },
  {
    name: 'in a stripe that is here, of those that are not',
    shape: {
      profile: PROFILE.raid0,
      stripes: [
        [2, MIB],
        [1, 8 * MIB],
      ],
    },
    at: 64 * KIB,
    length: 64 * KIB,
    copies: [[[8 * MIB, 64 * KIB]]],
  },
  {
    name: 'in stripes, each twice, one of them here',
    shape: {
      profile: PROFILE.raid10,
      halves: 2,
      stripes: [
        [1, MIB],
        [2, 0],
        [3, 0],
        [1, 4 * MIB],
      ],
    },
    at: 0,
    length: 192 * KIB,
    copies: [
      [
        [MIB, 64 * KIB],
        [4 * MIB, 64 * KIB],
        [MIB + 64 * KIB, 64 * KIB],
      ],
    ],
  },
] as const;

for (const { name, shape, at, length, copies } of mapped) {
  test(`stored ${name}`, () => {
    const map = new ChunkMap(HERE);
    map.add(BigInt(2 * MIB), chunk(shape));
    const found = map
      .copiesOf(2 * MIB + at, length)
      .map((copy) => copy.map((piece) => [piece.offset, piece.length]));
    assert.deepEqual(found, copies);
  });
}

const unread = [
  {
    name: 'RAID 5',
    shape: {
      profile: PROFILE.raid5,
      stripes: [
        [1, 0],
        [1, MIB],
      ],
    },
    code: 'UNSUPPORTED',
  },
  { name: 'another device', shape: { profile: PROFILE.single, stripes: [[2, 0]] }, code: 'UNSUPPORTED' },
  {
    name: 'a stripe elsewhere',
    shape: {
      profile: PROFILE.raid0,
      stripes: [
        [1, 0],
        [2, 0],
      ],
    },
    code: 'UNSUPPORTED',
  },
  {
    name: 'two profiles',
    shape: { profile: PROFILE.raid0 | PROFILE.dup, stripes: [[1, 0]] },
    code: 'UNSUPPORTED',
  },
  { name: 'no stripes', shape: { profile: PROFILE.single, stripes: [] }, code: 'MALFORMED_FILE_SYSTEM' },
  {
    name: 'one too many',
    shape: {
      profile: 0,
      stripes: [
        [1, 0],
        [1, 0],
      ],
    },
    code: 'MALFORMED_FILE_SYSTEM',
  },
  {
    name: 'three halves',
    shape: { profile: PROFILE.raid10, halves: 3, stripes: [[1, 0]] },
    code: 'MALFORMED_FILE_SYSTEM',
  },
  { name: 'too short', shape: { profile: 0, stripes: [[1, 0]], length: KIB }, code: 'MALFORMED_FILE_SYSTEM' },
  {
    name: 'too long',
    shape: { profile: 0, stripes: [[1, 0]], length: 2 ** 53 - 1 },
    code: 'MALFORMED_FILE_SYSTEM',
  },
] as const;

for (const { name, shape, code } of unread) {
  test(`not read: ${name}`, () => {
    assert.throws(
      () => {
        const map = new ChunkMap(HERE);
        map.add(BigInt(2 * MIB), chunk(shape));
        map.copiesOf(2 * MIB, 128 * KIB);
      },
      (error) => error instanceof Unreadable && error.code === code,
    );
  });
}

test('chunks keep out of each other, and the first that is known stays', () => {
  const map = new ChunkMap(HERE);
  map.add(BigInt(4 * MIB), chunk({ profile: 0, stripes: [[1, 0]] }));
  map.add(BigInt(4 * MIB), chunk({ profile: 0, stripes: [[1, 7 * MIB]] }));
  assert.throws(() => map.add(BigInt(3 * MIB + 1), chunk({ profile: 0, stripes: [[1, 0]] })), Unreadable);
  map.add(BigInt(3 * MIB), chunk({ profile: 0, stripes: [[1, MIB]] }));
  assert.deepEqual(map.copiesOf(4 * MIB, 1), [[{ offset: 0, length: 1 }]]);
  assert.deepEqual(map.copiesOf(4 * MIB - 1, 1), [[{ offset: 2 * MIB - 1, length: 1 }]]);
  assert.throws(() => map.copiesOf(4 * MIB - 1, 2), Unreadable);
  assert.throws(() => map.copiesOf(0, 1), Unreadable);
});
