import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { beside, damaged, memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { isVmdk, openVmdk } from './index.ts';

const SECTOR = 512;
/** 8 sectors: one grain is one page. */
const GRAIN = 8 * SECTOR;
const GRAINS = 16;
const PATTERN = Buffer.from(Array.from({ length: GRAIN }, (_, index) => (index * 7) % 251));
/** Sector of the first grain: header, descriptor (2 sectors), directory, table. */
const FIRST = 5;

interface Draft {
  readonly version?: number;
  readonly flags?: number;
  readonly capacity?: bigint;
  readonly grainSectors?: bigint;
  readonly entries?: number;
  readonly directory?: bigint;
  readonly redundant?: bigint;
  readonly algorithm?: number;
  readonly lineEnds?: string;
  readonly descriptor?: string;
  /** Entries of the only grain table. */
  readonly table?: readonly number[];
  readonly data?: readonly Buffer[];
}

const COMPRESSED = { flags: 0x30001, algorithm: 1 } as const;

function header(draft: Draft): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.write('KDMV', 'latin1');
  bytes.writeUInt32LE(draft.version ?? 1, 4);
  bytes.writeUInt32LE(draft.flags ?? 3, 8);
  bytes.writeBigUInt64LE(draft.capacity ?? BigInt((GRAINS * GRAIN) / SECTOR), 12);
  bytes.writeBigUInt64LE(draft.grainSectors ?? BigInt(GRAIN / SECTOR), 20);
  bytes.writeBigUInt64LE(draft.descriptor === undefined ? 0n : 1n, 28);
  bytes.writeBigUInt64LE(draft.descriptor === undefined ? 0n : 2n, 36);
  bytes.writeUInt32LE(draft.entries ?? 512, 44);
  bytes.writeBigUInt64LE(draft.redundant ?? 3n, 48);
  bytes.writeBigUInt64LE(draft.directory ?? 3n, 56);
  bytes.writeBigUInt64LE(BigInt(FIRST), 64);
  bytes.write(draft.lineEnds ?? '\n \r\n', 73, 'latin1');
  bytes.writeUInt16LE(draft.algorithm ?? 0, 77);
  return bytes;
}

function sparse(draft: Draft = {}): Buffer {
  const descriptor = Buffer.alloc(2 * SECTOR);
  descriptor.write(draft.descriptor ?? '');
  const directory = Buffer.alloc(SECTOR);
  directory.writeUInt32LE(4, 0);
  const table = Buffer.alloc(SECTOR);
  for (const [index, entry] of (draft.table ?? []).entries()) table.writeUInt32LE(entry, index * 4);
  // Tables have 512 entries, of which only these are used: the rest lies in what follows.
  return Buffer.concat([
    header(draft),
    descriptor,
    directory,
    table,
    ...(draft.data ?? []),
    Buffer.alloc(4 * SECTOR),
  ]);
}

/** A compressed grain with its marker, filled up to a sector. */
function packed(grain: number, content: Buffer = PATTERN): Buffer {
  const bytes = deflateSync(content);
  const marker = Buffer.alloc(12);
  marker.writeBigUInt64LE(BigInt((grain * GRAIN) / SECTOR), 0);
  marker.writeUInt32LE(bytes.length, 8);
  const all = Buffer.concat([marker, bytes]);
  return Buffer.concat([all, Buffer.alloc((SECTOR - (all.length % SECTOR)) % SECTOR)]);
}

/** As written front to back: the directory's place is in the footer. */
function streamed(draft: Draft): Buffer {
  const all = { ...COMPRESSED, ...draft };
  const marker = Buffer.alloc(SECTOR);
  marker.writeBigUInt64LE(1n, 0);
  marker.writeUInt32LE(3, 12);
  const end = Buffer.alloc(SECTOR);
  return Buffer.concat([sparse({ ...all, directory: 0xffffffffffffffffn }), marker, header(all), end]);
}

function esx(): Buffer {
  const bytes = Buffer.alloc(4 * SECTOR + 4096 * 4);
  bytes.write('COWD', 'latin1');
  for (const [at, value] of [
    [4, 1],
    [8, 3],
    [12, (GRAINS * GRAIN) / SECTOR],
    [16, GRAIN / SECTOR],
    [20, 4],
    [24, 1],
  ] as const)
    bytes.writeUInt32LE(value, at);
  const directory = Buffer.alloc(SECTOR);
  directory.writeUInt32LE(5, 0);
  const table = Buffer.alloc(4096 * 4);
  table.writeUInt32LE(5 + 32, 0);
  return Buffer.concat([bytes.subarray(0, 4 * SECTOR), directory, table, PATTERN]);
}

const text = (...lines: readonly string[]): Buffer =>
  Buffer.from(
    ['# Disk DescriptorFile', 'version=1', 'CID=fffffffe', 'parentCID=ffffffff', ...lines, ''].join('\n'),
  );

const over = (parent: string, id = '0000abcd'): string =>
  `# Disk DescriptorFile\nCID=12345678\nparentCID=${id}\nparentFileNameHint="${parent}"\nRW 128 SPARSE "a"\n`;
