import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putPhysicalVolume, toGroupText, toId, toLogicalText, toStriped } from './testing/lvm-builder.ts';
import { putMd } from './testing/md-builder.ts';
import { MIB, putFileSystem, SECTOR } from './testing/memory-disk.ts';
import { summarise } from './testing/summary.ts';
import { putGpt, putMbr } from './testing/table-builder.ts';

/* Whatever is changed in what is on disk, the finder ends, and each volume is in one line or a problem is. */

const ROUNDS = 250;

function lvm(): Buffer {
  const disk = Buffer.alloc(3 * MIB);
  const logical =
    toLogicalText('root', [toStriped(0, 1, '"pv0", 1')]) +
    toLogicalText('home', [toStriped(0, 1, '"pv0", 0')]);
  putPhysicalVolume(disk, toId('A'), toGroupText({ physical: { pv0: 'A' }, extents: 2, logical }));
  putFileSystem(disk, 2 * MIB, 'ext');
  return disk;
}

function gpt(): Buffer {
  const disk = Buffer.alloc(2 * MIB);
  putGpt(disk, [
    { first: 64, last: 1063 },
    { first: 1064, last: 3000 },
  ]);
  putFileSystem(disk, 64 * SECTOR, 'ext');
  putMd(disk, 1064 * SECTOR + 4096, { level: 1, disks: 1, role: 0, dataOffset: 8192, dataSize: 65536 });
  return disk;
}

function mbr(): Buffer {
  const disk = Buffer.alloc(2 * MIB);
  putMbr(disk, [
    { type: 0x83, start: 64, count: 1000 },
    { type: 5, start: 1064, count: 2000 },
  ]);
  putMbr(
    disk,
    [
      { type: 0x83, start: 8, count: 100 },
      { type: 5, start: 200, count: 200 },
    ],
    1064,
  );
  putMbr(disk, [{ type: 0x83, start: 8, count: 100 }], 1264);
  return disk;
}

/** Where there is something to change. */
const SUBJECTS: readonly [string, Buffer, readonly (readonly [number, number])[]][] = [
  [
    'LVM2',
    lvm(),
    [
      [512, 640],
      [4096, 4160],
      [4608, 5600],
    ],
  ],
  [
    'GPT with MD',
    gpt(),
    [
      [440, 1400],
      [1064 * SECTOR + 4096, 1064 * SECTOR + 4360],
      [2 * MIB - 512, 2 * MIB - 420],
    ],
  ],
  [
    'MBR',
    mbr(),
    [
      [440, 512],
      [1064 * SECTOR + 440, 1065 * SECTOR],
      [1264 * SECTOR + 440, 1265 * SECTOR],
    ],
  ],
];

/** mulberry32: the same every time. */
function randomiser(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

for (const [name, disk, ranges] of SUBJECTS)
  test(`${name}, changed and cut`, async () => {
    const random = randomiser(4);
    for (let round = 0; round < ROUNDS; round++) {
      const undo: (readonly [number, number])[] = [];
      for (let count = random(4) + 1; count > 0; count--) {
        const [start, end] = ranges[random(ranges.length)] ?? [0, 1];
        const at = start + random(end - start);
        undo.push([at, disk.readUInt8(at)]);
        disk.writeUInt8(random(3) === 0 ? 0xff : random(256), at);
      }
      const cut = random(4) === 0 ? random(disk.length) : disk.length;
      const { volumes } = await summarise(disk.subarray(0, cut));
      assert.ok(volumes.length > 0, `round ${round} found nothing`);
      for (const [at, value] of undo.reverse()) disk.writeUInt8(value, at);
    }
  });
