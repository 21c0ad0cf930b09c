import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readWhole, unpackImage } from '../squashfs/testing/whole-tree.ts';
import { iso9660Driver } from './index.ts';
import { attributes, continuation, name, withRockRidge } from './testing/rock-ridge-image.ts';
import { areaOf, both, ROCK_RIDGE_AND_JOLIET, recordOf, SmallIso } from './testing/small-image.ts';

const SECTOR = 2048;
const FOLDER = 2;
const DEEP = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8'];

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
});
