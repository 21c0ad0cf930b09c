import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { isVmdk } from './index.ts';
import {
  COMPRESSED,
  esx,
  FIRST,
  type Files,
  GRAIN,
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
