import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenedVolume } from './opened-volume.ts';
import { laid, SYSTEM } from './testing/laid.ts';
import { type Files, memoryVolume } from './testing/memory-volume.ts';

function btrfs(files: Files, subvolumes: Readonly<Record<string, number>>): OpenedVolume {
  return memoryVolume('disk', files, { kind: 'btrfs', label: 'root', subvolumes });
}

function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}

const SIBLINGS = { '@': 256, '@home': 257, conf: 258, 'conf/cron.d': 259 };

const subvolumes: readonly (readonly [name: string, volume: OpenedVolume, laid: readonly string[]])[] = [
  [
    'by path and by number',
    btrfs(
      {
        ...below('@', {
          ...SYSTEM,
          'etc/fstab': 'LABEL=root /home x subvol=/@home\nLABEL=root /etc/cron.d x subvolid=259',
        }),
        '@home/u/x': '',
        'conf/cron.d/x': '',
      },
      SIBLINGS,
    ),
    [
      '0 disk:@ /',
      '0 disk:@home /home',
      '0 disk:conf/cron.d /etc/cron.d',
      '1 disk alone without @ @home conf/cron.d',
    ],
  ],
  [
    'one inside of another is seen in both',
    btrfs(
      {
        ...below('@', {
          ...SYSTEM,
          'etc/fstab': 'LABEL=root /opt/y x subvol=conf/cron.d\nLABEL=root /etc x subvol=conf',
        }),
        'conf/cron.d/x': '',
      },
      SIBLINGS,
    ),
    [
      '0 disk:@ /',
      '0 disk:conf /etc',
      '0 disk:conf/cron.d /opt/y',
      '1 disk alone without @ conf/cron.d conf',
    ],
  ],
  [
    'a system beside the decoy that is the top',
    btrfs({ ...SYSTEM, '@x/usr/x': '', 'copy/etc/x': '', 'copy/usr/x': '' }, { '@x': 256 }),
    ['0 disk /', '1 disk:@x /'],
  ],
  [
    'one deep inside that a boot file names',
    btrfs(
      { ...SYSTEM, 'boot/grub/grub.cfg': 'linux /v rootflags=subvol=a/b/c', 'a/b/c/x': '' },
      { 'a/b/c': 256 },
    ),
    ['0 disk /', '1 disk:a/b/c /'],
  ],
  [
    'one that is not there',
    btrfs({ ...SYSTEM, 'etc/fstab': 'LABEL=root /etc x subvolid=300' }, {}),
    ['0 disk /', 'UNKNOWN_CONTENT incomplete'],
  ],
];

for (const [name, volume, expected] of subvolumes) {
  test(`btrfs: ${name}`, async () => {
    assert.deepEqual(await laid(volume), expected);
  });
}
