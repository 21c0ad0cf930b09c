import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../../disk/unreadable.ts';
import { memoryDisk } from '../../../testing/memory-disk.ts';
import type { Node } from '../../contract.ts';
import { walk } from '../../walk.ts';
import { checksumOf } from '../checksum.ts';
import { xfsDriver } from '../index.ts';
import { dirtyImage } from '../testing/dirty-image.ts';
import { dirtyVersion4Image } from '../testing/dirty-version-4-image.ts';
import {
  appendRecord,
  BEGIN,
  COMMIT,
  findLog,
  headOf,
  itemOf,
  type Operation,
  recordsOf,
  START,
  stampRecord,
  transactionOf,
} from '../testing/log-writer.ts';

const original = dirtyImage();
const BLOCK = 512;

interface Seen {
  readonly nodes: ReadonlyMap<string, Node>;
  /** `path: CODE message`, of the file system itself without a path. */
  readonly problems: readonly string[];
}

async function readAll(image: Buffer): Promise<Seen> {
  const fileSystem = await xfsDriver.open(memoryDisk(image));
  const nodes = new Map<string, Node>();
  const problems = fileSystem.flaws.map(({ code, message }) => `: ${code} ${message}`);
  for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
    if (step.kind === 'problem')
      problems.push(`${step.problem.path}: ${step.problem.code} ${step.problem.message}`);
    else nodes.set(step.record.path, step.node);
    if (nodes.size > 10_000) break;
  }
  return { nodes, problems };
}

async function textOf(node: Node | undefined): Promise<string | undefined> {
  return node === undefined ? undefined : (await node.read(0, node.size)).toString('latin1');
}

test('reads what a system would see', async () => {
  const { nodes, problems } = await readAll(original);
  assert.deepEqual(problems, []);
  const names = (folder: string): string[] =>
    [...nodes.keys()].filter((path) => path.startsWith(`${folder}/`)).sort();
  assert.equal(names('folder').length, 40 - 14 + 20);
  assert.ok(!nodes.has('folder/name-1') && nodes.has('folder/name-2') && nodes.has('folder/name-60'));
  assert.deepEqual(names('made'), ['made/1', 'made/2', 'made/3']);
  assert.deepEqual(
    ['removed', 'temporary'].map((path) => nodes.has(path)),
    [false, false],
  );
  assert.equal(await textOf(nodes.get('changed')), 'old\nnew\n');
  assert.equal(await textOf(nodes.get('replaced')), 'new\n');
  assert.equal(await textOf(nodes.get('created')), 'new\n');
  assert.equal(nodes.get('created')?.names, 21);
  const { mode, uid, gid, xattrs } = nodes.get('changed') ?? {};
  assert.deepEqual([mode, uid, gid], [0o755, 1000, 100]);
  assert.deepEqual({ ...xattrs }, { 'user.small': 'yes', 'user.large': 'large'.repeat(500) });
  assert.equal(nodes.get('near')?.target?.toString(), 'changed');
  assert.equal(nodes.get('far')?.target?.length, 954);
  assert.equal(nodes.get('null')?.kind, 'character');
  const scattered = (await textOf(nodes.get('scattered'))) ?? '';
  assert.deepEqual([scattered.length, scattered.slice(40 * 1024, 40 * 1024 + 3)], [60 * 1024 + 3, '20\n']);
});

