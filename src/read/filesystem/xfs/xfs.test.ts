import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryDisk } from '../../testing/memory-disk.ts';
import { contentOf } from '../content.ts';
import { walk } from '../walk.ts';
import { checksumOf } from './checksum.ts';
import { xfsDriver } from './index.ts';
import { smallImage } from './testing/small-image.ts';

interface Seen {
  readonly paths: readonly string[];
  readonly contents: ReadonlyMap<string, string>;
  /** `path: CODE message`, of the file system itself without a path. */
  readonly problems: readonly string[];
}

async function readAll(image: Buffer): Promise<Seen> {
  const fileSystem = await xfsDriver.open(memoryDisk(image));
  const paths: string[] = [];
  const contents = new Map<string, string>();
  const problems = fileSystem.flaws.map(({ code, message }) => `: ${code} ${message}`);
  for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
    if (step.kind === 'problem') {
      problems.push(`${step.problem.path}: ${step.problem.code} ${step.problem.message}`);
      continue;
    }
    paths.push(step.record.path);
    if (step.record.kind !== 'file') continue;
    try {
      const pieces = [];
      for await (const piece of contentOf(step.node, new AbortController().signal)) pieces.push(piece);
      contents.set(step.record.path, Buffer.concat(pieces).toString('latin1'));
    } catch (error) {
      problems.push(`${step.record.path}: ${String(error)}`);
    }
  }
  return { paths, contents, problems };
}

const original = smallImage();

/** In this image a group has 2^14 blocks, so numbers of blocks and inodes are places without more. */
const BLOCK = 1024;
const INODE = 512;
const inode = (number: number): number => number * INODE;
const FILE = inode(37);
const ROOT = inode(32);
const BLOCK_FOLDER = 11 * BLOCK;
const BIG_FOLDER = 48 * BLOCK;
const BIG_INDEX = 80 * BLOCK;
const PAD = inode(37954);
const PAD_LEAF = 19240 * BLOCK;
const SECOND_LEAF = 20009 * BLOCK;
const FORK = 176;

/** Makes a checksum right again, as an attacker would. */
function stamp(image: Buffer, at: number, length: number, field: number): void {
  const block = image.subarray(at, at + length);
  block.writeUInt32LE(checksumOf(block, field), field);
}

const stampSuperblock = (image: Buffer, at = 0): void => stamp(image, at, 512, 224);

test('reads what Linux wrote', async () => {
  const { paths, contents, problems } = await readAll(original);
  assert.deepEqual(problems, []);
  const names = (folder: string): number => paths.filter((path) => path.startsWith(`${folder}/`)).length;
  assert.deepEqual([names('block'), names('leaf'), names('btree'), names('sub')], [30, 150, 700, 1]);
  assert.equal(contents.get('block/a-name-1'), 'hello\n');
  assert.equal(contents.get('holes'), `${'\0'.repeat(102_400)}end\n`);
  assert.equal(contents.get('reserved'), '\0'.repeat(8192));
  assert.equal(contents.get('sub/pad'), '\0'.repeat(1_410_048));
});

test('tells what is known of a file and of the file system', async () => {
  const fileSystem = await xfsDriver.open(memoryDisk(original));
  const { kind, label, uuid, ignoresCase, flaws } = fileSystem;
  assert.deepEqual(
    { kind, label, uuid, ignoresCase, flaws },
    {
      kind: 'xfs',
      label: 'small',
      uuid: '0123abcd-0000-4000-8000-00000000beef',
      ignoresCase: false,
      flaws: [],
    },
  );
  const root = await fileSystem.root();
  const nodes = new Map();
  for await (const listed of fileSystem.list(root)) {
    assert.ok(listed.kind === 'name');
    nodes.set(listed.name.toString(), await listed.open());
  }
  const { read: _, ...file } = nodes.get('file');
  assert.deepEqual(file, {
    id: 37,
    kind: 'file',
    mode: 0o755,
    uid: 1000,
    gid: 100,
    size: 6,
    mtime: 1_700_000_000,
    names: 881,
    stored: 1024,
    xattrs: { 'user.one': '1' },
    flaws: [],
  });
  assert.equal(nodes.get('reserved').stored, 0);
  assert.equal(nodes.get('far').target.length, 954);
  assert.equal(nodes.get('pipe').kind, 'fifo');
  assert.equal(nodes.get('null').kind, 'character');
  assert.deepEqual(nodes.get('block').xattrs, { 'user.large': 'large'.repeat(500) });
  const expected = Array.from({ length: 14 }, (_, index) => [`trusted.n${index + 1}`, 'v'.repeat(120)]);
  assert.deepEqual({ ...nodes.get('leaf').xattrs }, Object.fromEntries(expected));
});

