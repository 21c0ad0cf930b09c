import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import type { FileSystem, Node } from '../../src/read/filesystem/contract.ts';
import { extDriver } from '../../src/read/filesystem/ext/index.ts';

/* What mke2fs fills from a folder, debugfs changes and Linux writes is read back and compared with the folder, file by file. */

const missing = ['mke2fs', 'debugfs', 'setfattr'].find(
  (program) => spawnSync(program, ['-V']).error !== undefined,
);
const skip = missing !== undefined ? `needs ${missing}` : process.getuid?.() !== 0 ? 'needs root' : false;

/** An access list as `getxattr` has them: owner, user 1000, group, mask, others. */
const ACCESS_LIST =
  '0x0200000001000600ffffffff02000600e803000004000400ffffffff10000600ffffffff20000000ffffffff';
const CAPABILITY = '0x0100000200040000000000000000000000000000';

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

describe('what Linux writes', { skip: skip === false ? mountSkip() : skip }, () => {
  for (const { name, options, mount } of [
    { name: 'ext2', options: ['-t', 'ext2', '-b', '1024'] },
    { name: 'ext3', options: ['-t', 'ext3', '-b', '1024'] },
    { name: 'ext4', options: ['-t', 'ext4'] },
    { name: 'ext4, 1 KiB blocks', options: ['-t', 'ext4', '-b', '1024'] },
    { name: 'inline data', options: ['-t', 'ext4', '-O', 'inline_data'] },
    { name: 'inline data in inodes of 1 KiB', options: ['-t', 'ext4', '-O', 'inline_data', '-I', '1024'] },
    { name: 'clusters', options: ['-t', 'ext4', '-O', 'bigalloc'] },
    { name: 'large values in inodes', options: ['-t', 'ext4', '-O', 'ea_inode'] },
    { name: 'large folders', options: ['-t', 'ext4', '-b', '1024', '-O', 'large_dir'] },
    { name: 'no checksums', options: ['-t', 'ext4', '-O', '^metadata_csum'] },
  ] as readonly { name: string; options: string[]; mount?: string }[]) {
    test(name, async () => {
      const image = join(room, 'written.img');
      makeImage(image, 512, options);
      await mounted(image, mount, async (at) => {
        writeMuch(at, options);
      });
      await mounted(image, 'ro', (at) =>
        withFileSystem(image, async (fileSystem) => {
          assert.deepEqual(fileSystem.flaws, []);
          await compare(fileSystem, at);
        }),
      );
    });
  }

  for (const { name, options, mount } of [
    { name: 'ext3', options: ['-t', 'ext3'] },
    { name: 'ext4', options: ['-t', 'ext4'] },
    { name: 'data too', options: ['-t', 'ext4', '-b', '1024'], mount: 'data=journal' },
    { name: 'without checksums', options: ['-t', 'ext4', '-O', '^metadata_csum,^64bit'] },
    { name: '64 bits without checksums', options: ['-t', 'ext4', '-O', '^metadata_csum'] },
    { name: '32 bits with checksums', options: ['-t', 'ext4', '-O', '^64bit'] },
  ]) {
    test(`a journal that was not replayed: ${name}`, async () => {
      const image = join(room, 'busy.img');
      const copy = join(room, 'copy.img');
      makeImage(image, 128, options);
      await mounted(image, mount, async (at) => {
        for (let round = 0; round < 5; round++) {
          for (let number = 0; number < 60; number++)
            writeThrough(join(at, `file ${round} ${number}`), content(number * 50));
          mkdirSync(join(at, `folder ${round}`));
          if (round > 0) rmSync(join(at, `folder ${round - 1}`), { recursive: true });
          // Begins as a block of the journal does, which has to be escaped.
          writeThrough(
            join(at, `magic ${round}`),
            Buffer.concat([Buffer.from('c03b3998', 'hex'), content(5000)]),
          );
        }
        execFileSync('cp', [image, copy]);
        await withFileSystem(copy, async (fileSystem) => {
          assert.deepEqual(fileSystem.flaws, []);
          await compare(fileSystem, at);
        });
        // It was the journal that had them.
        execFileSync('debugfs', ['-w', '-R', 'feature -needs_recovery', copy], { stdio: 'ignore' });
        await assert.rejects(withFileSystem(copy, (fileSystem) => compare(fileSystem, at)));
      });
    });
  }
});

