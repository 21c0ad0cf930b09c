import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putPhysicalVolume, toGroupText, toId } from '../testing/lvm-builder.ts';
import { MIB, toDisk } from '../testing/memory-disk.ts';
import { findLabel } from './label.ts';
import { findLogicalVolumes } from './logical-volumes.ts';
import { parseVolumeGroup } from './volume-group.ts';

const PHYSICAL = { pv0: 'A' };

test('a group of a third of a million volumes that are malformed tells of some of them', () => {
  const logical = Array.from({ length: 350_000 }, (_, index) => `v${index} {}`).join('\n');
  const { flaws } = parseVolumeGroup(toGroupText({ physical: PHYSICAL, logical }));
  assert.equal(flaws.length, 1025);
  assert.equal(flaws.at(-1)?.code, 'LIMIT_FINDINGS');
});

test('hidden volumes that each may be a part of any other cost no more than what they are', {
  timeout: 5000,
}, async () => {
  const segment = 's { type = "thin" start_extent = 0 extent_count = 1 }';
  const logical = Array.from({ length: 14_000 }, (_, index) => `v${index} { ${segment} }`).join('\n');
  const disk = Buffer.alloc(2 * MIB);
  putPhysicalVolume(disk, toId('A'), toGroupText({ physical: PHYSICAL, logical }));
  const source = toDisk(disk);
  const label = findLabel(disk.subarray(0, 4096), 'disk');
  assert.ok(label !== undefined);
  const { volumes, owners } = await findLogicalVolumes([{ label, source, name: 'disk' }]);
  // Part of nothing: none has a reason to be hidden.
  assert.equal(volumes.length, 1025);
  assert.deepEqual(owners, [{ group: 'my-vg' }]);
});