test('reads any part of a file, and nothing outside it', async () => {
  const fileSystem = await xfsDriver.open(memoryDisk(original));
  for await (const listed of fileSystem.list(await fileSystem.root())) {
    if (listed.kind !== 'name' || listed.name.toString() !== 'holes') continue;
    const node = await listed.open();
    assert.equal((await node.read(102_398, 5)).toString(), '\0\0end');
    assert.equal((await node.read(102_404, 0)).length, 0);
    await assert.rejects(node.read(102_400, 5), { code: 'TRUNCATED' });
    await assert.rejects(node.read(-1, 5), { code: 'TRUNCATED' });
  }
});

test('looks for its magic only', () => {
  assert.equal(xfsDriver.probe(original.subarray(0, 512)), true);
  assert.equal(xfsDriver.probe(Buffer.alloc(512)), false);
  assert.equal(xfsDriver.probe(Buffer.from('XFS')), false);
});

type Change = (image: Buffer) => unknown;

const inInode = (at: number, change: Change) => (image: Buffer) => {
  change(image);
  stamp(image, at, INODE, 100);
};

const inSuperblock = (change: Change) => (image: Buffer) => {
  change(image);
  stampSuperblock(image);
};

const inBlock = (at: number, length: number, field: number, change: Change) => (image: Buffer) => {
  change(image);
  stamp(image, at, length, field);
};

/** What is done to the image, and what is said of it. */
type Damage = readonly [name: string, damage: Change, says: RegExp];

