import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { damaged, unreadable } from '../../testing/memory-disk.ts';
import { ntfsDriver } from './index.ts';
import { CLUSTER, NtfsBuilder, recordAt } from './testing/ntfs-builder.ts';
import {
  fileName,
  fileRecord,
  indexEntry,
  lastEntry,
  linkData,
  listEntry,
  nonResident,
  reparsePoint,
  resident,
} from './testing/ntfs-parts.ts';
import { inBlocks, see, volume } from './testing/see-volume.ts';

const DATA = 0x80;

function patched(builder: NtfsBuilder, change: (disk: Buffer) => void): Buffer {
  const disk = builder.build();
  change(disk);
  return disk;
}

const damages: readonly [name: string, change: (disk: Buffer) => void, flaw: RegExp, problem?: RegExp][] = [
  ['the boot sector', (disk) => disk.writeUInt16LE(7, 11), /sectors of 7 bytes; its backup/],
  [
    'the first file record',
    (disk) => disk.fill(0, recordAt(0), recordAt(1)),
    /does not begin with FILE; its copy/,
  ],
  [
    'the end of its first sector',
    (disk) => disk.writeUInt16LE(9, recordAt(0) + 510),
    /wrong sequence number; its copy/,
  ],
  ['the record of the volume', (disk) => disk.fill(0, recordAt(3), recordAt(4)), /file record 3.*its copy/],
];

describe('damage that has a copy', () => {
  for (const [name, change, flaw] of damages) {
    test(name, async () => {
      const seen = await see(patched(volume({ attributes: [resident(DATA, 'x')] }), change));
      assert.deepEqual(seen.files, { $Boot: 'boot code', file0: 'x' });
      assert.deepEqual(seen.problems, []);
      assert.match(seen.flaws.join(), flaw);
      assert.equal(seen.label, 'Built');
    });
  }

  test('a wiped first sector is known by the boot code after it', () => {
    const disk = new NtfsBuilder().build();
    disk.fill(0, 0, 512);
    assert.equal(ntfsDriver.probe(disk), false);
    Buffer.from('\x07\0B\0O\0O\0T\0M\0G\0R\0', 'latin1').copy(disk, 512);
    assert.equal(ntfsDriver.probe(disk), true);
  });
});

describe('damage that is told', () => {
  const rows: readonly [
    name: string,
    builder: NtfsBuilder,
    change: (disk: Buffer) => void,
    problem: RegExp,
    content: string,
  ][] = [
    [
      'a torn record',
      volume({ attributes: [resident(DATA, 'x')] }),
      (disk) => disk.writeUInt16LE(9, recordAt(24) + 510),
      /^CHECKSUM_MISMATCH file0: file record 24/,
      'x',
    ],
    [
      'a record that is not in use',
      volume({ inUse: false, attributes: [resident(DATA, 'x')] }),
      () => {},
      /not in use/,
      'x',
    ],
    [
      'a record used anew',
      volume({ namedSequence: 8, attributes: [resident(DATA, 'x')] }),
      () => {},
      /used for another file/,
      'x',
    ],
    [
      'an attribute that leaves its record',
      volume({ attributes: [resident(DATA, 'x')] }),
      (disk) => disk.writeUInt32LE(4096, recordAt(24) + 56 + 4),
      /attribute of 4096 bytes/,
      'MALFORMED_FILE_SYSTEM',
    ],
    [
      'a list of attributes of another file',
      volume({ attributes: [resident(0x20, listEntry(DATA, 7, 0))] }),
      () => {},
      /record 7 of another file/,
      'MALFORMED_FILE_SYSTEM',
    ],
    [
      'a list of attributes that is too long',
      volume({ attributes: [nonResident(0x20, [[9000]], { size: 2 ** 22 })] }),
      () => {},
      /list of attributes has 4194304 bytes/,
      'MALFORMED_FILE_SYSTEM',
    ],
    [
      'the same attribute over and over',
      volume({
        attributes: [
          resident(DATA, 'x'),
          resident(0x20, Buffer.concat(new Array(12).fill(listEntry(DATA, 24, 0)))),
        ],
      }),
      () => {},
      /names one of them twice/,
      'x',
    ],
  ];
  for (const [name, builder, change, problem, content] of rows) {
    test(name, async () => {
      const { files, problems } = await see(patched(builder, change));
      assert.match(problems.join('\n'), problem);
      assert.equal(files.file0, content);
    });
  }

  test('a record that is no file', async () => {
    const { files, problems } = await see(
      patched(volume({}), (disk) => disk.fill(0, recordAt(24), recordAt(25))),
    );
    assert.deepEqual(files, { $Boot: 'boot code' });
    assert.match(problems.join(), /^MALFORMED_FILE_SYSTEM file0: file record 24 does not begin with FILE/);
  });

  test('a folder with names that was made a link', async () => {
    const junction = resident(0xc0, reparsePoint(0xa0000003, linkData('\\??\\C:\\x')));
    const builder = volume({ isFolder: true, attributes: [junction] }, { names: [[24, 'hidden']] });
    const { files, problems } = await see(builder.build());
    assert.equal(files.file0, '-> /x');
    assert.match(problems.join(), /names of its own, which were not read/);
  });

  test('a folder that names itself', async () => {
    const { problems } = await see(
      volume({
        isFolder: true,
        names: [
          [5, 'a'],
          [24, 'b'],
        ],
      }).build(),
    );
    assert.match(problems.join(), /this folder is also/);
  });

  test('a volume cut off', async () => {
    const disk = volume({ attributes: [resident(DATA, 'x')] }).build();
    const { flaws, files } = await see(disk.subarray(0, disk.length - 5 * CLUSTER));
    assert.match(flaws.join(), /the file system has/);
    assert.equal(files.file0, 'x');
  });
});

