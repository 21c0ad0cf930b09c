import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
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
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { btrfsDriver } from '../../src/read/filesystem/btrfs/index.ts';
import { contentOf } from '../../src/read/filesystem/content.ts';
import type { FileSystem } from '../../src/read/filesystem/contract.ts';
import { walk } from '../../src/read/filesystem/walk.ts';

/* Images of btrfs, and what the host and the reader say of them. */

export const MIB = 2 ** 20;

export let room = '';
export let tree = '';
/** Why the kernel cannot be asked to write one; undefined when it can. */
export let unmountable: string | undefined = 'needs root';

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

export const noTools = has('mkfs.btrfs') && has('getfattr') ? false : 'needs mkfs.btrfs and getfattr';

export function run(program: string, ...args: string[]): string {
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

export function noise(length: number): Buffer {
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
export type Tree = Map<string, string>;

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

export function treeOnHost(folder: string): Tree {
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

export interface Walked {
  readonly tree: Tree;
  readonly problems: string[];
  readonly fileSystem: FileSystem;
}

export async function walkImage(path: string): Promise<Walked> {
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

export function assertSame(actual: Tree, expected: Tree): void {
  const wrong = [...new Set([...actual.keys(), ...expected.keys()])]
    .filter((path) => actual.get(path) !== expected.get(path))
    .map((path) => `${path}: ${actual.get(path)} instead of ${expected.get(path)}`);
  assert.deepEqual(wrong, []);
}

export function blank(name: string, size: number): string {
  const path = join(room, name);
  writeFileSync(path, '');
  truncateSync(path, size);
  return path;
}

export function format(name: string, ...options: string[]): string {
  const path = blank(name, 256 * MIB);
  run('mkfs.btrfs', '-q', '-f', ...options, path);
  return path;
}

export function damage(image: string, find: (bytes: Buffer) => number): void {
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
