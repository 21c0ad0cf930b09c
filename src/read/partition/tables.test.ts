import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MIB, putFileSystem, SECTOR, toDisk } from './testing/memory-disk.ts';
import { findVolume, summarise } from './testing/summary.ts';
import { BIOS_BOOT, putGpt, putGptCopy, putMbr, RESERVED, toEntries } from './testing/table-builder.ts';

/** 8 MiB, of 16,384 sectors. */
function blank(): Buffer {
  return Buffer.alloc(8 * MIB);
}

const TWO = [
  { first: 2048, last: 4095, label: 'rööt' },
  { first: 4096, last: 8191 },
];

function gptDisk(): Buffer {
  const disk = blank();
  putGpt(disk, TWO);
  putFileSystem(disk, 2048 * SECTOR, 'ext');
  putFileSystem(disk, 4096 * SECTOR, 'xfs');
  return disk;
}

/** A table that cannot be read is bytes before the first partition like others. */
const UNREAD_TABLE = 'boot sectors: boot-code';
const BOTH = ['partition 1: ext', 'partition 2: xfs'];

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
