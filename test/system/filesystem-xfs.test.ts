import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { contentOf } from '../../src/read/filesystem/content.ts';
import type { FileSystem, Node } from '../../src/read/filesystem/contract.ts';
import { walk } from '../../src/read/filesystem/walk.ts';
import { xfsDriver } from '../../src/read/filesystem/xfs/index.ts';

/*
 * What mkfs.xfs fills from a prototype, and what Linux writes through a mount, is read back and compared with its source file by
 * file, with what Linux shows, and with xfs_db.
 */

const NAMES = 3000;

interface Entry {
  readonly kind: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content?: string;
  readonly target?: string;
  readonly mtime?: number;
  readonly names?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
}

type Tree = Map<string, Entry>;

let room = '';
before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-xfs-'));
});
after(() => rmSync(room, { recursive: true, force: true }));

function has(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0);
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that are the same each time and compress badly. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

function makeImage(name: string, options: readonly string[], size = '400M'): string {
  const image = join(room, `${name.replaceAll(/[^a-z0-9]+/g, '-')}.img`);
  writeFileSync(image, '');
  truncateSync(image, Number.parseInt(size, 10) * 2 ** 20);
  run('mkfs.xfs', '-q', '-f', ...options, image);
  return image;
}

interface Seen {
  readonly tree: Tree;
  readonly problems: readonly string[];
  readonly flaws: readonly string[];
  readonly fileSystem: Pick<FileSystem, 'label' | 'uuid' | 'kind' | 'ignoresCase'>;
  readonly ids: ReadonlyMap<string, Node['id']>;
}

async function readImage(image: string): Promise<Seen> {
  const disk = LocalDisk.open(image, { follow: false });
  try {
    const fileSystem = await xfsDriver.open(disk);
    const tree: Tree = new Map();
    const ids = new Map<string, Node['id']>();
    const problems: string[] = [];
    for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
      if (step.kind === 'problem') problems.push(`${step.problem.path}: ${step.problem.message}`);
      else {
        tree.set(step.record.path, await toEntry(step.node));
        ids.set(step.record.path, step.node.id);
      }
    }
    return { tree, ids, problems, flaws: fileSystem.flaws.map(({ message }) => message), fileSystem };
  } finally {
    await disk.close();
  }
}

async function toEntry(node: Node): Promise<Entry> {
  const { kind, mode, uid, gid, mtime, names, xattrs, target } = node;
  const hash = createHash('sha256');
  let length = 0;
  if (kind === 'file') {
    for await (const piece of contentOf(node, new AbortController().signal)) {
      hash.update(piece);
      length += piece.length;
    }
    assert.equal(length, node.size);
  }
  return {
    kind,
    mode,
    uid,
    gid,
    mtime,
    names,
    ...(kind === 'file' && { content: hash.digest('hex') }),
    ...(target !== undefined && { target: target.toString() }),
    ...(xattrs !== undefined && { xattrs }),
  };
}

const KINDS: ReadonlyMap<number, string> = new Map([
  [0o010000, 'fifo'],
  [0o020000, 'character'],
  [0o040000, 'directory'],
  [0o060000, 'block'],
  [0o100000, 'file'],
  [0o120000, 'symlink'],
]);

/** As Linux shows it. */
function readFolder(folder: string, below = '', tree: Tree = new Map()): Tree {
  for (const name of readdirSync(join(folder, below))) {
    const path = below === '' ? name : `${below}/${name}`;
    const full = join(folder, path);
    const stats = lstatSync(full);
    const kind = KINDS.get(stats.mode & 0o170000) ?? 'unknown';
    tree.set(path, {
      kind,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      mtime: Math.floor(stats.mtimeMs / 1000),
      names: stats.nlink,
      ...(kind === 'file' && { content: sha256(readFileSync(full)) }),
      ...(kind === 'symlink' && { target: readlinkSync(full) }),
    });
    if (kind === 'directory') readFolder(folder, path, tree);
  }
  return tree;
}

