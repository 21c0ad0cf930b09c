import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFstab } from './fstab.ts';

const device = (what: string, where: string) => ({ source: { kind: 'device', what }, where });

test('fstab: disks, folders and files are mounts; memory and swap are not', () => {
  const table = [
    '# comment',
    'UUID=ABC / ext4 defaults 0 1',
    'LABEL="my\\040data" /srv/my\\040data xfs ro 0 0',
    '/dev/vg0/home /home ext4 defaults 0 2',
    'UUID=ABC /var btrfs subvol=/@var,ro 0 0',
    'UUID=ABC /x btrfs context="a,subvol=no",subvolid=0x101 0 0',
    'tmpfs /tmp tmpfs defaults 0 0',
    '/srv /mnt none bind 0 0',
    '/srv/x.img /etc ext4 loop',
    'overlay /etc overlay lowerdir=/a:/b\\134:c,upperdir=/u,workdir=/w',
    'host:/x /etc nfs',
    '/dev/sda2 none swap sw 0 0',
    'garbage',
  ].join('\n');
  assert.deepEqual(parseFstab(table), [
    device('UUID=ABC', ''),
    device('LABEL=my data', 'srv/my data'),
    device('/dev/vg0/home', 'home'),
    { ...device('UUID=ABC', 'var'), subvolume: '@var' },
    { ...device('UUID=ABC', 'x'), subvolumeId: 257 },
    { source: { kind: 'path', path: '/srv' }, where: 'mnt' },
    { source: { kind: 'path', path: '/srv/x.img' }, where: 'etc' },
    { source: { kind: 'merged', paths: ['/b:c', '/a', '/u'] }, where: 'etc' },
    { source: { kind: 'elsewhere', what: 'host:/x' }, where: 'etc' },
  ]);
});

/** What looks like one thing and is read as another by libmount. */
const tricks: readonly (readonly [name: string, line: string, where: string])[] = [
  ['only blanks and tabs part fields', 'LABEL=x\u00a0/opt\t/etc\u2003x\text4', 'etc\u2003x'],
  ['a mount point that goes up', 'LABEL=x /mnt/../etc/./cron.d/ ext4', 'etc/cron.d'],
  ['escapes are bytes', 'LABEL=x /\\303\\244 ext4', 'ä'],
  ['single quotes', "LABEL='x' /etc ext4", 'etc'],
];

for (const [name, line, where] of tricks) {
  test(name, () => {
    assert.deepEqual(
      parseFstab(line).map((mount) => mount.where),
      [where],
    );
  });
}

test('a table is read to its end', () => {
  assert.equal(parseFstab(`${'#\n'.repeat(5000)}LABEL=x /etc ext4\n`).length, 1);
});
