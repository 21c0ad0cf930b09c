import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import type { BlockSource } from '../../src/read/disk/block-source.ts';
import { openFormat } from '../../src/read/disk/formats.ts';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { neighboursOf } from '../../src/read/disk/neighbours.ts';
import type { Unreadable } from '../../src/read/disk/unreadable.ts';
import { openCompressed } from '../../src/read/disk/wrapped/compressed.ts';
import { openDiskTar } from '../../src/read/disk/wrapped/disk-tar.ts';
import { scratch } from '../../src/read/testing/scratch.ts';
import { entry, sum } from '../../src/read/testing/vhdx-builder.ts';
import { detectCompression } from '../../src/read/unpack/compression.ts';

/** VHD, VHDX, VDI, OVA and GCP's tar as QEMU, tar and the compressors write them, byte for byte with what was put in. */

const MIB = 2 ** 20;
const needs = (...tools: string[]): { skip: string | false } => {
  const missing = tools.find((tool) => spawnSync('which', [tool]).status !== 0);
  return { skip: missing === undefined ? false : `needs ${missing}` };
};

/** A disk with data at its start, across every boundary of blocks, and at its end; the rest is holes. */
function makeRaw(folder: string, size: number): string {
  const path = join(folder, 'disk.raw');
  const file = openSync(path, 'w+');
  ftruncateSync(file, size);
  let seed = 1;
  for (const at of [
    0,
    3 * 512,
    MIB - 700,
    2 * MIB - 100,
    5 * MIB + 512,
    8 * MIB - 1,
    17 * MIB,
    33 * MIB - 4096,
    size - 3000,
  ]) {
    const bytes = Buffer.alloc(2900);
    for (let index = 0; index < bytes.length; index++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      bytes[index] = seed >>> 16;
    }
    writeSync(file, bytes, 0, bytes.length, at);
  }
  closeSync(file);
  return path;
}

async function openFile(t: TestContext, path: string): Promise<{ disk: BlockSource; flaws: Unreadable[] }> {
  const flaws: Unreadable[] = [];
  const flaw = (one: Unreadable): void => {
    flaws.push(one);
  };
  const disk = await openFormat(LocalDisk.open(path, { follow: true }), {
    neighbour: neighboursOf(path),
    depth: 0,
    flaw,
  });
  t.after(() => disk.close());
  return { disk, flaws };
}

/** In pieces of awkward sizes, so that reads begin and end within blocks. */
async function readAll(disk: BlockSource): Promise<Buffer> {
  const parts: Buffer[] = [];
  const lengths = [1, 511, 4096, MIB + 3, 3 * MIB];
  for (let at = 0, turn = 0; at < disk.size; turn++) {
    const length = Math.min(lengths[turn % lengths.length] ?? 1, disk.size - at);
    parts.push(Buffer.from(await disk.read(at, length)));
    at += length;
  }
  return Buffer.concat(parts);
}

/** QEMU rounds the size of a VHD up to its geometry: what is added is zeros. */
function assertSame(found: Buffer, expected: Buffer): void {
  const start = found.subarray(0, expected.length);
  if (!start.equals(expected))
    assert.equal(
      start.findIndex((byte, at) => byte !== expected[at]),
      -1,
      'differs there',
    );
  assert.ok(found.subarray(expected.length).every((byte) => byte === 0));
  assert.ok(found.length >= expected.length);
}

const SIZE = 40 * MIB + 3 * 512;
const rows: readonly (readonly [string, string, string])[] = [
  ['VHD, fixed', 'vpc', 'subformat=fixed'],
  ['VHD, fixed, of exact size', 'vpc', 'subformat=fixed,force_size=on'],
  ['VHD, dynamic', 'vpc', 'subformat=dynamic'],
  ['VHD, dynamic, of exact size', 'vpc', 'subformat=dynamic,force_size=on'],
  ['VHDX, dynamic', 'vhdx', 'subformat=dynamic'],
  ['VHDX, dynamic, blocks of 1 MiB', 'vhdx', 'subformat=dynamic,block_size=1M'],
  ['VHDX, dynamic, blocks of 8 MiB, a log of 4', 'vhdx', 'subformat=dynamic,block_size=8M,log_size=4M'],
  ['VHDX, fixed', 'vhdx', 'subformat=fixed,block_size=2M'],
  ['VDI, dynamic', 'vdi', 'static=off'],
  ['VDI, static', 'vdi', 'static=on'],
];

