import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blank } from './testing/gpt-disk.ts';
import { MIB, putFileSystem, SECTOR, toDisk } from './testing/memory-disk.ts';
import { findVolume, summarise } from './testing/summary.ts';
import { putMbr } from './testing/table-builder.ts';

describe('an MBR', () => {
  function mbrDisk(): Buffer {
    const disk = blank();
    putMbr(disk, [
      { type: 0x07, start: 2048, count: 2048, flag: 0x80 },
      { type: 0x05, start: 4096, count: 10_000 },
    ]);
    putMbr(
      disk,
      [
        { type: 0x83, start: 64, count: 2048 },
        { type: 0x05, start: 4096, count: 2112 },
      ],
      4096,
    );
    putMbr(disk, [{ type: 0x82, start: 64, count: 2048 }], 8192);
    putFileSystem(disk, 2048 * SECTOR, 'ext');
    putFileSystem(disk, 4160 * SECTOR, 'xfs');
    disk.write('SWAPSPACE2', 8256 * SECTOR + 4086, 'latin1');
    return disk;
  }
  const LOGICAL = ['partition 1: ext', 'partition 5: xfs', 'partition 6: swap'];

  test('with logical partitions', async () => {
    assert.deepEqual(await summarise(mbrDisk()), { volumes: LOGICAL, flaws: [] });
    assert.equal((await findVolume('partition 6', mbrDisk())).names.partUuid, '1234abcd-06');
  });

  test('with a chain that is a ring', async () => {
    const disk = mbrDisk();
    putMbr(
      disk,
      [
        { type: 0x82, start: 64, count: 2048 },
        { type: 0x05, start: 0, count: 2112 },
      ],
      8192,
    );
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, LOGICAL);
    assert.match(flaws.join(), /sector 4096 of disk.raw follows itself/);
  });

  test('with a chain that leads nowhere', async () => {
    const disk = mbrDisk();
    disk.writeUInt16BE(0, 8192 * SECTOR + 510);
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, LOGICAL.slice(0, 2));
    assert.match(
      flaws[0] ?? '',
      /MALFORMED_DISK: the extended boot record at sector 8192 .* does not end in 55 AA/,
    );
    assert.match(flaws[1] ?? '', /UNKNOWN_CONTENT: unpartitioned space at byte 4194304/);
  });

  test('with more logical partitions than any system has', async () => {
    const disk = blank();
    putMbr(disk, [{ type: 0x05, start: 2048, count: 14_000 }]);
    for (let index = 0; index < 300; index++)
      putMbr(
        disk,
        [
          { type: 0x83, start: 1, count: 1 },
          { type: 0x05, start: (index + 1) * 2, count: 2 },
        ],
        2048 + index * 2,
      );
    const { volumes, flaws } = await summarise(disk);
    assert.equal(volumes.length, 256);
    assert.match(flaws.join(), /is one of more than 256/);
  });

  test('with 4096-byte sectors, told by what is found', async () => {
    const disk = blank();
    putMbr(disk, [{ type: 0x83, start: 256, count: 512 }]);
    putFileSystem(disk, MIB, 'ext');
    assert.deepEqual(await summarise(disk), { volumes: ['partition 1: ext'], flaws: [] });
    assert.deepEqual(await summarise(toDisk(disk, 4096)), { volumes: ['partition 1: ext'], flaws: [] });
  });

  test('with partitions that overlap', async () => {
    const disk = mbrDisk();
    putMbr(disk, [{ type: 7, start: 2048, count: 2100, flag: 0x80 }]);
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, ['partition 1: ext', ...LOGICAL.slice(1)]);
    assert.deepEqual(flaws, []);
    putMbr(disk, [{ type: 7, start: 2048, count: 2200, flag: 0x80 }]);
    assert.match(
      (await summarise(disk)).flaws.join(),
      /partition 5 overlaps partition 1: it starts at byte 2129920/,
    );
  });

  test('of a disk that was cut', async () => {
    const disk = mbrDisk().subarray(0, 4500 * SECTOR);
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, LOGICAL.slice(0, 2));
    assert.match(flaws.join(), /TRUNCATED: disk.raw ends at/);
    assert.match(flaws.join(), /TRUNCATED: partition 5 goes on beyond the end of disk.raw/);
    assert.equal((await findVolume('partition 5', disk)).source.size, 340 * SECTOR);
  });

  test('with a partition that is not on the disk', async () => {
    const disk = mbrDisk();
    putMbr(disk, [{ type: 7, start: 20_000, count: 2100 }]);
    assert.deepEqual((await summarise(disk)).volumes, [
      'partition 1: TRUNCATED',
      ...LOGICAL.slice(1),
      'unpartitioned space at byte 1048576: ext',
    ]);
  });

  test('with flags of its own is still read', async () => {
    const disk = mbrDisk();
    disk.writeUInt8(0x7f, 446);
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, LOGICAL);
    assert.match(flaws.join(), /an entry with a flag of its own/);
  });
});