/** The lines that make `mkfs.xfs -p` copy a folder. */
function toPrototype(folder: string): string {
  const lines = ['/boot', '0 0'];
  const add = (path: string, name: string): void => {
    const stats = lstatSync(path);
    const bits = `${stats.mode & 0o4000 ? 'u' : '-'}${stats.mode & 0o2000 ? 'g' : '-'}${(stats.mode & 0o777).toString(8).padStart(3, '0')}`;
    const line = (kind: string, rest = ''): number =>
      lines.push(`${name} ${kind}${bits} ${stats.uid} ${stats.gid} ${rest}`.trim());
    if (stats.isSymbolicLink()) line('l', readlinkSync(path));
    else if (stats.isFile()) line('-', path);
    else if (stats.isFIFO()) line('p');
    else if (stats.isCharacterDevice()) line('c', '1 3');
    else if (stats.isDirectory()) {
      line('d');
      for (const child of readdirSync(path)) add(join(path, child), child);
      lines.push('$');
    }
  };
  add(folder, '');
  return `${lines.join('\n')}\n`;
}

/** Folders of each form, files of none, one and many blocks, symlinks in and out of the inode, devices. */
function fillSource(folder: string): void {
  const dir = (path: string): void => void mkdirSync(join(folder, path), { recursive: true });
  dir('empty-folder');
  dir('block');
  dir('leaf');
  dir('many/below/further');
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'small'), 'small\n');
  writeFileSync(join(folder, 'large'), noise(3 * 2 ** 20 + 17, 1));
  writeFileSync(join(folder, 'tool'), noise(70_000, 2));
  chmodSync(join(folder, 'tool'), 0o4755);
  writeFileSync(join(folder, 'owned'), 'x');
  chownSync(join(folder, 'owned'), 1000, 70_000);
  chmodSync(join(folder, 'owned'), 0o2640);
  symlinkSync('small', join(folder, 'short-link'));
  run('mkfifo', join(folder, 'pipe'));
  run('mknod', join(folder, 'null'), 'c', '1', '3');
  for (let index = 0; index < 25; index++) writeFileSync(join(folder, `block/name-${index}`), `${index}`);
  for (let index = 0; index < 250; index++)
    writeFileSync(join(folder, `leaf/rather-long-name-${index}`), `${index}`);
  for (let index = 0; index < NAMES; index++)
    writeFileSync(join(folder, `many/name-${'x'.repeat(index % 60)}-${index}`), '');
}

/** One that does not fit into its inode. mkfs.xfs 6.1 forgets the headers of version 5 when it makes one. */
function addLongLink(folder: string): void {
  symlinkSync(`/${'long/'.repeat(200)}end`, join(folder, 'long-link'));
}

function without(tree: Tree, ...fields: readonly (keyof Entry)[]): Record<string, Partial<Entry>> {
  return Object.fromEntries(
    [...tree]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, entry]) => [
        path,
        Object.fromEntries(Object.entries(entry).filter(([key]) => !fields.includes(key as keyof Entry))),
      ]),
  );
}

function assertSound(seen: Seen): void {
  assert.deepEqual(seen.problems, []);
  assert.deepEqual(seen.flaws, []);
}

