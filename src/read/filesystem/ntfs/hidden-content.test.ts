import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CLUSTER, NtfsBuilder, recordAt } from './testing/ntfs-builder.ts';
import { fileRecord, listEntry, nonResident, reparsePoint, resident } from './testing/ntfs-parts.ts';
import { see, seeRoot, shorten, volume } from './testing/see-volume.ts';

/* Ways to have one content for whoever inspects a volume, and another for the system that runs from it. */

const DATA = 0x80;
const UNIT = 16 * CLUSTER;

describe('content that is stored in a way that is not known', () => {
  const rows: readonly [name: string, attribute: Buffer, code: string, problem: RegExp][] = [
    [
      'another method of compression',
      nonResident(DATA, [[16, 20]], { size: UNIT, flags: 2, unit: 4 }),
      'UNSUPPORTED',
      /method 2/,
    ],
    ['another method, in the record', resident(DATA, 'x', { flags: 0x80 }), 'UNSUPPORTED', /method 128/],
    [
      'LZNT1 without units',
      nonResident(DATA, [[16, 20]], { size: UNIT, flags: 1, unit: 0 }),
      'UNSUPPORTED',
      /units of 1 clusters/,
    ],
    [
      'LZNT1 in larger units',
      nonResident(DATA, [[32, 20]], { size: 2 * UNIT, flags: 1, unit: 5 }),
      'UNSUPPORTED',
      /units of 32 clusters/,
    ],
    ['encrypted', nonResident(DATA, [[1, 20]], { size: 9, flags: 0x4000 }), 'ENCRYPTED', /EFS/],
  ];
  for (const [name, attribute, code, problem] of rows) {
    test(name, async () => {
      const { files, problems } = await seeRoot(volume({ attributes: [attribute] }));
      assert.deepEqual(files, { file0: code });
      assert.match(problems.join(), problem);
    });
  }

  test('a compressed unit with clusters after a hole', async () => {
    const { files } = await seeRoot(
      volume({ attributes: [nonResident(DATA, [[1], [1, 20], [14]], { size: UNIT, flags: 1, unit: 4 })] }),
    );
    assert.deepEqual(files, { file0: 'MALFORMED_FILE_SYSTEM' });
  });
});

describe('attributes that tell two stories', () => {
  test('two contents of one name', async () => {
    const { problems } = await seeRoot(volume({ attributes: [resident(DATA, 'x'), resident(DATA, 'y')] }));
    assert.match(problems.join(), /^MALFORMED_FILE_SYSTEM file0: file record 24 has two attributes 0x80/);
  });

  test('flags are those of the first extent, in whatever order they are listed', async () => {
    const builder = new NtfsBuilder();
    const packed = builder.store(
      Buffer.concat([Buffer.from([0x03, 0xb0, 0x02, 0x78, 0xfc, 0x0f]), Buffer.alloc(20)]),
    );
    const first = nonResident(DATA, [packed, [15]], { size: 2 * UNIT, flags: 1, unit: 4, instance: 3 });
    builder
      .record(40, fileRecord([first], { base: 24 }))
      .record(
        41,
        fileRecord([nonResident(DATA, [[16]], { size: 0, firstVcn: 16, instance: 4 })], { base: 24 }),
      );
    const list = Buffer.concat([listEntry(DATA, 41, 4, 16), listEntry(DATA, 40, 3)]);
    builder.file({ record: 24, names: [[5, 'file']], attributes: [resident(0x20, list)] });
    const expected = shorten(`${'x'.repeat(4096)}${'\0'.repeat(2 * UNIT - 4096)}`);
    assert.deepEqual(await seeRoot(builder), { files: { file: expected }, problems: [] });
  });

  test('a list of attributes that ends inside an entry', async () => {
    const list = Buffer.concat([listEntry(DATA, 24, 0), listEntry(DATA, 40, 3).subarray(0, 24)]);
    const { problems } = await seeRoot(volume({ attributes: [resident(DATA, 'x'), resident(0x20, list)] }));
    assert.match(problems.join(), /cut off inside an entry/);
  });

  test('a further record of the file that is torn', async () => {
    const builder = volume({ attributes: [resident(0x20, listEntry(DATA, 40, 3))] }).record(
      40,
      fileRecord([resident(DATA, 'x', { instance: 3 })], { base: 24 }),
    );
    const disk = builder.build();
    disk.writeUInt16LE(9, recordAt(40) + 510);
    const { files, problems } = await see(disk);
    assert.equal(files.file0, 'x');
    assert.match(problems.join(), /^CHECKSUM_MISMATCH file0: file record 24: file record 40/);
  });

  test('content where compressed content has a hole', async () => {
    const point = Buffer.alloc(16);
    for (const [index, value] of [1, 2, 1, 0].entries()) point.writeUInt32LE(value, 4 * index);
    const attributes = [
      resident(0xc0, reparsePoint(0x80000017, point)),
      resident(DATA, 'other'),
      resident(DATA, 'bytes', { name: 'WofCompressedData' }),
    ];
    const { files } = await seeRoot(volume({ attributes }));
    assert.deepEqual(files, { file0: 'bytes', 'file0::$DATA': 'other' });
  });
});
