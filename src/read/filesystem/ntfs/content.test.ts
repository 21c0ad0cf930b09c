import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CLUSTER, NtfsBuilder } from './testing/ntfs-builder.ts';
import {
  fileName,
  fileRecord,
  indexEntry,
  indexRoot,
  lastEntry,
  linkData,
  listEntry,
  nonResident,
  reparsePoint,
  resident,
} from './testing/ntfs-parts.ts';
import { see, seeRoot, shorten, volume } from './testing/see-volume.ts';

const DATA = 0x80;

test('a volume: its name, its number, the system left out but for boot code', async () => {
  const seen = await see(volume({ attributes: [resident(DATA, 'content')], names: [[5, 'a.BAT']] }).build());
  assert.deepEqual(seen, {
    flaws: [],
    label: 'Built',
    uuid: '0123456789ABCDEF',
    files: { $Boot: 'boot code', 'a.BAT': 'content' },
    problems: [],
    modes: { $Boot: 0o644, 'a.BAT': 0o755 },
  });
});

const contents: readonly [name: string, attributes: (builder: NtfsBuilder) => Buffer[], expected: string][] =
  [
    ['none', () => [], ''],
    ['in the record', () => [resident(DATA, 'here')], 'here'],
    ['in clusters', (b) => [nonResident(DATA, [b.store('there')], { size: 5 })], 'there'],
    [
      'in clusters that go backwards',
      (b) => {
        const [first, second] = [b.store('b'.repeat(CLUSTER)), b.store('a'.repeat(CLUSTER))];
        return [nonResident(DATA, [second, first], { size: CLUSTER + 2 })];
      },
      `${'a'.repeat(CLUSTER)}bb`,
    ],
    [
      'a hole',
      (b) => [nonResident(DATA, [[1], b.store('x')], { size: CLUSTER + 1, flags: 0x8000 })],
      `${'\0'.repeat(CLUSTER)}x`,
    ],
    [
      'not written to its end',
      (b) => [nonResident(DATA, [b.store('abcdef')], { size: 6, initialized: 2 })],
      'ab\0\0\0\0',
    ],
    [
      'compressed: one unit packed, one whole, one hole',
      (b) => {
        const packed = b.store(
          Buffer.concat([Buffer.from([0x03, 0xb0, 0x02, 0x78, 0xfc, 0x0f]), Buffer.alloc(20)]),
        );
        const whole = b.store('w'.repeat(16 * CLUSTER));
        return [nonResident(DATA, [packed, [15], whole, [16]], { size: 33 * CLUSTER, flags: 1, unit: 4 })];
      },
      `${'x'.repeat(4096)}${'\0'.repeat(4096)}${'w'.repeat(8192)}${'\0'.repeat(CLUSTER)}`,
    ],
    [
      'its extents in records of their own',
      (b) => {
        const [one, two] = [b.store('1'.repeat(CLUSTER)), b.store('2'.repeat(CLUSTER))];
        b.record(
          40,
          fileRecord([nonResident(DATA, [one], { size: 2 * CLUSTER, instance: 3 })], { base: 24 }),
        );
        b.record(
          41,
          fileRecord([nonResident(DATA, [two], { size: 0, firstVcn: 1, instance: 4 })], { base: 24 }),
        );
        return [resident(0x20, Buffer.concat([listEntry(DATA, 41, 4, 1), listEntry(DATA, 40, 3)]))];
      },
      `${'1'.repeat(CLUSTER)}${'2'.repeat(CLUSTER)}`,
    ],
    [
      'its list of attributes in clusters',
      (b) => {
        b.record(40, fileRecord([resident(DATA, 'far away', { instance: 3 })], { base: 24 }));
        const list = listEntry(DATA, 40, 3);
        return [nonResident(0x20, [b.store(list)], { size: list.length })];
      },
      'far away',
    ],
  ];

describe('content', () => {
  for (const [name, attributes, expected] of contents) {
    test(name, async () => {
      const builder = new NtfsBuilder();
      builder.file({ record: 24, names: [[5, 'file']], attributes: attributes(builder) });
      assert.deepEqual(await seeRoot(builder), { files: { file: shorten(expected) }, problems: [] });
    });
  }
});

