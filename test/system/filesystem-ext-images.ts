import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import type { FileSystem } from '../../src/read/filesystem/contract.ts';
import { extDriver } from '../../src/read/filesystem/ext/index.ts';

/* Images of ext2, ext3 and ext4, and the folder that they are filled from. */

const missing = ['mke2fs', 'debugfs', 'setfattr'].find(
  (program) => spawnSync(program, ['-V']).error !== undefined,
);
/** Why there are no such images here. */
export const skip =
  missing !== undefined ? `needs ${missing}` : process.getuid?.() !== 0 ? 'needs root' : false;

/** An access list as `getxattr` has them: owner, user 1000, group, mask, others. */
const ACCESS_LIST =
  '0x0200000001000600ffffffff02000600e803000004000400ffffffff10000600ffffffff20000000ffffffff';
export const CAPABILITY = '0x0100000200040000000000000000000000000000';

/** Mounts a file system as Linux does, where that is allowed. */
export async function mounted(
  room: string,
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

export function mountSkip(): string | false {
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

export function makeImage(path: string, mebibytes: number, options: readonly string[]): void {
  rmSync(path, { force: true });
  writeFileSync(path, '');
  truncateSync(path, mebibytes * 2 ** 20);
  execFileSync('mke2fs', ['-q', '-F', ...options, path], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export async function withFileSystem(
  image: string,
  use: (fileSystem: FileSystem) => Promise<void>,
): Promise<void> {
  const disk = LocalDisk.open(image, { follow: true });
  try {
    assert.ok(extDriver.probe(await disk.read(0, 128 * 1024)));
    await use(await extDriver.open(disk));
  } finally {
    await disk.close();
  }
}

export function makeTree(at: string): void {
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

export function makeSparse(path: string, offsets: readonly number[], size: number): void {
  const file = openSync(path, 'w');
  for (const offset of offsets) writeSync(file, content(9_000), 0, 9_000, offset);
  ftruncateSync(file, size);
  closeSync(file);
}

export function content(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0, state = size + 1; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Into the journal, and no further. */
export function writeThrough(path: string, bytes: Buffer): void {
  const file = openSync(path, 'w');
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
}
