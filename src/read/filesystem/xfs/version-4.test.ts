import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { memoryDisk } from '../../testing/memory-disk.ts';
import type { Node } from '../contract.ts';
import { walk } from '../walk.ts';
import { xfsDriver } from './index.ts';
import { version4Image } from './testing/version-4-image.ts';

/* Without checksums nothing stands between what is damaged and the parsers. */

const BLOCK = 512;
const FILE = 35 * 256;
/** In blocks that are free. */
const ATTRIBUTES = 208;
const LARGE = Array.from({ length: 700 }, (_, index) => String.fromCharCode(index % 256)).join('');

async function readAll(image: Buffer): Promise<{ nodes: Map<string, Node>; problems: string[] }> {
  const fileSystem = await xfsDriver.open(memoryDisk(image));
  const nodes = new Map<string, Node>();
  const problems = fileSystem.flaws.map(({ message }) => message);
  for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
    if (step.kind === 'problem') problems.push(step.problem.message);
    else nodes.set(step.record.path, step.node);
    if (nodes.size > 10_000) break;
  }
  return { nodes, problems };
}

/** Gives `file` a leaf of attributes: `user.small`, and `security.large` in blocks of its own. */
function addAttributes(image: Buffer): void {
  const fork = FILE + 100 + 64;
  image.writeUInt8(8, FILE + 82);
  image.writeUInt8(2, FILE + 83);
  image.writeUInt16BE(1, FILE + 80);
  image.fill(0, fork, fork + 8);
  image.writeUInt32BE(ATTRIBUTES >>> 11, fork + 8);
  image.writeUInt32BE(((ATTRIBUTES << 21) | 3) >>> 0, fork + 12);
  const leaf = image.subarray(ATTRIBUTES * BLOCK, (ATTRIBUTES + 1) * BLOCK).fill(0);
  leaf.writeUInt16BE(0xfbee, 8);
  leaf.writeUInt16BE(3, 12);
  for (const [index, [at, flags]] of [
    [400, 0x01],
    [440, 0x04],
    [480, 0x81],
  ].entries()) {
    leaf.writeUInt16BE(at ?? 0, 32 + index * 8 + 4);
    leaf.writeUInt8(flags ?? 0, 32 + index * 8 + 6);
  }
  leaf.writeUInt16BE(3, 400);
  leaf.writeUInt8(5, 402);
  leaf.write('smallyes', 403);
  leaf.writeUInt32BE(1, 440);
  leaf.writeUInt32BE(LARGE.length, 444);
  leaf.writeUInt8(5, 448);
  leaf.write('large', 449);
  image.write(LARGE, (ATTRIBUTES + 1) * BLOCK, 'latin1');
}

test('reads what mkfs.xfs wrote', async () => {
  const { nodes, problems } = await readAll(version4Image());
  assert.deepEqual(problems, []);
  assert.equal(nodes.size, 5 + 40 + 250);
  const file = nodes.get('file');
  assert.equal((await file?.read(0, 9))?.toString(), 'pratique\n');
  assert.deepEqual([file?.mode, file?.uid, file?.gid, file?.names], [0o4755, 1000, 100, 1]);
  assert.equal(nodes.get('link')?.target?.toString(), 'file');
  assert.equal(nodes.get('far')?.target?.toString(), `/${'long/'.repeat(190)}end`);
});

test('reads attributes that have no headers', async () => {
  const image = version4Image();
  addAttributes(image);
  const { nodes, problems } = await readAll(image);
  assert.deepEqual(problems, []);
  assert.deepEqual(nodes.get('file')?.xattrs, { 'user.small': 'yes', 'security.large': LARGE });
});

describe('says what is wrong with attributes, and reads the others', () => {
  const leaf = ATTRIBUTES * BLOCK;
  const rows: readonly (readonly [string, (image: Buffer) => unknown, RegExp, readonly string[]])[] = [
    [
      'a name outside its leaf',
      (i) => i.writeUInt16BE(511, leaf + 36),
      /outside their block/,
      ['security.large'],
    ],
    [
      'a value outside its leaf',
      (i) => i.writeUInt16BE(500, leaf + 400),
      /leaves its block/,
      ['security.large'],
    ],
    ['a value that is too large', (i) => i.writeUInt32BE(70_000, leaf + 444), /70000 bytes/, ['user.small']],
    ['a value in a hole', (i) => i.writeUInt32BE(2, leaf + 440), /in a hole/, ['user.small']],
    [
      'a name twice',
      (i) => i.writeUInt16BE(400, leaf + 44).toString() + i.writeUInt8(1, leaf + 46),
      /twice/,
      ['user.small'],
    ],
    ['too many entries', (i) => i.writeUInt16BE(200, leaf + 12), /200 entries/, []],
  ];
  for (const [name, damage, says, names] of rows) {
    test(name, async () => {
      const image = version4Image();
      addAttributes(image);
      damage(image);
      const { nodes, problems } = await readAll(image);
      assert.match(problems.join('\n'), says);
      assert.deepEqual(Object.keys(nodes.get('file')?.xattrs ?? {}), names);
    });
  }
});

test('features and versions that nobody reads are named', async () => {
  const image = version4Image();
  image.writeUInt16BE(image.readUInt16BE(100) & ~0x2000, 100);
  await assert.rejects(xfsDriver.open(memoryDisk(image)), /version 1 directories/);
  image.writeUInt16BE(9, 100);
  image.fill(0, 32768 * BLOCK, 32769 * BLOCK);
  await assert.rejects(xfsDriver.open(memoryDisk(image)), /version is 9/);
});

test('damaged images are read as far as they go, and nothing else happens', async () => {
  const original = version4Image();
  addAttributes(original);
  const places = Array.from({ length: original.length / 256 }, (_, index) => index * 256).filter((at) =>
    original.subarray(at, at + 256).some((byte) => byte !== 0),
  );
  const image = Buffer.from(original);
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < Number(process.env.FUZZ_ROUNDS ?? 150); round++) {
    const damaged = Array.from(
      { length: 1 + random(4) },
      () => (places[random(places.length)] ?? 0) + random(256),
    );
    for (const at of damaged) image.writeUInt8(random(256), at);
    try {
      const { nodes } = await readAll(image);
      for (const node of nodes.values())
        if (node.kind === 'file') await node.read(0, Math.min(node.size, 2 ** 16));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    for (const at of damaged) original.copy(image, at, at, at + 1);
  }
});
