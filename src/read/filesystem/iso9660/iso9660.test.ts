import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { readDamaged, readWhole, unpackImage } from '../squashfs/testing/whole-tree.ts';
import { iso9660Driver } from './index.ts';
import { crossing, interleaved, odd, secondPrimary, tooShort, twoFaced } from './testing/odd-images.ts';
import { areaOf, both, ROCK_RIDGE_AND_JOLIET, recordOf, SmallIso } from './testing/small-image.ts';

const SECTOR = 2048;
const FOLDER = 2;
const DEEP = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8'];

/** What makes Rock Ridge of a tree: in the root's record for itself. */
const ANNOUNCED = areaOf(
  ['SP', Buffer.from([0xbe, 0xef, 0])],
  ['ER', Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from('RRIP_1991A')])],
);

function withRockRidge(...records: readonly Buffer[]): SmallIso {
  const own = recordOf('\0', 20, SECTOR, { flags: FOLDER, systemUse: ANNOUNCED });
  return new SmallIso().bare(20, own, recordOf('\x01', 20, SECTOR, { flags: FOLDER }), ...records);
}

const attributes = (mode: number): [string, Buffer] => ['PX', both(mode, 1, 1000, 1001)];
const name = (text: string, flags = 0): [string, Buffer] => [
  'NM',
  Buffer.concat([Buffer.from([flags]), Buffer.from(text)]),
];
const continuation = (block: number, offset: number, bytes: number): [string, Buffer] => [
  'CE',
  both(block, offset, bytes),
];

