import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { memoryDisk } from '../../testing/memory-disk.ts';
import { walk } from '../walk.ts';
import { checksumOf } from './checksum.ts';
import { xfsDriver } from './index.ts';
import { smallImage } from './testing/small-image.ts';

/* Bits are turned in what is not zero; checksums are made right again in half of the rounds, so that what is behind them is met too. */

const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 120);
const SEED = Number(process.env.FUZZ_SEED ?? 4);
/** More than the image has: damage may not multiply names without bound. */
const MOST_STEPS = 20_000;

const original = smallImage();

/** Places of sectors with something in them. */
const sectors = Array.from({ length: original.length / 512 }, (_, index) => index * 512).filter((at) =>
  original.subarray(at, at + 512).some((byte) => byte !== 0),
);

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** By the magic number at the start: how long such a block is, and where its checksum is. */
const CHECKSUMS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0x58465342, [512, 224]],
  [0x58444233, [4096, 4]],
  [0x58444433, [4096, 4]],
  [0x424d4133, [1024, 64]],
  [0x5841524d, [1024, 12]],
  [0x58534c4d, [1024, 12]],
]);

function stamp(image: Buffer, sector: number): void {
  for (let at = sector; at >= 0 && at > sector - 4096; at -= 512) {
    const [length, field] =
      image.readUInt16BE(at) === 0x494e
        ? [512, 100]
        : (CHECKSUMS.get(image.readUInt32BE(at)) ?? (isTree(image, at) ? [4096, 12] : [0, 0]));
    if (at + length <= sector || at + length > image.length) continue;
    image.writeUInt32LE(checksumOf(image.subarray(at, at + length), field), at + field);
    return;
  }
}

function isTree(image: Buffer, at: number): boolean {
  return [0x3df1, 0x3dff, 0x3ebe, 0x3bee].includes(image.readUInt16BE(at + 8));
}

/** Walks all of it and reads the start of every file. */
async function visit(image: Buffer): Promise<void> {
  const fileSystem = await xfsDriver.open(memoryDisk(image));
  let steps = 0;
  for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
    if (++steps > MOST_STEPS) return;
    if (step.kind !== 'found' || step.record.kind !== 'file') continue;
    const length = Math.min(step.node.size, 2 ** 16);
    assert.equal((await step.node.read(0, length).catch(toNothing))?.length ?? length, length);
  }
}

function toNothing(error: unknown): undefined {
  if (!(error instanceof Unreadable)) throw error;
}

test('damaged images are read as far as they go, and nothing else happens', {
  timeout: 600_000,
}, async () => {
  const random = randomFrom(SEED);
  const image = Buffer.from(original);
  for (let round = 0; round < ROUNDS; round++) {
    const damaged = Array.from({ length: 1 + random(4) }, () => sectors[random(sectors.length)] ?? 0);
    for (const sector of damaged) {
      const at = sector + random(512);
      image.writeUInt8(random(3) === 0 ? random(256) : (image[at] ?? 0) ^ (1 << random(8)), at);
      if (round % 2 === 0) stamp(image, sector);
    }
    await visit(image).catch(toNothing);
    // A checksum may be in another sector than what was damaged.
    for (const sector of damaged)
      original.copy(image, Math.max(0, sector - 4096), Math.max(0, sector - 4096), sector + 512);
  }
});

test('cut images are read as far as they go', async () => {
  const random = randomFrom(SEED);
  for (let round = 0; round < ROUNDS / 4; round++)
    await visit(original.subarray(0, random(round % 2 === 0 ? original.length : 2 ** 17))).catch(toNothing);
});

test('a superblock of anything is refused or read', async () => {
  const random = randomFrom(SEED);
  const head = Buffer.from(original.subarray(0, 2 ** 17));
  for (let round = 0; round < ROUNDS * 10; round++) {
    for (let count = 1 + random(3); count > 0; count--) head.writeUInt8(random(256), 4 + random(260));
    if (round % 2 === 0) head.writeUInt32LE(checksumOf(head.subarray(0, 512), 224), 224);
    await xfsDriver
      .open(memoryDisk(head))
      .then((fileSystem) => fileSystem.root())
      .catch(toNothing);
    original.copy(head, 0, 0, 512);
  }
});
