import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { memoryDisk } from '../../testing/memory-disk.ts';
import type { Node } from '../contract.ts';
import { extDriver } from './index.ts';
import { BUSY, EXT2, EXT4, INLINE, imageOf } from './testing/images.ts';
import { readAll } from './testing/read-all.ts';

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

function nodeAt(nodes: ReadonlyMap<string, Node>, path: string): Node {
  const node = nodes.get(path);
  assert.ok(node, path);
  return node;
}

function contentAt(nodes: ReadonlyMap<string, Node>, path: string): Promise<Buffer> {
  const node = nodeAt(nodes, path);
  return node.read(0, node.size);
}