const SURVIVED: readonly Damage[] = [
  [
    'a superblock with a wrong checksum',
    (i) => i.fill(0x41, 108, 110),
    /^: CHECKSUM_MISMATCH .*copy in allocation group 1/,
  ],
  [
    'a superblock that lies',
    inSuperblock((i) => i.writeUInt32BE(7, 88)),
    /^: MALFORMED.*7 allocation groups.*copy in allocation group 1/,
  ],
  [
    'a superblock without sizes',
    (i) => i.fill(0, 4, 24),
    /^: CHECKSUM_MISMATCH .*copy in allocation group 1/,
  ],
  [
    'a repair that is needed',
    inSuperblock((i) => i.writeUInt32BE(i.readUInt32BE(216) | 0x10, 216)),
    /^: MALFORMED.*needs repair/,
  ],
  [
    'a making that was not finished',
    inSuperblock((i) => i.writeUInt8(1, 126)),
    /^: MALFORMED.*never finished/,
  ],
  ['a log with changes', useLog, /^: CHECKSUM_MISMATCH.*not replayed/],
  [
    'a log that is elsewhere',
    inSuperblock((i) => i.writeBigUInt64BE(0n, 48)),
    /^: UNSUPPORTED.*another device/,
  ],
  [
    'names in any case',
    inSuperblock((i) => i.writeUInt16BE(i.readUInt16BE(100) | 0x4000, 100)),
    /^: UNSUPPORTED.*any letter case/,
  ],
  [
    'a log outside the volume',
    inSuperblock((i) => i.writeUInt32BE(2 ** 30, 96)),
    /^: MALFORMED.*the log is in block/,
  ],
  [
    'an inode with a wrong checksum',
    (i) => i.writeUInt32BE(1, FILE + 96),
    /^file: CHECKSUM_MISMATCH .*inode 37/,
  ],
  [
    'an inode of another number',
    inInode(FILE, (i) => i.writeUInt32BE(99, FILE + 156)),
    /^file: MALFORMED.*says it is inode 99/,
  ],
  [
    'an inode of another file system',
    inInode(FILE, (i) => i.writeUInt32BE(99, FILE + 160)),
    /^file: MALFORMED.*another file system/,
  ],
  ['an inode that is none', (i) => i.writeUInt16BE(0, FILE), /^file: MALFORMED.*magic/],
  ['an inode that is free', (i) => i.writeUInt16BE(0, FILE + 2), /^file: MALFORMED.*free/],
  [
    'an inode of an unknown kind',
    (i) => i.writeUInt16BE(0o070000, FILE + 2),
    /^file: MALFORMED.*unknown kind/,
  ],
  ['an inode of an older version', (i) => i.writeUInt8(2, FILE + 4), /^file: MALFORMED.*version 2/],
  ['an inode of an unknown format', (i) => i.writeUInt8(9, FILE + 5), /^file: MALFORMED.*unknown format/],
  [
    'a size that is none',
    (i) => i.writeUInt32BE(0xffffffff, FILE + 56),
    /^file: MALFORMED.*size of inode 37/,
  ],
  [
    'a file in an inode',
    inInode(FILE, (i) => i.writeUInt8(1, FILE + 5)),
    /^block\/a-name-1: .*place where it cannot be/,
  ],
  [
    'a file on a realtime device',
    inInode(FILE, (i) => i.writeUInt16BE(1, FILE + 90)),
    /^block\/a-name-1: .*realtime/,
  ],
  [
    'attributes outside the inode',
    inInode(FILE, (i) => i.writeUInt8(200, FILE + 82)),
    /^file: MALFORMED.*attributes begin outside/,
  ],
  [
    'attributes that are too long',
    inInode(FILE, (i) => i.writeUInt16BE(999, FILE + FORK + i.readUInt8(FILE + 82) * 8)),
    /^file: MALFORMED.*999 bytes/,
  ],
  [
    'more extents than fit',
    inInode(FILE, (i) => i.writeUInt32BE(900, FILE + 76)),
    /^block\/a-name-1: .*900 extents/,
  ],
  [
    'an extent outside the volume',
    inInode(FILE, (i) => i.writeUInt8(0x80, FILE + FORK + 8)),
    /^block\/a-name-1: .*not in the volume/,
  ],
  [
    'an extent of nothing',
    inInode(FILE, (i) => i.writeUInt16BE(0, FILE + FORK + 14)),
    /^block\/a-name-1: .*empty/,
  ],
  [
    'a folder that was never written',
    inInode(inode(35), (i) => i.writeUInt8(0x80, inode(35) + FORK)),
    /^block: .*never written/,
  ],
  [
    'a folder that has a block twice',
    inInode(inode(36), (i) => i.copy(i, inode(36) + FORK + 24, inode(36) + FORK + 8, inode(36) + FORK + 16)),
    /^btree: .*a block twice/,
  ],
  [
    'a folder in its inode that is cut',
    inInode(ROOT, (i) => i.writeUInt8(0, ROOT + FORK + 19)),
    /more names, that could not be read/,
  ],
  [
    'a folder in its inode that says too little',
    inInode(ROOT, (i) => i.writeUInt8(1, ROOT + FORK)),
    /bytes after its last name/,
  ],
  [
    'an inode that no volume has',
    inBlock(BLOCK_FOLDER, 4096, 4, (i) => i.writeUInt32BE(0x00ffffff, BLOCK_FOLDER + 64 + 32)),
    /^block\/.*not in the volume/,
  ],
  [
    'a block of names with a wrong checksum',
    (i) => i.writeUInt8(0x41, BLOCK_FOLDER + 64 + 41),
    /^block: CHECKSUM_MISMATCH/,
  ],
  ['a block of names that is none', (i) => i.writeUInt8(0, BIG_FOLDER), /^btree: MALFORMED.*magic/],
  [
    'a block of names of another folder',
    inBlock(BIG_FOLDER, 4096, 4, (i) => i.writeUInt8(9, BIG_FOLDER + 47)),
    /^btree: MALFORMED.*belongs to inode 9/,
  ],
  [
    'a block of names from elsewhere',
    inBlock(BIG_FOLDER, 4096, 4, (i) => i.writeUInt8(9, BIG_FOLDER + 15)),
    /^btree: MALFORMED.*says it is sector 9/,
  ],
  [
    'a block of names of another file system',
    inBlock(BIG_FOLDER, 4096, 4, (i) => i.writeUInt8(9, BIG_FOLDER + 30)),
    /^btree: MALFORMED.*another file system/,
  ],
  [
    'a name without length',
    inBlock(BIG_FOLDER, 4096, 4, (i) => i.writeUInt8(0, BIG_FOLDER + 64 + 40)),
    /^btree: MALFORMED.*damaged/,
  ],
  [
    'a name only the index of its block has',
    inBlock(BLOCK_FOLDER, 4096, 4, (i) => hideName(i, BLOCK_FOLDER)),
    /^block: MALFORMED.*index that its listing does not show/,
  ],
  [
    'a name only the index has',
    inBlock(BIG_FOLDER, 4096, 4, (i) => hideName(i, BIG_FOLDER)),
    /^btree: MALFORMED.*name that the listing does not show/,
  ],
  ['an index with a wrong checksum', (i) => i.writeUInt8(0x41, BIG_INDEX + 64), /^btree: CHECKSUM_MISMATCH/],
  ['an index that is none', (i) => i.writeUInt8(0, BIG_INDEX + 8), /^btree: MALFORMED.*magic/],
  [
    'an index with too many entries',
    inBlock(BIG_INDEX, 4096, 12, (i) => i.writeUInt16BE(9999, BIG_INDEX + 56)),
    /^btree: MALFORMED.*9999 entries/,
  ],
  ['an extent tree with a wrong checksum', (i) => i.writeUInt8(1, PAD_LEAF + 39), /^sub\/pad: .*checksum/],
  [
    'an extent tree of another file',
    inBlock(PAD_LEAF, BLOCK, 64, (i) => i.writeUInt8(1, PAD_LEAF + 63)),
    /^sub\/pad: .*belongs to inode/,
  ],
  [
    'an extent tree with a loop',
    inInode(PAD, (i) => {
      i.writeBigUInt64BE(19240n, SECOND_LEAF + 16);
      i.writeUInt32BE(19240, PAD + FORK + rootPointers(i) + 12);
    }),
    /^sub\/pad: .*twice/,
  ],
  [
    'an extent tree whose leaves lead elsewhere',
    inBlock(PAD_LEAF, BLOCK, 64, (i) => i.writeBigUInt64BE(77n, PAD_LEAF + 16)),
    /^sub\/pad: .*not the one that its sibling names/,
  ],
  [
    'an extent tree with leaves nobody names',
    inBlock(SECOND_LEAF, BLOCK, 64, (i) => i.writeBigUInt64BE(77n, SECOND_LEAF + 16)),
    /^sub\/pad: .*does not reach/,
  ],
  [
    'an extent tree that is too deep',
    inInode(PAD, (i) => i.writeUInt16BE(99, PAD + FORK)),
    /^sub\/pad: .*root is not usable/,
  ],
  [
    'an extent tree of other levels',
    inInode(PAD, (i) => i.writeUInt16BE(3, PAD + FORK)),
    /^sub\/pad: .*no node of its level 2/,
  ],
  [
    'a count of extents that is wrong',
    inInode(PAD, (i) => i.writeUInt32BE(5, PAD + 76)),
    /^sub\/pad: .*says 5/,
  ],
  [
    'a symlink of another inode',
    inBlock(15 * BLOCK, BLOCK, 12, (i) => i.writeUInt8(1, 15 * BLOCK + 39)),
    /^far: .*belongs to inode/,
  ],
  ['a symlink with a wrong checksum', (i) => i.writeUInt8(0x41, 15 * BLOCK + 60), /^far: CHECKSUM_MISMATCH/],
  ['a symlink without its header', (i) => i.writeUInt8(0, 15 * BLOCK), /^far: MALFORMED.*not its own/],
  [
    'a symlink that is too long',
    inInode(inode(39), (i) => i.writeUInt32BE(5000, inode(39) + 60)),
    /^far: MALFORMED.*5000 bytes/,
  ],
  [
    'a leaf of attributes with a wrong checksum',
    (i) => i.writeUInt8(1, 10 * BLOCK + 31),
    /^block: CHECKSUM_MISMATCH.*attributes/,
  ],
  [
    'a leaf of attributes that is none',
    (i) => i.writeUInt8(0, 10 * BLOCK + 8),
    /^block: MALFORMED.*none of theirs/,
  ],
  [
    'a value of another inode',
    inBlock(100 * BLOCK, BLOCK, 12, (i) => i.writeUInt8(1, 100 * BLOCK + 39)),
    /^block: MALFORMED.*value.*belongs to inode/,
  ],
  [
    'a value with a wrong checksum',
    (i) => i.writeUInt8(1, 101 * BLOCK + 100),
    /^block: CHECKSUM_MISMATCH.*value/,
  ],
  [
    'a tree of attributes with a loop',
    inBlock(21034 * BLOCK, BLOCK, 12, (i) => i.writeUInt32BE(0, 21034 * BLOCK + 64 + 4)),
    /^leaf: MALFORMED.*back into themselves/,
  ],
];