describe('disks as qemu-img writes them', needs('qemu-img'), () => {
  for (const [name, format, options] of rows) {
    it(name, async (t) => {
      const folder = scratch(t);
      const raw = makeRaw(folder, SIZE);
      const path = join(folder, 'disk');
      execFileSync('qemu-img', ['convert', '-O', format, '-o', options, raw, path]);
      const back = join(folder, 'back.raw');
      execFileSync('qemu-img', ['convert', '-f', format, '-O', 'raw', path, back]);
      const { disk, flaws } = await openFile(t, path);
      assert.deepEqual(flaws, []);
      assert.equal(disk.size, statSync(back).size);
      const found = await readAll(disk);
      assertSame(found, readFileSync(raw));
      assertSame(found, readFileSync(back));
    });
  }

  it('VHDX, its log replayed as QEMU replays it', async (t) => {
    const folder = scratch(t);
    const raw = makeRaw(folder, SIZE);
    const path = join(folder, 'disk.vhdx');
    const options = 'subformat=dynamic,block_size=1M';
    execFileSync('qemu-img', ['convert', '-O', 'vhdx', '-o', options, raw, path]);
    const bytes = readFileSync(path);
    const table = placeOf(bytes, '6677c22d23f600429d64115e9bfd4a08');
    // The first two blocks swapped: the table as zeros, then the one page of it that has entries.
    const page = Buffer.from(bytes.subarray(table, table + 4096));
    bytes.copy(page, 0, table + 8, table + 16);
    bytes.copy(page, 8, table, table + 8);
    const shared = { tail: 4096, flushed: bytes.length };
    const first = entry([{ at: table, zeros: MIB }], { sequence: 41n, ...shared });
    const second = entry([{ at: table, bytes: page }], { sequence: 42n, ...shared });
    const log = Number(bytes.readBigUInt64LE(64 * 1024 + 72));
    first.copy(bytes, log + 4096);
    second.copy(bytes, log + 8192);
    for (const at of [64 * 1024, 128 * 1024]) {
      const header = bytes.subarray(at, at + 4096);
      second.copy(header, 48, 32, 48);
      sum(header);
    }
    writeFileSync(path, bytes);
    const { disk, flaws } = await openFile(t, path);
    assert.deepEqual(flaws, []);
    const found = await readAll(disk);
    assert.ok(!found.equals(readFileSync(raw)));
    const replayed = join(folder, 'replayed.vhdx');
    copyFileSync(path, replayed);
    execFileSync('qemu-img', ['check', '-q', '-r', 'all', replayed]);
    const back = join(folder, 'back.raw');
    execFileSync('qemu-img', ['convert', '-O', 'raw', replayed, back]);
    assertSame(found, readFileSync(back));
  });

  it('a disk of 2 TB with nothing in it', async (t) => {
    const folder = scratch(t);
    for (const format of ['vhdx', 'vdi', 'vpc']) {
      const path = join(folder, `disk.${format}`);
      execFileSync('qemu-img', ['create', '-q', '-f', format, path, '2000G']);
      const { disk, flaws } = await openFile(t, path);
      assert.deepEqual(flaws, [], format);
      assert.ok((await disk.read(disk.size - MIB, MIB)).every((byte) => byte === 0));
    }
  });
});

