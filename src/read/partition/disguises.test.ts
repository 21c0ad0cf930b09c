import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  putPhysicalVolume,
  putSecondMetadata,
  toGroupText,
  toId,
  toLogicalText,
  toStriped,
} from './testing/lvm-builder.ts';
import { putLegacyMd, putMd } from './testing/md-builder.ts';
import { MIB, putFileSystem, SECTOR, toDisk } from './testing/memory-disk.ts';
import { findVolume, summarise } from './testing/summary.ts';
import { putGpt, putGptCopy, putMbr, toEntries } from './testing/table-builder.ts';

/* Disks that are made to be one thing to an inspector and another to who starts them. */

const SECTORS = (8 * MIB) / SECTOR;
const DECOY = [{ first: 2048, last: 4095 }];

function gptDisk(): Buffer {
  const disk = Buffer.alloc(8 * MIB);
  putGpt(disk, DECOY);
  putFileSystem(disk, MIB, 'ext');
  return disk;
}

test('a GPT whose backup is said to be elsewhere, and another table in the last sector', async () => {
  const disk = gptDisk();
  putGptCopy(disk, toEntries(DECOY), { lba: 1, alternate: SECTORS - 300, entriesLba: 2, sectorSize: SECTOR });
  putGptCopy(disk, toEntries(DECOY), {
    lba: SECTORS - 300,
    alternate: 1,
    entriesLba: SECTORS - 200,
    sectorSize: SECTOR,
  });
  const place = { lba: SECTORS - 1, alternate: 1, entriesLba: SECTORS - 33, sectorSize: SECTOR };
  putGptCopy(disk, toEntries([{ first: 6000, last: 8000 }]), place);
  assert.match((await summarise(disk)).flaws.join('\n'), /another GPT in its last sector/);
  // A disk that was made larger has nothing there.
  disk.fill(0, (SECTORS - 1) * SECTOR);
  assert.deepEqual((await summarise(disk)).flaws, []);
});

const refused: readonly (readonly [name: string, change: (header: Buffer) => void, flaw: RegExp])[] = [
  [
    'that its usable sectors go on beyond the disk',
    (header) => header.writeBigUInt64LE(BigInt(SECTORS), 48),
    /last sector is beyond/,
  ],
  ['that its entries are larger', (header) => header.writeUInt32LE(256, 84), /entries of 256 bytes/],
];

for (const [name, change, flaw] of refused) {
  test(`a GPT that firmware takes and Linux does not: ${name}`, async () => {
    const disk = gptDisk();
    const header = disk.subarray(SECTOR, SECTOR + 92);
    change(header);
    header.writeUInt32LE(0, 16);
    const table = disk.subarray(1024, 1024 + header.readUInt32LE(80) * header.readUInt32LE(84));
    header.writeUInt32LE(crc32(table), 88);
    header.writeUInt32LE(crc32(header), 16);
    assert.match((await summarise(disk)).flaws.join('\n'), flaw);
  });
}

test('a GPT for large sectors beside partitions in the MBR, which count small ones', async () => {
  const disk = Buffer.alloc(8 * MIB);
  putGpt(disk, [{ first: 256, last: 511 }], 4096);
  putFileSystem(disk, MIB, 'ext');
  putMbr(disk, [{ type: 0x83, start: 256, count: 256 }]);
  assert.match((await summarise(disk)).flaws.join('\n'), /only those are there/);
  // Nothing is in doubt where the container says how large they are.
  assert.deepEqual((await summarise(toDisk(disk, 4096))).flaws, []);
});

test('a file system in the middle of a gap', async () => {
  const disk = gptDisk();
  putFileSystem(disk, 5 * MIB, 'xfs');
  const { volumes, flaws } = await summarise(disk);
  assert.deepEqual([volumes.at(-1), flaws], ['unpartitioned space at byte 5242880: xfs', []]);
});

test('a second superblock of F2FS beside another file system', async () => {
  const disk = gptDisk();
  disk.write('\x10\x20\xf5\xf2', MIB + 5120, 'latin1');
  assert.match((await summarise(disk)).flaws.join('\n'), /can be taken for ext and F2FS/);
});

test('LVM2 goes by the newest of two copies on one volume', async () => {
  const text = (seqno: number, extent: number): string => {
    const logical = toLogicalText('root', [toStriped(0, 1, `"pv0", ${extent}`)]);
    return toGroupText({ seqno, physical: { pv0: 'A' }, logical });
  };
  const disk = Buffer.alloc(5 * MIB);
  putPhysicalVolume(disk, toId('A'), text(1, 0));
  putFileSystem(disk, MIB, 'ext');
  putFileSystem(disk, 2 * MIB, 'xfs');
  assert.equal((await summarise(disk)).volumes[1], 'logical volume my-vg/root: ext');
  putSecondMetadata(disk, text(2, 1));
  assert.deepEqual(await summarise(disk), {
    volumes: ['disk: LVM2 physical volume of my-vg', 'logical volume my-vg/root: xfs'],
    flaws: [],
  });
});

test('two MD superblocks on one member', async () => {
  const disk = Buffer.alloc(8 * MIB);
  putMd(disk, 4096, { level: 1, disks: 1, role: 0, dataOffset: MIB, dataSize: 4 * MIB });
  putLegacyMd(disk, { level: 1, disks: 1, role: 0, dataSize: 7 * MIB });
  assert.match((await summarise(disk)).flaws.join('\n'), /more than one MD superblock/);
});

test('a partition is named with where systemd mounts its type', async () => {
  const disk = Buffer.alloc(8 * MIB);
  putGpt(disk, [{ first: 2048, last: 4095, type: 'e1c73a93b42e134fb8440e14e2aef915' }]);
  putFileSystem(disk, MIB, 'ext');
  assert.equal((await findVolume('partition 1', disk)).names.usualMount, 'home');
});
