import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, Node } from '../contract.ts';
import { extDriver } from './index.ts';
import { BUSY, EXT2, EXT4, INLINE, imageOf, memoryDisk } from './testing/images.ts';

const TOOL = Buffer.concat(
  Array.from({ length: 40 }, (_, number) => Buffer.from(String(number).padStart(8, '0').repeat(128))),
);

describe('reads what mke2fs wrote', () => {
  for (const [name, packed, kind] of [
    ['inline data', INLINE, 'ext4'],
    ['block maps', EXT2, 'ext2'],
    ['extents and an index', EXT4, 'ext4'],
  ] as const) {
    test(name, async () => {
      const { fileSystem, nodes, told } = await readAll(imageOf(packed));
      assert.deepEqual(told, []);
      assert.deepEqual(
        [fileSystem.kind, fileSystem.label, fileSystem.uuid],
        [kind, 'fixture', '01234567-89ab-cdef-0123-456789abcdef'],
      );
      assert.equal(nodes.size, 71);
      const tool = nodeAt(nodes, 'bin/tool');
      assert.deepEqual([tool.mode, tool.names, tool.size, tool.mtime], [0o4755, 2, 40_960, 1_700_000_000]);
      assert.ok(TOOL.equals(await tool.read(0, tool.size)));
      assert.equal(nodeAt(nodes, 'bin/twin').id, tool.id);
      assert.deepEqual(
        { ...tool.xattrs },
        {
          'security.capability': Buffer.from('0100000200040000000000000000000000000000', 'hex').toString(
            'latin1',
          ),
          'user.note': 'n'.repeat(200),
        },
      );
      assert.equal(nodeAt(nodes, 'etc/short').target?.toString(), '../bin/tool');
      assert.equal(nodeAt(nodes, 'etc/long').target?.toString(), 'x'.repeat(100));
      assert.equal(nodeAt(nodes, 'pipe').kind, 'fifo');
      assert.equal((await contentAt(nodes, 'etc/passwd')).toString(), 'root:x:0:0:root:/root:/bin/sh\n');
      const sparse = await contentAt(nodes, 'bin/sparse');
      assert.equal(sparse.length, 300_003);
      assert.equal(
        sparse.toString('latin1').replace(/\0+/g, ' '),
        'piece 0 piece 1 piece 2 piece 3 piece 4 piece 5 end',
      );
    });
  }

  test('a value in an inode of its own', async () => {
    const { nodes } = await readAll(imageOf(EXT4));
    assert.deepEqual(
      { ...nodeAt(nodes, 'etc/passwd').xattrs },
      { 'user.a': 'b', 'user.large': 'v'.repeat(1024) },
    );
  });

  test('what is only in the journal', async () => {
    const { nodes, told } = await readAll(imageOf(BUSY));
    assert.deepEqual(told, []);
    assert.deepEqual([...nodes.keys()].sort(), ['folder', 'folder/third', 'lost+found', 'second']);
    assert.equal((await contentAt(nodes, 'folder/third')).toString(), 'third');
  });

  test('reads inside the content alone', async () => {
    const { nodes } = await readAll(imageOf(EXT4));
    for (const [offset, length] of [
      [40_000, 1_000],
      [-1, 1],
      [0.5, 1],
      [0, 2 ** 40],
      [Number.NaN, 1],
    ] as const)
      await assert.rejects(nodeAt(nodes, 'bin/tool').read(offset, length), Unreadable);
  });
});

interface Damage {
  readonly name: string;
  readonly packed: string;
  readonly change: (image: Buffer) => void;
  /** Codes and words of what is told. */
  readonly told: readonly RegExp[];
  /** Whether everything is found all the same. */
  readonly whole?: boolean;
}

