import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXT2, imageOf } from '../filesystem/ext/testing/images.ts';
import type { OpenedVolume } from './opened-volume.ts';
import { laid, root, SYSTEM } from './testing/laid.ts';
import { type Files, memoryVolume } from './testing/memory-volume.ts';

/* What is laid where. The tables are an attacker's: none of them may take a place away in which something is looked at. */

const FOLDER: Files = { x: '' };

function data(files: Files = FOLDER, names = {}): OpenedVolume {
  return memoryVolume('data', files, { label: 'data', uuid: 'aa', names });
}

const unit = (text: string, folder = 'usr/lib/systemd/system'): Files => ({
  [`${folder}/etc-cron.d.mount`]: text,
});

const cases: readonly (readonly [name: string, volumes: readonly OpenedVolume[], laid: readonly string[]])[] =
  [
    ['a data volume', [root('UUID=aa /srv ext4'), data()], ['0 root /', '0 data /srv']],
    ['nothing mounts it', [root(''), data()], ['0 root /', '1 data alone']],
    [
      'a decoy mounts the system that starts',
      [root('UUID=aa /opt/x ext4 noauto'), data(SYSTEM)],
      ['0 root /', '1 data /'],
    ],
    [
      'a decoy mounts a volume from which little starts',
      [root('UUID=aa /opt/x ext4 noauto'), data({ 'usr/lib/x': '' })],
      ['0 root /', '0 data /opt/x', '1 data alone'],
    ],
    [
      'a seed of cloud-init is one wherever it is mounted',
      [root('UUID=aa /opt/x ext4'), data({ 'user-data': '' })],
      ['0 root /', '0 data /opt/x', '1 data alone'],
    ],
    [
      'its own /usr',
      [root('UUID=aa /usr ext4'), data({ 'bin/x': '', 'sbin/x': '' })],
      ['0 root /', '0 data /usr'],
    ],
    [
      'one volume in two places',
      [root('UUID=aa /opt/x ext4\nUUID=aa /etc/cron.d ext4'), data()],
      ['0 root /', '0 data /opt/x', '0 data /etc/cron.d'],
    ],
    [
      'a second time where it is only a folder',
      [root('UUID=aa /a x\nUUID=aa /b x'), data()],
      ['0 root /', '0 data /a'],
    ],
    [
      'a name that only a kernel knows',
      [root('/dev/disk/by-path/pci-0 /etc/cron.d ext4'), data()],
      ['0 root /', '1 data /etc/cron.d', '2 data alone'],
    ],
    [
      'such a name that tells the partition',
      [root('/dev/disk/by-path/pci-0-part3 /etc/cron.d ext4'), data(FOLDER, { partition: 2 })],
      ['0 root /', '1 data alone'],
    ],
    [
      'such a name for a place without meaning',
      [root('/dev/sdz1 /mnt auto nofail'), data()],
      ['0 root /', '1 data alone'],
    ],
    [
      'two that are called alike',
      [root('LABEL=data /etc/cron.d ext4'), data(), data()],
      ['0 root /', '0 data /etc/cron.d', '1 data /etc/cron.d', '2 data alone'],
    ],
    [
      'a folder that is bound, and is still where it was',
      [root('/opt/x /etc/cron.d none bind', { 'opt/x/job': '' })],
      ['0 root /', '0 root:opt/x /etc/cron.d'],
    ],
    [
      'a folder of another volume that is bound',
      [root('UUID=aa /data ext4\n/data/jobs /etc/cron.d none bind'), data({ 'jobs/x': '' })],
      ['0 root /', '0 data /data', '0 data:jobs /etc/cron.d'],
    ],
    [
      'a folder that is bound and is not there',
      [root('/x /etc none bind\n/x /var/x none bind')],
      ['0 root /', 'UNKNOWN_CONTENT incomplete'],
    ],
    [
      'folders that are laid over each other',
      [root('overlay /etc overlay lowerdir=/etc,upperdir=/opt/u,workdir=/w', { 'opt/u/x': '' })],
      ['0 root /', '1 root:etc /etc', '2 root:opt/u /etc'],
    ],
    [
      'another machine’s folder',
      [root('host:/x /etc/cron.d nfs\nhost:/y /srv nfs')],
      ['0 root /', 'UNKNOWN_CONTENT incomplete'],
    ],
    [
      'a file system in a file',
      [root('/opt/x.img /etc/cron.d ext4 loop', { 'opt/x.img': imageOf(EXT2) })],
      ['0 root /', '0 root, opt/x.img /etc/cron.d'],
    ],
    [
      'one where it is only a file',
      [root('/opt/x.img /snap/x ext4 loop', { 'opt/x.img': imageOf(EXT2) })],
      ['0 root /', 'UNKNOWN_CONTENT notice'],
    ],
    [
      'a live system',
      [root(''), data({ 'live/filesystem.squashfs': imageOf(EXT2), 'live/initrd.img': 'x'.repeat(5000) })],
      ['0 root /', '1 data alone', '2 data, live/filesystem.squashfs alone'],
    ],
    [
      'a system extension',
      [root('', { 'var/lib/confexts/x/etc/cron.d/job': '' })],
      ['0 root /', '1 root:var/lib/confexts/x /'],
    ],
    [
      'an option that leads to another file system on the same volume',
      [root('UUID=aa /etc/cron.d ext4 ro,sb=131072'), data()],
      ['0 root /', '0 data /etc/cron.d', 'UNKNOWN_CONTENT incomplete'],
    ],
    [
      'a partition by its type',
      [root(''), data(FOLDER, { usualMount: 'home' })],
      ['0 root /', '0 data /home'],
    ],
    [
      'a unit',
      [root('', unit('[Mount]\nWhat=LABEL=data\nWhere=/etc/cron.d')), data()],
      ['0 root /', '0 data /etc/cron.d'],
    ],
    [
      'a unit in another folder, after hundreds of others',
      [
        root('', {
          ...Object.fromEntries(
            Array.from({ length: 300 }, (_, index) => [`lib/systemd/system/${index}.service`, '']),
          ),
          ...unit('[Mount]\nWhat=LABEL=data', 'lib/systemd/system'),
        }),
        data(),
      ],
      ['0 root /', '0 data /etc/cron.d'],
    ],
    [
      'a unit on the volume of /usr',
      [
        root('UUID=aa /usr ext4', { 'opt/x/job': '' }),
        data({ 'lib/systemd/system/etc-cron.d.mount': '[Mount]\nWhat=/opt/x\nOptions=bind', 'bin/x': '' }),
      ],
      ['0 root /', '0 data /usr', '0 root:opt/x /etc/cron.d'],
    ],
    [
      'what is dropped in over a unit',
      [
        root('', {
          ...unit('[Mount]\nWhat=tmpfs\nWhere=/etc/cron.d\nType=tmpfs'),
          'etc/systemd/system/etc-cron.d.mount.d/x.conf': '[Mount]\nType=\nWhat=LABEL=data',
        }),
        data(),
      ],
      ['0 root /', '0 data /etc/cron.d'],
    ],
    [
      'a table that is too long to be read',
      [root('#'.repeat(2 ** 20 + 1)), data()],
      ['0 root /', '1 data alone', 'LIMIT_BYTES incomplete'],
    ],
    [
      'ostree: /var is beside the deployments',
      [
        memoryVolume('root', {
          'ostree/deploy/x/deploy/a.0/usr/x': '',
          'ostree/deploy/x/var/spool/cron/root': '',
        }),
      ],
      [
        '0 root:ostree/deploy/x/deploy/a.0 /',
        '0 root:ostree/deploy/x/var /var',
        '1 root alone without ostree/deploy/x/deploy/a.0 ostree/deploy/x/var',
      ],
    ],
  ];

for (const [name, volumes, expected] of cases) {
  test(name, async () => {
    assert.deepEqual(await laid(...volumes), expected);
  });
}