describe('what cannot be read is said', { skip: skip === false ? mountSkip() : skip }, () => {
  test('fast commits', async () => {
    const image = join(room, 'fast.img');
    const copy = join(room, 'copy.img');
    makeImage(image, 64, ['-t', 'ext4', '-O', 'fast_commit']);
    await mounted(image, undefined, async (at) => {
      for (let number = 0; number < 30; number++) writeThrough(join(at, `file ${number}`), content(100));
      execFileSync('cp', [image, copy]);
    });
    await withFileSystem(copy, async ({ flaws }) => {
      assert.deepEqual(
        flaws.map(({ code }) => code),
        ['UNSUPPORTED'],
      );
      assert.match(flaws[0]?.message ?? '', /fast commits/);
    });
  });

  test('encrypted files', {
    skip: spawnSync('e4crypt').error !== undefined && 'needs e4crypt',
  }, async (context) => {
    const image = join(room, 'encrypted.img');
    makeImage(image, 64, ['-t', 'ext4', '-O', 'encrypt']);
    let encrypts = false;
    await mounted(image, undefined, async (at) => {
      const folder = join(at, 'secret');
      mkdirSync(folder);
      encrypts =
        spawnSync('e4crypt', ['add_key', '-S', '0x1234abcd', folder], { input: 'passphrase\n' }).status === 0;
      writeFileSync(join(folder, 'a file'), 'content');
      symlinkSync('target', join(folder, 'a link'));
    });
    if (!encrypts) return context.skip('needs encryption in the kernel');
    return withFileSystem(image, async (fileSystem) => {
      assert.deepEqual(fileSystem.flaws, []);
      const found = [...(await flatten(fileSystem))].filter(([path]) => path.startsWith('secret'));
      assert.equal(found.length, 3);
      for (const [path, node] of found) {
        assert.doesNotMatch(path, /a file|a link/);
        assert.deepEqual(
          node.flaws.map(({ code }) => code),
          ['ENCRYPTED'],
        );
        assert.equal(node.target, undefined);
        if (node.kind === 'file') await assert.rejects(node.read(0, node.size), { code: 'ENCRYPTED' });
      }
    });
  });

  test('attributes, files and names that debugfs changed', async () => {
    const image = join(room, 'changed.img');
    makeImage(image, 512, ['-t', 'ext4', '-d', tree]);
    const value = join(room, 'value');
    writeFileSync(value, Buffer.from(CAPABILITY.slice(2), 'hex'));
    for (const command of [
      `ea_set -f ${value} /sizes/100 security.capability`,
      'sif /sizes/60 flags 0x80800',
      'rm /sizes/61',
      'ln /sizes/127 /sizes/again',
    ])
      execFileSync('debugfs', ['-w', '-R', command, image], { stdio: 'ignore' });
    const dumped = join(room, 'dumped');
    execFileSync('debugfs', ['-R', `dump /sizes/5000000 ${dumped}`, image], { stdio: 'ignore' });
    await withFileSystem(image, async (fileSystem) => {
      const found = await flatten(fileSystem);
      assert.deepEqual(
        { ...found.get('sizes/100')?.xattrs },
        { 'security.capability': readFileSync(value, 'latin1') },
      );
      assert.deepEqual(
        found.get('sizes/60')?.flaws.map(({ code }) => code),
        ['ENCRYPTED'],
      );
      assert.ok(!found.has('sizes/61'));
      assert.equal(found.get('sizes/again')?.id, found.get('sizes/127')?.id);
      assert.ok(
        readFileSync(dumped).equals(
          (await found.get('sizes/5000000')?.read(0, 5_000_000)) ?? Buffer.alloc(0),
        ),
      );
    });
  });

  test('sockets are left out', async () => {
    const image = join(room, 'sockets.img');
    makeImage(image, 16, ['-t', 'ext4']);
    await mounted(image, undefined, async (at) => {
      const server = createServer().listen(join(at, 'socket'));
      await once(server, 'listening');
      // Else it is removed with the server.
      renameSync(join(at, 'socket'), join(at, 'left'));
      server.close();
    });
    await withFileSystem(image, async (fileSystem) => {
      assert.deepEqual([...(await flatten(fileSystem)).keys()], ['lost+found']);
    });
  });
});