const DAMAGES: readonly Damage[] = [
  {
    name: 'the superblock, with a copy',
    packed: EXT4,
    change: (image) => image.write('other', 1024 + 0x78),
    told: [/CHECKSUM_MISMATCH the superblock has a wrong checksum; its copy in block group 1 was used/],
    whole: true,
  },
  {
    name: 'the superblock claims impossible blocks, with a copy',
    packed: EXT4,
    change: (image) => image.writeUInt32LE(60, 1024 + 0x18),
    told: [/MALFORMED_FILE_SYSTEM the superblock claims blocks of 2\^70 bytes; its copy in block group 1/],
    whole: true,
  },
  {
    name: 'the superblock, without a copy',
    packed: INLINE,
    change: (image) => image.write('other', 1024 + 0x78),
    told: [/CHECKSUM_MISMATCH the superblock has a wrong checksum, and no copy is good/],
    whole: true,
  },
  {
    name: 'a group descriptor, with a copy',
    packed: EXT4,
    change: (image) => image.writeUInt32LE(3, 2048 + 8),
    told: [/CHECKSUM_MISMATCH of block group 0 the descriptor has a wrong checksum; a copy of it was used/],
    whole: true,
  },
  {
    name: 'a group descriptor, without a copy',
    packed: INLINE,
    change: (image) => image.writeUInt16LE(9, 2048 + 0xc),
    told: [/CHECKSUM_MISMATCH of block group 0 the descriptor has a wrong checksum, and so have its copies/],
    whole: true,
  },
  {
    name: 'an inode',
    packed: EXT4,
    change: (image) => image.writeUInt16LE(7, inodeAt(image, 'tool') + 2),
    told: [/CHECKSUM_MISMATCH inode \d+ has a wrong checksum/],
    whole: true,
  },
  {
    name: 'names',
    packed: INLINE,
    change: (image) => image.write('X', image.indexOf('a rather long name for a file 33')),
    told: [/CHECKSUM_MISMATCH folder \d+ has a block \d with a wrong checksum/],
    whole: true,
  },
  {
    name: 'the index of a folder',
    packed: EXT4,
    change: (image) => image.writeUInt8(1, indexAt(image) + 0x28),
    told: [/CHECKSUM_MISMATCH folder \d+ has a block 0 with a wrong checksum/],
    whole: true,
  },
  {
    name: 'extents',
    packed: EXT4,
    change: (image) => image.writeUInt8(9, blockOf(image, 'sparse', 0x28 + 16) + 500),
    told: [/CHECKSUM_MISMATCH inode \d+ has extents with a wrong checksum in block \d+/],
  },
  {
    name: 'attributes',
    packed: INLINE,
    change: (image) => image.write('m', image.indexOf('nnnnnnnnnn')),
    told: [/CHECKSUM_MISMATCH .*(has a wrong checksum|have a wrong checksum)/],
    whole: true,
  },
  {
    name: 'a value in an inode of its own',
    packed: EXT4,
    change: (image) => image.write('w', image.indexOf('vvvvvvvvvv')),
    told: [
      /CHECKSUM_MISMATCH of inode \d+ the attribute user.large could not be read: inode \d+ holds an attribute/,
    ],
    whole: true,
  },
  {
    name: 'a block map that leads into itself',
    packed: EXT2,
    change: (image) => {
      const block = image.readUInt32LE(inodeAt(image, 'sparse') + 0x28 + 13 * 4);
      for (let at = 0; at < 1024; at += 4) image.writeUInt32LE(block, block * 1024 + at);
    },
    told: [],
  },
  {
    name: 'a block map that leads out',
    packed: EXT2,
    change: (image) => image.writeUInt32LE(0xffffffff, inodeAt(image, 'tool') + 0x28),
    told: [/MALFORMED_FILE_SYSTEM a map leads to block 4294967295, beyond the file system's 1024/],
  },
  {
    name: 'one block of names twice',
    packed: EXT2,
    change: (image) => {
      const at = inodeAt(image, 'many') + 0x28;
      image.writeUInt32LE(image.readUInt32LE(at + 4), at + 8);
    },
    told: [/MALFORMED_FILE_SYSTEM inode \d+ is a folder that has block \d+ of the disk twice/],
  },
  {
    name: 'a folder that claims to be larger than the disk',
    packed: EXT2,
    change: (image) => image.writeUInt32LE(0xfffff000, inodeAt(image, 'many') + 4),
    told: [/is a folder of 4294963200 bytes, more than there are/, /is a folder without its block 3/],
    whole: true,
  },
  {
    name: 'a name of a deleted inode',
    packed: EXT2,
    change: (image) => image.writeUInt16LE(0, inodeAt(image, 'pipe') + 0x1a),
    told: [/MALFORMED_FILE_SYSTEM inode \d+ is not in use, though a name leads to it/],
  },
  {
    name: 'a name of an inode that does not exist',
    packed: EXT2,
    change: (image) => image.writeUInt32LE(4_000_000, entryOf(image, 'pipe')),
    told: [/MALFORMED_FILE_SYSTEM inode 4000000 does not exist: there are 128/],
  },
  {
    name: 'a name of an inode of the file system',
    packed: EXT2,
    change: (image) => image.writeUInt32LE(7, entryOf(image, 'pipe')),
    told: [/MALFORMED_FILE_SYSTEM inode 7 belongs to the file system itself/],
  },
  {
    name: 'an entry longer than its block',
    packed: EXT2,
    change: (image) => image.writeUInt16LE(2000, entryOf(image, 'pipe') + 4),
    told: [/MALFORMED_FILE_SYSTEM folder 2 has a block 0 in which an entry at \d+ claims 2000 bytes/],
  },
  {
    name: 'an encrypted file',
    packed: EXT2,
    change: (image) => image.writeUInt32LE(0x800, inodeAt(image, 'tool') + 0x20),
    told: [/ENCRYPTED inode \d+ is encrypted by the file system: it was not read/],
  },
  {
    name: 'a disk that ends early',
    packed: EXT2,
    change: () => {},
    told: [/TRUNCATED the file system claims 1048576 bytes, and memory has 1048000/],
    whole: true,
  },
  {
    name: 'a block of the journal',
    packed: BUSY,
    change: (image) => {
      for (let at = image.indexOf('third'); at >= 0; at = image.indexOf('third', at))
        image.write('THIRD', at);
    },
    told: [/CHECKSUM_MISMATCH \d+ blocks in the journal have a wrong checksum and were not replayed/],
  },
];

describe('tells what is damaged', () => {
  for (const { name, packed, change, told, whole } of DAMAGES) {
    test(name, async () => {
      const image = imageOf(packed);
      change(image);
      const end = name === 'a disk that ends early' ? 1_048_000 : image.length;
      const found = await readAll(image.subarray(0, end));
      for (const wanted of told)
        assert.ok(
          found.told.some((line) => wanted.test(line)),
          `${wanted}: ${found.told.join('\n')}`,
        );
      if (whole === true) assert.equal(found.nodes.size, 71, found.told.join('\n'));
    });
  }
});

describe('refuses', () => {
  for (const { name, at, value, code, says } of [
    {
      name: 'a compressed file system',
      at: 0x60,
      value: 0x3,
      code: 'UNSUPPORTED',
      says: /has compression, which/,
    },
    { name: 'a journal device', at: 0x60, value: 0xa, code: 'UNSUPPORTED', says: /has journal_dev, which/ },
    { name: 'data in names', at: 0x60, value: 0x1002, code: 'UNSUPPORTED', says: /has dirdata, which/ },
    {
      name: 'what is not known yet',
      at: 0x60,
      value: 0x80000002,
      code: 'UNSUPPORTED',
      says: /feature 0x80000000/,
    },
    {
      name: 'no blocks',
      at: 0x4,
      value: 0,
      code: 'MALFORMED_FILE_SYSTEM',
      says: /impossible number of blocks/,
    },
    {
      name: 'no blocks in a group',
      at: 0x20,
      value: 0,
      code: 'MALFORMED_FILE_SYSTEM',
      says: /0 blocks a group/,
    },
    {
      name: 'no inodes in a group',
      at: 0x28,
      value: 0,
      code: 'MALFORMED_FILE_SYSTEM',
      says: /0 inodes a group/,
    },
    {
      name: 'more inodes than groups have',
      at: 0x0,
      value: 129,
      code: 'MALFORMED_FILE_SYSTEM',
      says: /129 inodes/,
    },
    {
      name: 'inodes of no bytes',
      at: 0x58,
      value: 0,
      code: 'MALFORMED_FILE_SYSTEM',
      says: /inodes of 0 bytes/,
    },
  ]) {
    test(name, async () => {
      const image = imageOf(EXT2);
      image.writeUInt32LE(value, 1024 + at);
      await assert.rejects(extDriver.open(memoryDisk(image)), (error) => {
        assert.ok(error instanceof Unreadable);
        assert.equal(error.code, code);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  test('knows its magic in whatever it is given', () => {
    assert.equal(extDriver.probe(Buffer.alloc(0)), false);
    assert.equal(extDriver.probe(Buffer.alloc(1500)), false);
    assert.equal(extDriver.probe(imageOf(EXT2).subarray(0, 2048)), true);
  });
});

describe('an attacker writes all of it', () => {
  for (const [name, packed] of [
    ['inline data', INLINE],
    ['block maps', EXT2],
    ['extents', EXT4],
    ['journal', BUSY],
  ] as const) {
    test(`flipped bytes: ${name}`, async () => {
      const image = imageOf(packed);
      const random = randomNumbers(7);
      const used = usedBytes(image);
      const until = performance.now() + 1000;
      for (let round = 0; round < 400 && performance.now() < until; round++) {
        const changed = Buffer.from(image);
        for (let flips = random(12) + 1; flips > 0; flips--)
          changed[used[random(used.length)] ?? 0] = random(3) === 0 ? 0xff : random(256);
        const end = random(8) === 0 ? random(changed.length) : changed.length;
        await readHostile(changed.subarray(0, end));
      }
    });
  }
});

/** Whatever happens is `Unreadable`. */
async function readHostile(image: Buffer): Promise<void> {
  try {
    await readAll(image);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
}

interface Found {
  readonly fileSystem: FileSystem;
  readonly nodes: Map<string, Node>;
  readonly told: string[];
}

async function readAll(image: Buffer): Promise<Found> {
  const fileSystem = await extDriver.open(memoryDisk(image));
  const told = fileSystem.flaws.map(toLine);
  const nodes = new Map<string, Node>();
  const entered = new Set<Node['id']>();
  const folders: [string, Node][] = [['', await fileSystem.root()]];
  for (let next = folders.pop(); next !== undefined && nodes.size < 2000; next = folders.pop()) {
    const [path, folder] = next;
    entered.add(folder.id);
    try {
      for await (const listed of fileSystem.list(folder)) {
        if (listed.kind === 'flaw') {
          told.push(toLine(listed.flaw));
          continue;
        }
        const below = path === '' ? listed.name.toString() : `${path}/${listed.name.toString()}`;
        const node = await openAndRead(listed, told);
        if (node === undefined) continue;
        nodes.set(below, node);
        if (node.kind === 'directory' && !entered.has(node.id)) folders.push([below, node]);
      }
    } catch (error) {
      told.push(toLine(requireUnreadable(error)));
    }
  }
  return { fileSystem, nodes, told };
}

async function openAndRead(listed: { open(): Promise<Node> }, told: string[]): Promise<Node | undefined> {
  try {
    const node = await listed.open();
    told.push(...node.flaws.map(toLine));
    if (node.kind === 'file') await node.read(0, Math.min(node.size, 2 ** 20));
    return node;
  } catch (error) {
    told.push(toLine(requireUnreadable(error)));
    return undefined;
  }
}

function requireUnreadable(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  throw error;
}

function toLine({ code, message }: Unreadable): string {
  return `${code} ${message}`;
}

function nodeAt(nodes: ReadonlyMap<string, Node>, path: string): Node {
  const node = nodes.get(path);
  assert.ok(node, path);
  return node;
}

function contentAt(nodes: ReadonlyMap<string, Node>, path: string): Promise<Buffer> {
  const node = nodeAt(nodes, path);
  return node.read(0, node.size);
}

/** Where the entry of a name is; the name has to be in a folder that has blocks. */
function entryOf(image: Buffer, name: string): number {
  for (let at = image.indexOf(name); at >= 0; at = image.indexOf(name, at + 1))
    if (image[at - 2] === name.length && image.readUInt16LE(at - 4) % 4 === 0) return at - 8;
  throw new Error(`no entry ${name}`);
}

/** Where the inode of a name is, in the first group. */
function inodeAt(image: Buffer, name: string): number {
  const number = image.readUInt32LE(entryOf(image, name));
  const size = image.readUInt16LE(1024 + 0x58);
  const group = Math.floor((number - 1) / image.readUInt32LE(1024 + 0x28));
  const descriptor = (image.readUInt32LE(1024 + 0x60) & 0x80) === 0 ? 32 : 64;
  const table = image.readUInt32LE(2048 + group * descriptor + 8);
  return table * 1024 + ((number - 1) % image.readUInt32LE(1024 + 0x28)) * size;
}

function blockOf(image: Buffer, name: string, at: number): number {
  return image.readUInt32LE(inodeAt(image, name) + at) * 1024;
}

function indexAt(image: Buffer): number {
  return blockOf(image, 'many', 0x28 + 20);
}

/** Places that are not zero: a change elsewhere rarely says something. */
function usedBytes(image: Buffer): number[] {
  const used: number[] = [];
  for (let at = 0; at < image.length; at++) if (image[at] !== 0) used.push(at);
  return used;
}

function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
