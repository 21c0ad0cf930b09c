import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type GroupText,
  putMetadata,
  putPhysicalVolume,
  toGroupText,
  toId,
  toLogicalText,
  toStriped,
} from '../testing/lvm-builder.ts';
import { MIB, putFileSystem } from '../testing/memory-disk.ts';
import { findVolume, summarise } from '../testing/summary.ts';
import { parseMetadataText } from './metadata-text.ts';

/** 4 MiB: one for the metadata, three extents. */
function volume(letter: string, group: GroupText): Buffer {
  const disk = Buffer.alloc(4 * MIB);
  putPhysicalVolume(disk, toId(letter), toGroupText(group));
  return disk;
}

const PHYSICAL = { pv0: 'A', pv1: 'B' };
const ROOT = toLogicalText('ro-ot', [toStriped(0, 2, '"pv0", 1'), toStriped(2, 1, '"pv1", 0')]);
const STRIPED = toLogicalText('fast', [toStriped(0, 2, '"pv0", 0, "pv1", 1', 2)]);

describe('a volume group over two disks', () => {
  const group = { physical: PHYSICAL, logical: `${ROOT}${STRIPED}` };

  test('has its linear and its striped volumes read', async () => {
    const [a, b] = [volume('A', group), volume('B', group)];
    putFileSystem(a, 2 * MIB, 'ext');
    putFileSystem(a, MIB, 'xfs');
    assert.deepEqual(await summarise(a, b), {
      volumes: [
        'disk 1: LVM2 physical volume of my-vg',
        'disk 2: LVM2 physical volume of my-vg',
        'logical volume my-vg/ro-ot: ext',
        'logical volume my-vg/fast: xfs',
      ],
      flaws: [],
    });
  });

  test('has its volumes called as fstab may', async () => {
    const { names } = await findVolume('logical volume my-vg/ro-ot', volume('A', group), volume('B', group));
    assert.deepEqual(names, { devices: ['/dev/my-vg/ro-ot', '/dev/mapper/my--vg-ro--ot'] });
  });

  test('has every byte where it belongs', async () => {
    const disks = [volume('A', group), volume('B', group)];
    for (const [index, disk] of disks.entries())
      for (let at = MIB; at < disk.length; at += 512) disk.writeUInt32LE(index * 2 ** 24 + at / 512, at);
    const { source: linear } = await findVolume('logical volume my-vg/ro-ot', ...disks);
    const { source: striped } = await findVolume('logical volume my-vg/fast', ...disks);
    assert.deepEqual([linear.size, striped.size], [3 * MIB, 2 * MIB]);
    const whole = await linear.read(0, linear.size);
    assert.ok(whole.subarray(0, 2 * MIB).equals(disks[0]?.subarray(2 * MIB) ?? whole));
    assert.ok(whole.subarray(2 * MIB).equals(disks[1]?.subarray(MIB, 2 * MIB) ?? whole));
    const all = await striped.read(0, striped.size);
    for (let at = 0; at < all.length; at += 512) {
      const column = Math.floor(at / 65536) % 2;
      const inColumn = Math.floor(at / 131072) * 65536 + (at % 65536);
      const expected = column * 2 ** 24 + (MIB + column * MIB + inColumn) / 512;
      assert.equal(all.readUInt32LE(at), expected);
    }
    for (const [at, length] of [
      [0, 1],
      [65535, 2],
      [65536, 65536],
      [100_000, 300_001],
      [MIB - 7, 14],
    ] as const) {
      assert.ok((await striped.read(at, length)).equals(all.subarray(at, at + length)), `${at} ${length}`);
      assert.ok((await linear.read(at, length)).equals(whole.subarray(at, at + length)));
    }
    assert.equal((await linear.read(0, 0)).length, 0);
    await assert.rejects(async () => linear.read(linear.size, 1), { code: 'TRUNCATED' });
  });

  test('without one of them', async () => {
    const only = {
      ...group,
      logical: `${group.logical}${toLogicalText('home', [toStriped(0, 1, '"pv0", 2')])}`,
    };
    const disk = volume('A', only);
    putFileSystem(disk, 3 * MIB, 'fat');
    const { volumes, flaws } = await summarise(disk);
    assert.deepEqual(volumes, [
      'disk: LVM2 physical volume of my-vg',
      'logical volume my-vg/ro-ot: MALFORMED_DISK',
      'logical volume my-vg/fast: MALFORMED_DISK',
      'logical volume my-vg/home: fat',
    ]);
    assert.deepEqual(flaws, [
      `MALFORMED_DISK: the volume group my-vg lacks its physical volume pv1 (${toId('B')})`,
    ]);
  });

  test('of which one has older metadata', async () => {
    const old = { ...group, logical: toLogicalText('gone', [toStriped(0, 1, '"pv0", 0')]) };
    const [a, b] = [volume('A', old), volume('B', { ...group, seqno: 2 })];
    assert.deepEqual((await summarise(a, b)).volumes.slice(2), [
      'logical volume my-vg/ro-ot: empty',
      'logical volume my-vg/fast: empty',
    ]);
  });

  test('of which both are the same one', async () => {
    const { volumes } = await summarise(volume('A', group), volume('A', group));
    assert.deepEqual(volumes.slice(0, 2), [
      'disk 1: LVM2 physical volume of my-vg',
      'disk 2: MALFORMED_DISK',
    ]);
  });
});

