import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside, damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { openVmdk } from './index.ts';
import {
  COMPRESSED,
  FIRST,
  type Files,
  GRAIN,
  GRAINS,
  header,
  over,
  PATTERN,
  packed,
  parent,
  reading,
  SECTOR,
  sparse,
  streamed,
  text,
} from './testing/vmdk-builder.ts';

/** What is read over a flaw that is told. */
const FLAWED: readonly (readonly [string, Buffer, RegExp, Files?])[] = [
  ['a transfer as text', sparse({ lineEnds: '\n \n\n', table: [FIRST], data: [PATTERN] }), /as text/],
  [
    'a directory that cannot be there',
    sparse({ directory: 1n << 30n, table: [FIRST], data: [PATTERN] }),
    /copy at 1536/,
  ],
  [
    'a line of nothing known',
    Buffer.concat([text('RW 8 FLAT "f" 0'), Buffer.from('RW 8 "g"')]),
    /nothing known/,
    { f: PATTERN },
  ],
  [
    'a parent that was written to',
    sparse({ descriptor: over('p', '77') }),
    /written to since/,
    { p: parent },
  ],
  [
    'a parent that is said not to be',
    sparse({ descriptor: over('p', 'ffffffff') }),
    /there is none/,
    { p: parent },
  ],
  [
    'extents besides itself',
    sparse({ descriptor: 'RW 8 SPARSE "a"\nRW 8 SPARSE "b"', table: [FIRST], data: [PATTERN] }),
    /only that one/,
  ],
  [
    'a grain that comes again, which no table names',
    streamed({ table: [FIRST], data: [packed(0), packed(0, Buffer.alloc(GRAIN, 66))] }),
    /sector 0 .* not in its tables/,
  ],
  [
    'a grain for a place where the tables have nothing',
    streamed({ table: [FIRST], data: [packed(0), packed(3)] }),
    /sector 24 .* not in its tables/,
  ],
  [
    'a grain beyond the end of the disk',
    streamed({ table: [FIRST], data: [packed(0), packed(GRAINS)] }),
    /sector 128 .* not in its tables/,
  ],
  [
    'a marker of no known kind',
    streamed({
      table: [FIRST],
      data: [packed(0), Buffer.alloc(SECTOR, Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]))],
    }),
    /marker of no known kind/,
  ],
  [
    'a footer of another disk',
    Buffer.concat([
      streamed({ table: [FIRST], data: [packed(0)] }).subarray(0, -2 * SECTOR),
      header({ ...COMPRESSED, capacity: 64n }),
      Buffer.alloc(SECTOR),
    ]),
    /footer is followed/,
  ],
];

for (const [name, bytes, message, files] of FLAWED) {
  test(`tells of ${name}`, async () => {
    const { disk, flaws } = await reading(bytes, files);
    assert.deepEqual(await disk.read(0, GRAIN), PATTERN);
    assert.equal(flaws.length, 1);
    assert.match(flaws[0]?.message ?? '', message);
  });
}

