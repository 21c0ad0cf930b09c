import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { btrfsDriver } from '../../src/read/filesystem/btrfs/index.ts';
import { contentOf } from '../../src/read/filesystem/content.ts';
import type { FileSystem } from '../../src/read/filesystem/contract.ts';
import { walk } from '../../src/read/filesystem/walk.ts';

/* btrfs as btrfs-progs and the kernel write it, read back file by file. */

const MIB = 2 ** 20;
const ALONE = 'a file system on 2 devices: only what is on this one was read';

let room = '';
let tree = '';
/** Why the kernel cannot be asked to write one; undefined when it can. */
let unmountable: string | undefined = 'needs root';

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

const noTools = has('mkfs.btrfs') && has('getfattr') ? false : 'needs mkfs.btrfs and getfattr';

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-btrfs-'));
  tree = join(room, 'tree');
  if (noTools === false) {
    fill(tree);
    unmountable = whyUnmountable();
  }
});

after(() => rmSync(room, { recursive: true, force: true }));

function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = length | 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

function fill(folder: string): void {
  mkdirSync(join(folder, 'etc/many'), { recursive: true });
  mkdirSync(join(folder, 'usr/bin'), { recursive: true });
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(folder, 'usr/bin/tool'), noise(3 * MIB + 777));
  writeFileSync(join(folder, 'usr/bin/text'), 'all work and no play makes a dull file\n'.repeat(60_000));
  writeFileSync(
    join(folder, 'usr/bin/mixed'),
    Buffer.concat([noise(50_000), Buffer.alloc(400_000), noise(5000)]),
  );
  for (const size of [1, 2000, 2047, 2048, 4095, 4096, 4097, 65_536, 131_072, 131_073])
    writeFileSync(join(folder, `etc/of-${size}`), 'abcdefg'.repeat(size).slice(0, size));
  for (let number = 0; number < 700; number++)
    writeFileSync(join(folder, `etc/many/name-of-some-length-${number}`), `${number}`.repeat(number % 50));
  chmodSync(join(folder, 'usr/bin/tool'), 0o4755);
  chmodSync(join(folder, 'etc/passwd'), 0o640);
  chownSync(join(folder, 'etc/passwd'), 1000, 70_000);
  symlinkSync('../usr/bin/tool', join(folder, 'etc/link'));
  symlinkSync('x'.repeat(1500), join(folder, 'etc/long-link'));
  writeFileSync(join(folder, 'naïve – ü'), 'utf-8');
  run('mkfifo', join(folder, 'pipe'));
  spawnSync('mknod', [join(folder, 'null'), 'c', '1', '3']);
  run('setfattr', '-n', 'user.note', '-v', 'seen', join(folder, 'etc/passwd'));
  spawnSync('setcap', ['cap_net_raw+ep', join(folder, 'usr/bin/text')]);
  utimesSync(join(folder, 'etc/passwd'), 1, 1_000_000_000);
  lutimesSync(join(folder, 'etc/link'), 1, 86_400);
  utimesSync(join(folder, 'etc'), 1, 1_500_000_000);
}

/** What a file is, in one line that can be compared. */
type Tree = Map<string, string>;

interface Facts {
  readonly kind: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly xattrs: Readonly<Record<string, string>>;
  readonly content: string;
}

function line({ kind, mode, uid, gid, mtime, xattrs, content }: Facts): string {
  const sorted = Object.entries(xattrs).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([kind, mode.toString(8), uid, gid, mtime, sorted, content]);
}

function digest(bytes: Buffer): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}

