import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { putPhysicalVolume, toGroupText, toId, toLogicalText, toStriped } from '../testing/lvm-builder.ts';
import { type MdText, putLegacyMd, putMd } from '../testing/md-builder.ts';
import { MIB, putFileSystem, SECTOR } from '../testing/memory-disk.ts';
import { findVolume, summarise } from '../testing/summary.ts';
import { putMbr } from '../testing/table-builder.ts';

const SIZE = 4 * MIB;
const OFFSET = MIB;
const V10 = SIZE - 8192;

function member(at: number, md: Partial<MdText> & { readonly role: number }): Buffer {
  const disk = Buffer.alloc(SIZE);
  const dataOffset = at === V10 ? 0 : OFFSET;
  putMd(disk, at, { level: 1, disks: 2, dataOffset, dataSize: 2 * MIB, ...md });
  return disk;
}

function both(at: number, md: Partial<MdText> = {}): [Buffer, Buffer] {
  return [member(at, { ...md, role: 0 }), member(at, { ...md, role: 1 })];
}

const MEMBERS = ['disk 1: member of array md0', 'disk 2: member of array md0'];

describe('a mirror', () => {
  for (const [version, at, offset] of [
    ['1.0', V10, 0],
    ['1.1', 0, OFFSET],
    ['1.2', 4096, OFFSET],
  ] as const)
    test(`of version ${version}`, async () => {
      const disks = both(at);
      for (const disk of disks) putFileSystem(disk, offset, 'ext');
      assert.deepEqual(await summarise(...disks), { volumes: [...MEMBERS, 'array md0: ext'], flaws: [] });
      const { names, source } = await findVolume('array md0', ...disks);
      assert.deepEqual(names, { devices: ['/dev/md0'] });
      assert.equal(source.size, 2 * MIB);
    });

  test('of version 0.90', async () => {
    const disks = [0, 1].map((role) => {
      const disk = Buffer.alloc(SIZE);
      putLegacyMd(disk, { level: 1, disks: 2, role, dataSize: 2 * MIB });
      putFileSystem(disk, 0, 'xfs');
      return disk;
    });
    assert.deepEqual(await summarise(...disks), {
      volumes: ['disk 1: member of array md3', 'disk 2: member of array md3', 'array md3: xfs'],
      flaws: [],
    });
  });

  test('with one disk', async () => {
    const disk = member(4096, { role: 1, name: 'root' });
    putFileSystem(disk, OFFSET, 'ext');
    assert.deepEqual((await summarise(disk)).volumes, ['disk: member of array root', 'array root: ext']);
    assert.deepEqual((await findVolume('array root', disk)).names.devices, ['/dev/md/root']);
  });

  test('whose halves differ', async () => {
    const disks = both(4096);
    putFileSystem(disks[0], OFFSET, 'ext');
    assert.deepEqual((await summarise(...disks)).volumes, [...MEMBERS, 'array md0: CHECKSUM_MISMATCH']);
  });

  test('of which one missed writes', async () => {
    const disks = [member(4096, { role: 0 }), member(4096, { role: 1, events: 3 })];
    putFileSystem(disks[0] ?? Buffer.alloc(0), OFFSET, 'ext');
    const { volumes } = await summarise(...disks);
    assert.deepEqual(volumes, [MEMBERS[0], 'disk 2: MALFORMED_DISK', 'array md0: ext']);
  });

  test('with a file system before its data', async () => {
    const disk = member(4096, { role: 0 });
    putFileSystem(disk, OFFSET, 'ext');
    putFileSystem(disk, 0, 'fat');
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, ['disk: fat', 'array md0: ext']);
    assert.match(flaws.join(), /disk can be taken for fat and a member of an MD array/);
  });

  test('whose spare has a file system', async () => {
    const disk = member(V10, { role: 0xffff });
    putFileSystem(disk, 0, 'ext');
    assert.deepEqual((await summarise(disk)).volumes, ['disk: ext', 'array md0: MALFORMED_DISK']);
  });

  test('with a damaged superblock', async () => {
    const disk = member(4096, { role: 0 });
    disk.writeUInt8(1, 4096 + 90);
    assert.deepEqual((await summarise(disk)).volumes, ['disk: CHECKSUM_MISMATCH']);
    putFileSystem(disk, 0, 'ext');
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, ['disk: ext']);
    assert.match(flaws.join(), /CHECKSUM_MISMATCH: the MD superblock of disk.raw/);
  });
});

