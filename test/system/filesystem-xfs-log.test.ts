import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { xfsDriver } from '../../src/read/filesystem/xfs/index.ts';
import { compare } from './filesystem-ext-compare.ts';
import { has } from './filesystem-tree.ts';

/*
 * What Linux left in its log when a file system was taken away in the middle of its work, as a copy of a running machine's disk is:
 * what is read of that is compared, file by file, with what Linux shows of a copy when it has recovered it.
 */

let room = '';
before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-xfs-log-'));
});
after(() => rmSync(room, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** mkfs.xfs makes logs of less than 64 MiB only when it is tested. */
const SMALL_ENVIRONMENT = { ...process.env, TEST_DIR: '/tmp', TEST_DEV: '/tmp', QA_CHECK_FS: '1' };

function makeImage(image: string, options: readonly string[]): boolean {
  rmSync(image, { force: true });
  writeFileSync(image, '');
  truncateSync(image, 300 * 2 ** 20);
  return spawnSync('mkfs.xfs', ['-q', '-f', ...options, image], { env: SMALL_ENVIRONMENT }).status === 0;
}

/** Not every kernel still takes version 4. */
function canMount(...options: readonly string[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-mount-'));
  try {
    const image = join(folder, 'image');
    mkdirSync(join(folder, 'mount'));
    if (!makeImage(image, options)) return false;
    if (spawnSync('mount', ['-o', 'loop', image, join(folder, 'mount')]).status !== 0) return false;
    return spawnSync('umount', [join(folder, 'mount')]).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const needs = !['mkfs.xfs', 'xfs_io', 'mount', 'setfattr', 'getfattr'].every(has)
  ? 'needs mkfs.xfs, xfs_io, mount, setfattr and getfattr'
  : !canMount() && 'needs a kernel that mounts XFS on a loop device';

async function mounted<T>(
  image: string,
  use: (folder: string) => T | Promise<T>,
  options = 'loop',
): Promise<T> {
  const folder = mkdtempSync(join(room, 'mount-'));
  run('mount', '-o', options, image, folder);
  try {
    return await use(folder);
  } finally {
    run('umount', folder);
  }
}

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Folders of each form, so that what changes them later meets each. */
function fill(folder: string): void {
  for (const [name, count] of [
    ['short', 3],
    ['block', 30],
    ['leaf', 300],
    ['node', 1800],
  ] as const) {
    mkdirSync(join(folder, name));
    for (let index = 0; index < count; index++)
      writeFileSync(join(folder, name, `${name}-with-a-longer-name-${index}`), `${index}\n`);
  }
}

const ATTRIBUTES = [10, 200, 1500, 9000, 40_000];

/** Changes of every kind, the same ones for the same seed. */
class Work {
  readonly #folder: string;
  readonly #random: (below: number) => number;
  readonly #folders = ['', 'short', 'block', 'leaf', 'node'];
  #files: string[] = [];
  #names = 0;

  constructor(folder: string, seed: number) {
    this.#folder = folder;
    this.#random = randomFrom(seed);
  }

  go(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const kinds = [
        ...[this.#create, this.#create, this.#create, this.#append, this.#append, this.#scatter],
        ...[this.#rename, this.#remove, this.#truncate, this.#chmod, this.#link, this.#attribute],
        ...[this.#attribute, this.#makeFolder, this.#removeFolder, this.#fsync],
      ];
      kinds[this.#random(kinds.length)]?.call(this);
    }
  }

  #pick(from: readonly string[]): string {
    return from[this.#random(from.length)] ?? '';
  }

  #path(path: string): string {
    return join(this.#folder, path);
  }

  #newName(): string {
    return join(this.#pick(this.#folders), `n${this.#names++}-${'x'.repeat(this.#random(60))}`);
  }

  #create(): void {
    const name = this.#newName();
    const kind = this.#random(10);
    if (kind === 0) symlinkSync('t/'.repeat(1 + this.#random(400)), this.#path(name));
    else if (kind === 1) run('mknod', this.#path(name), 'c', '4', String(this.#random(64)));
    else {
      writeFileSync(this.#path(name), Buffer.alloc(this.#random(kind === 2 ? 300_000 : 9000), name));
      this.#files.push(name);
    }
  }

  #append(): void {
    const name = this.#pick(this.#files);
    if (name !== '') appendFileSync(this.#path(name), Buffer.alloc(this.#random(20_000), 'more'));
  }

  /** So many extents that they are in a tree. */
  #scatter(): void {
    const name = this.#pick(this.#files);
    if (name === '') return;
    const file = openSync(this.#path(name), 'r+');
    for (let count = this.#random(60); count > 0; count--)
      writeSync(file, 'scattered', this.#random(500) * 8192);
    fsyncSync(file);
    closeSync(file);
  }

  #rename(): void {
    const [from, to] = [
      this.#pick(this.#files),
      this.#random(3) === 0 ? this.#pick(this.#files) : this.#newName(),
    ];
    if (from === '' || from === to) return;
    renameSync(this.#path(from), this.#path(to));
    this.#files = this.#files.filter((name) => name !== from && name !== to);
    this.#files.push(to);
  }

  #remove(): void {
    for (let count = this.#random(6); count > 0; count--) {
      const name = this.#pick(this.#files);
      if (name === '') return;
      rmSync(this.#path(name));
      this.#files = this.#files.filter((other) => other !== name);
    }
  }

  #truncate(): void {
    const name = this.#pick(this.#files);
    if (name !== '') truncateSync(this.#path(name), this.#random(100_000));
  }

  #chmod(): void {
    const name = this.#pick(this.#files);
    if (name === '') return;
    chmodSync(this.#path(name), this.#random(0o10000));
    chownSync(this.#path(name), this.#random(70_000), this.#random(1000));
    lutimesSync(this.#path(name), 1, this.#random(2 ** 31) * 2 - 2 ** 31);
  }

  #link(): void {
    const name = this.#pick(this.#files);
    if (name === '') return;
    const to = this.#newName();
    linkSync(this.#path(name), this.#path(to));
    this.#files.push(to);
  }

  #attribute(): void {
    const name = this.#pick(this.#files);
    if (name === '') return;
    const attribute = `user.a${this.#random(12)}`;
    if (this.#random(4) === 0) spawnSync('setfattr', ['-x', attribute, this.#path(name)]);
    else {
      const value = 'v'.repeat(this.#random(ATTRIBUTES[this.#random(ATTRIBUTES.length)] ?? 1));
      run('setfattr', '-n', attribute, '-v', value, this.#path(name));
    }
  }

  #makeFolder(): void {
    const name = this.#newName();
    mkdirSync(this.#path(name));
    this.#folders.push(name);
  }

  #removeFolder(): void {
    const name = this.#pick(this.#folders.slice(5));
    const isIn = (path: string): boolean => path === name || path.startsWith(`${name}/`);
    if (name === '') return;
    rmSync(this.#path(name), { recursive: true });
    this.#files = this.#files.filter((path) => !isIn(path));
    this.#folders.splice(0, this.#folders.length, ...this.#folders.filter((path) => !isIn(path)));
  }

  #fsync(): void {
    const name = this.#pick(this.#files);
    if (name === '') return;
    const file = openSync(this.#path(name), 'r');
    fsyncSync(file);
    closeSync(file);
  }
}

interface Variant {
  readonly name: string;
  readonly options: readonly string[];
  /** Steps after the first part was synced; more than the log takes make it go round. */
  readonly steps?: number;
  /** Whether the log is written before the file system is taken away, or as far as it was. */
  readonly isFlushed?: boolean;
  readonly mount?: string;
  /** What happens to the log then, given where its last record begins and ends. */
  readonly damage?: (log: Buffer, start: number, end: number) => unknown;
}

const VARIANTS: readonly Variant[] = [
  { name: 'defaults', options: [] },
  { name: 'defaults, what was not written is lost', options: [], isFlushed: false },
  { name: 'counts of 64 bits', options: ['-i', 'nrext64=1'] },
  { name: 'reverse mappings', options: ['-m', 'rmapbt=1,reflink=1'], isFlushed: false },
  { name: 'small times', options: ['-m', 'bigtime=0,finobt=0,inobtcount=0,reflink=0', '-i', 'sparse=0'] },
  { name: 'folders of 8192', options: ['-n', 'size=8192'] },
  { name: 'folders of 65536', options: ['-n', 'size=65536'] },
  { name: 'blocks of 1024', options: ['-b', 'size=1024'] },
  { name: 'inodes of 2048', options: ['-i', 'size=2048'], isFlushed: false },
  { name: 'sectors of 4096', options: ['-s', 'size=4096'] },
  { name: 'records in stripes', options: ['-l', 'su=256k'], isFlushed: false },
  { name: 'large records', options: [], mount: 'loop,logbsize=256k' },
  { name: 'a log that went round', options: [], steps: 6000 },
  {
    name: 'a log that went round, large records',
    options: [],
    steps: 6000,
    mount: 'loop,logbsize=256k',
    isFlushed: false,
  },
  {
    name: 'a last record that was not written whole',
    options: [],
    damage: (log, start) => log.writeUInt8((log[start + 600] ?? 0) ^ 1, start + 600),
  },
  {
    name: 'a last record without its end',
    options: [],
    damage: (log, _start, end) => log.fill(0, end - 512, end),
  },
  {
    name: 'a last record without its start',
    options: [],
    damage: (log, start) => log.fill(0, start, start + 512),
  },
  {
    name: 'a block shortly before the end that was never written',
    options: [],
    isFlushed: false,
    damage: (log, start) => log.fill(0, start - 2048, start - 1536),
  },
  {
    name: 'a record shortly before the end with a wrong checksum',
    options: [],
    damage: (log, start) => log.writeUInt8((log[start - 700] ?? 0) ^ 1, start - 700),
  },
  {
    name: 'a log that went round, with a block shortly before the end that was not written',
    options: [],
    steps: 6000,
    damage: (log, start) => log.writeUInt32BE(log.readUInt32BE(start + 4) - 1, start - 2048),
  },
  { name: 'version 4', options: ['-m', 'crc=0', '-n', 'ftype=1'] },
  { name: 'version 4, without kinds', options: ['-m', 'crc=0', '-n', 'ftype=0'], isFlushed: false },
  { name: 'version 4, inodes of 256', options: ['-m', 'crc=0', '-i', 'size=256', '-b', 'size=512'] },
  { name: 'version 4, log of version 1', options: ['-m', 'crc=0', '-l', 'version=1,lazy-count=0'] },
  { name: 'version 4, a log that went round', options: ['-m', 'crc=0'], steps: 6000 },
];

const needsVersion4 =
  needs === false && !canMount('-m', 'crc=0') ? 'needs a kernel that mounts version 4' : needs;

describe('a log that was not replayed', () => {
  for (const [
    index,
    { name, options, steps = 600, isFlushed = true, mount = 'loop', damage },
  ] of VARIANTS.entries()) {
    test(name, { skip: options.includes('crc=0') ? needsVersion4 : needs }, async () => {
      const image = join(room, 'busy.img');
      const copy = join(room, 'copy.img');
      const isSmall = steps > 1000;
      assert.ok(makeImage(image, [...(isSmall ? ['-l', 'size=8m'] : []), ...options]));
      await mounted(
        image,
        (folder) => {
          fill(folder);
          run('sync', '-f', folder);
          const work = new Work(folder, Number(process.env.FUZZ_SEED ?? 1) * 1000 + index);
          work.go(steps);
          writeFileSync(join(folder, 'late'), 'late\n');
          run('xfs_io', '-c', 'fsync', join(folder, 'late'));
          work.go(50);
          run('xfs_io', '-x', '-c', isFlushed ? 'shutdown -f' : 'shutdown', folder);
        },
        mount,
      );
      if (damage !== undefined) changeLog(image, damage);
      run('cp', '--sparse=always', image, copy);
      const disk = LocalDisk.open(image, { follow: false });
      try {
        const fileSystem = await xfsDriver.open(disk);
        await mounted(copy, (folder) => compare(fileSystem, folder));
        assert.deepEqual(fileSystem.flaws, []);
        if (isSmall) assert.ok(lastCycle(image) > 1);
      } finally {
        await disk.close();
      }
    });
  }
});

interface Log {
  /** Bytes from the start of the image. */
  readonly place: number;
  readonly bytes: Buffer;
}

function readLog(image: string): Log {
  const [, place, blocks] =
    /daddr: (\d+) length: (\d+)/.exec(run('sh', '-c', `xfs_logprint -t ${image} | head -3`)) ?? [];
  const bytes = Buffer.alloc(Number(blocks) * 512);
  const file = openSync(image, 'r');
  readSync(file, bytes, 0, bytes.length, Number(place) * 512);
  closeSync(file);
  return { place: Number(place) * 512, bytes };
}

/** How often the log went round: the first word of its first block, or the second of a record. */
function lastCycle(image: string): number {
  const { bytes } = readLog(image);
  return bytes.readUInt32BE(bytes.readUInt32BE(0) === 0xfeedbabe ? 4 : 0);
}

function changeLog(image: string, damage: NonNullable<Variant['damage']>): void {
  const { place, bytes } = readLog(image);
  let [start, newest] = [0, 0n];
  for (let at = 0; at < bytes.length; at += 512) {
    if (bytes.readUInt32BE(at) !== 0xfeedbabe || bytes.readUInt32BE(at + 12) === 0) continue;
    const lsn = bytes.readBigUInt64BE(at + 16);
    if (lsn > newest) [start, newest] = [at, lsn];
  }
  damage(bytes, start, start + 512 + Math.ceil(bytes.readUInt32BE(start + 12) / 512) * 512);
  const file = openSync(image, 'r+');
  writeSync(file, bytes, 0, bytes.length, place);
  closeSync(file);
}
