import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BlockSource } from '../../src/read/disk/block-source.ts';
import type { ContainerOptions } from '../../src/read/disk/container.ts';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { isQcow2, openQcow2 } from '../../src/read/disk/qcow2/index.ts';
import type { Unreadable } from '../../src/read/disk/unreadable.ts';
import { isVmdk, openVmdk } from '../../src/read/disk/vmdk/index.ts';
import { isInstalled, run as runProgram } from '../peers/run.ts';

/* Disks that QEMU writes, read here and by QEMU, byte for byte. */

/** Name, then the commands that make `disk` of `base.raw` or of nothing. */
export type DiskCase = readonly [string, ...string[]];

export const needsQemu =
  isInstalled('qemu-img') && isInstalled('qemu-io') ? false : 'needs qemu-img and qemu-io';

const MIB = 2 ** 20;

export function makeScratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-disk-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function run(command: string, folder: string): string {
  return runProgram('sh', ['-c', command], { cwd: folder });
}

/** Stretches of text, noise and nothing, of lengths that match no cluster. */
export function writePattern(folder: string, name: string, size: number): void {
  const file = openSync(join(folder, name), 'w');
  ftruncateSync(file, size);
  let seed = 1;
  for (let at = 0; at < size; ) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    const length = Math.min(size - at, 1 + (seed % 400_000));
    const kind = Math.floor(seed / 1000) % 3;
    if (kind > 0) writeSync(file, kind === 1 ? text(length, at) : randomBytes(length), 0, length, at);
    at += length;
  }
  closeSync(file);
}

function text(length: number, at: number): Buffer {
  return Buffer.alloc(length, `line at ${at} says ${createHash('md5').update(String(at)).digest('hex')}\n`);
}

/** Opens a disk in a folder, with whatever it names there. @param flaws takes what is said about it; thrown otherwise */
export async function openLocal(folder: string, name: string, flaws?: Unreadable[]): Promise<BlockSource> {
  const flaw = (found: Unreadable): void => {
    if (flaws === undefined) throw found;
    flaws.push(found);
  };
  const neighbour = async (file: string) => LocalDisk.open(join(folder, file), { follow: false });
  const openAny: ContainerOptions['openAny'] = async (source, depth) => {
    const head = await source.read(0, Math.min(source.size, 128 * 1024));
    const options = { neighbour, openAny, depth, flaw };
    if (isQcow2(head)) return openQcow2(source, options);
    return isVmdk(head) ? openVmdk(source, options) : source;
  };
  const source = LocalDisk.open(join(folder, name), { follow: true });
  try {
    return await openAny(source, 0);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Reads `disk` here and as QEMU does: in order, and in pieces that fit no cluster. */
export async function compareWithRaw(folder: string, format: string): Promise<void> {
  const areas = dataAreas(run(`qemu-img map -f ${format} --output=json disk`, folder));
  run(`qemu-img convert -f ${format} -O raw disk expected.raw`, folder);
  const disk = await openLocal(folder, 'disk');
  const expected = LocalDisk.open(join(folder, 'expected.raw'), { follow: true });
  try {
    assert.equal(disk.size, expected.size);
    const compare = async (from: number, length: number) => {
      const start = Math.max(0, Math.min(from, disk.size));
      const bytes = Math.min(length, disk.size - start);
      const [found, wanted] = [await disk.read(start, bytes), await expected.read(start, bytes)];
      if (!found.equals(wanted))
        assert.fail(`${bytes} bytes at ${start} differ, from ${start + firstDifference(found, wanted)}`);
    };
    const whole =
      disk.size > 128 * MIB
        ? [{ start: disk.size - MIB, length: MIB }, ...areas]
        : [{ start: 0, length: disk.size }];
    for (const { start, length } of whole)
      for (let at = start - MIB; at < start + length + MIB; at += 4 * MIB) await compare(at, 4 * MIB);
    for (
      let at = 0, step = 1;
      at < Math.min(disk.size, 128 * MIB);
      at += step, step = (step * 7 + 13) % 333_667
    )
      await compare(at, 1 + (step % 20_011));
    await Promise.all(Array.from({ length: 20 }, (_, index) => compare(index * 777_777, 300_000)));
    await assert.rejects(disk.read(disk.size - 1, 2), { code: 'TRUNCATED' });
  } finally {
    await disk.close();
    await disk.close();
    await expected.close();
  }
}

function firstDifference(left: Buffer, right: Buffer): number {
  return left.findIndex((byte, index) => byte !== right[index]);
}

function dataAreas(json: string): { start: number; length: number }[] {
  const areas: unknown = JSON.parse(json);
  assert(Array.isArray(areas));
  return areas
    .filter(({ data }) => data === true)
    .flatMap(({ start, length }) =>
      length > 64 * MIB
        ? [
            { start, length: 8 * MIB },
            { start: start + length - 8 * MIB, length: 8 * MIB },
          ] // a flat extent
        : [{ start, length }],
    );
}