/** Mounts a file system as Linux does, where that is allowed. */
async function mounted(
  image: string,
  options: string | undefined,
  use: (at: string) => Promise<void>,
): Promise<void> {
  const at = join(room, 'mounted');
  mkdirSync(at, { recursive: true });
  execFileSync('mount', ['-o', ['loop', ...(options === undefined ? [] : [options])].join(), image, at]);
  try {
    await use(at);
  } finally {
    execFileSync('umount', [at]);
  }
}

function mountSkip(): string | false {
  const at = mkdtempSync(join(tmpdir(), 'pratique-mount-'));
  try {
    makeImage(join(at, 'image'), 8, ['-t', 'ext4']);
    mkdirSync(join(at, 'mounted'));
    if (spawnSync('mount', ['-o', 'loop', join(at, 'image'), join(at, 'mounted')]).status !== 0)
      return 'needs loop mounts';
    execFileSync('umount', [join(at, 'mounted')]);
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

function writeMuch(at: string, options: readonly string[]): void {
  makeSparse(join(at, 'sparse'), [0, 100_000, 4_300_000, 70_000_000], 70_009_000);
  makeFragments(join(at, 'fragments'));
  mkdirSync(join(at, 'indexed'));
  for (let number = 0; number < 4000; number++)
    writeFileSync(join(at, 'indexed', `${'n'.repeat(number % 180)} ${number}`), '');
  for (let number = 0; number < 4000; number += 3)
    rmSync(join(at, 'indexed', `${'n'.repeat(number % 180)} ${number}`));
  for (const count of [1, 3, 5, 8, 20]) {
    mkdirSync(join(at, `names ${count}`));
    for (let number = 0; number < count; number++)
      writeFileSync(join(at, `names ${count}`, `name ${number}`), content(number * 9));
  }
  for (const length of [1, 59, 60, 61, 120, 155, 160, 1000]) {
    symlinkSync('t'.repeat(length), join(at, `link ${length}`));
    writeFileSync(join(at, `file ${length}`), content(length));
  }
  writeFileSync(join(at, 'later'), 'later');
  if (options.includes('ext4')) lutimesSync(join(at, 'later'), 9_000_000_000, 9_000_000_000);
  const unwritten = join(at, 'unwritten');
  if (options.includes('ext4')) execFileSync('fallocate', ['-l', '300000', unwritten]);
  else writeFileSync(unwritten, '');
  writeFileSync(join(at, 'attributes'), 'x');
  for (let number = 0; number < 8; number++)
    execFileSync('setfattr', [
      '-n',
      `user.${number}`,
      '-v',
      String(number).repeat(90),
      join(at, 'attributes'),
    ]);
  if (!options.includes('ea_inode')) return;
  for (const [name, size] of [
    ['user.large', 9_000],
    ['trusted.larger', 60_000],
  ] as const)
    execFileSync('setfattr', ['-n', name, '-v', 'v'.repeat(size), join(at, 'attributes')]);
}

/** Holes between all its blocks: extents by the thousand. */
function makeFragments(path: string): void {
  const file = openSync(path, 'w');
  const bytes = content(4096);
  for (let number = 0; number < 3000; number++) writeSync(file, bytes, 0, 4096, number * 12_288);
  closeSync(file);
}

function makeImage(path: string, mebibytes: number, options: readonly string[]): void {
  rmSync(path, { force: true });
  writeFileSync(path, '');
  truncateSync(path, mebibytes * 2 ** 20);
  execFileSync('mke2fs', ['-q', '-F', ...options, path], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function makeTree(at: string): void {
  mkdirSync(join(at, 'sizes'), { recursive: true });
  for (const size of [
    0, 1, 59, 60, 61, 100, 127, 160, 600, 1024, 4095, 4096, 4097, 50_000, 300_000, 5_000_000,
  ])
    writeFileSync(join(at, 'sizes', String(size)), content(size));
  makeSparse(join(at, 'sizes', 'sparse'), [0, 100_000, 4_300_000, 70_000_000], 70_009_000);
  mkdirSync(join(at, 'links'));
  for (const length of [1, 58, 59, 60, 61, 120, 500, 1000])
    symlinkSync('t'.repeat(length), join(at, 'links', String(length)));
  linkSync(join(at, 'sizes', '600'), join(at, 'links', 'hard'));
  mkdirSync(join(at, 'many'));
  for (let number = 0; number < 3000; number++)
    writeFileSync(join(at, 'many', `file number ${number}`), String(number));
  for (let depth = 1; depth <= 12; depth++)
    mkdirSync(join(at, 'deep', ...Array.from({ length: depth }, String)), { recursive: true });
  mkdirSync(join(at, 'small'));
  for (const name of ['a', 'b', 'naïve', 'x'.repeat(60)]) writeFileSync(join(at, 'small', name), name);
  execFileSync('mkfifo', [join(at, 'pipe')]);
  execFileSync('mknod', [join(at, 'null'), 'c', '1', '3']);
  execFileSync('mknod', [join(at, 'loop'), 'b', '7', '300']);
  makeOwners(join(at, 'owners'));
  makeAttributes(join(at, 'attributes'));
}

function makeOwners(at: string): void {
  mkdirSync(at);
  for (const [name, mode, uid, gid, seconds] of [
    ['program', 0o4755, 0, 0, 1_700_000_000],
    ['others', 0o600, 1000, 100_000, 1],
    ['many', 0o2777, 4_000_000_000, 70_000, 2_100_000_000],
    ['before', 0o640, 12, 13, -86_400],
  ] as const) {
    writeFileSync(join(at, name), name);
    chownSync(join(at, name), uid, gid);
    chmodSync(join(at, name), mode);
    lutimesSync(join(at, name), seconds, seconds);
  }
  mkdirSync(join(at, 'sticky'));
  chmodSync(join(at, 'sticky'), 0o1777);
}

function makeAttributes(at: string): void {
  mkdirSync(at);
  const set = (path: string, name: string, value: string) =>
    execFileSync('setfattr', ['-h', '-n', name, '-v', value, path]);
  for (const name of ['ping', 'short', 'long', 'list', 'all']) writeFileSync(join(at, name), content(50));
  set(join(at, 'ping'), 'security.capability', CAPABILITY);
  set(join(at, 'short'), 'user.a', 'b');
  set(join(at, 'long'), 'user.long', 'y'.repeat(600));
  set(join(at, 'list'), 'system.posix_acl_access', ACCESS_LIST);
  set(join(at, 'all'), 'user.empty', '');
  set(join(at, 'all'), 'trusted.overlay.opaque', 'y');
  set(join(at, 'all'), 'security.selinux', 'system_u:object_r:etc_t:s0');
  set(join(at, 'all'), 'user.mid', 'z'.repeat(300));
  symlinkSync('t'.repeat(30), join(at, 'link'));
  set(join(at, 'link'), 'security.selinux', 'system_u:object_r:link_t:s0');
  set(join(at, 'link'), 'trusted.long', 'l'.repeat(500));
  mkdirSync(join(at, 'folder'));
  set(join(at, 'folder'), 'system.posix_acl_default', ACCESS_LIST);
  set(join(at, 'folder'), 'user.folder', 'f'.repeat(300));
}

function makeSparse(path: string, offsets: readonly number[], size: number): void {
  const file = openSync(path, 'w');
  for (const offset of offsets) writeSync(file, content(9_000), 0, 9_000, offset);
  ftruncateSync(file, size);
  closeSync(file);
}

/** Into the journal, and no further. */
function writeThrough(path: string, bytes: Buffer): void {
  const file = openSync(path, 'w');
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
}

function content(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0, state = size + 1; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

async function withFileSystem(image: string, use: (fileSystem: FileSystem) => Promise<void>): Promise<void> {
  const disk = LocalDisk.open(image, { follow: true });
  try {
    assert.ok(extDriver.probe(await disk.read(0, 128 * 1024)));
    await use(await extDriver.open(disk));
  } finally {
    await disk.close();
  }
}

/** Compares all that a folder has with what the file system has. */
async function compare(fileSystem: FileSystem, folder: string, has = { attributes: true }): Promise<void> {
  const found = await flatten(fileSystem);
  const expected = listTree(folder, '');
  found.delete('lost+found');
  assert.deepEqual([...found.keys()].sort(), [...expected].sort());
  const attributes = has.attributes ? allAttributes(folder) : new Map<string, Record<string, string>>();
  for (const path of expected) {
    const node = found.get(path);
    assert.ok(node, path);
    await compareNode(node, join(folder, path), path, attributes.get(path) ?? {});
  }
  const hard = found.get('links/hard');
  if (hard !== undefined) assert.equal(hard.id, found.get('sizes/600')?.id);
}

async function compareNode(
  node: Node,
  place: string,
  path: string,
  attributes: Record<string, string>,
): Promise<void> {
  const stats = lstatSync(place);
  assert.deepEqual(node.flaws, [], path);
  assert.equal(node.kind, kindOf(stats), path);
  assert.deepEqual([node.mode, node.uid, node.gid], [stats.mode & 0o7777, stats.uid, stats.gid], path);
  assert.equal(node.mtime, Math.floor(stats.mtimeMs / 1000), path);
  if (node.kind !== 'directory') assert.equal(node.names, stats.nlink, path);
  assert.deepEqual({ ...node.xattrs }, attributes, path);
  if (node.kind === 'symlink') assert.equal(node.target?.toString(), readlinkSync(place), path);
  if (node.kind !== 'file') return;
  assert.equal(node.size, stats.size, path);
  const wanted = readFileSync(place);
  for (let at = 0; at < node.size; at += 2 ** 20) {
    const length = Math.min(2 ** 20, node.size - at);
    assert.ok(wanted.subarray(at, at + length).equals(await node.read(at, length)), `${path} at ${at}`);
  }
  if (node.size > 10) assert.ok(wanted.subarray(7, 10).equals(await node.read(7, 3)), path);
}

async function flatten(fileSystem: FileSystem): Promise<Map<string, Node>> {
  const found = new Map<string, Node>();
  const folders: [string, Node][] = [['', await fileSystem.root()]];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const [path, folder] = next;
    for await (const listed of fileSystem.list(folder)) {
      assert.ok(listed.kind === 'name', listed.kind === 'flaw' ? listed.flaw.message : '');
      const node = await listed.open();
      assert.equal(node.id, listed.id);
      const below = path === '' ? listed.name.toString() : `${path}/${listed.name.toString()}`;
      assert.ok(!found.has(below), `${below} twice`);
      found.set(below, node);
      if (node.kind === 'directory') folders.push([below, node]);
    }
  }
  return found;
}

function listTree(folder: string, below: string): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === 'lost+found') return [];
    return entry.isDirectory() ? [path, ...listTree(folder, path)] : [path];
  });
}

function kindOf(stats: ReturnType<typeof lstatSync>): string {
  if (stats === undefined) return 'nothing';
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isCharacterDevice()) return 'character';
  return stats.isBlockDevice() ? 'block' : 'fifo';
}

function allAttributes(folder: string): Map<string, Record<string, string>> {
  const text = execFileSync('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'], {
    cwd: folder,
    maxBuffer: 2 ** 28,
  });
  const all = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.toString().split('\n')) {
    const file = /^# file: (.*)$/.exec(line)?.[1];
    if (file !== undefined) {
      current = {};
      all.set(unquoted(file), current);
      continue;
    }
    const [, name, value] = /^([^=]+)=?(?:0x)?(.*)$/.exec(line) ?? [];
    if (name !== undefined) current[name] = Buffer.from(value ?? '', 'hex').toString('latin1');
  }
  return all;
}

/** getfattr writes odd bytes as octal numbers. */
function unquoted(name: string): string {
  const bytes = name.replace(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