function restart(clients: number, flags: number, position = 1, magic = 'RSTR'): Buffer {
  const page = Buffer.alloc(4096);
  page.write(magic, 0, 'latin1');
  page.writeUInt16LE(30, 4);
  page.writeUInt16LE(9, 6);
  page.writeBigUInt64LE(BigInt(position), 8);
  page.writeUInt16LE(48, 24);
  page.writeBigUInt64LE(BigInt(position), 48);
  page.writeUInt16LE(clients, 60);
  page.writeUInt16LE(flags, 62);
  return page;
}

describe('changes that wait', () => {
  test('a volume marked as dirty', async () => {
    const builder = new NtfsBuilder();
    builder.volumeFlags = 1;
    assert.match((await see(builder.build())).flaws.join(), /marked as dirty/);
  });

  const empty = Buffer.alloc(4096, 0xff);
  const journals: readonly [name: string, pages: readonly Buffer[], expected: RegExp][] = [
    ['a journal in use', [restart(0, 0), restart(0, 0)], /changes that were not made/],
    ['a journal in use and clean', [restart(0, 2), restart(0, 2)], /^$/],
    ['a journal that nobody uses', [restart(0xffff, 0), restart(0xffff, 0)], /^$/],
    ['a journal that was emptied', [empty, empty], /^$/],
    ['the later page counts', [restart(0, 2, 5), restart(0, 0, 6)], /changes that were not made/],
    [
      'a third page does not',
      [restart(0, 0, 5), restart(0, 0, 6), restart(0, 2, 9)],
      /changes that were not/,
    ],
    ['pages that are larger', [empty, empty, restart(0, 0)], /changes that were not made/],
    ['a journal that chkdsk left', [restart(0, 0, 5, 'CHKD'), restart(0, 0, 3)], /^$/],
    ['no page that can be read', [Buffer.alloc(4096), Buffer.alloc(4096)], /no restart page/],
  ];
  for (const [name, pages, expected] of journals) {
    test(name, async () => {
      const builder = new NtfsBuilder();
      builder.log = Buffer.concat(pages);
      assert.match((await see(builder.build())).flaws.join(), expected);
    });
  }
});

test('damaged volumes: Unreadable or what is left of them, and nothing else', async () => {
  const builder = inBlocks(
    [
      [indexEntry(24, fileName(20, 'one'), 2), lastEntry()],
      [indexEntry(25, fileName(20, 'two')), lastEntry()],
    ],
    { bitmap: 3 },
  );
  const packed = builder.store(
    Buffer.concat([Buffer.from([0x03, 0xb0, 0x02, 0x78, 0xfc, 0x0f]), Buffer.alloc(20)]),
  );
  builder
    .file({
      record: 30,
      names: [[5, 'packed']],
      attributes: [nonResident(DATA, [packed, [15]], { size: 8192, flags: 1, unit: 4 })],
    })
    .file({
      record: 31,
      names: [[5, 'link']],
      attributes: [resident(0xc0, reparsePoint(0xa000000c, linkData('x', 1)))],
    })
    .file({ record: 32, names: [[5, 'listed']], attributes: [resident(0x20, listEntry(DATA, 33, 3))] })
    .record(33, fileRecord([resident(DATA, 'x', { instance: 3 })], { base: 32 }));
  const disk = builder.build();
  for (const copy of damaged(disk, 600)) await unreadable(() => see(copy));
  // Most of a volume is empty: this damages the records alone.
  const records = disk.subarray(recordAt(0), recordAt(34));
  for (const copy of damaged(records, 600, 2)) {
    const whole = Buffer.from(disk);
    copy.copy(whole, recordAt(0));
    await unreadable(() => see(whole));
  }
});
