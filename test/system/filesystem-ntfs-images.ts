import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { FileRecord } from '../../src/core/file.ts';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { contentOf } from '../../src/read/filesystem/content.ts';
import type { FileSystem } from '../../src/read/filesystem/contract.ts';
import { ntfsDriver } from '../../src/read/filesystem/ntfs/index.ts';
import { walk } from '../../src/read/filesystem/walk.ts';

/* Images of NTFS that mkntfs and ntfs-3g make, and what the reader says of them. */

export const room = mkdtempSync(join(tmpdir(), 'pratique-ntfs-'));
after(() => rmSync(room, { recursive: true, force: true }));

export function missing(...programs: readonly string[]): string | false {
  const absent = programs.find((program) => spawnSync('which', [program]).status !== 0);
  return absent === undefined ? false : `needs ${absent}`;
}

/** Whether file systems can be mounted in user space here. */
function unmountable(): string | false {
  const absent = missing('mkntfs', 'ntfs-3g', 'fusermount', 'setfattr');
  if (absent !== false) return absent;
  try {
    fill('probe', [], 8, () => {});
    return false;
  } catch {
    return 'needs FUSE';
  }
}

export function format(name: string, options: readonly string[], megabytes: number): string {
  const image = join(room, `${name}.img`);
  writeFileSync(image, '');
  truncateSync(image, megabytes * 2 ** 20);
  execFileSync('mkntfs', ['-F', '-q', ...options, image], { stdio: 'ignore' });
  return image;
}

/** An image with what is written to where it is mounted. */
export function fill(
  name: string,
  options: readonly string[],
  megabytes: number,
  write: (at: string) => void,
): string {
  const image = format(name, options, megabytes);
  const at = join(room, `${name}.mounted`);
  mkdirSync(at);
  const mounting = 'compression,streams_interface=windows,special_files=wsl';
  execFileSync('ntfs-3g', ['-o', mounting, image, at], { stdio: 'ignore' });
  try {
    write(at);
  } finally {
    execFileSync('fusermount', ['-u', at]);
    settle(image);
  }
  rmdirSync(at);
  return image;
}

/** Unmounting returns before the program that serves the mount has ended; the volume is clean when it has. */
function settle(image: string): void {
  for (let turn = 0; turn < 100; turn++) {
    if (spawnSync('ntfs-3g.probe', ['--readwrite', image]).status === 0) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

interface Found {
  readonly record: FileRecord;
  readonly sha256: string | undefined;
}

interface Reading {
  readonly fileSystem: FileSystem;
  readonly files: ReadonlyMap<string, Found>;
  readonly problems: readonly string[];
}

export async function readAll(image: string): Promise<Reading> {
  const disk = LocalDisk.open(image, { follow: true });
  try {
    const fileSystem = await ntfsDriver.open(disk);
    assert.deepEqual(fileSystem.flaws.map(String), []);
    const files = new Map<string, Found>();
    const problems: string[] = [];
    for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
      if (step.kind === 'problem') {
        problems.push(`${step.problem.path}: ${step.problem.code}`);
        continue;
      }
      const { record, node } = step;
      const hash = createHash('sha256');
      if (record.kind === 'file')
        for await (const piece of contentOf(node, new AbortController().signal)) hash.update(piece);
      files.set(record.path, { record, sha256: record.kind === 'file' ? hash.digest('hex') : undefined });
    }
    return { fileSystem, files, problems };
  } finally {
    await disk.close();
  }
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function setAttribute(path: string, name: string, value: Buffer): void {
  execFileSync('setfattr', ['-h', '-n', `system.${name}`, '-v', `0x${value.toString('hex')}`, path]);
}

export const noMount = unmountable();

export function toReparse(tag: number, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(tag, 0);
  header.writeUInt16LE(data.length, 4);
  return Buffer.concat([header, data]);
}
