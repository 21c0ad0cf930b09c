import assert from 'node:assert/strict';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  assertSame,
  blank,
  damage,
  format,
  MIB,
  noise,
  noTools,
  room,
  run,
  type Tree,
  tree,
  treeOnHost,
  unmountable,
  type Walked,
  walkImage,
} from './filesystem-btrfs-images.ts';

/* btrfs as the kernel writes it, read back file by file. */

const ALONE = 'a file system on 2 devices: only what is on this one was read';

/** Lets the kernel write one, and gives what it shows of it. */
function written(image: string, options: string, write: (place: string) => unknown): Tree {
  const place = mkdtempSync(join(room, 'mount-'));
  run('mount', '-t', 'btrfs', '-o', image.startsWith('/dev/') ? options : `loop,${options}`, image, place);
  try {
    write(place);
    run('sync', '-f', place);
    return treeOnHost(place);
  } finally {
    run('umount', place);
  }
}

describe('written by the kernel', { skip: noTools }, () => {
  for (const compression of ['none', 'zlib', 'lzo', 'zstd']) {
    test(`compression ${compression}`, async (context) => {
      if (unmountable !== undefined) return context.skip(unmountable);
      const image = format('written.img');
      const options = compression === 'none' ? 'noatime' : `compress-force=${compression}`;
      const expected = written(image, options, (place) => {
        run('cp', '-a', tree, join(place, 'tree'));
        run('setfattr', '-n', 'trusted.note', '-v', 'x'.repeat(1000), join(place, 'tree/empty'));
        rewrite(join(place, 'tree/usr/bin/text'));
        run('cp', '--reflink=always', join(place, 'tree/usr/bin/text'), join(place, 'clone'));
        punch(join(place, 'clone'));
        truncateSync(join(place, 'tree/usr/bin/mixed'), 123_457);
        writeFileSync(join(place, 'sparse'), 'start');
        truncateSync(join(place, 'sparse'), 50 * MIB);
        run('fallocate', '-l', '3MiB', join(place, 'reserved'));
        run('ln', join(place, 'clone'), join(place, 'twin'));
      });
      const { tree: found, problems } = await walkImage(image);
      assert.deepEqual(problems, []);
      assertSame(found, expected);
    });
  }

  test('files without checksums', async (context) => {
    if (unmountable !== undefined) return context.skip(unmountable);
    const image = format('written.img', '-d', 'dup');
    const expected = written(image, 'nodatacow', (place) =>
      copyFileSync(join(tree, 'usr/bin/tool'), join(place, 'tool')),
    );
    const { tree: found, problems } = await walkImage(image);
    assert.deepEqual(problems, []);
    assertSame(found, expected);
    damage(image, (bytes) => bytes.indexOf(noise(3 * MIB + 777).subarray(0, 4096)) + 9);
    assert.match((await walkImage(image)).problems.join(), /content of tool: btrfs: the copies of .* differ/);
  });

  test('subvolumes and snapshots', async (context) => {
    if (unmountable !== undefined) return context.skip(unmountable);
    const image = format('written.img');
    const expected = written(image, 'compress=zstd', makeSubvolumes);
    const { tree: found, problems } = await walkImage(image);
    assert.deepEqual(problems, []);
    assertSame(withoutTimesOfEmpty(found), withoutTimesOfEmpty(expected));
    assert.ok(found.has('snapshots/first/etc/only-then') && !found.has('@/etc/only-then'));
  });

  test('a default subvolume is the root, and the top level is in it', async (context) => {
    if (unmountable !== undefined) return context.skip(unmountable);
    const image = format('written.img');
    const whole = written(image, 'compress=zstd', (place) => {
      makeSubvolumes(place);
      run('btrfs', 'subvolume', 'set-default', join(place, '@'));
    });
    const { tree: found, problems } = await walkImage(image);
    assert.deepEqual(problems, []);
    for (const path of whole.keys()) {
      const expected = path.startsWith('@/') ? path.slice(2) : `.btrfs-top-level/${path}`;
      assert.ok(found.has(expected), expected);
    }
    const extra = [...found.keys()].filter(
      (path) =>
        path !== '.btrfs-top-level' &&
        !whole.has(`@/${path}`) &&
        !whole.has(path.slice('.btrfs-top-level/'.length)),
    );
    assert.deepEqual(extra, []);
  });

  const devices = [
    {
      name: 'mirrored on two devices: each is read, and that there is another is said',
      options: ['-m', 'raid1', '-d', 'raid1'],
      check({ tree: found, problems }: Walked, expected: Tree) {
        assert.deepEqual(problems, [`UNSUPPORTED btrfs: ${ALONE}`]);
        assertSame(found, expected);
      },
    },
    {
      name: 'striped over two devices: names are read, and what is elsewhere is said',
      options: ['-m', 'raid1', '-d', 'raid0'],
      check({ tree: found, problems }: Walked, expected: Tree) {
        assert.equal(problems.shift(), `UNSUPPORTED btrfs: ${ALONE}`);
        assert.ok(problems.length > 0);
        for (const problem of problems)
          assert.match(problem, /^content of .*: btrfs: the RAID0 chunk at \d+ is on another device$/);
        assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
      },
    },
  ];
  for (const { name, options, check } of devices) {
    test(name, async (context) => {
      if (unmountable !== undefined) return context.skip(unmountable);
      const images = [blank('one.img', 300 * MIB), blank('other.img', 300 * MIB)];
      const loops = images.map((image) => run('losetup', '--find', '--show', image).trim());
      let expected: Tree;
      try {
        run('mkfs.btrfs', '-q', '-f', ...options, ...loops);
        const [first = '', second = ''] = loops;
        expected = written(first, `device=${second}`, (place) => run('cp', '-a', tree, join(place, 'tree')));
      } finally {
        for (const loop of loops) run('losetup', '-d', loop);
      }
      for (const image of images) check(await walkImage(image), expected);
    });
  }
});

/** Leaves extents of which only a part is used. */
function rewrite(path: string): void {
  const descriptor = openSync(path, 'r+');
  for (const at of [5000, 200_000, 131_072 * 3 - 100, 1_500_000])
    writeSync(descriptor, Buffer.from('changed'), 0, 7, at);
  closeSync(descriptor);
  run('sync', path);
}

function punch(path: string): void {
  run('fallocate', '--punch-hole', '-o', '300000', '-l', '150000', path);
  run('sync', path);
}

function makeSubvolumes(place: string): void {
  for (const name of ['@', '@/nested', 'home', 'gone'])
    run('btrfs', 'subvolume', 'create', join(place, name));
  run('cp', '-a', join(tree, 'etc'), join(place, '@/etc'));
  writeFileSync(join(place, '@/nested/file'), 'nested');
  writeFileSync(join(place, 'home/file'), noise(100_000));
  writeFileSync(join(place, '@/etc/only-then'), 'then');
  mkdirSync(join(place, 'snapshots'));
  run('btrfs', 'subvolume', 'snapshot', '-r', join(place, '@'), join(place, 'snapshots/first'));
  run('btrfs', 'subvolume', 'snapshot', join(place, '@'), join(place, 'snapshots/second'));
  unlinkSync(join(place, '@/etc/only-then'));
  writeFileSync(join(place, 'snapshots/second/etc/passwd'), 'changed in the snapshot');
  run('btrfs', 'subvolume', 'delete', '-c', join(place, 'gone'));
}

/** A kernel makes up the times of folders that stand for a subvolume elsewhere. */
function withoutTimesOfEmpty(found: Tree): Tree {
  return new Map([...found].map(([path, text]) => [path, path.endsWith('/nested') ? 'folder' : text]));
}
