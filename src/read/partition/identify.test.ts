import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MIB, putFileSystem, toDisk } from './testing/memory-disk.ts';
import { findVolume, summarise } from './testing/summary.ts';

function holding(...magics: readonly (readonly [number, string])[]): Buffer {
  const disk = Buffer.alloc(3 * MIB);
  for (const [at, magic] of magics) disk.write(magic, at, 'latin1');
  return disk;
}

const BITLOCKER = '\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01';

const KNOWN: readonly [string, Buffer, string, RegExp][] = [
  ['LUKS', holding([0, 'LUKS\xba\xbe\0\x01']), 'ENCRYPTED', /^disk is encrypted \(LUKS\)$/],
  ['LUKS2 by its second header', holding([16384, 'SKUL\xba\xbe\0\x02']), 'ENCRYPTED', /LUKS/],
  ['BitLocker', holding([3, '-FVE-FS-']), 'ENCRYPTED', /BitLocker/],
  ['BitLocker To Go', holding([3, 'MSWIN4.1'], [424, BITLOCKER], [700, '<fat>!']), 'ENCRYPTED', /BitLocker/],
  ['F2FS', holding([1024, '\x10\x20\xf5\xf2']), 'UNSUPPORTED', /holds F2FS, which is not read/],
  ['exFAT', holding([3, 'EXFAT   ']), 'UNSUPPORTED', /exFAT/],
  ['ReFS', holding([3, 'ReFS\0\0\0\0']), 'UNSUPPORTED', /ReFS/],
  ['APFS', holding([32, 'NXSB']), 'UNSUPPORTED', /APFS/],
  ['ZFS', holding([131072 + 8192, '\x0c\xb1\xba\0\0\0\0\0']), 'UNSUPPORTED', /ZFS/],
  ['VMFS', holding([MIB, '\x0d\xd0\x01\xc0']), 'UNSUPPORTED', /VMFS/],
  ['DRBD', holding([3 * MIB - 4096 + 60, '\x83\x74\x02\x6b']), 'UNSUPPORTED', /DRBD/],
  ['a hibernated system', holding([4086, 'S1SUSPEND\0']), 'UNSUPPORTED', /hibernated/],
  ['dm-verity', holding([0, 'verity\0\0']), 'UNSUPPORTED', /dm-verity/],
  ['a qcow2 in it', holding([0, 'QFI\xfb\0\0\0\x03']), 'UNSUPPORTED', /qcow2/],
];

describe('what is known and not read', () => {
  for (const [name, disk, code, message] of KNOWN)
    test(name, async () => {
      const { content } = await findVolume('disk', disk);
      assert.equal(content.kind, 'unread');
      if (content.kind !== 'unread') return;
      assert.equal(content.problem.code, code);
      assert.match(content.problem.message, message);
    });
});

const OTHER: readonly [string, Buffer, string][] = [
  ['swap', holding([4086, 'SWAPSPACE2']), 'swap'],
  ['swap with pages of 64 KiB', holding([65526, 'SWAPSPACE2']), 'swap'],
  ['a Linux kernel', holding([510, '\x55\xaa'], [0x202, 'HdrS']), 'boot-code'],
  [
    "GRUB's core.img",
    holding([0, 'RV\xbe\x1b\x81'], [400, 'loading\0.\0\r\n\0Geom\0Read\0 Error\0']),
    'boot-code',
  ],
  ['ChromeOS', holding([0, 'CHROMEOS']), 'boot-code'],
  ['one byte at the end', holding([3 * MIB - 1, 'x']), 'UNKNOWN_CONTENT'],
];

describe('other content', () => {
  for (const [name, disk, expected] of OTHER)
    test(name, async () => {
      assert.deepEqual(await summarise(disk), { volumes: [`disk: ${expected}`], flaws: [] });
    });
});

describe('several at once', () => {
  test('two file systems: the first driver, and it is said', async () => {
    const disk = Buffer.alloc(MIB);
    putFileSystem(disk, 0, 'fat');
    const probes = ['xfs', 'fat', 'ext'].map((name) => ({ name, probe: () => name !== 'xfs' }));
    const { findVolumes } = await import('./find-volumes.ts');
    const { volumes, flaws } = await findVolumes([toDisk(disk)], probes);
    assert.deepEqual(volumes[0]?.content, { kind: 'file-system', driver: 'fat' });
    assert.match(flaws[0]?.message ?? '', /^disk can be taken for fat and ext: systems may differ/);
  });

  test('a file system and LUKS', async () => {
    const { volumes, flaws } = await summarise(holding([0, 'LUKS\xba\xbe'], [700, '<ext>!']));
    assert.deepEqual(volumes, ['disk: ext']);
    assert.match(flaws.join(), /disk can be taken for ext and LUKS/);
  });

  test('a file system and two bytes by chance', async () => {
    assert.deepEqual(await summarise(holding([1040, '\x7f\x13'], [700, '<ext>!'])), {
      volumes: ['disk: ext'],
      flaws: [],
    });
  });
});

test('zeros beyond what is read are not taken for granted', async () => {
  const size = 65 * MIB;
  const disk = {
    name: 'disk.raw',
    size,
    read: async (_: number, length: number) => Buffer.alloc(length),
    close: async () => {},
  };
  assert.deepEqual((await summarise(disk)).volumes, ['disk: UNKNOWN_CONTENT']);
  assert.deepEqual((await summarise({ ...disk, size: size - 2 * MIB })).volumes, ['disk: empty']);
});
