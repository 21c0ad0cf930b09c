import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BUSY, EXT2, EXT4, INLINE, imageOf } from './testing/images.ts';
import { inodeAt } from './testing/places.ts';
import { readAll } from './testing/read-all.ts';

/* Ways to have one content for whoever inspects a disk, and another for Linux. No checksum tells: an attacker makes them right. */

const INLINE_FLAG = 0x10000000;
const CASEFOLD_FLAG = 0x40000000;
const SPARSE = 'piece 0 piece 1 piece 2 piece 3 piece 4 piece 5 end';

/** With the flag that there are checksums taken away. */
function withoutChecksums(packed: string): Buffer {
  const image = imageOf(packed);
  image.writeUInt32LE(image.readUInt32LE(1024 + 0x64) & ~0x400, 1024 + 0x64);
  return image;
}

function setFlag(image: Buffer, name: string, flag: number): void {
  const at = inodeAt(image, name) + 0x20;
  image.writeUInt32LE((image.readUInt32LE(at) | flag) >>> 0, at);
}

interface Trick {
  readonly name: string;
  readonly packed: string;
  readonly change: (image: Buffer) => void;
  readonly told?: RegExp;
  readonly path?: string;
  /** Zeros are one space each run of them. */
  readonly content?: string;
}

const TRICKS: readonly Trick[] = [
  {
    name: 'a file that claims to hold its content, where there is no room for it',
    packed: EXT2,
    change: (image) => setFlag(image, 'passwd', INLINE_FLAG),
    told: /MALFORMED_FILE_SYSTEM inode \d+ claims to hold its content itself/,
    path: 'etc/passwd',
    content: 'root:x:0:0:root:/root:/bin/sh\n',
  },
  {
    name: 'a folder that claims to hold its names',
    packed: EXT2,
    change: (image) => setFlag(image, 'many', INLINE_FLAG),
    told: /MALFORMED_FILE_SYSTEM inode \d+ claims to hold its content itself/,
    path: 'many/a rather long name for a file 33',
  },
  {
    name: 'attributes where an inode has no extra fields',
    packed: INLINE,
    change: (image) => {
      const at = inodeAt(image, 'passwd') + 128;
      image.copy(image, at + 4, at + image.readUInt16LE(at) + 4, at + 128);
      image.writeUInt32LE(0xea020000, at);
    },
    told: /MALFORMED_FILE_SYSTEM inode \d+ claims to hold its content itself/,
  },
  {
    name: 'extents before the key that leads to them',
    packed: EXT4,
    change: (image) => image.writeUInt32LE(90, inodeAt(image, 'sparse') + 0x28 + 12),
    path: 'bin/sparse',
    content: SPARSE,
  },
  {
    name: 'a level of extents with nothing in it',
    packed: EXT4,
    change: (image) => image.writeUInt16LE(0, inodeAt(image, 'sparse') + 0x28 + 2),
    told: /MALFORMED_FILE_SYSTEM inode \d+ has a tree of extents with an empty level 1/,
  },
  {
    name: 'names after the end of a folder with an index',
    packed: EXT4,
    change: (image) => {
      const at = inodeAt(image, 'many') + 4;
      image.writeUInt32LE(image.readUInt32LE(at) - 1024, at);
    },
    told: /MALFORMED_FILE_SYSTEM inode \d+ is a folder with blocks after its end/,
  },
  {
    name: 'names that are found in any letter case',
    packed: EXT4,
    change: (image) => setFlag(image, 'many', CASEFOLD_FLAG),
    told: /UNSUPPORTED inode \d+ is a folder in which names are found in any letter case/,
    path: 'many/a rather long name for a file 33',
  },
  {
    name: 'a link that goes on after its end',
    packed: EXT2,
    change: (image) => image.writeUInt8(0, inodeAt(image, 'short') + 0x28 + 6),
    told: /MALFORMED_FILE_SYSTEM inode \d+ is a link whose target goes on after its end/,
    path: 'etc/short',
  },
];

describe('what Linux would see is seen, or said', () => {
  for (const { name, packed, change, told, path, content } of TRICKS) {
    test(name, async () => {
      const image = withoutChecksums(packed);
      change(image);
      const found = await readAll(image);
      if (told === undefined) assert.deepEqual(found.told, []);
      else assert.match(found.told.join('\n'), told);
      if (path === undefined) return;
      const node = found.nodes.get(path);
      assert.ok(node, path);
      if (path === 'etc/short') assert.equal(node.target?.toString(), '../bin');
      if (content === undefined) return;
      const bytes = await node.read(0, node.size);
      assert.equal(bytes.toString('latin1').replace(/\0+/g, ' '), content);
    });
  }

  test('a journal whose transactions have checksums that are not verified', async () => {
    const image = imageOf(BUSY);
    const journal = image.indexOf(Buffer.from('c03b399800000004', 'hex'));
    assert.ok(journal > 0);
    // Checksums of the third kind are taken away, and with them that of the journal's superblock.
    image.writeUInt32BE(image.readUInt32BE(journal + 0x28) & ~0x18, journal + 0x28);
    image.writeUInt32BE(1, journal + 0x24);
    const { told } = await readAll(image);
    assert.match(told.join('\n'), /UNSUPPORTED the checksums of transactions .* of the first kind/);
  });

  test('the images themselves have nothing to be told of', async () => {
    for (const packed of [EXT2, EXT4, INLINE])
      assert.deepEqual((await readAll(withoutChecksums(packed))).told, []);
  });
});
