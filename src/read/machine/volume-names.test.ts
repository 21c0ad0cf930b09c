import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMeant, partitionIn } from './volume-names.ts';

const NAMES = { partUuid: 'aa-bb', partLabel: 'my data', devices: ['/dev/vg0/root'], partition: 2, disk: 1 };

const cases: readonly (readonly [what: string, meant: boolean])[] = [
  ['UUID=1234-ABCD', true],
  ['UUID=1234-abcd', true],
  ['/dev/disk/by-uuid/1234-ABCD', true],
  ['LABEL=root', true],
  ['LABEL=ROOT', false],
  ['PARTUUID=AA-BB', true],
  ['PARTLABEL=my data', true],
  ['/dev/disk/by-partlabel/my\\x20data', true],
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

test('the partition that a name ends in', () => {
  const names = [
    '/dev/disk/by-path/pci-0-part2',
    '/dev/sdc3',
    '/dev/nvme0n1p4',
    '/dev/disk/by-id/x',
    'LABEL=x1',
  ];
  assert.deepEqual(names.map(partitionIn), [2, 3, 4, undefined, undefined]);
});