describe('one physical volume', () => {
  const group = { physical: { pv0: 'A' }, logical: toLogicalText('root', [toStriped(0, 3, '"pv0", 0')]) };

  test('with its text at the end of the ring and on from its start', async () => {
    const disk = volume('A', group);
    putMetadata(disk, toGroupText(group), MIB - 4096 - 100);
    putFileSystem(disk, MIB, 'ext');
    assert.deepEqual((await summarise(disk)).volumes[1], 'logical volume my-vg/root: ext');
  });

  const damaged: readonly [string, (disk: Buffer) => void, readonly string[], RegExp][] = [
    ['label', (disk) => disk.fill(1, 600, 610), ['disk: CHECKSUM_MISMATCH'], /^$/],
    [
      'area header',
      (disk) => disk.fill(1, 4096 + 60, 4096 + 64),
      ['disk: UNKNOWN_CONTENT'],
      /CHECKSUM_MISMATCH: the LVM2 metadata area at byte 4096 of disk.raw does not/,
    ],
    [
      'text',
      (disk) => disk.fill(1, 4096 + 700, 4096 + 702),
      ['disk: UNKNOWN_CONTENT'],
      /CHECKSUM_MISMATCH: the text of the LVM2 metadata area/,
    ],
  ];
  for (const [name, damage, expected, flaw] of damaged)
    test(`with a damaged ${name}`, async () => {
      const disk = volume('A', group);
      damage(disk);
      const { volumes, flaws } = await summarise(disk);
      assert.deepEqual(volumes, expected);
      assert.match(flaws.join(), flaw);
    });

  const raid = (type: string) =>
    `start_extent = 0\nextent_count = 1\ntype = "${type}"\nraids = ["a_rmeta_0", "a_rimage_0"]`;
  const one = toStriped(0, 1, '"pv0", 0');
  const unread: readonly [string, string, readonly string[]][] = [
    [
      'RAID',
      toLogicalText('a', [raid('raid1')]) + toLogicalText('a_rimage_0', [one], '"READ"'),
      ['a: UNSUPPORTED'],
    ],
    [
      'thin',
      toLogicalText('t', [raid('thin')]) + toLogicalText('p', [raid('thin-pool')]),
      ['t: UNSUPPORTED', 'p: UNSUPPORTED'],
    ],
    [
      'a snapshot, whose origin is read',
      toLogicalText('root', [one]) +
        toLogicalText('snap', [toStriped(0, 1, '"pv0", 1')]) +
        toLogicalText(
          'snapshot0',
          ['start_extent = 0\nextent_count = 1\ntype = "snapshot"\norigin = "root"\ncow_store = "snap"'],
          '"READ"',
        ),
      ['root: empty', 'snap: UNSUPPORTED'],
    ],
    ['hidden, and part of nothing', toLogicalText('secret', [one], '"READ"'), ['secret: empty']],
    ['beyond its extents', toLogicalText('root', [toStriped(0, 2, '"pv0", 2')]), ['root: MALFORMED_DISK']],
    ['with a gap', toLogicalText('root', [one, toStriped(2, 1, '"pv0", 1')]), ['root: MALFORMED_DISK']],
    [
      'on another',
      toLogicalText('root', [one]) + toLogicalText('up', [toStriped(0, 1, '"root", 0')]),
      ['root: empty', 'up: UNSUPPORTED'],
    ],
  ];
  for (const [name, logical, expected] of unread)
    test(`with a volume that is ${name}`, async () => {
      const { volumes } = await summarise(volume('A', { ...group, logical }));
      assert.deepEqual(
        volumes.slice(1),
        expected.map((line) => `logical volume my-vg/${line}`),
      );
    });

  test('with a volume of no name that LVM2 allows', async () => {
    const logical = toLogicalText('"../../x"', [one]);
    const { volumes, flaws } = await summarise(volume('A', { ...group, logical }));
    assert.equal(volumes.length, 1);
    assert.deepEqual(flaws, [
      'MALFORMED_DISK: the logical volume "../../x" of my-vg is malformed and was not read',
    ]);
  });

  test('that is in its own logical volume', async () => {
    const disk = Buffer.alloc(4 * MIB);
    const logical = toLogicalText('root', [toStriped(0, 4, '"pv0", 0')]);
    const text = toGroupText({ ...group, extents: 4, logical }).replace('pe_start = 2048', 'pe_start = 0');
    putPhysicalVolume(disk, toId('A'), text);
    const { volumes } = await summarise(disk);
    assert.equal(volumes.length, 6);
    assert.match(volumes.at(-1) ?? '', /UNSUPPORTED/);
  });
});

describe('the text of metadata', () => {
  const bad: readonly [string, string, RegExp][] = [
    ['a section without end', 'a { b = 1', /a section has no end/],
    ['a string without end', 'a = "b', /a string has no end/],
    ['a list without end', 'a = [1 2]', /a list has no end/],
    ['no value', 'a = }', /a value is missing/],
    ['no name', '= 1', /a name is missing/],
    ['a name alone', 'a b', /nothing follows "a"/],
    ['too deep', 'a {'.repeat(1000), /more than 16 sections/],
    ['too much', `a = [${'1,'.repeat(500_000)}]`, /more than 400000 values/],
  ];
  for (const [name, text, message] of bad)
    test(`with ${name}`, () => {
      assert.throws(() => parseMetadataText(text), { code: 'MALFORMED_DISK', message });
    });

  test('with stretches of megabytes', () => {
    const text = `${'\0'.repeat(2 ** 21)}#${'x'.repeat(2 ** 21)}\na = "${'y'.repeat(2 ** 21)}"`;
    assert.equal(parseMetadataText(text).size, 1);
  });
});