const parentDescriptor = '# Disk DescriptorFile\nCID=abcd\nparentCID=ffffffff\n';
const parent = sparse({ descriptor: parentDescriptor, table: [FIRST], data: [PATTERN] });

type Files = Readonly<Record<string, Buffer>>;

const reading = async (bytes: Buffer, files: Files = {}) => {
  const { options, flaws } = beside(files);
  const disk = await openVmdk(memoryDisk(bytes, 'disk.vmdk'), options);
  return { disk, flaws };
};

const zeros = Buffer.alloc(GRAIN);
const two = Buffer.concat([zeros, PATTERN]);

/** The first grain of each. */
const READ: readonly (readonly [string, Buffer, Buffer, Files?])[] = [
  ['nothing', sparse(), zeros],
  ['a grain', sparse({ table: [FIRST], data: [PATTERN] }), PATTERN],
  ['zeros', sparse({ flags: 7, table: [1], data: [PATTERN] }), zeros],
  ['a compressed grain', sparse({ ...COMPRESSED, table: [FIRST], data: [packed(0)] }), PATTERN],
  [
    'a compressed grain without a marker',
    sparse({ flags: 0x10001, algorithm: 1, table: [FIRST], data: [deflateSync(PATTERN)] }),
    PATTERN,
  ],
  ['a stream', streamed({ table: [FIRST], data: [packed(0)] }), PATTERN],
  ['an ESX extent', esx(), PATTERN],
  ['a flat extent', text('RW 8 FLAT "disk-flat.vmdk" 8'), PATTERN, { 'disk-flat.vmdk': two }],
  ['an extent of VMFS', text('RW 8 VMFS "disk-flat.vmdk"'), PATTERN, { 'disk-flat.vmdk': PATTERN }],
  ['an extent of zeros', text('RW 8 ZERO', 'RW 8 FLAT "f" 0'), zeros, { f: PATTERN }],
  [
    'a read-only sparse extent',
    text('RDONLY 128 SPARSE "s"'),
    PATTERN,
    { s: sparse({ table: [FIRST], data: [PATTERN] }) },
  ],
  ['ESX extents', text('RW 128 VMFSSPARSE "s"'), PATTERN, { s: esx() }],
  ['extents that share a file', text('RW 4 FLAT "f" 8', 'RW 4 FLAT "f" 12'), PATTERN, { f: two }],
  [
    'lines with carriage returns',
    Buffer.from(text('RW 8 FLAT "f" 0').toString().replaceAll('\n', '\r\n')),
    PATTERN,
    { f: PATTERN },
  ],
  [
    'an extent smaller than its last grain',
    text('RW 127 SPARSE "s"'),
    PATTERN,
    { s: sparse({ table: [FIRST], data: [PATTERN] }) },
  ],
  ['what its parent has', sparse({ descriptor: over('p') }), PATTERN, { p: parent }],
  ['what its parent has, by a descriptor', Buffer.from(over('p')), PATTERN, { p: parent, a: sparse() }],
  ['zeros over its parent', sparse({ descriptor: over('p'), flags: 7, table: [1] }), zeros, { p: parent }],
];

for (const [name, bytes, expected, files] of READ) {
  test(`reads ${name}`, async () => {
    assert.equal(isVmdk(bytes), true);
    const { disk, flaws } = await reading(bytes, files);
    assert.deepEqual(await disk.read(0, GRAIN), expected);
    assert.deepEqual(flaws, []);
    await disk.close();
  });
}

const NOT_VMDK: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a text', '# a comment\n# another\nhello'],
  ['a magic that is not at the start', ' KDMV'],
  ['only comments', '#\n'.repeat(100_000)],
];

for (const [name, content] of NOT_VMDK)
  test(`is not ${name}`, () => assert.equal(isVmdk(Buffer.from(content)), false));

test("QEMU's descriptor without a first line is one", () => {
  assert.equal(isVmdk(Buffer.from('# made by hand\n\n  \nversion=3\r\n')), true);
});

test('merges what is consecutive, and goes on over what is not, from extent to extent', async () => {
  const [one, other, third] = [1, 2, 3].map((byte) => Buffer.alloc(GRAIN, byte));
  assert(one !== undefined && other !== undefined && third !== undefined);
  const extent = sparse({
    flags: 7,
    table: [FIRST, FIRST + 8, 1, FIRST + 16, FIRST + 8],
    data: [one, other, third],
  });
  const { disk } = await reading(text('RW 128 SPARSE "a"', 'RW 3 ZERO', 'RW 8 FLAT "b" 0'), {
    a: extent,
    b: PATTERN,
  });
  const rest = Buffer.alloc(11 * GRAIN + 3 * SECTOR);
  const whole = Buffer.concat([one, other, zeros, third, other, rest, PATTERN]);
  assert.equal(disk.size, whole.length);
  assert.deepEqual(await disk.read(0, whole.length), whole);
  assert.deepEqual(await disk.read(5000, 60_000), whole.subarray(5000, 65_000));
});

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