/** What xfs_db says of the inodes, by path. */
function readWithDebugger(
  image: string,
  ids: ReadonlyMap<string, Node['id']>,
): Map<string, Record<string, number>> {
  const script = [...ids.values()]
    .flatMap((id) => [`inode ${id}`, 'print core.mode core.size core.uid core.gid'])
    .join('\n');
  const lines = execFileSync('xfs_db', ['-r', image], {
    input: `${script}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
    .split('\n')
    .map((line) => /core\.(\w+) = (\d+)/.exec(line))
    .filter((match) => match !== null);
  const paths = [...ids.keys()];
  return new Map(
    paths.map((path, index) => [
      path,
      Object.fromEntries(
        lines
          .slice(index * 4, index * 4 + 4)
          .map(([, key = '', value = '']) => [key, Number.parseInt(value, key === 'mode' ? 8 : 10)]),
      ),
    ]),
  );
}

const FORMATS: readonly (readonly [string, readonly string[], number?])[] = [
  ['defaults', []],
  ['counts of 64 bits', ['-i', 'nrext64=1']],
  ['counts of 32 bits', ['-i', 'nrext64=0']],
  ['nothing new', ['-m', 'reflink=0,bigtime=0,finobt=0,inobtcount=0', '-i', 'sparse=0']],
  ['reverse mappings', ['-m', 'rmapbt=1,bigtime=1,reflink=1']],
  ['version 4', ['-m', 'crc=0', '-n', 'ftype=0']],
  ['version 4 with kinds', ['-m', 'crc=0', '-n', 'ftype=1', '-i', 'size=256,attr=1']],
  ['version 4, blocks of 512', ['-m', 'crc=0', '-b', 'size=512', '-i', 'size=256']],
  ['version 4, log of version 1', ['-m', 'crc=0', '-l', 'version=1,lazy-count=0']],
  ['blocks of 1024', ['-b', 'size=1024']],
  [
    'blocks of 1024, inodes of 512, folders of 8192',
    ['-b', 'size=1024', '-i', 'size=512', '-n', 'size=8192'],
  ],
  ['blocks of 65536', ['-b', 'size=65536'], 1200],
  ['inodes of 2048', ['-i', 'size=2048']],
  ['folders of 8192', ['-n', 'size=8192']],
  ['folders of 65536', ['-n', 'size=65536']],
  ['sectors of 4096', ['-s', 'size=4096']],
  ['stripes', ['-d', 'su=64k,sw=4', '-l', 'su=256k'], 1600],
  ['many groups', ['-d', 'agcount=20', '-l', 'size=64m'], 1600],
  ['a label', ['-L', 'root-volume']],
  ['a UUID', ['-m', 'uuid=0123abcd-0000-4000-8000-00000000beef']],
  ['any case', ['-n', 'version=ci']],
];

const needsMkfs = has('mkfs.xfs', 'xfs_db') ? false : 'needs mkfs.xfs and xfs_db';

describe('what mkfs.xfs fills', { skip: needsMkfs }, () => {
  let expected: Tree = new Map();
  let expectedV4: Tree = new Map();
  const prototype = (version: 4 | 5): string => join(room, `prototype-${version}`);

  before(() => {
    const source = join(room, 'source');
    mkdirSync(source);
    fillSource(source);
    writeFileSync(prototype(5), toPrototype(source));
    expected = readFolder(source);
    addLongLink(source);
    writeFileSync(prototype(4), toPrototype(source));
    expectedV4 = readFolder(source);
  });

  for (const [name, options, size] of FORMATS) {
    test(name, async () => {
      const isV4 = options.includes('crc=0');
      const image = makeImage(name, [...options, '-p', prototype(isV4 ? 4 : 5)], `${size ?? 400}M`);
      const seen = await readImage(image);
      assert.deepEqual(seen.problems, []);
      if (name === 'any case') assert.match(seen.flaws.join(), /in any letter case/);
      else assert.deepEqual(seen.flaws, []);
      // A prototype has neither times nor hard links; it counts what is in a folder in its own way.
      assert.deepEqual(
        without(seen.tree, 'mtime', 'names'),
        without(isV4 ? expectedV4 : expected, 'mtime', 'names'),
      );
      const debugged = readWithDebugger(image, seen.ids);
      for (const [path, { uid, gid, kind }] of seen.tree) {
        const { mode = 0, size: length, ...owner } = debugged.get(path) ?? {};
        assert.deepEqual(
          { mode: mode & 0o7777, ...owner },
          { mode: seen.tree.get(path)?.mode, uid, gid },
          path,
        );
        if (kind === 'symlink') assert.equal(seen.tree.get(path)?.target?.length, length);
      }
      assert.equal(seen.fileSystem.label, options.includes('-L') ? 'root-volume' : undefined);
      assert.equal(seen.fileSystem.uuid, run('xfs_db', '-r', '-c', 'uuid', image).trim().split(' ').at(-1));
      assert.equal(seen.fileSystem.ignoresCase, name === 'any case');
      rmSync(image);
    });
  }
});

function canMount(): boolean {
  if (!has('mkfs.xfs', 'mount', 'setfattr', 'getfattr')) return false;
  const folder = mkdtempSync(join(tmpdir(), 'pratique-mount-'));
  try {
    const image = join(folder, 'image');
    writeFileSync(image, '');
    truncateSync(image, 400 * 2 ** 20);
    mkdirSync(join(folder, 'mount'));
    if (spawnSync('mkfs.xfs', ['-q', image]).status !== 0) return false;
    if (spawnSync('mount', ['-o', 'loop', image, join(folder, 'mount')]).status !== 0) return false;
    return spawnSync('umount', [join(folder, 'mount')]).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `use` with the image mounted, and gives what it gives. */
function mounted<T>(image: string, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(room, 'mount-'));
  run('mount', '-o', 'loop', image, folder);
  try {
    return use(folder);
  } finally {
    run('umount', folder);
  }
}

/** Attributes that Linux shows, by path. */
function readAttributes(folder: string): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  const text = execFileSync('getfattr', ['-R', '-h', '-P', '-d', '-m', '-', '-e', 'hex', '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  for (const part of text.split('\n\n')) {
    const [head = '', ...lines] = part.trim().split('\n');
    const path = head.replace('# file: ', '');
    if (lines.length === 0) continue;
    const values = lines.map((line) => {
      const [name = '', value = ''] = line.split(/=(.*)/);
      return [name, Buffer.from(value.replace('0x', ''), 'hex').toString('latin1')] as const;
    });
    found.set(path, Object.fromEntries(values));
  }
  return found;
}

function setAttribute(path: string, name: string, value: string): void {
  run('setfattr', '-h', '-n', name, '-v', value, path);
}

function fillMount(folder: string): void {
  fillSource(folder);
  addLongLink(folder);
  linkSync(join(folder, 'small'), join(folder, 'block/twin'));
  utimesSync(join(folder, 'small'), 1, -86_400);
  utimesSync(join(folder, 'owned'), 1, 1_500_000_000.75);
  fillFragments(folder);
  fillAttributes(folder);
  // Names that went again leave free space and stale index entries.
  for (let index = 0; index < NAMES; index += 3)
    rmSync(join(folder, `many/name-${'x'.repeat(index % 60)}-${index}`));
}

function fillFragments(folder: string): void {
  const io = (file: string, ...commands: readonly string[]): string =>
    run('xfs_io', '-f', ...commands.flatMap((command) => ['-c', command]), join(folder, file));
  io('sparse', 'pwrite -S 0x41 1m 8k', 'truncate 40m', 'pwrite -S 0x42 33m 5000');
  io('unwritten', 'falloc 0 2m', 'pwrite -S 0x43 100k 50k');
  io('beyond', 'pwrite -S 0x44 0 10000', 'falloc -k 0 4m');
  // Every second block: each is an extent, and they do not fit into the inode.
  const writes = Array.from(
    { length: 1500 },
    (_, index) => `pwrite -q -S ${index % 256} ${index * 131_072} 4k`,
  );
  io('fragments', ...writes.slice(0, 500));
  io('fragments', ...writes.slice(500, 1000));
  io('fragments', ...writes.slice(1000));
}

const ACCESS_LIST = `0x02000000${['0100 0600 ffffffff', '0200 0600 e8030000', '0400 0400 ffffffff', '1000 0600 ffffffff', '2000 0400 ffffffff'].join('').replaceAll(' ', '')}`;

function fillAttributes(folder: string): void {
  const paths = ['inline', 'leaf-attributes', 'tree-attributes', 'remote-attributes', 'mixed'];
  for (const path of paths) writeFileSync(join(folder, path), path);
  setAttribute(join(folder, 'inline'), 'user.one', 'value');
  setAttribute(join(folder, 'inline'), 'security.two', '0x00ff0100');
  setAttribute(join(folder, 'inline'), 'trusted.three', '');
  for (let index = 0; index < 20; index++)
    setAttribute(join(folder, 'leaf-attributes'), `user.name-${index}`, 'y'.repeat(100));
  for (let index = 0; index < 150; index++)
    setAttribute(join(folder, 'tree-attributes'), `trusted.name-${index}`, 'z'.repeat(150 + index));
  setAttribute(join(folder, 'remote-attributes'), 'user.large', `0s${noise(65_536, 7).toString('base64')}`);
  setAttribute(join(folder, 'mixed'), 'user.large', `0s${noise(5000, 8).toString('base64')}`);
  setAttribute(join(folder, 'mixed'), 'user.small', 's');
  // What `setfacl -m u:1000:rw` sets.
  setAttribute(join(folder, 'mixed'), 'system.posix_acl_access', ACCESS_LIST);
  setAttribute(join(folder, 'block'), 'trusted.of-a-folder', 'f');
  setAttribute(join(folder, 'short-link'), 'trusted.of-a-link', 'l');
  if (has('setcap')) run('setcap', 'cap_net_raw+ep', join(folder, 'tool'));
}

const MOUNTED: readonly (readonly [string, readonly string[], number?])[] = [
  ['defaults', []],
  ['counts of 64 bits', ['-i', 'nrext64=1']],
  ['times of 32 bits', ['-m', 'bigtime=0,reflink=0']],
  ['blocks of 1024', ['-b', 'size=1024']],
  ['folders of 8192, inodes of 1024', ['-n', 'size=8192', '-i', 'size=1024']],
  ['stripes', ['-d', 'su=64k,sw=4', '-l', 'su=256k'], 1600],
  ['sectors of 4096', ['-s', 'size=4096']],
];

describe('what Linux writes', { skip: !needsMkfs && canMount() ? false : 'needs a mount of XFS' }, () => {
  for (const [name, options, size] of MOUNTED) {
    test(name, async () => {
      const image = makeImage(`mounted ${name}`, options, `${size ?? 400}M`);
      const { expected, attributes } = mounted(image, (folder) => {
        fillMount(folder);
        return { expected: readFolder(folder), attributes: readAttributes(folder) };
      });
      const seen = await readImage(image);
      assertSound(seen);
      assert.deepEqual(without(seen.tree, 'xattrs'), without(expected));
      const shown = [...seen.tree].flatMap(([path, { xattrs }]) =>
        xattrs === undefined ? [] : [[path, { ...xattrs }] as const],
      );
      assert.deepEqual(
        new Map(shown.sort()),
        new Map([...attributes].filter(([, of]) => Object.keys(of).length > 0).sort()),
      );
      rmSync(image);
    });
  }

  test('a folder whose extents do not fit into its inode', async () => {
    const image = makeImage('big folder', ['-b', 'size=1024', '-i', 'size=512']);
    const names = mounted(image, (folder) => {
      mkdirSync(join(folder, 'big'));
      writeFileSync(join(folder, 'file'), 'x');
      // Something between the blocks of the folder keeps them apart.
      for (let index = 0; index < 6000; index++) {
        linkSync(join(folder, 'file'), join(folder, `big/${'n'.repeat(index % 90)}${index}`));
        if (index % 9 === 0) writeFileSync(join(folder, `between-${index}`), noise(1024, index));
        if (index % 99 === 0) run('sync', '-f', folder);
      }
      return readdirSync(join(folder, 'big')).sort();
    });
    const seen = await readImage(image);
    assertSound(seen);
    const found = [...seen.tree.keys()]
      .filter((path) => path.startsWith('big/'))
      .map((path) => path.slice(4));
    assert.deepEqual(found.sort(), names);
    const format = run(
      'xfs_db',
      '-r',
      '-c',
      `inode ${seen.ids.get('big')}`,
      '-c',
      'print core.format',
      image,
    );
    assert.match(format, /btree/);
    rmSync(image);
  });

  test('blocks that two files share', async () => {
    const image = makeImage('shared', ['-m', 'reflink=1']);
    const expected = mounted(image, (folder) => {
      writeFileSync(join(folder, 'one'), noise(300_000, 3));
      run('cp', '--reflink=always', join(folder, 'one'), join(folder, 'two'));
      run('xfs_io', '-c', 'pwrite -S 0x55 100k 10k', join(folder, 'two'));
      return readFolder(folder);
    });
    const seen = await readImage(image);
    assertSound(seen);
    assert.deepEqual(without(seen.tree), without(expected));
    rmSync(image);
  });

  test('a volume that is in use', async () => {
    const image = makeImage('in use', []);
    const copy = join(room, 'copy.img');
    mounted(image, (folder) => {
      writeFileSync(join(folder, 'file'), 'x');
      run('sync', '-f', folder);
      run('cp', '--sparse=always', image, copy);
    });
    // Its log is replayed in memory.
    assertSound(await readImage(copy));
    assertSound(await readImage(image));
    rmSync(image);
    rmSync(copy);
  });

  test('a log that went round', async () => {
    const image = makeImage('round', ['-l', 'size=64m']);
    mounted(image, (folder) => {
      for (let round = 0; round < 3; round++) {
        run(
          'sh',
          '-c',
          `cd ${folder} && for d in 1 2 3 4 5 6 7 8; do mkdir d$d; (cd d$d && seq 4000 | xargs touch); done; sync -f .; rm -rf d*`,
        );
      }
    });
    assertSound(await readImage(image));
    rmSync(image);
  });

  test('a damaged superblock', async () => {
    const image = makeImage('damaged', []);
    mounted(image, (folder) => writeFileSync(join(folder, 'file'), 'x'));
    const disk = readFileSync(image);
    disk.fill(0xff, 8, 32);
    const copy = join(room, 'damaged-copy.img');
    copyFileSync(image, copy);
    writeFileSync(copy, disk);
    const seen = await readImage(copy);
    assert.deepEqual([...seen.tree.keys()], ['file']);
    assert.match(seen.flaws.join(), /copy in allocation group/);
    rmSync(image);
    rmSync(copy);
  });
});
