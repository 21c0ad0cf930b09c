import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { decodeName } from '../../unpack/tar-text.ts';
import { btrfsDriver } from './index.ts';
import { SmallImage } from './testing/small-image.ts';
import { walkAll } from './testing/walk-all.ts';

const CHUNK_ITEM = 228;
const DIR_ITEM = 84;
const DIR_INDEX = 96;
const EXTENT_DATA = 108;
const INODE_ITEM = 1;
const ROOT_ITEM = 132;
const ROOT_REF = 156;

type Damage = (image: SmallImage) => void;

/** Names of `plain` in the folder that is the root: the snapshot has its own. */
function entriesOfPlain(image: SmallImage, type: number): Buffer[] {
  return image
    .items(type)
    .filter(({ data }) => data.includes('plain'))
    .map(({ data }) => data);
}

function eachExtent(image: SmallImage, content: string, change: (data: Buffer) => void): void {
  for (const { data } of image.items(EXTENT_DATA)) if (data.includes(content)) change(data);
}

const flawed: readonly { name: string; damage: Damage; sealed: boolean; expected: RegExp; kept?: string }[] =
  [
    {
      name: 'a tree that begins elsewhere',
      damage: (image) => {
        for (const { data } of image.items(ROOT_ITEM)) if (data[168] === 0 && data[169] === 1) data[168] = 1;
      },
      sealed: true,
      expected: /MALFORMED_FILE_SYSTEM btrfs: tree \d+ says that it begins at inode 257/,
      kept: 'etc/passwd',
    },
    {
      name: 'a link that goes on after its end',
      damage: (image) => eachExtent(image, '../plain', (data) => data.writeUInt8(0, 21 + 2)),
      sealed: true,
      expected: /MALFORMED_FILE_SYSTEM etc\/link: inode \d+ is a link whose target goes on after its end/,
      kept: 'etc/passwd',
    },
    {
      name: 'content that was changed',
      damage: ({ blocks }) => {
        for (const block of blocks.values()) if (block.includes('not compressed\nnot')) block.write('got', 0);
      },
      sealed: true,
      expected: /CHECKSUM_MISMATCH plain: btrfs: the crc32c of the content at logical address \d+ is wrong/,
      kept: 'etc/passwd',
    },
    {
      name: 'a leaf whose checksum is wrong',
      damage: (image) =>
        image
          .items(EXTENT_DATA)
          .find(({ data }) => data.includes('nested\n'))
          ?.data.write('x', 21),
      sealed: false,
      expected: /CHECKSUM_MISMATCH nested: btrfs: the crc32c of the tree block at \d+ is wrong/,
      kept: 'etc/passwd',
    },
    {
      name: 'a superblock whose checksum is wrong, without a copy',
      damage: ({ superblock }) => superblock.write('other', 0x12b),
      sealed: false,
      expected: /CHECKSUM_MISMATCH the crc32c of the superblock is wrong$/m,
      kept: 'etc/passwd',
    },
    {
      name: 'a log that was not replayed',
      damage: ({ superblock }) => superblock.writeUInt32LE(4096, 0x60),
      sealed: true,
      expected: /UNSUPPORTED btrfs: the log tree was not replayed/,
      kept: 'etc/passwd',
    },
    {
      name: 'another device',
      damage: ({ superblock }) => superblock.writeUInt32LE(2, 0x88),
      sealed: true,
      expected: /UNSUPPORTED btrfs: a file system on 2 devices/,
      kept: 'etc/passwd',
    },
    {
      name: 'a program that can be opened and is not listed',
      damage: (image) => {
        for (const data of entriesOfPlain(image, DIR_INDEX)) data.write('other', 30);
      },
      sealed: true,
      expected:
        /MALFORMED_FILE_SYSTEM .*: btrfs: "plain" can be opened in this folder and is not in its list/,
      kept: 'plain',
    },
    {
      name: 'a default that is not there',
      damage: (image) => {
        for (const { data } of image.items(DIR_ITEM))
          if (data.includes('default')) data.writeUInt32LE(999, 0);
      },
      sealed: true,
      expected: /MALFORMED_FILE_SYSTEM btrfs: there is no subvolume 999, which is the default/,
      kept: '@/etc/passwd',
    },
    {
      name: 'an encrypted file',
      damage: (image) => eachExtent(image, 'root:x', (data) => data.fill(1, 17, 18)),
      sealed: true,
      expected: /ENCRYPTED etc\/passwd: btrfs: inode \d+ is encrypted/,
      kept: 'nested/file',
    },
    {
      name: 'a compression that is not known',
      damage: (image) => eachExtent(image, 'root:x', (data) => data.fill(9, 16, 17)),
      sealed: true,
      expected: /UNSUPPORTED etc\/passwd: btrfs: compression 9 is not known/,
      kept: 'nested/file',
    },
    {
      name: 'an inode without a kind',
      damage: (image) => {
        for (const { data } of image.items(INODE_ITEM))
          if (data.length === 160 && data.readUInt32LE(44) === 7) data.writeUInt32LE(0o750, 52);
      },
      sealed: true,
      expected: /MALFORMED_FILE_SYSTEM etc\/passwd: btrfs: inode \d+ has mode 750, which is no kind of file/,
      kept: 'nested/file',
    },
    {
      name: 'a tree that says it is of another generation',
      damage: (image) => {
        for (const { data, objectid } of image.items(ROOT_ITEM))
          if (objectid === 257) data.writeUInt32LE(999, 160);
      },
      sealed: true,
      expected: /MALFORMED_FILE_SYSTEM .*: btrfs: the tree block at \d+ is of generation \d+ instead of 999/,
      kept: 'etc/passwd',
    },
  ];