const REFUSED: readonly (readonly [string, Buffer, string, RegExp, Files?])[] = [
  ['version 9', sparse({ version: 9 }), 'UNSUPPORTED', /version 9/],
  ['an unknown compression', sparse({ ...COMPRESSED, algorithm: 5 }), 'UNSUPPORTED', /5/],
  ['compression without its flag', sparse({ algorithm: 1 }), 'MALFORMED_DISK', /two things/],
  ['grains of nothing', sparse({ grainSectors: 0n }), 'MALFORMED_DISK', /grains/],
  ['grains of terabytes', sparse({ grainSectors: 1n << 32n }), 'MALFORMED_DISK', /grains/],
  [
    'compressed grains of 64 MiB',
    sparse({ ...COMPRESSED, grainSectors: 1n << 17n }),
    'MALFORMED_DISK',
    /grains/,
  ],
  ['tables of nothing', sparse({ entries: 0 }), 'MALFORMED_DISK', /tables/],
  ['tables of gigabytes', sparse({ entries: 1 << 30 }), 'MALFORMED_DISK', /tables/],
  ['a disk of 2^64 sectors', sparse({ capacity: 0xffffffffffffffffn }), 'MALFORMED_DISK', /sectors/],
  ['a disk that its directory cannot hold', sparse({ capacity: 1n << 43n }), 'TRUNCATED', /directory/],
  [
    'a directory that is nowhere',
    sparse({ directory: 1n << 30n, redundant: 1n << 30n }),
    'TRUNCATED',
    /directory/,
  ],
  ['a grain beyond the end', sparse({ table: [1 << 30] }), 'TRUNCATED', /ends at/],
  ['zeros where there are none', sparse({ table: [1] }), 'MALFORMED_DISK', /marked as zeros/],
  ['a stream without its footer', streamed({}).subarray(0, -3 * SECTOR), 'TRUNCATED', /footer/],
  [
    'a grain of another place',
    sparse({ ...COMPRESSED, table: [FIRST], data: [packed(3)] }),
    'MALFORMED_DISK',
    /another one/,
  ],
  [
    'a damaged grain',
    sparse({ ...COMPRESSED, table: [FIRST], data: [packed(0).fill(0xaa, 12)] }),
    'MALFORMED_DISK',
    /unpacked/,
  ],
  [
    'a grain that is too short',
    sparse({ ...COMPRESSED, table: [FIRST], data: [packed(0, Buffer.alloc(9))] }),
    'MALFORMED_DISK',
    /9 bytes/,
  ],
  [
    'a grain that is a bomb',
    sparse({ ...COMPRESSED, table: [FIRST], data: [packed(0, Buffer.alloc(2 ** 20))] }),
    'MALFORMED_DISK',
    /unpacked/,
  ],
  ['an extent of SESPARSE', text('RW 8 SESPARSE "s"'), 'UNSUPPORTED', /SESPARSE/],
  ['a raw device', text('RW 8 VMFSRDM "s"'), 'UNSUPPORTED', /VMFSRDM/],
  ['an extent nobody may read', text('NOACCESS 8 ZERO'), 'UNSUPPORTED', /nobody/],
  ['no extents', text(), 'MALFORMED_DISK', /no extents/],
  ['an extent without a file', text('RW 8 FLAT'), 'MALFORMED_DISK', /where/],
  ['an extent that is missing', text('RW 8 FLAT "gone" 0'), 'NOT_FOUND', /gone/],
  ['an extent over NBD', text('RW 8 FLAT "nbd://host" 0'), 'UNSUPPORTED', /nbd/],
  ['a flat extent that is too short', text('RW 16 FLAT "f" 8'), 'TRUNCATED', /ends at/, { f: PATTERN }],
  [
    'a sparse extent that is too small',
    text('RW 999 SPARSE "s"'),
    'MALFORMED_DISK',
    /999|511488/,
    { s: sparse() },
  ],
  [
    'a sparse extent that is none',
    text('RW 8 SPARSE "s"'),
    'MALFORMED_DISK',
    /no sparse extent/,
    { s: PATTERN },
  ],
  [
    'a sparse extent of nothing',
    text('RW 8 SPARSE "s"'),
    'MALFORMED_DISK',
    /no bytes/,
    { s: sparse({ capacity: 0n }) },
  ],
  ['extents by the thousand', text('RW 8 ZERO\n'.repeat(5000)), 'MALFORMED_DISK', /5000 extents/],
  ['a descriptor of megabytes', text('#'.repeat(2 ** 21)), 'MALFORMED_DISK', /descriptor/],
  ['two parents', text('parentFileNameHint="a"', 'PARENTFILENAMEHINT="b"'), 'MALFORMED_DISK', /two things/],
  ['a content id that is none', text().fill('x', 36, 38), 'MALFORMED_DISK', /cid/],
  [
    'a change of what is not named',
    sparse({ descriptor: 'parentCID=1234\n' }),
    'MALFORMED_DISK',
    /does not say/,
  ],
  ['a parent that is missing', sparse({ descriptor: over('gone') }), 'NOT_FOUND', /gone/],
  ['a parent that is no VMDK', sparse({ descriptor: over('p') }), 'MALFORMED_DISK', /vmdk/, { p: PATTERN }],
  [
    'itself as its parent',
    sparse({ descriptor: over('disk.vmdk') }),
    'MALFORMED_DISK',
    /itself/,
    { 'disk.vmdk': parent },
  ],
  [
    'a circle of parents',
    sparse({ descriptor: over('p', '12345678') }),
    'MALFORMED_DISK',
    /circle/,
    { p: sparse({ descriptor: over('q', '12345678') }), q: sparse({ descriptor: over('p', '12345678') }) },
  ],
];

for (const [name, bytes, code, message, files] of REFUSED) {
  test(`refuses ${name}`, async () => {
    const work = reading(bytes, files).then(({ disk }) => disk.read(0, disk.size));
    await assert.rejects(work, { code, message });
  });
}

test('refuses what ends in its header', async () => {
  for (const length of [4, 100, 511])
    await assert.rejects(reading(sparse().subarray(0, length)), { code: 'TRUNCATED' });
});

const DAMAGED: readonly (readonly [string, Buffer])[] = [
  ['sparse', sparse({ flags: 7, descriptor: over('p'), table: [FIRST, 1, 0, FIRST], data: [PATTERN] })],
  ['stream', streamed({ table: [FIRST, 0], data: [packed(0)] })],
  ['descriptor', text('RW 128 SPARSE "a"', 'RW 8 FLAT "b" 0', 'RW 8 ZERO')],
];

for (const [name, valid] of DAMAGED) {
  test(`damaged disks are read or refused: ${name}`, async () => {
    const options = { ...beside().options, neighbour: async () => memoryDisk(parent, 'p') };
    let read = 0;
    for (const bytes of damaged(valid, 1500)) {
      const why = await unreadable(async () => {
        const disk = await openVmdk(memoryDisk(bytes), options);
        const length = Math.min(disk.size, 2 ** 16);
        assert.equal((await disk.read(0, length)).length, length);
        assert.equal((await disk.read(disk.size - length, length)).length, length);
      });
      if (why === undefined) read++;
    }
    assert(read > 50);
  });
}