describe('version 4', () => {
  test('reads what a system would see', async () => {
    const { nodes, problems } = await readAll(dirtyVersion4Image());
    assert.deepEqual(problems, []);
    assert.equal([...nodes.keys()].filter((path) => path.startsWith('folder/')).length, 20 - 7 + 10);
    assert.ok(!nodes.has('removed') && !nodes.has('folder/name-1') && nodes.has('made/3'));
    assert.equal(await textOf(nodes.get('changed')), 'old\nnew\n');
    assert.equal(await textOf(nodes.get('replaced')), 'new\n');
    const { mode, uid, gid, xattrs } = nodes.get('changed') ?? {};
    assert.deepEqual([mode, uid, gid], [0o600, 1000, 100]);
    assert.deepEqual({ ...xattrs }, { 'user.small': 'yes', 'user.large': 'large'.repeat(100) });
    assert.equal(nodes.get('near')?.target?.toString(), 'changed');
    assert.equal((await textOf(nodes.get('scattered')))?.slice(12 * 2048), '12\n');
  });

  test('an inode that was written more often than the log says stays', async () => {
    const image = dirtyVersion4Image();
    const stored = (await readAll(image)).nodes.get('changed')?.id;
    assert.ok(typeof stored === 'number');
    image.writeUInt16BE(7, stored * 256 + 30);
    assert.equal((await readAll(image)).nodes.get('changed')?.mode, 0o644);
  });

  test('without a checksum a record is read as it is, and with a wrong one not', async () => {
    const image = dirtyVersion4Image();
    const { place: log } = findLog(image);
    const [last = 0] = recordsOf(image);
    image.writeUInt32LE(0, log + last * 512 + 32);
    assert.ok((await readAll(image)).nodes.has('made/3'));
    image.writeUInt32LE(1, log + last * 512 + 32);
    assert.ok(!(await readAll(image)).nodes.has('made/3'));
  });
});

test('writes nothing', async () => {
  const image = Buffer.from(original);
  await readAll(image);
  assert.ok(image.equals(original));
});

const { place } = findLog(original);
const at = (block: number): number => place + block * BLOCK;

/** What is there when nothing was replayed: names of before, and none of after. */
function assertStored({ nodes }: Seen): void {
  assert.ok(nodes.has('removed') && nodes.has('folder/name-1') && !nodes.has('created'));
}

/** With the last record, or without. */
const LAST = 'made/3';

describe('records that were not written whole are not there', () => {
  const rows: readonly (readonly [string, (image: Buffer, last: number) => unknown])[] = [
    ['a byte of the last record', (image, last) => image.writeUInt8(0xaa, at(last + 1) + 100)],
    ['the end of the last record', (image) => image.fill(0, at(headOf(image) - 1), at(headOf(image)))],
    ['the header of the last record', (image, last) => image.fill(0, at(last), at(last + 1))],
  ];
  for (const [name, damage] of rows) {
    test(name, async () => {
      const image = Buffer.from(original);
      const [last = 0] = recordsOf(image);
      damage(image, last);
      const { nodes, problems } = await readAll(image);
      assert.deepEqual(problems, []);
      assert.ok(!nodes.has(LAST));
      assert.ok(nodes.has('folder/name-2'));
    });
  }
});

/** As mkfs.xfs writes it. */
const UNMOUNT: Operation = { flags: 0x20, client: 0xaa, bytes: Buffer.from('6e55000000000000', 'hex') };

test('a log whose last record is of an unmount is not replayed', async () => {
  const image = Buffer.from(original);
  appendRecord(image, [UNMOUNT]);
  const seen = await readAll(image);
  assert.deepEqual(seen.problems, []);
  assertStored(seen);
});

test('a log that was put back to before the superblock was written is told', async () => {
  const image = Buffer.from(original);
  // What is found by halving then: the end of the mount before.
  image.fill(0, at(30), at(31));
  const seen = await readAll(image);
  assert.match(seen.problems.join('\n'), /^: MALFORMED.*the superblock is newer than the end of the log$/);
  assertStored(seen);
});

test('a log that ends before the record of an unmount is replayed: a block between was never written', async () => {
  const image = Buffer.from(original);
  const last = appendRecord(image, [UNMOUNT]);
  image.copyWithin(at(last + 1), at(last), at(last + 2));
  image.fill(0, at(last), at(last + 1));
  const { nodes, problems } = await readAll(image);
  assert.deepEqual(problems, []);
  assert.ok(nodes.has(LAST));
});

/** A change of the first 128 bytes of a buffer. */
function bufferOf(sector: number, count: number, flags = 0, bits = 1): Buffer {
  return itemOf(0x123c, count, 24, (head) => {
    head.writeUInt16LE(flags, 4);
    head.writeUInt16LE(2, 6);
    head.writeBigInt64LE(BigInt(sector), 8);
    head.writeUInt32LE(1, 16);
    head.writeUInt32LE(bits, 20);
  });
}