for (const { name, damage, sealed, expected, kept } of flawed) {
  test(`said, and the rest is read: ${name}`, async () => {
    const image = new SmallImage();
    damage(image);
    if (sealed) image.seal();
    const { problems, contents } = await walkAll(image);
    assert.match(problems.join('\n'), expected);
    if (kept !== undefined) assert.ok(contents.has(kept), [...contents.keys()].join());
  });
}

test('the default is looked for where the superblock says, as a kernel does', async () => {
  const image = new SmallImage();
  image.superblock.writeBigUInt64LE(9n, 0x80);
  image.seal();
  const { contents, problems } = await walkAll(image);
  assert.deepEqual(problems, []);
  assert.ok(contents.has('top') && !contents.has('etc/passwd'), [...contents.keys()].join());
});

test('a subvolume that no folder names is walked by a name of its own', async () => {
  const image = new SmallImage();
  for (const { data } of image.items(ROOT_REF)) if (data.includes('snap')) data.write('snip', 18);
  image.seal();
  const { contents, nodes } = await walkAll(image);
  assert.equal(nodes.get('.btrfs-top-level/snap')?.kind, 'directory');
  const found = [...contents.keys()].filter((path) => /^\.btrfs-subvolume-\d+\/etc\/passwd$/.test(path));
  assert.equal(found.length, 1);
});

const refused: readonly { name: string; damage: Damage; code: string; expected: RegExp }[] = [
  {
    name: 'a feature that is known and not read',
    damage: ({ superblock }) => superblock.writeUInt32LE(2 ** 13, 0xbc),
    code: 'UNSUPPORTED',
    expected: /btrfs with extent-tree-v2 is not read/,
  },
  {
    name: 'a feature that is not known',
    damage: ({ superblock }) => superblock.writeUInt32LE(1, 0xc0),
    code: 'UNSUPPORTED',
    expected: /btrfs with unknown feature 32 is not read/,
  },
  {
    name: 'encryption',
    damage: ({ superblock }) => superblock.writeUInt32LE(2 ** 15, 0xbc),
    code: 'ENCRYPTED',
    expected: /btrfs with encryption is not read/,
  },
  {
    name: 'nodes of no size',
    damage: ({ superblock }) => superblock.writeUInt32LE(0, 0x94),
    code: 'MALFORMED_FILE_SYSTEM',
    expected: /a node size of 0/,
  },
  {
    name: 'a checksum that is not known',
    damage: ({ superblock }) => superblock.writeUInt16LE(9, 0xc4),
    code: 'UNSUPPORTED',
    expected: /checksum type 9/,
  },
  {
    name: 'a root that is nowhere',
    damage: ({ superblock }) => superblock.writeBigUInt64LE(2n ** 52n, 0x50),
    code: 'MALFORMED_FILE_SYSTEM',
    expected: /are in no chunk/,
  },
  {
    name: 'a root that no number reaches',
    damage: ({ superblock }) => superblock.writeBigUInt64LE(2n ** 63n, 0x50),
    code: 'MALFORMED_FILE_SYSTEM',
    expected: /no disk has that/,
  },
  {
    name: 'chunks on another device',
    damage: ({ superblock }) => superblock.writeUInt32LE(7, 0xc9),
    code: 'UNSUPPORTED',
    expected: /is on another device/,
  },
  {
    name: 'RAID 5',
    damage: (image) => {
      image.superblock.writeUInt32LE(image.superblock.readUInt32LE(0x32b + 17 + 24) | 0x80, 0x32b + 17 + 24);
      for (const { data } of image.items(CHUNK_ITEM)) data.writeUInt32LE(data.readUInt32LE(24) | 0x80, 24);
    },
    code: 'UNSUPPORTED',
    expected: /RAID5 is not read/,
  },
];

for (const { name, damage, code, expected } of refused) {
  test(`refused: ${name}`, async () => {
    const image = new SmallImage();
    damage(image);
    image.seal();
    await assert.rejects(btrfsDriver.open(image), (error) => {
      assert.ok(error instanceof Unreadable, String(error));
      assert.match(error.message, expected);
      assert.equal(error.code, code);
      return true;
    });
  });
}

test('damage with right checksums: a refusal, a problem, or files, and an end', async () => {
  let seed = 11;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const end = performance.now() + 2000;
  for (let round = 0; round < 1000 && performance.now() < end; round++) {
    const image = new SmallImage();
    const targets = [...image.tree, ...(round % 4 === 0 ? [image.superblock] : [])];
    for (let flips = random(6); flips >= 0; flips--) {
      const block = targets[random(targets.length)] ?? image.superblock;
      // Most of a leaf is empty: headers and items at its two ends matter.
      const used = Math.min(4064, 101 + block.readUInt32LE(96) * 25);
      const at = 32 + random(2) * (4064 - used) + random(used);
      block[at] = random(3) === 0 ? random(256) : (block[at] ?? 0) ^ (1 << random(8));
    }
    if (round % 8 !== 0) image.seal();
    try {
      for (const path of (await walkAll(image)).nodes.keys())
        assert.equal(typeof decodeName(Buffer.from(path)), 'string');
    } catch (error) {
      assert.ok(error instanceof Unreadable, error instanceof Error ? error.stack : String(error));
    }
  }
});

test('an image that is cut off', async () => {
  for (const size of [0, 65_536, 65_600, 69_632, 2 ** 20]) {
    const image = new SmallImage();
    Object.assign(image, { size });
    try {
      const { problems } = await walkAll(image);
      assert.ok(problems.length > 0);
    } catch (error) {
      assert.ok(error instanceof Unreadable, String(error));
    }
  }
});