function treeOnHost(folder: string): Tree {
  const xattrs = xattrsOnHost(folder);
  const found: Tree = new Map();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const full = join(folder, path);
    const stats = lstatSync(full);
    const kind = stats.isSymbolicLink()
      ? 'symlink'
      : stats.isDirectory()
        ? 'directory'
        : stats.isFIFO()
          ? 'fifo'
          : stats.isCharacterDevice()
            ? 'character'
            : 'file';
    const content =
      kind === 'file' ? digest(readFileSync(full)) : kind === 'symlink' ? readlinkSync(full) : '';
    found.set(
      path,
      line({
        kind,
        mode: stats.mode & 0o7777,
        uid: stats.uid,
        gid: stats.gid,
        mtime: Math.floor(stats.mtimeMs / 1000),
        xattrs: xattrs.get(path) ?? {},
        content,
      }),
    );
  }
  return found;
}

function xattrsOnHost(folder: string): Map<string, Record<string, string>> {
  const all = new Map<string, Record<string, string>>();
  const text = run('getfattr', '-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', folder);
  let current: Record<string, string> = {};
  for (const row of text.split('\n')) {
    if (row.startsWith('# file: ')) {
      current = {};
      all.set(row.slice('# file: '.length + folder.length + 1), current);
    }
    const [name, value] = row.split('=0x');
    if (name !== undefined && value !== undefined)
      current[name] = Buffer.from(value, 'hex').toString('latin1');
  }
  return all;
}

interface Walked {
  readonly tree: Tree;
  readonly problems: string[];
  readonly fileSystem: FileSystem;
}

async function walkImage(path: string): Promise<Walked> {
  const disk = LocalDisk.open(path, { follow: true });
  try {
    assert.ok(btrfsDriver.probe(await disk.read(0, 128 * 1024)));
    const fileSystem = await btrfsDriver.open(disk);
    const problems = fileSystem.flaws.map(({ code, message }) => `${code} ${message}`);
    const found: Tree = new Map();
    for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
      if (step.kind === 'problem') {
        problems.push(`${step.problem.code} ${step.problem.path}: ${step.problem.message}`);
        continue;
      }
      const { node } = step;
      const { path: name } = step.record;
      const { kind, mode, uid, gid, mtime, xattrs = {} } = node;
      const pieces: Buffer[] = [];
      if (kind === 'file') {
        try {
          for await (const piece of contentOf(node, new AbortController().signal)) pieces.push(piece);
        } catch (error) {
          problems.push(`content of ${name}: ${error instanceof Error ? error.message : error}`);
        }
      }
      const content =
        kind === 'file' ? digest(Buffer.concat(pieces)) : kind === 'symlink' ? String(node.target) : '';
      found.set(name, line({ kind, mode, uid, gid, mtime, xattrs, content }));
    }
    return { tree: found, problems, fileSystem };
  } finally {
    await disk.close();
  }
}

function assertSame(actual: Tree, expected: Tree): void {
  const wrong = [...new Set([...actual.keys(), ...expected.keys()])]
    .filter((path) => actual.get(path) !== expected.get(path))
    .map((path) => `${path}: ${actual.get(path)} instead of ${expected.get(path)}`);
  assert.deepEqual(wrong, []);
}

function blank(name: string, size: number): string {
  const path = join(room, name);
  writeFileSync(path, '');
  truncateSync(path, size);
  return path;
}

function format(name: string, ...options: string[]): string {
  const path = blank(name, 256 * MIB);
  run('mkfs.btrfs', '-q', '-f', ...options, path);
  return path;
}

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

function damage(image: string, find: (bytes: Buffer) => number): void {
  const bytes = readFileSync(image);
  const at = find(bytes);
  assert.ok(at > 100);
  const descriptor = openSync(image, 'r+');
  writeSync(descriptor, Buffer.from([(bytes[at] ?? 0) ^ 1]), 0, 1, at);
  closeSync(descriptor);
}

function whyUnmountable(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const image = format('mountable.img');
  const place = join(room, 'mountable');
  mkdirSync(place);
  const { status, stderr } = spawnSync('mount', ['-t', 'btrfs', '-o', 'loop', image, place], {
    encoding: 'utf8',
  });
  if (status !== 0) return `needs a kernel that mounts btrfs: ${stderr.trim()}`;
  run('umount', place);
  return undefined;
}

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