describe('disks in a row and in stripes', () => {
  test('linear', async () => {
    const disks = both(4096, { level: -1 });
    for (const [index, disk] of disks.entries()) disk.fill(index + 1, OFFSET, OFFSET + 2 * MIB);
    const { source } = await findVolume('array md0', ...disks);
    assert.equal(source.size, 4 * MIB);
    assert.deepEqual([...(await source.read(2 * MIB - 1, 2))], [1, 2]);
  });

  test('RAID 0', async () => {
    const disks = both(4096, { level: 0, chunk: 65536 });
    for (const [index, disk] of disks.entries()) disk.fill(index + 1, OFFSET, OFFSET + 2 * MIB);
    const { source } = await findVolume('array md0', ...disks);
    assert.deepEqual([...(await source.read(65535, 2))], [1, 2]);
    assert.deepEqual([...(await source.read(131_071, 2))], [2, 1]);
  });

  const unread: readonly [string, Partial<MdText>, string][] = [
    ['without one', { level: -1, disks: 3 }, 'MALFORMED_DISK'],
    ['RAID 5', { level: 5 }, 'UNSUPPORTED'],
    ['stripes of no size', { level: 0 }, 'MALFORMED_DISK'],
    ['data that are elsewhere', { dataOffset: 100 * MIB }, 'MALFORMED_DISK'],
  ];
  for (const [name, md, code] of unread)
    test(name, async () => {
      assert.deepEqual((await summarise(...both(4096, md))).volumes, [...MEMBERS, `array md0: ${code}`]);
    });

  test('both claim to be the same', async () => {
    const disks = [member(4096, { role: 0 }), member(4096, { role: 0 })];
    assert.deepEqual((await summarise(...disks)).volumes, [...MEMBERS, 'array md0: MALFORMED_DISK']);
  });
});

describe('inside each other', () => {
  test('partitions of an array', async () => {
    const disk = member(V10, { role: 0, disks: 1 });
    putMbr(disk, [{ type: 0x83, start: 1024, count: 1024 }]);
    putFileSystem(disk, 1024 * SECTOR, 'ext');
    assert.deepEqual((await summarise(disk)).volumes, [
      'disk: member of array md0',
      'partition 1 of array md0: ext',
    ]);
    const { names } = await findVolume('partition 1 of array md0', disk);
    assert.deepEqual(names, { partUuid: '1234abcd-01', devices: ['/dev/md0p1'] });
  });

  test('LVM2 on a mirror of partitions', async () => {
    const inner = Buffer.alloc(4 * MIB);
    const logical = toLogicalText('root', [toStriped(0, 3, '"pv0", 0')]);
    putPhysicalVolume(inner, toId('A'), toGroupText({ name: 'vg', physical: { pv0: 'A' }, logical }));
    putFileSystem(inner, MIB, 'ext');
    const disks = [0, 1].map((role) => {
      const partition = Buffer.alloc(5 * MIB);
      inner.copy(partition);
      putMd(partition, 5 * MIB - 8192, { level: 1, disks: 2, role, dataSize: 4 * MIB });
      const disk = Buffer.alloc(6 * MIB);
      putMbr(disk, [{ type: 0xfd, start: 2048, count: 10_240 }]);
      partition.copy(disk, MIB);
      return disk;
    });
    assert.deepEqual(await summarise(...disks), {
      volumes: [
        'partition 1 of disk 1: member of array md0',
        'partition 1 of disk 2: member of array md0',
        'array md0: LVM2 physical volume of vg',
        'logical volume vg/root: ext',
      ],
      flaws: [],
    });
  });

  test('no deeper than four', async () => {
    let disk = Buffer.alloc(MIB);
    putFileSystem(disk, 0, 'ext');
    for (let level = 1; level <= 5; level++) {
      const outer = Buffer.alloc(disk.length + MIB);
      putMd(outer, 0, {
        level: 1,
        disks: 1,
        role: 0,
        dataOffset: 65536,
        dataSize: disk.length,
        array: level,
        name: `h:${level}`,
      });
      disk.copy(outer, 65536);
      disk = outer;
    }
    assert.deepEqual((await summarise(disk)).volumes, [
      'disk: member of array md5',
      ...[5, 4, 3, 2].map((level) => `array md${level}: member of array md${level - 1}`),
      'array md1: UNSUPPORTED',
    ]);
  });
});