describe('ISO 9660', () => {
  test('Rock Ridge and Joliet, as genisoimage writes them', async () => {
    const image = unpackImage(ROCK_RIDGE_AND_JOLIET);
    assert.ok(iso9660Driver.probe(image.subarray(0, 131_072)));
    const { entries, problems, fileSystem } = await readWhole(iso9660Driver, image);
    assert.deepEqual(problems, []);
    assert.equal(fileSystem.kind, 'iso9660');
    assert.equal(fileSystem.label, 'seed');
    assert.match(fileSystem.uuid ?? '', /^\d{4}(-\d\d){6}$/);
    assert.deepEqual(
      [...entries.keys()],
      [
        'a name that is longer than eight letters.text',
        'boot',
        'boot/catalogue',
        'boot/link',
        'boot/loader',
        ...DEEP.map((_, index) => DEEP.slice(0, index + 1).join('/')),
        `${DEEP.join('/')}/file`,
        'rr_moved',
        'user-data',
        '[BOOT]',
        '[BOOT]/1',
      ],
    );
    const common = { uid: 0, gid: 0, mtime: 1_600_000_000 };
    assert.deepEqual(entries.get('user-data'), {
      path: 'user-data',
      kind: 'file',
      mode: 0o644,
      ...common,
      size: 14,
      text: '#cloud-config\n',
    });
    assert.equal(entries.get('boot/link')?.link, '../user-data');
    assert.equal(entries.get('boot/loader')?.mode, 0o755);
    assert.equal(entries.get('[BOOT]/1')?.text, entries.get('boot/loader')?.text?.slice(0, 2048));
  });

  test('plain names, as Linux shows them', async () => {
    const iso = new SmallIso().folder(
      20,
      recordOf('README.TXT;1', 22, 5),
      recordOf('NOTHING.;1', 0, 0),
      recordOf('SUB', 21, SECTOR, { flags: FOLDER }),
    );
    iso.folder(21, recordOf('TOOL.EXE;1', 22, 3)).fill(22, 'hello');
    const { entries, problems } = await readWhole(iso9660Driver, iso.image);
    assert.deepEqual(problems, []);
    assert.deepEqual([...entries.keys()], ['readme.txt', 'nothing', 'sub', 'sub/tool.exe']);
    assert.equal(entries.get('readme.txt')?.text, 'hello');
    assert.equal(entries.get('readme.txt')?.mtime, 1_600_000_000);
    assert.equal(entries.get('sub/tool.exe')?.mode, 0o755);
  });

  test('a file of several parts', async () => {
    const iso = new SmallIso().folder(
      20,
      recordOf('LARGE;1', 22, SECTOR, { flags: 0x80 }),
      recordOf('LARGE;1', 25, 3),
      recordOf('NEXT;1', 22, 1),
    );
    iso.fill(22, 'x'.repeat(SECTOR)).fill(25, 'end');
    const { entries, problems } = await readWhole(iso9660Driver, iso.image);
    assert.deepEqual(problems, []);
    assert.equal(entries.get('large')?.text, `${'x'.repeat(SECTOR)}end`);
    assert.equal(entries.get('next')?.text, 'x');
  });

  test('Rock Ridge in every entry', async () => {
    const systemUse = areaOf(name('a na', 1), name('me'), attributes(0o104755), [
      'TF',
      Buffer.from([0x03, 100, 1, 1, 0, 0, 0, 0, 120, 9, 13, 12, 26, 40, 0]),
    ]);
    const link = areaOf(name('link'), attributes(0o120777), [
      'SL',
      Buffer.from([0, 8, 0, 0, 3, 101, 116, 99, 4, 0, 2, 0, 1, 1, 97, 0, 1, 98]),
    ]);
    const pipe = areaOf(name('pipe'), attributes(0o010600));
    const socket = areaOf(name('socket'), attributes(0o140600));
    const device = areaOf(name('null'), attributes(0o020666), ['PN', both(1, 3)]);
    const iso = withRockRidge(
      recordOf('A;1', 22, 5, { systemUse }),
      recordOf('L;1', 0, 0, { systemUse: link }),
      recordOf('P;1', 0, 0, { systemUse: pipe }),
      recordOf('S;1', 0, 0, { systemUse: socket }),
      recordOf('D;1', 0, 0, { systemUse: device }),
    ).fill(22, 'hello');
    const { entries, problems } = await readWhole(iso9660Driver, iso.image);
    assert.deepEqual(problems, []);
    assert.deepEqual(entries.get('a name'), {
      path: 'a name',
      kind: 'file',
      mode: 0o4755,
      uid: 1000,
      gid: 1001,
      mtime: 1_600_000_000,
      size: 5,
      text: 'hello',
    });
    assert.equal(entries.get('link')?.link, '/etc/.././ab');
    assert.deepEqual(
      ['pipe', 'socket', 'null'].map((path) => entries.get(path)?.kind),
      ['fifo', 'fifo', 'character'],
    );
  });

  test('Rock Ridge that goes on elsewhere', async () => {
    const rest = areaOf(name('continued'), attributes(0o100600));
    const iso = withRockRidge(
      recordOf('A;1', 22, 0, { systemUse: areaOf(continuation(30, 100, rest.length)) }),
    );
    rest.copy(iso.sector(30), 100);
    const { entries, problems } = await readWhole(iso9660Driver, iso.image);
    assert.deepEqual(problems, []);
    assert.equal(entries.get('continued')?.mode, 0o600);
  });

  const moved = areaOf(name('moved'), attributes(0o040755), ['RE', Buffer.alloc(0)]);
  const parent = (block: number): Buffer =>
    recordOf('\x01', 20, SECTOR, { flags: FOLDER, systemUse: areaOf(['PL', both(block)]) });

  test('a folder that was put elsewhere is shown where it belongs', async () => {
    const iso = withRockRidge(
      recordOf('MOVED', 23, SECTOR, { flags: FOLDER, systemUse: moved }),
      recordOf('PLACE;1', 23, SECTOR, {
        systemUse: areaOf(name('place'), attributes(0o040755), ['CL', both(23)]),
      }),
    );
    iso
      .bare(23, recordOf('\0', 23, SECTOR, { flags: FOLDER }), parent(20), recordOf('FILE;1', 22, 5))
      .fill(22, 'hello');
    const { entries, problems } = await readWhole(iso9660Driver, iso.image);
    assert.deepEqual(problems, []);
    assert.deepEqual([...entries.keys()], ['place', 'place/file']);
  });

  test('a folder that claims to belong elsewhere, and does not, is not hidden', async () => {
    const iso = withRockRidge(recordOf('MOVED', 23, SECTOR, { flags: FOLDER, systemUse: moved }));
    iso
      .bare(23, recordOf('\0', 23, SECTOR, { flags: FOLDER }), parent(20), recordOf('FILE;1', 22, 5))
      .fill(22, 'hello');
    const { entries } = await readWhole(iso9660Driver, iso.image);
    assert.deepEqual([...entries.keys()], ['moved', 'moved/file']);
  });

  const told: { name: string; iso: SmallIso; problem: RegExp }[] = [
    {
      name: 'a folder in itself',
      iso: new SmallIso().folder(20, recordOf('SUB', 20, SECTOR, { flags: FOLDER })),
      problem: /is not walked again/,
    },
    {
      name: 'folders over the same bytes',
      iso: new SmallIso().folder(
        20,
        recordOf('ONE', 21, 2 * SECTOR, { flags: FOLDER }),
        recordOf('TWO', 22, SECTOR, { flags: FOLDER }),
      ),
      problem: /has bytes of another/,
    },
    {
      name: 'a folder beyond the end',
      iso: new SmallIso().folder(20, recordOf('SUB', 59, 2 ** 31, { flags: FOLDER })),
      problem: /of which 2048 were read/,
    },
    {
      name: 'a file beyond the end',
      iso: new SmallIso().folder(20, recordOf('FILE;1', 50, 2 ** 31)),
      problem: /TRUNCATED/,
    },
    {
      name: 'an interleaved file',
      iso: interleaved(),
      problem: /UNSUPPORTED file: its content is interleaved/,
    },
    {
      name: 'byte orders that differ',
      iso: twoFaced(),
      problem: /its first block is 22 in one byte order and 23 in the other/,
    },
    {
      name: 'parts without an end',
      iso: new SmallIso().folder(20, recordOf('PART;1', 22, 5, { flags: 0x80 })),
      problem: /no record says where/,
    },
    { name: 'a record over the end of a sector', iso: crossing(), problem: /crosses a sector/ },
    {
      name: 'a record too short for its name',
      iso: new SmallIso().folder(20, tooShort()),
      problem: /directory record of 34 bytes has a name of 200/,
    },
    {
      name: 'Rock Ridge that goes on for ever',
      iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(continuation(30, 0, 28)) })).fill(
        30,
        areaOf(continuation(30, 0, 28)),
      ),
      problem: /goes on in more than 32 places/,
    },
    {
      name: 'Rock Ridge that goes on beyond the end',
      iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(continuation(0x7fffffff, 0, 28)) })),
      problem: /TRUNCATED/,
    },
    {
      name: 'Rock Ridge that goes on with gigabytes',
      iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(continuation(30, 0, 2 ** 31)) })),
      problem: /goes on with 2147483648 bytes/,
    },
    {
      name: 'zisofs',
      iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(['ZF', Buffer.alloc(12)]) })),
      problem: /UNSUPPORTED a: .*zisofs/,
    },
    {
      name: 'a file that Rock Ridge calls a folder',
      iso: withRockRidge(recordOf('A;1', 22, 0, { systemUse: areaOf(attributes(0o040755)) })),
      problem: /calls a file a folder/,
    },
    {
      name: 'UDF beside it',
      iso: new SmallIso().folder(20).fill(18, '\0NSR02'),
      problem: /UNSUPPORTED: it also has a UDF/,
    },
    { name: 'another primary tree', iso: secondPrimary(), problem: /second primary descriptor/ },
  ];

  for (const { name: title, iso, problem } of told) {
    test(`told: ${title}`, async () => {
      const { problems } = await readWhole(iso9660Driver, iso.image);
      assert.match(problems.join('\n'), problem);
      assert.equal(problems.length, 1, problems.join('\n'));
    });
  }

  const refused: { name: string; image: Buffer; message: RegExp }[] = [
    {
      name: 'UDF alone',
      image: new SmallIso().fill(16, '\0BEA01\0').fill(17, '\0NSR03').image,
      message: /UDF is not read/,
    },
    {
      name: 'High Sierra',
      image: new SmallIso().fill(16, Buffer.concat([Buffer.alloc(9), Buffer.from('CDROM')])).image,
      message: /High Sierra/,
    },
    { name: 'no primary descriptor', image: new SmallIso().fill(16, '\xff').image, message: /no primary/ },
    { name: 'blocks of 3 bytes', image: new SmallIso().fill(16, odd()).image, message: /blocks of 3 bytes/ },
  ];
  for (const { name: title, image, message } of refused) {
    test(`refused: ${title}`, async () => {
      assert.ok(iso9660Driver.probe(image));
      await assert.rejects(
        readWhole(iso9660Driver, image),
        (error) => error instanceof Unreadable && message.test(error.message),
      );
    });
  }

  test('no magic, no ISO 9660', () => {
    assert.equal(iso9660Driver.probe(Buffer.alloc(0)), false);
    assert.equal(iso9660Driver.probe(Buffer.alloc(131_072)), false);
  });

  test('damaged in many ways', { timeout: 60_000 }, async () => {
    await readDamaged(iso9660Driver, unpackImage(ROCK_RIDGE_AND_JOLIET), 300);
  });
});
