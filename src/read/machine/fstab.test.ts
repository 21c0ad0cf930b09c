import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMeant, parseFstab, parseMountUnit } from './fstab.ts';

test('fstab: disks are mounts; binds, memory and swap are not', () => {
  const table = [
    '# comment',
    'UUID=ABC / ext4 defaults 0 1',
    'LABEL="my\\040data" /srv/my\\040data xfs ro 0 0',
    '/dev/vg0/home /home ext4 defaults 0 2',
    'UUID=ABC /var btrfs subvol=/@var,ro 0 0',
    'tmpfs /tmp tmpfs defaults 0 0',
    '/srv /mnt none bind 0 0',
    '/dev/sda2 none swap sw 0 0',
    'garbage',
  ].join('\n');
  assert.deepEqual(parseFstab(table), [
    { what: 'UUID=ABC', where: '' },
    { what: 'LABEL=my data', where: 'srv/my data' },
    { what: '/dev/vg0/home', where: 'home' },
    { what: 'UUID=ABC', where: 'var', subvolume: '@var' },
  ]);
});

test('systemd mount units', () => {
  assert.deepEqual(parseMountUnit('[Mount]\nWhat=/dev/disk/by-label/x\nWhere=/var/x/\n'), [
    { what: '/dev/disk/by-label/x', where: 'var/x' },
  ]);
  assert.deepEqual(parseMountUnit('[Mount]\nWhat=tmpfs\nWhere=/tmp\n'), []);
});

const NAMES = { partUuid: 'aa-bb', partLabel: 'data', devices: ['/dev/vg0/root'], partition: 2, disk: 1 };

const cases: readonly (readonly [what: string, meant: boolean])[] = [
  ['UUID=1234-ABCD', true],
  ['UUID=1234-abcd', true],
  ['/dev/disk/by-uuid/1234-ABCD', true],
  ['LABEL=root', true],
  ['LABEL=ROOT', false],
  ['PARTUUID=AA-BB', true],
  ['PARTLABEL=data', true],
  ['/dev/vg0/root', true],
  ['/dev/sdb2', true],
  ['/dev/xvdb2', true],
  ['/dev/nvme1n1p2', true],
  ['/dev/sda2', false],
  ['/dev/sdb1', false],
  ['/dev/sdb', false],
  ['UUID=', false],
];

for (const [what, meant] of cases) {
  test(`${what} ${meant ? 'is' : 'is not'} that volume`, () => {
    assert.equal(isMeant(what, NAMES, { uuid: '1234-ABCD', label: 'root' }), meant);
  });
}
