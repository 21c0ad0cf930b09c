import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BOTH, blank, gptDisk } from './testing/gpt-disk.ts';
import { MIB, putFileSystem, SECTOR } from './testing/memory-disk.ts';
import { findVolume, summarise } from './testing/summary.ts';
import { BIOS_BOOT, putGpt, putMbr, RESERVED } from './testing/table-builder.ts';

describe('no table', () => {
  test('a file system on the whole disk, whose boot sector also ends in 55 AA', async () => {
    const disk = blank();
    putFileSystem(disk, 0, 'fat');
    disk.fill('Missing operating system', 446, 510, 'latin1');
    disk.writeUInt16BE(0x55aa, 510);
    assert.deepEqual(await summarise(disk), { volumes: ['disk: fat'], flaws: [] });
    disk.write('code', 100, 'latin1');
    assert.deepEqual(await summarise(disk), { volumes: ['disk: fat', 'boot sectors: boot-code'], flaws: [] });
  });

  test('a file system and a table: both', async () => {
    const disk = gptDisk();
    disk.write('<ext>!', 700, 'latin1');
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, ['disk: ext', ...BOTH]);
    assert.match(flaws[0] ?? '', /disk has a GPT and also holds something as a whole: both were read/);
  });

  test('a CD image made for USB sticks', async () => {
    const disk = blank();
    putFileSystem(disk, 0, 'iso9660');
    putMbr(disk, [
      { type: 0, start: 0, count: 16_000, flag: 0x80 },
      { type: 0xef, start: 4096, count: 2048 },
    ]);
    disk.write('code', 2000, 'latin1');
    putFileSystem(disk, 4096 * SECTOR, 'fat');
    assert.deepEqual(await summarise(disk), {
      volumes: ['disk: iso9660', 'boot sectors: boot-code', 'partition 2: fat'],
      flaws: [],
    });
  });

  test('nothing', async () => {
    assert.deepEqual(await summarise(Buffer.alloc(MIB)), { volumes: ['disk: empty'], flaws: [] });
    assert.deepEqual(await summarise(Buffer.alloc(0)), { volumes: ['disk: empty'], flaws: [] });
    assert.deepEqual(await summarise(Buffer.alloc(100, 1)), {
      volumes: ['disk: UNKNOWN_CONTENT'],
      flaws: [],
    });
  });

  test('several disks', async () => {
    const disk = Buffer.alloc(MIB);
    putFileSystem(disk, 0, 'xfs');
    const { volumes } = await summarise(gptDisk(), disk);
    assert.deepEqual(volumes, ['partition 1 of disk 1: ext', 'partition 2 of disk 1: xfs', 'disk 2: xfs']);
  });
});

describe('what is no partition', () => {
  test('code before the first', async () => {
    const disk = gptDisk();
    disk.write('MBR', 0, 'latin1');
    disk.write('GRUB', 1000 * SECTOR, 'latin1');
    assert.deepEqual(await summarise(disk), { volumes: ['boot sectors: boot-code', ...BOTH], flaws: [] });
    const { source } = await findVolume('boot sectors', disk);
    const bytes = await source.read(0, source.size);
    assert.equal(bytes.toString('latin1', 0, 3), 'MBR');
    assert.equal(bytes.includes('GRUB'), true);
    assert.equal(bytes.includes('EFI PART'), false);
  });

  test('a file system in a gap, and bytes in another', async () => {
    const disk = Buffer.alloc(16 * MIB);
    putGpt(disk, [
      { first: 2048, last: 4095 },
      { first: 10_000, last: 20_000 },
    ]);
    putFileSystem(disk, 2048 * SECTOR, 'ext');
    putFileSystem(disk, 4096 * SECTOR, 'ext');
    putFileSystem(disk, 10_000 * SECTOR, 'xfs');
    disk.write('hidden', 20_001 * SECTOR, 'latin1');
    assert.deepEqual(await summarise(disk), {
      volumes: ['partition 1: ext', 'partition 2: xfs', 'unpartitioned space at byte 2097152: ext'],
      flaws: ['UNKNOWN_CONTENT: unpartitioned space at byte 10240512 has content, which is not known'],
    });
  });
});

test('a partition table in a partition, and no deeper', async () => {
  const inner = Buffer.alloc(MIB);
  putGpt(inner, [{ first: 64, last: 1063 }]);
  const innermost = Buffer.alloc(1000 * SECTOR);
  putMbr(innermost, [{ type: 0x83, start: 64, count: 100 }]);
  const disk = gptDisk();
  inner.copy(disk, MIB);
  putFileSystem(disk, MIB + 64 * SECTOR, 'fat');
  assert.deepEqual(await summarise(disk), {
    volumes: ['partition 1 of partition 1: fat', 'partition 2: xfs'],
    flaws: [],
  });
  disk.fill(0, MIB + 64 * SECTOR, MIB + 1064 * SECTOR);
  innermost.copy(disk, MIB + 64 * SECTOR);
  assert.deepEqual((await summarise(disk)).volumes, [
    'partition 1 of partition 1: UNSUPPORTED',
    'partition 2: xfs',
  ]);
});

test('types that tip the balance', async () => {
  const disk = blank();
  putGpt(disk, [
    { first: 2048, last: 4095, type: BIOS_BOOT },
    { first: 4096, last: 6143, type: RESERVED },
    { first: 6144, last: 8191, type: BIOS_BOOT },
    { first: 8192, last: 10_000 },
  ]);
  for (const sector of [2048, 8192]) disk.write('anything', sector * SECTOR, 'latin1');
  putFileSystem(disk, 6144 * SECTOR, 'ext');
  assert.deepEqual((await summarise(disk)).volumes, [
    'partition 1: boot-code',
    'partition 2: empty',
    'partition 3: ext',
    'partition 4: UNKNOWN_CONTENT',
  ]);
});