/** Has each record of the log hold more than the end of a mount. */
function useLog(image: Buffer): void {
  for (let at = 16389 * BLOCK; at < (16389 + 2577) * BLOCK; at += 512)
    if (image.readUInt32BE(at) === 0xfeedbabe) image.writeUInt32BE(2, at + 40);
}

/** Makes the second name of a block of names free space, which leaves it in the index. */
function hideName(image: Buffer, at: number): void {
  const entry = at + 64 + 32;
  const length = Math.ceil((image.readUInt8(entry + 8) + 12) / 8) * 8;
  image.writeUInt16BE(0xffff, entry);
  image.writeUInt16BE(length, entry + 2);
}

/** Where the root of `sub/pad`, in its inode, has its pointers. */
function rootPointers(image: Buffer): number {
  const size = image.readUInt8(PAD + 82) === 0 ? INODE - FORK : image.readUInt8(PAD + 82) * 8;
  return 4 + Math.floor((size - 4) / 16) * 8;
}

describe('says what is wrong, and reads the rest', () => {
  for (const [name, damage, says] of SURVIVED) {
    test(name, async () => {
      const image = Buffer.from(original);
      damage(image);
      const { problems, paths } = await readAll(image);
      assert.ok(
        problems.some((problem) => says.test(problem)),
        problems.slice(0, 5).join('\n') || 'nothing was said',
      );
      assert.ok(paths.length >= 9, `${paths.length} entries were read`);
    });
  }

  test('a volume that is cut', async () => {
    const { problems } = await readAll(original.subarray(0, 24 * 2 ** 20));
    assert.match(problems[0] ?? '', /^: TRUNCATED/);
  });
});

