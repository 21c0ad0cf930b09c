import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BOTH, blank, gptDisk, UNREAD_TABLE } from './testing/gpt-disk.ts';
import { MIB, putFileSystem, SECTOR, toDisk } from './testing/memory-disk.ts';
import { findVolume, summarise } from './testing/summary.ts';
import { putGpt, putGptCopy, putMbr, toEntries } from './testing/table-builder.ts';

describe('a GPT', () => {
  test('is read, whatever the partitions are called', async () => {
    assert.deepEqual(await summarise(gptDisk()), { volumes: BOTH, flaws: [] });
  });

  test('names its partitions as fstab may', async () => {
    const { names, source } = await findVolume('partition 1', gptDisk());
    assert.deepEqual(names, {
      partUuid: '01010101-0101-0101-0101-010101010101',
      partLabel: 'rööt',
      devices: [],
      partition: 1,
      disk: 0,
    });
    assert.equal(source.size, MIB);
    assert.equal(source.name, 'partition 1 of disk.raw');
  });

  test('with 4096-byte sectors, whether or not the container says so', async () => {
    const disk = blank();
    putGpt(disk, [{ first: 256, last: 511 }], 4096);
    putFileSystem(disk, MIB, 'ext');
    const expected = { volumes: ['partition 1: ext'], flaws: [] };
    assert.deepEqual(await summarise(disk), expected);
    assert.deepEqual(await summarise(toDisk(disk, 4096)), expected);
  });

  const damaged: readonly [string, (disk: Buffer) => void, readonly RegExp[]][] = [
    [
      'first header gone',
      (disk) => disk.fill(0, 512, 1024),
      [/MALFORMED_DISK: disk.raw has no first GPT header/],
    ],
    [
      'first header damaged',
      (disk) => disk.fill(7, 512 + 40, 512 + 48),
      [/CHECKSUM_MISMATCH: the GPT header in sector 1 /],
    ],
    [
      'first entries damaged',
      (disk) => disk.fill(7, 1024 + 48, 1024 + 56),
      [/CHECKSUM_MISMATCH: the entries of the GPT header in sector 1 /],
    ],
    [
      'backup gone',
      (disk) => disk.fill(0, disk.length - 512),
      [/MALFORMED_DISK: disk.raw has no backup GPT header in sector 16383/],
    ],
    [
      'backup damaged',
      (disk) => disk.fill(7, disk.length - 460, disk.length - 450),
      [/CHECKSUM_MISMATCH: the GPT header in sector 16383 /],
    ],
    [
      'both damaged alike',
      (disk) => {
        disk.fill(7, 512 + 56, 512 + 60);
        disk.fill(7, disk.length - 512 + 56, disk.length - 512 + 60);
      },
      [
        /CHECKSUM_MISMATCH: the GPT header in sector 1 /,
        /CHECKSUM_MISMATCH: the GPT header in sector 16383 /,
      ],
    ],
    [
      'copies that differ',
      (disk) => {
        const table = toEntries([{ first: 2048, last: 3000 }]);
        putGptCopy(disk, table, { lba: 16383, alternate: 1, entriesLba: 16351, sectorSize: 512 });
      },
      [/MALFORMED_DISK: the first and the backup GPT of disk.raw differ/],
    ],
  ];
  for (const [name, damage, expected] of damaged)
    test(`${name}: the partitions are found, and it is said`, async () => {
      const disk = gptDisk();
      damage(disk);
      const { volumes, flaws } = await summarise(disk);
      assert.deepEqual(
        volumes.filter((volume) => volume !== UNREAD_TABLE),
        BOTH,
      );
      assert.equal(flaws.length, expected.length, flaws.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(flaws[index] ?? '', pattern);
    });

  test('that is left at the end of a disk with something else is nothing', async () => {
    const disk = gptDisk();
    disk.fill(0, 0, 40 * SECTOR);
    putFileSystem(disk, 0, 'fat');
    assert.deepEqual(await summarise(disk), { volumes: ['disk: fat'], flaws: [] });
  });

  test('that claims a million entries is refused, and the backup used', async () => {
    const disk = gptDisk();
    disk.writeUInt32LE(1_000_000, 512 + 80);
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, [UNREAD_TABLE, ...BOTH]);
    assert.match(flaws.join(), /1000000 entries: 16384 are read at most/);
  });

  test('that is protected and gone for good', async () => {
    const disk = blank();
    putMbr(disk, [{ type: 0xee, start: 1, count: 16383 }]);
    putFileSystem(disk, MIB, 'ext');
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, ['partition 1: UNKNOWN_CONTENT']);
    assert.match(flaws.join(), /protects a GPT that is not there/);
  });

  test('beside MBR partitions of its own and others', async () => {
    const disk = gptDisk();
    putMbr(disk, [
      { type: 0xee, start: 1, count: 2047 },
      { type: 0x83, start: 4096, count: 4096 },
      { type: 0x83, start: 10_240, count: 2048 },
    ]);
    putFileSystem(disk, 10_240 * SECTOR, 'ext');
    assert.deepEqual(await summarise(disk), { volumes: [...BOTH, 'MBR partition 3: ext'], flaws: [] });
  });
});
