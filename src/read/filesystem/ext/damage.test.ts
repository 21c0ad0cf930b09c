import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { BUSY, EXT2, EXT4, INLINE, imageOf } from './testing/images.ts';
import { blockOf, entryOf, indexAt, inodeAt } from './testing/places.ts';
import { readAll } from './testing/read-all.ts';

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
    told: [/TRUNCATED the file system claims 1048576 bytes, and disk has 1048000/],
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