describe('refuses', () => {
  const feature = (bit: number) => (image: Buffer) => {
    for (const at of [0, 16384 * BLOCK]) {
      image.writeUInt32BE(image.readUInt32BE(at + 216) | bit, at + 216);
      stampSuperblock(image, at);
    }
  };
  const REFUSED: readonly (readonly [string, Change, string, RegExp])[] = [
    ['a metadata directory', feature(0x100), 'UNSUPPORTED', /metadir/],
    ['a zoned device', feature(0x200), 'UNSUPPORTED', /zoned/],
    ['what is not known yet', feature(0x4000_0000), 'UNSUPPORTED', /0x40000000/],
    [
      'old superblocks',
      (i) => i.fill(0, 16384 * BLOCK, 16385 * BLOCK).writeUInt16BE(3, 100),
      'UNSUPPORTED',
      /version 3/,
    ],
    [
      'two superblocks that are damaged',
      (i) => [0, 16384 * BLOCK].map((at) => i.fill(0xff, at + 4, at + 120)),
      'CHECKSUM_MISMATCH',
      /checksum|not usable/,
    ],
    ['a superblock of nothing', (i) => i.fill(0), 'MALFORMED_FILE_SYSTEM', /magic/],
  ];
  for (const [name, damage, code, message] of REFUSED) {
    test(name, async () => {
      const image = Buffer.from(original);
      damage(image);
      await assert.rejects(xfsDriver.open(memoryDisk(image)), (error: Error & { code?: string }) => {
        assert.match(error.message, message);
        assert.ok(error.code === code || error.code === 'MALFORMED_FILE_SYSTEM', error.code);
        return true;
      });
    });
  }

  test('what is smaller than a superblock', async () => {
    await assert.rejects(xfsDriver.open(memoryDisk(original.subarray(0, 300))), { code: 'TRUNCATED' });
  });
});
