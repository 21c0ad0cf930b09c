import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compare } from './filesystem-ext-compare.ts';
import { makeImage, makeTree, skip, withFileSystem } from './filesystem-ext-images.ts';

/* What mke2fs fills from a folder is read back and compared with the folder, file by file. */

let room = '';
let tree = '';

before(() => {
  if (skip !== false) return;
  room = mkdtempSync(join(tmpdir(), 'pratique-ext-'));
  tree = join(room, 'tree');
  makeTree(tree);
});

after(() => {
  if (room !== '') rmSync(room, { recursive: true, force: true });
});

interface Combination {
  readonly name: string;
  readonly kind: string;
  readonly options: readonly string[];
}

const COMBINATIONS: readonly Combination[] = [
  { name: 'ext2', kind: 'ext2', options: ['-t', 'ext2'] },
  { name: 'ext2 of revision 0', kind: 'ext2', options: ['-t', 'ext2', '-r', '0', '-O', 'none'] },
  { name: 'ext2, 1 KiB blocks', kind: 'ext2', options: ['-t', 'ext2', '-b', '1024', '-I', '128'] },
  { name: 'ext3', kind: 'ext3', options: ['-t', 'ext3'] },
  { name: 'ext3, 2 KiB blocks', kind: 'ext3', options: ['-t', 'ext3', '-b', '2048'] },
  { name: 'ext4', kind: 'ext4', options: ['-t', 'ext4'] },
  { name: 'ext4, 1 KiB blocks', kind: 'ext4', options: ['-t', 'ext4', '-b', '1024'] },
  { name: 'ext4, 2 KiB blocks', kind: 'ext4', options: ['-t', 'ext4', '-b', '2048'] },
  { name: 'ext4, 64 KiB blocks', kind: 'ext4', options: ['-t', 'ext4', '-b', '65536'] },
  { name: 'inodes of 128 bytes', kind: 'ext4', options: ['-t', 'ext4', '-I', '128'] },
  { name: 'inodes of 512 bytes', kind: 'ext4', options: ['-t', 'ext4', '-I', '512'] },
  {
    name: 'inodes of 1024 bytes with content',
    kind: 'ext4',
    options: ['-t', 'ext4', '-I', '1024', '-O', 'inline_data'],
  },
  { name: 'inline data', kind: 'ext4', options: ['-t', 'ext4', '-O', 'inline_data'] },
  { name: 'clusters', kind: 'ext4', options: ['-t', 'ext4', '-O', 'bigalloc', '-C', '65536'] },
  { name: 'clusters of 1 KiB blocks', kind: 'ext4', options: ['-t', 'ext4', '-b', '1024', '-O', 'bigalloc'] },
  { name: 'clusters and inline data', kind: 'ext4', options: ['-t', 'ext4', '-O', 'bigalloc,inline_data'] },
  { name: 'no extents', kind: 'ext4', options: ['-t', 'ext4', '-O', '^extents,^64bit'] },
  { name: 'no 64bit', kind: 'ext4', options: ['-t', 'ext4', '-O', '^64bit'] },
  { name: 'group checksums alone', kind: 'ext4', options: ['-t', 'ext4', '-O', '^metadata_csum,uninit_bg'] },
  {
    name: 'group checksums, 32 bits',
    kind: 'ext4',
    options: ['-t', 'ext4', '-O', '^metadata_csum,uninit_bg,^64bit'],
  },
  { name: 'no checksums', kind: 'ext4', options: ['-t', 'ext4', '-O', '^metadata_csum,^uninit_bg'] },
  { name: 'a seed of its own', kind: 'ext4', options: ['-t', 'ext4', '-O', 'metadata_csum_seed'] },
  { name: 'meta groups', kind: 'ext4', options: ['-t', 'ext4', '-b', '1024', '-O', 'meta_bg,^resize_inode'] },
  { name: 'no flexible groups', kind: 'ext4', options: ['-t', 'ext4', '-b', '1024', '-O', '^flex_bg'] },
  {
    name: 'two copies of the superblock',
    kind: 'ext4',
    options: ['-t', 'ext4', '-O', 'sparse_super2,^resize_inode'],
  },
  { name: 'no journal', kind: 'ext4', options: ['-t', 'ext4', '-O', '^has_journal'] },
  { name: 'casefold', kind: 'ext4', options: ['-t', 'ext4', '-O', 'casefold'] },
  { name: 'encrypt', kind: 'ext4', options: ['-t', 'ext4', '-O', 'encrypt'] },
  { name: 'verity, project, quota', kind: 'ext4', options: ['-t', 'ext4', '-O', 'verity,project,quota'] },
  { name: 'large folders and values', kind: 'ext4', options: ['-t', 'ext4', '-O', 'large_dir,ea_inode'] },
  { name: 'untyped names', kind: 'ext4', options: ['-t', 'ext4', '-O', '^filetype'] },
];

describe('what mke2fs fills', { skip }, () => {
  for (const { name, kind, options } of COMBINATIONS) {
    test(name, async () => {
      const image = join(room, 'filled.img');
      makeImage(image, 512, [
        ...options,
        '-L',
        'a label',
        '-U',
        '01234567-89ab-cdef-0123-456789abcdef',
        '-d',
        tree,
      ]);
      await withFileSystem(image, async (fileSystem) => {
        assert.deepEqual(fileSystem.flaws, []);
        assert.equal(fileSystem.kind, kind);
        assert.equal(fileSystem.label, 'a label');
        assert.equal(fileSystem.uuid, '01234567-89ab-cdef-0123-456789abcdef');
        await compare(fileSystem, tree, { attributes: !options.includes('none') });
      });
    });
  }
});
