import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { parseBootSector } from './boot-sector.ts';
import { bootSector } from './testing/ntfs-builder.ts';

const sizes: readonly [
  name: string,
  fields: Parameters<typeof bootSector>[0],
  cluster: number,
  record: number,
][] = [
  ['sectors of 512 bytes', { sectorsPerCluster: 8, record: -10 }, 4096, 1024],
  ['sectors of 4 KiB', { sectorSize: 4096, sectorsPerCluster: 1, record: 1 }, 4096, 4096],
  ['128 sectors in a cluster', { clusters: 2 ** 20, sectorsPerCluster: 128, record: -10 }, 65536, 1024],
  [
    'clusters larger than 64 KiB',
    { clusters: 2 ** 20, sectorsPerCluster: 256 - 12, record: -12 },
    2 ** 21,
    4096,
  ],
];

const wrong: readonly [name: string, fields: Parameters<typeof bootSector>[0], message: RegExp][] = [
  ['sectors of no power of two', { sectorSize: 513 }, /sectors of 513 bytes/],
  ['clusters of no power of two', { sectorsPerCluster: 3 }, /clusters of 1536 bytes/],
  ['no cluster', { sectorsPerCluster: 0 }, /clusters of 0 bytes/],
  ['clusters of many gigabytes', { sectorsPerCluster: 129 }, /clusters of /],
  ['records of no size', { record: 0 }, /records of 1 bytes/],
  ['records of 2^128 bytes', { record: -128 }, /file records of/],
  ['a table outside the volume', { clusters: 5 }, /at cluster 8 of 5/],
  ['no size', { clusters: 0 }, /size of 0/],
];

describe('boot sector', () => {
  for (const [name, fields, clusterSize, recordSize] of sizes)
    test(name, () => {
      const geometry = parseBootSector(bootSector(fields));
      assert.deepEqual([geometry.clusterSize, geometry.recordSize], [clusterSize, recordSize]);
    });

  for (const [name, fields, message] of wrong)
    test(name, () => {
      assert.throws(
        () => parseBootSector(bootSector(fields)),
        (error) => error instanceof Unreadable && message.test(error.message),
      );
    });
});
