import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { squashfsDriver } from '../../src/read/filesystem/squashfs/index.ts';
import { describeFolder, type Entry, has, readTree, withoutLinks } from './filesystem-tree.ts';

/* What mksquashfs writes, with each compressor and layout, is read back and compared with where it came from. */

let room = '';
let tree = '';
let expected: ReadonlyMap<string, Entry> = new Map();

before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-squashfs-'));
  tree = join(room, 'tree');
  fillTree();
  expected = describeFolder(tree);
});

after(() => rmSync(room, { recursive: true, force: true }));

function fillTree(): void {
  for (const folder of ['usr/bin', 'etc', 'many', 'deep/er/and/deeper/still', 'empty-folder'])
    mkdirSync(join(tree, folder), { recursive: true });
  const write = (path: string, content: Buffer | string): void => writeFileSync(join(tree, path), content);
  write('empty', '');
  write('etc/text', 'a small text\n'.repeat(20));
  write('usr/bin/tool', randomBytes(300_000));
  write('usr/bin/even', 'one line of text, again and again\n'.repeat(61_681).slice(0, 2 ** 20));
  write(
    'usr/bin/large',
    Buffer.concat([Buffer.alloc(2 ** 20, 'words '), randomBytes(2 ** 20), Buffer.alloc(700_001, 'x')]),
  );
  write('deep/er/and/deeper/still/file', 'down here');
  write('sparse', 'at the beginning');
  truncateSync(join(tree, 'sparse'), 5 * 2 ** 20 + 17);
  for (let index = 0; index < 3000; index++) write(`many/file-with-a-number-${index}`, `content ${index}`);
  chmodSync(join(tree, 'usr/bin/tool'), 0o4755);
  chmodSync(join(tree, 'etc'), 0o1777);
  linkSync(join(tree, 'usr/bin/tool'), join(tree, 'usr/bin/twin'));
  symlinkSync('../usr/bin/tool', join(tree, 'etc/link'));
  symlinkSync('x'.repeat(3000), join(tree, 'etc/long-link'));
  spawnSync('mkfifo', [join(tree, 'pipe')]);
  if (process.getuid?.() === 0) {
    lchownSync(join(tree, 'etc/text'), 1000, 70_000);
    lchownSync(join(tree, 'etc/link'), 33, 33);
    spawnSync('mknod', [join(tree, 'null'), 'c', '1', '3']);
    spawnSync('mknod', [join(tree, 'disk'), 'b', '8', '0']);
  }
  utimesSync(join(tree, 'etc/text'), 1_000_000_000, 1_000_000_000);
  for (const path of ['etc/text', 'usr/bin/tool', 'usr', 'many/file-with-a-number-7'])
    spawnSync('setfattr', ['-n', 'user.note', '-v', 'the same for several'.repeat(5), join(tree, path)]);
  spawnSync('setfattr', ['-n', 'user.own', '-v', `0x${'00ff'.repeat(50)}`, join(tree, 'etc/text')]);
  spawnSync('setcap', ['cap_net_raw+ep', join(tree, 'usr/bin/even')]);
}

const layouts: { name: string; options: string }[] = [
  { name: 'gzip', options: '-comp gzip' },
  { name: 'gzip, level 1, blocks of 4 KiB', options: '-comp gzip -Xcompression-level 1 -b 4096' },
  {
    name: 'gzip with strategies',
    options: '-comp gzip -Xstrategy default,huffman_only,fixed -Xwindow-size 9',
  },
  { name: 'gzip, blocks of 1 MiB', options: '-comp gzip -b 1M' },
  { name: 'xz', options: '-comp xz' },
  { name: 'xz, blocks of 1 MiB', options: '-comp xz -b 1M -Xdict-size 50%' },
  { name: 'lzo', options: '-comp lzo' },
  { name: 'lzo1x_1', options: '-comp lzo -Xalgorithm lzo1x_1 -b 64K' },
  { name: 'lz4', options: '-comp lz4' },
  { name: 'lz4 hc', options: '-comp lz4 -Xhc -b 8192' },
  { name: 'zstd', options: '-comp zstd' },
  { name: 'zstd, level 22, blocks of 512 KiB', options: '-comp zstd -Xcompression-level 22 -b 512K' },
  { name: 'nothing compressed', options: '-noI -noId -noD -noF -noX' },
  { name: 'data not compressed', options: '-noD' },
  { name: 'inodes not compressed', options: '-noI' },
  { name: 'ends not compressed', options: '-noF' },
  { name: 'attributes not compressed', options: '-noX' },
  { name: 'all ends shared', options: '-always-use-fragments' },
  { name: 'no ends shared', options: '-no-fragments' },
  { name: 'no duplicates found', options: '-no-duplicates' },
  { name: 'no export table', options: '-no-exports' },
  { name: 'not padded', options: '-nopad' },
];

const skip = has('mksquashfs') ? false : 'needs mksquashfs';

describe('squashfs, as mksquashfs writes it', { skip }, () => {
  for (const { name, options } of layouts) {
    test(name, async () => {
      const image = join(room, 'image');
      const command = [
        tree,
        image,
        '-noappend',
        '-no-progress',
        '-quiet',
        '-processors',
        '2',
        ...options.split(' '),
      ];
      execFileSync('mksquashfs', command, { stdio: 'pipe' });
      const read = await readTree(squashfsDriver, image);
      assert.deepEqual(read.problems, []);
      const found = withoutLinks(read.entries);
      assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
      for (const [path, entry] of expected) assert.deepEqual(found.get(path), entry, path);
      assert.equal(read.entries.get('usr/bin/twin')?.kind, 'hardlink');
    });
  }

  test('without attributes', async () => {
    const image = join(room, 'image');
    execFileSync('mksquashfs', [tree, image, '-noappend', '-no-progress', '-quiet', '-no-xattrs'], {
      stdio: 'pipe',
    });
    const { entries, problems } = await readTree(squashfsDriver, image);
    assert.deepEqual(problems, []);
    assert.ok([...entries.values()].every(({ xattrs }) => xattrs === undefined));
  });

  test('lzma is told to be unread', async () => {
    const image = join(room, 'image');
    execFileSync('mksquashfs', [tree, image, '-noappend', '-no-progress', '-quiet', '-comp', 'lzma'], {
      stdio: 'pipe',
    });
    await assert.rejects(readTree(squashfsDriver, image), { name: 'Unreadable', code: 'UNSUPPORTED' });
  });

  test('a filter of xz for machine code is told to be unread', async () => {
    const image = join(room, 'image');
    const code = join(room, 'code');
    mkdirSync(code, { recursive: true });
    writeFileSync(join(code, 'program'), readFileSync(process.execPath).subarray(2 ** 24, 2 ** 24 + 2 ** 20));
    execFileSync(
      'mksquashfs',
      [code, image, '-noappend', '-no-progress', '-quiet', '-comp', 'xz', '-Xbcj', 'x86'],
      { stdio: 'pipe' },
    );
    await assert.rejects(readTree(squashfsDriver, image), { name: 'Unreadable', code: 'UNSUPPORTED' });
  });
});
