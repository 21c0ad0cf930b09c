import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  assertSame,
  damage,
  format,
  noTools,
  run,
  tree,
  treeOnHost,
  walkImage,
} from './filesystem-btrfs-images.ts';

/* btrfs as btrfs-progs write it, read back file by file. */

describe('filled by mkfs.btrfs -r', { skip: noTools }, () => {
  const rows = [
    { name: 'as it is by default', options: [] },
    { name: 'metadata once', options: ['-m', 'single'] },
    { name: 'metadata twice', options: ['-m', 'dup'] },
    { name: 'all twice', options: ['-m', 'dup', '-d', 'dup'] },
    { name: 'nodes of 4 KiB', options: ['-n', '4k'] },
    { name: 'nodes of 64 KiB', options: ['-n', '64k'] },
    { name: 'data and metadata mixed', options: ['-M'] },
    { name: 'xxhash', options: ['--csum', 'xxhash'] },
    { name: 'sha256', options: ['--csum', 'sha256'] },
    { name: 'blake2', options: ['--csum', 'blake2'] },
    { name: 'stripes on one device', options: ['-d', 'raid0', '-m', 'raid0'] },
    { name: 'holes written out', options: ['-O', '^no-holes,^skinny-metadata,^extref'] },
  ];
  for (const { name, options } of rows) {
    test(name, async () => {
      const image = format('filled.img', '-L', 'a label', '-r', tree, ...options);
      const { tree: found, problems, fileSystem } = await walkImage(image);
      assert.deepEqual(problems, []);
      assertSame(found, treeOnHost(tree));
      assert.equal(fileSystem.label, 'a label');
      assert.equal(fileSystem.uuid, run('blkid', '-p', '-o', 'value', '-s', 'UUID', image).trim());
    });
  }

  for (const [csum, name] of [
    ['crc32c', 'crc32c'],
    ['xxhash', 'xxhash64'],
    ['sha256', 'sha256'],
    ['blake2', 'blake2b'],
  ] as const) {
    test(`content that was changed is told by its checksum: ${name}`, async () => {
      const image = format('filled.img', '-d', 'single', '--csum', csum, '-r', tree);
      damage(image, (bytes) => bytes.indexOf('all work and no play') + 5);
      const { problems } = await walkImage(image);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^content of usr\/bin\/text: btrfs: the \S+ of the content at /);
      assert.match(problems[0] ?? '', new RegExp(`the ${name} of`));
    });
  }

  test('a damaged copy is passed over where another is intact', async () => {
    const image = format('filled.img', '-m', 'dup', '-d', 'dup', '-r', tree);
    damage(image, (bytes) => bytes.indexOf('all work and no play') + 5);
    damage(image, (bytes) => bytes.indexOf('name-of-some-length-33'));
    const { tree: found, problems } = await walkImage(image);
    assert.deepEqual(problems, []);
    assertSame(found, treeOnHost(tree));
  });

  test('a damaged superblock is replaced by its copy', async () => {
    const image = format('filled.img', '-r', tree);
    damage(image, () => 65_536 + 0x130);
    const { tree: found, problems } = await walkImage(image);
    assert.deepEqual(problems, [
      'CHECKSUM_MISMATCH the crc32c of the superblock is wrong: the copy at byte 67108864 was used',
    ]);
    assertSame(found, treeOnHost(tree));
  });
});