describe('disks that are packed', () => {
  const compressors = [
    ['gzip', ['-k']],
    ['xz', ['-k', '-0']],
    ['zstd', ['-q', '-k']],
  ] as const;
  for (const [tool, args] of compressors) {
    it(`a disk in ${tool}: holes stay holes`, needs(tool), async (t) => {
      const folder = scratch(t);
      const raw = makeRaw(folder, SIZE);
      execFileSync(tool, [...args, raw]);
      const path = `${raw}.${{ gzip: 'gz', xz: 'xz', zstd: 'zst' }[tool]}`;
      const packed = LocalDisk.open(path, { follow: true });
      t.after(() => packed.close());
      const flaws: Unreadable[] = [];
      const compression = detectCompression(await packed.read(0, 10));
      const signal = new AbortController().signal;
      const disk = await openCompressed(packed, compression, { limits: DEFAULT_LIMITS, signal }, (flaw) =>
        flaws.push(flaw),
      );
      t.after(() => disk.close());
      assert.deepEqual(flaws, []);
      assert.equal(disk.size, SIZE);
      assertSame(await readAll(disk), readFileSync(raw));
    });
  }

  const tars = [
    ['plain', []],
    ['old GNU, sparse, as GCP exports', ['--format=oldgnu', '-S']],
    ['pax 1.0, sparse', ['--format=posix', '-S']],
    ['pax 0.1, sparse', ['--format=posix', '--sparse-version=0.1', '-S']],
    ['pax 0.0, sparse', ['--format=posix', '--sparse-version=0.0', '-S']],
    ['GNU, named ./disk.raw', ['--format=gnu', '--transform=s,^,./,']],
  ] as const;
  for (const [name, args] of tars) {
    it(`disk.raw in a tar: ${name}`, needs('tar'), async (t) => {
      const folder = scratch(t);
      const raw = makeRaw(folder, SIZE);
      const path = join(folder, 'image.tar');
      execFileSync('tar', [...args, '-C', folder, '-cf', path, 'disk.raw']);
      const archive = LocalDisk.open(path, { follow: true });
      t.after(() => archive.close());
      const found = await openDiskTar(archive);
      assert.deepEqual(found?.flaws, []);
      assert.deepEqual(found?.unread, []);
      const [disk, ...more] = found?.disks ?? [];
      assert.equal(more.length, 0);
      assert.equal(disk?.name, 'disk.raw');
      assert.ok(disk);
      assertSame(await readAll(disk.source), readFileSync(raw));
    });
  }

  it('an OVA with two VMDKs', needs('qemu-img', 'tar', 'sha256sum'), async (t) => {
    const folder = scratch(t);
    const raw = makeRaw(folder, SIZE);
    for (const name of ['b.vmdk', 'a.vmdk'])
      execFileSync('qemu-img', [
        'convert',
        '-O',
        'vmdk',
        '-o',
        'subformat=streamOptimized',
        raw,
        join(folder, name),
      ]);
    writeFileSync(join(folder, 'machine.ovf'), OVF);
    const names = ['machine.ovf', 'b.vmdk', 'a.vmdk'];
    const sums = execFileSync('sha256sum', ['--tag', ...names], { cwd: folder, encoding: 'utf8' });
    writeFileSync(join(folder, 'machine.mf'), sums);
    const path = join(folder, 'machine.ova');
    execFileSync('tar', [
      '--format=ustar',
      '-C',
      folder,
      '-cf',
      path,
      'machine.ovf',
      'machine.mf',
      'a.vmdk',
      'b.vmdk',
    ]);
    const archive = LocalDisk.open(path, { follow: true });
    t.after(() => archive.close());
    const found = await openDiskTar(archive);
    assert.deepEqual(found?.flaws, []);
    assert.deepEqual(
      found?.disks.map(({ name }) => name),
      ['b.vmdk', 'a.vmdk'],
    );
    for (const { source } of found?.disks ?? []) {
      const flaw = (): void => assert.fail();
      const disk = await openFormat(source, { neighbour: neighboursOf(path), depth: 0, flaw });
      assertSame(await readAll(disk), readFileSync(raw));
    }
  });
});

/** Of a region, by its identity as it is stored. */
function placeOf(bytes: Buffer, id: string): number {
  const at = bytes.indexOf(Buffer.from(id, 'hex'), 192 * 1024);
  return Number(bytes.readBigUInt64LE(at + 16));
}

const OVF = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:href="a.vmdk" ovf:id="file2"/>
    <File ovf:href="b.vmdk" ovf:id="file1"/>
  </References>
  <DiskSection>
    <Info>Virtual disk information</Info>
    <Disk ovf:capacity="40" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="vmdisk1" ovf:fileRef="file1"/>
    <Disk ovf:capacity="40" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="vmdisk2" ovf:fileRef="file2"/>
    <Disk ovf:capacity="40" ovf:diskId="vmdisk3"/>
  </DiskSection>
</Envelope>
`;