function inodeOf(count: number, fields: number, sector = 64, offset = 512): Buffer {
  return itemOf(0x123b, count, 56, (head) => {
    head.writeUInt32LE(fields, 4);
    head.writeBigInt64LE(BigInt(sector), 40);
    head.writeUInt32LE(32, 48);
    head.writeUInt32LE(offset, 52);
  });
}

const core = Buffer.alloc(176);
core.writeUInt16LE(0x494e, 0);
core.writeUInt8(3, 4);

const intentOf = (type: number, id: number): Buffer =>
  itemOf(type, 1, 16, (head) => head.writeBigUInt64LE(BigInt(id), 8));

const newInodesOf = (fill: (head: Buffer) => void): Buffer =>
  itemOf(0x123f, 1, 28, (head) => {
    head.writeUInt32BE(200, 8);
    head.writeUInt32BE(64, 12);
    head.writeUInt32BE(512, 16);
    head.writeUInt32BE(32, 20);
    fill(head);
  });

describe('what is not understood is not replayed, nor is anything else', () => {
  const rows: readonly (readonly [string, readonly Operation[], RegExp])[] = [
    ['an unknown change', transactionOf(itemOf(0x1238, 1, 16)), /UNSUPPORTED.*type 0x1238/],
    ['an operation that leaves its record', [START, { length: 2 ** 31, bytes: core }], /leaves its record/],
    ['an operation of an unknown kind', [{ ...START, client: 3 }], /no known kind/],
    ['unknown flags', [START, { flags: 0x43, bytes: core }], /flags 0x43/],
    ['two starts', [START, START], /flags 0x1/],
    ['no header', [START, { bytes: core }, COMMIT], /does not begin as one/],
    ['a long header', [START, { flags: 8, bytes: core }, COMMIT], /does not begin as one/],
    ['a part of nothing', [START, BEGIN, { flags: 8, bytes: core }, COMMIT], /what it did not begin/],
    ['a change without parts', transactionOf(itemOf(0x123c, 0, 24)), /in 0 parts/],
    ['a change of too many parts', transactionOf(itemOf(0x123c, 258, 24)), /in 258 parts/],
    ['a change that lacks a part', transactionOf(bufferOf(100, 2)), /1 of 2 parts/],
    ['a short head', transactionOf(itemOf(0x123c, 1, 8)), /begins with 8 bytes/],
    ['a buffer of no bytes', transactionOf(bufferOf(100, 1).fill(0, 6, 8)), /a buffer of 0 bytes/],
    ['a buffer too large', transactionOf(bufferOf(100, 1).fill(0xff, 6, 8)), /a buffer of 33553920 bytes/],
    ['a buffer beyond the end', transactionOf(bufferOf(65535, 2), Buffer.alloc(128)), /not in the volume/],
    ['a large map', transactionOf(bufferOf(100, 1).fill(0xff, 16, 20)), /a map of 4294967295 words/],
    [
      'a buffer outside the volume',
      transactionOf(bufferOf(2 ** 40, 2), Buffer.alloc(128)),
      /not in the volume/,
    ],
    [
      'a buffer before the volume',
      transactionOf(bufferOf(-1, 2), Buffer.alloc(128)),
      /no disk is that large/,
    ],
    ['a piece beyond a buffer', transactionOf(bufferOf(100, 2, 0, 0x100), Buffer.alloc(128)), /not where/],
    ['a piece too large', transactionOf(bufferOf(100, 2), Buffer.alloc(256)), /not where/],
    ['a piece too few', transactionOf(bufferOf(100, 2, 0, 5), Buffer.alloc(128)), /lacks a part/],
    ['half a piece', transactionOf(bufferOf(100, 2), Buffer.alloc(64)), /not where/],
    ['an inode without a core', transactionOf(inodeOf(1, 1)), /has no core/],
    ['an inode of a short head', transactionOf(itemOf(0x123b, 2, 40), core), /begins with 40 bytes/],
    ['an inode in no buffer', transactionOf(inodeOf(2, 1).fill(0, 48, 52), core), /a buffer of 0 bytes/],
    ['an inode in a large buffer', transactionOf(inodeOf(2, 1).fill(0xff, 48, 52), core), /a buffer of 2199/],
    ['an inode in no inode', transactionOf(inodeOf(2, 1, 4), core), /not where an inode is/],
    ['an inode outside its buffer', transactionOf(inodeOf(2, 1, 64, 2 ** 31), core), /outside its buffer/],
    ['an inode outside the volume', transactionOf(inodeOf(2, 1, 2 ** 40), core), /not in the volume/],
    ['an inode with half a core', transactionOf(inodeOf(2, 1), core.subarray(0, 100)), /too short/],
    [
      'an inode with another version',
      transactionOf(inodeOf(2, 1), Buffer.from(core).fill(2, 4, 5)),
      /version 2/,
    ],
    ['an inode without its fork', transactionOf(inodeOf(2, 3), core), /lacks a fork/],
    [
      'an inode with a large fork',
      transactionOf(inodeOf(3, 3), core, Buffer.alloc(340)),
      /fork of 340 bytes/,
    ],
    ['an inode with a fork of two kinds', transactionOf(inodeOf(3, 7), core, Buffer.alloc(8)), /two kinds/],
    ['an inode with a short root', transactionOf(inodeOf(3, 9), core, Buffer.alloc(40)), /root of 40 bytes/],
    [
      'an inode with a full root',
      transactionOf(inodeOf(3, 9), core, Buffer.alloc(72, 0xff)),
      /65535 entries/,
    ],
    ['an inode with forks nobody told of', transactionOf(inodeOf(3, 1), core, Buffer.alloc(8)), /1 forks/],
    ['attributes and no place', transactionOf(inodeOf(3, 0x41), core, Buffer.alloc(8)), /no place for them/],
    [
      'attributes outside the inode',
      transactionOf(inodeOf(3, 3), Buffer.from(core).fill(0xff, 82, 83), Buffer.alloc(8)),
      /outside it/,
    ],
    ['an exchange of extents', transactionOf(inodeOf(2, 0x201), core), /UNSUPPORTED.*each other's/],
    ['new inodes in a short head', transactionOf(itemOf(0x123f, 1, 20)), /takes 20 bytes/],
    ['new inodes in no group', transactionOf(newInodesOf((h) => h.writeUInt32BE(99, 4))), /group 99/],
    ['new inodes beyond a group', transactionOf(newInodesOf((h) => h.writeUInt32BE(2 ** 31, 8))), /not in/],
    ['too many new inodes', transactionOf(newInodesOf((h) => h.writeUInt32BE(2 ** 31, 12))), /2147483648/],
    ['new inodes of another size', transactionOf(newInodesOf((h) => h.writeUInt32BE(256, 16))), /256 bytes/],
    [
      'new inodes in too few blocks',
      transactionOf(newInodesOf((h) => h.writeUInt32BE(1, 20))),
      /in 1 blocks/,
    ],
    ['a short intent', transactionOf(itemOf(0x1236, 1, 8)), /an intent has 8 bytes/],
    [
      'a superblock that is none any more',
      transactionOf(bufferOf(0, 2), Buffer.alloc(128)),
      /not replayed.*superblock/,
    ],
  ];
  for (const [name, operations, says] of rows) {
    test(name, async () => {
      const image = Buffer.from(original);
      appendRecord(image, operations);
      const seen = await readAll(image);
      assert.equal(seen.problems.length, 1);
      assert.match(seen.problems[0] ?? '', /^: .*not replayed/);
      assert.match(seen.problems[0] ?? '', says);
      assertStored(seen);
    });
  }

  const headers: readonly (readonly [string, (header: Buffer) => unknown, RegExp])[] = [
    ['a machine of another byte order', (h) => h.writeUInt32BE(2, 300), /UNSUPPORTED.*little-endian/],
    ['another file system', (h) => h.writeUInt8(9, 304), /of another file system/],
    ['a tail outside the log', (h) => h.writeUInt32BE(2 ** 31, 28), /no record where one/],
  ];
  for (const [name, change, says] of headers) {
    test(name, async () => {
      const image = Buffer.from(original);
      const last = appendRecord(image, transactionOf(intentOf(0x1236, 1)));
      change(image.subarray(at(last), at(last + 1)));
      stampRecord(image, last);
      const seen = await readAll(image);
      assert.match(seen.problems.join('\n'), says);
      assertStored(seen);
    });
  }
});

describe('what a system goes on with when it mounts is told, where it is seen', () => {
  const rows: readonly (readonly [string, readonly Buffer[], RegExp | undefined])[] = [
    ['freeing', [intentOf(0x1236, 1)], undefined],
    ['owners', [intentOf(0x1240, 1)], undefined],
    ['counts', [intentOf(0x1242, 1)], undefined],
    ['mapping', [intentOf(0x1244, 1)], /UNSUPPORTED.*extents of a file/],
    ['attributes', [intentOf(0x1246, 1)], /UNSUPPORTED.*an attribute of a file/],
    ['exchanges', [intentOf(0x1248, 1)], /UNSUPPORTED.*two files exchange/],
    ['mapping that was done', [intentOf(0x1244, 1), intentOf(0x1245, 1)], undefined],
    ['mapping of which another was done', [intentOf(0x1244, 1), intentOf(0x1245, 2)], /extents of a file/],
    [
      'mapping of which another kind was done',
      [intentOf(0x1244, 1), intentOf(0x1247, 1)],
      /extents of a file/,
    ],
  ];
  for (const [name, items, says] of rows) {
    test(name, async () => {
      const image = Buffer.from(original);
      appendRecord(image, transactionOf(...items));
      const { nodes, problems } = await readAll(image);
      if (says === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join('\n'), says);
      assert.ok(nodes.has(LAST));
    });
  }
});

describe('only what was committed is there', () => {
  const broken = transactionOf(bufferOf(0, 2), Buffer.alloc(128));
  const rows: readonly (readonly [string, readonly Operation[]])[] = [
    ['a transaction without an end', broken.slice(0, -1)],
    ['a transaction without a start', broken.slice(1)],
    [
      'what is freed later',
      [...broken, ...transactionOf(bufferOf(0, 1, 2)).map((one) => ({ ...one, id: 7 }))],
    ],
    ['quotas', transactionOf(bufferOf(0, 2, 4), Buffer.alloc(128))],
  ];
  for (const [name, operations] of rows) {
    test(name, async () => {
      const image = Buffer.from(original);
      appendRecord(image, operations);
      const { nodes, problems } = await readAll(image);
      assert.deepEqual(problems, []);
      assert.ok(nodes.has(LAST));
    });
  }

  test('what is on disk and newer stays', async () => {
    const image = Buffer.from(original);
    image.writeBigUInt64BE(2n ** 32n + BigInt(headOf(image) + 1), 240);
    image.writeUInt32LE(checksumOf(image.subarray(0, BLOCK), 224), 224);
    appendRecord(image, broken);
    const { nodes, problems } = await readAll(image);
    assert.deepEqual(problems, []);
    assert.ok(nodes.has(LAST));
  });
});

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function visit(image: Buffer): Promise<void> {
  try {
    const { nodes } = await readAll(image);
    for (const node of nodes.values())
      if (node.kind === 'file') await node.read(0, Math.min(node.size, 2 ** 16));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
}

test('damaged logs are replayed or not, and nothing else happens', { timeout: 600_000 }, async () => {
  const random = randomFrom(Number(process.env.FUZZ_SEED ?? 5));
  const image = Buffer.from(original);
  const records = recordsOf(image);
  const end = headOf(image);
  for (let round = 0; round < Number(process.env.FUZZ_ROUNDS ?? 150); round++) {
    for (let count = 1 + random(4); count > 0; count--) {
      const place = at(random(end)) + random(BLOCK);
      image.writeUInt8(random(3) === 0 ? random(256) : (image[place] ?? 0) ^ (1 << random(8)), place);
    }
    // What is behind the checksums is met too.
    for (const block of round % 4 === 0 ? [] : records)
      if (image.readUInt32BE(at(block) + 12) < 2 ** 18) stampRecord(image, block);
    await visit(image);
    original.copy(image, at(0), at(0), at(end));
  }
});