const named: readonly [name: string, builder: () => NtfsBuilder, expected: Record<string, string>][] = [
  [
    'a short name beside its long one is left out',
    () =>
      volume({
        names: [
          [5, 'LONGNA~1', 2],
          [5, 'Long name'],
        ],
      }),
    { 'Long name': '' },
  ],
  ['a short name alone is a name', () => volume({ names: [[5, 'SHORT', 2]] }), { SHORT: '' }],
  [
    'hard links',
    () =>
      volume({
        names: [
          [5, 'one'],
          [5, 'two', 0],
        ],
      }),
    { one: '', two: '-> one' },
  ],
  [
    'further streams, of folders too',
    () =>
      volume(
        { names: [[5, 'f']], attributes: [resident(DATA, 'f'), resident(DATA, 'evil', { name: 'e.exe' })] },
        { names: [[5, 'd']], isFolder: true, attributes: [resident(DATA, 'hidden', { name: 's' })] },
      ),
    { f: 'f', 'f:e.exe': 'evil', d: '/', 'd:s': 'hidden' },
  ],
  [
    'a stream of the root folder, and content that it cannot have',
    () =>
      new NtfsBuilder().file({
        record: 5,
        names: [[5, '.', 3]],
        isFolder: true,
        attributes: [
          resident(DATA, 'x'),
          resident(DATA, 'y', { name: 's' }),
          indexRoot([indexEntry(7, fileName(5, '$Boot')), lastEntry()], 1024),
        ],
      }),
    { '::$DATA': 'x', ':s': 'y' },
  ],
  [
    'a stream hidden in a file of the system',
    () =>
      new NtfsBuilder().file({
        record: 4,
        names: [[5, '$AttrDef', 3]],
        attributes: [resident(DATA, 'z', { name: 's' })],
      }),
    { '$AttrDef:s': 'z' },
  ],
  [
    'a name of the system that is not its file',
    () => volume({ names: [[5, '$MFT']], attributes: [resident(DATA, 'payload')] }),
    { $MFT: 'payload' },
  ],
  [
    'links and what is behind them',
    () =>
      volume(
        {
          attributes: [
            resident(0xc0, reparsePoint(0xa000000c, linkData('..\\x', 1))),
            resident(DATA, 'behind'),
          ],
        },
        {
          isFolder: true,
          attributes: [resident(0xc0, reparsePoint(0xa0000003, linkData('\\??\\C:\\Users')))],
        },
      ),
    { file0: '-> ../x', 'file0::$DATA': 'behind', file1: '-> /Users' },
  ],
  [
    'sockets and devices of Linux on Windows',
    () => volume({ attributes: [resident(0xc0, reparsePoint(0x80000023, Buffer.alloc(0)))] }),
    { file0: 'fifo' },
  ],
];

describe('names', () => {
  for (const [name, builder, expected] of named) {
    test(name, async () => assert.deepEqual(await seeRoot(builder()), { files: expected, problems: [] }));
  }
});

function wof(algorithm: number): Buffer {
  const data = Buffer.alloc(16);
  for (const [index, value] of [1, 2, 1, algorithm].entries()) data.writeUInt32LE(value, 4 * index);
  return resident(0xc0, reparsePoint(0x80000017, data));
}

function hole(size: number): Buffer {
  return nonResident(DATA, [[Math.ceil(size / CLUSTER)]], { size, flags: 0x8000 });
}

const unread: readonly [name: string, attributes: Buffer[], code: string, problem: RegExp][] = [
  ['encrypted', [resident(DATA, 'x', { flags: 0x4000 })], 'ENCRYPTED', /Encrypting File System/],
  [
    'deduplicated',
    [resident(0xc0, reparsePoint(0x80000013, Buffer.alloc(0))), hole(999)],
    'UNSUPPORTED',
    /dedup/,
  ],
  [
    'kept in a cloud',
    [resident(0xc0, reparsePoint(0x9000701a, Buffer.alloc(0))), hole(9)],
    'UNSUPPORTED',
    /cloud/,
  ],
  [
    'system compression of another kind',
    [wof(9), hole(9), resident(DATA, '', { name: 'WofCompressedData' })],
    'UNSUPPORTED',
    /algorithm 9/,
  ],
  ['system compression without content', [wof(0), hole(9)], 'MALFORMED_FILE_SYSTEM', /no compressed content/],
  [
    'a run that leaves the volume',
    [nonResident(DATA, [[1, 99_999]], { size: 9 })],
    'MALFORMED_FILE_SYSTEM',
    /cluster 99999/,
  ],
  [
    'extents with a gap',
    [nonResident(DATA, [[1, 9]], { size: 9, firstVcn: 4 })],
    'MALFORMED_FILE_SYSTEM',
    /gap/,
  ],
  [
    'more clusters than there are',
    [
      nonResident(
        DATA,
        [
          [100, 9],
          [100, 9],
        ],
        { size: 9 },
      ),
    ],
    'MALFORMED_FILE_SYSTEM',
    /more clusters/,
  ],
];

describe('content that is not read is said to be, never taken for zeros', () => {
  for (const [name, attributes, code, problem] of unread) {
    test(name, async () => {
      const { files, problems } = await seeRoot(volume({ attributes }));
      assert.deepEqual(files, { file0: code });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }

  test('system compression, a chunk stored as it is', async () => {
    const attributes = [wof(0), hole(5), resident(DATA, 'bytes', { name: 'WofCompressedData' })];
    assert.deepEqual(await seeRoot(volume({ attributes })), { files: { file0: 'bytes' }, problems: [] });
  });

  test('an unknown reparse tag: the content is read, and it is said', async () => {
    const attributes = [resident(0xc0, reparsePoint(0x80001234, Buffer.alloc(0))), resident(DATA, 'x')];
    const { files, problems } = await seeRoot(volume({ attributes }));
    assert.deepEqual(files, { file0: 'x' });
    assert.match(problems.join(), /^UNSUPPORTED file0: reparse tag 0x80001234/);
  });
});
