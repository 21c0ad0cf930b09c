import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { readDamaged, readWhole, unpackImage } from '../squashfs/testing/whole-tree.ts';
import { fatDriver } from './index.ts';
import { checksumOf, END, entryOf, FAT12, longNameOf, SmallFat32 } from './testing/small-images.ts';

const FOLDER = 0x10;
const LABEL = 0x08;

function withRoot(...entries: readonly Buffer[]): SmallFat32 {
  return new SmallFat32().fill(2, ...entries);
}

describe('FAT', () => {
  test('FAT12, as its tools write it', async () => {
    const image = unpackImage(FAT12);
    assert.ok(fatDriver.probe(image));
    const { fileSystem, entries, problems } = await readWhole(fatDriver, image);
    assert.deepEqual(problems, []);
    assert.equal(fileSystem.kind, 'fat12');
    assert.equal(fileSystem.label, 'LABEL');
    assert.equal(fileSystem.uuid, 'ABCD-1234');
    assert.equal(fileSystem.ignoresCase, true);
    assert.deepEqual(
      [...entries.keys()],
      ['user-data', 'a name that is longer than eight letters.text', 'boot', 'boot/link', 'boot/loader'],
    );
    assert.deepEqual(entries.get('user-data'), {
      path: 'user-data',
      kind: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: 1_600_000_000,
      size: 14,
      text: '#cloud-config\n',
    });
    assert.equal(entries.get('boot/loader')?.text, 'line of text\n'.repeat(231).slice(0, 3000));
  });

  const names: { name: string; root: Buffer[]; expected: string[]; problem?: RegExp }[] = [
    { name: 'eight and three letters', root: [entryOf('README  TXT')], expected: ['README.TXT'] },
    {
      name: 'lower case as Windows NT marks it',
      root: [entryOf('README  TXT', { flags: 0x18 })],
      expected: ['readme.txt'],
    },
    {
      name: 'lower case of one part',
      root: [entryOf('README  TXT', { flags: 0x08 })],
      expected: ['readme.TXT'],
    },
    { name: 'a first letter that looks deleted', root: [entryOf('\x05BC')], expected: ['åBC'] },
    { name: 'deleted', root: [entryOf('\xe5BC'), entryOf('NEXT')], expected: ['NEXT'] },
    {
      name: 'a label',
      root: [entryOf('A LABEL', { attributes: LABEL }), entryOf('NEXT')],
      expected: ['NEXT'],
    },
    {
      name: 'behind the end, where Linux looks',
      root: [entryOf('FIRST'), Buffer.alloc(64), entryOf('HIDDEN')],
      expected: ['FIRST', 'HIDDEN'],
    },
    {
      name: 'a long name',
      root: [longNameOf('a long name ☃ 😀.text', checksumOf('ALONGN~1TEX')), entryOf('ALONGN~1TEX')],
      expected: ['a long name ☃ 😀.text'],
    },
    {
      name: 'a long name of thirteen letters',
      root: [longNameOf('thirteen.text', checksumOf('THIRTE~1TEX')), entryOf('THIRTE~1TEX')],
      expected: ['thirteen.text'],
    },
    {
      name: 'a long name of another entry',
      root: [longNameOf('innocent name', 1), entryOf('REAL    EXE')],
      expected: ['REAL.EXE'],
      problem: /1 long names in a folder belong to no entry/,
    },
    {
      name: 'slots that are not complete',
      root: [longNameOf('a name of two slots', checksumOf('REAL')).subarray(0, 32), entryOf('REAL')],
      expected: ['REAL'],
      problem: /belong to no entry/,
    },
    {
      name: 'slots behind the last entry',
      root: [entryOf('REAL'), longNameOf('orphan', 1)],
      expected: ['REAL'],
      problem: /belong to no entry/,
    },
    {
      name: 'a name twice',
      root: [entryOf('SAME'), entryOf('SAME', { flags: 0x08 })],
      expected: ['SAME', 'same'],
      problem: /name twice/,
    },
  ];

  for (const { name, root, expected, problem } of names) {
    test(`names: ${name}`, async () => {
      const { entries, problems } = await readWhole(fatDriver, withRoot(...root).image);
      assert.deepEqual([...entries.keys()], expected);
      if (problem === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join('\n'), problem);
    });
  }

  test('a file in pieces', async () => {
    const fat = withRoot(entryOf('FILE    EFI', { cluster: 5, size: 1300 })).chain(5, 6, 9);
    fat.fill(5, 'a'.repeat(512)).fill(6, 'b'.repeat(512)).fill(9, 'c'.repeat(512));
    const { entries, problems, fileSystem } = await readWhole(fatDriver, fat.image);
    assert.deepEqual(problems, []);
    assert.equal(fileSystem.uuid, '12AB-CDEF');
    assert.equal(fileSystem.label, '');
    assert.equal(fileSystem.kind, 'fat32');
    const { text, mode } = entries.get('FILE.EFI') ?? assert.fail();
    assert.equal(text, `${'a'.repeat(512)}${'b'.repeat(512)}${'c'.repeat(276)}`);
    assert.equal(mode, 0o755);
  });

  const chains: { name: string; fat: SmallFat32; problem: RegExp }[] = [
    {
      name: 'a loop',
      fat: withRoot(entryOf('FILE', { cluster: 5, size: 50_000 }))
        .link(5, 6)
        .link(6, 7)
        .link(7, 6),
      problem: /leads back into itself/,
    },
    {
      name: 'one cluster after itself',
      fat: withRoot(entryOf('FILE', { cluster: 5, size: 5000 })).link(5, 5),
      problem: /leads back into itself/,
    },
    {
      name: 'ends too early',
      fat: withRoot(entryOf('FILE', { cluster: 5, size: 5000 })).chain(5, 6),
      problem: /ends after 1024 bytes/,
    },
    {
      name: 'a free cluster',
      fat: withRoot(entryOf('FILE', { cluster: 5, size: 1000 })).link(5, 0),
      problem: /cluster 5 is in use, and said to be free/,
    },
    {
      name: 'a damaged cluster',
      fat: withRoot(entryOf('FILE', { cluster: 5, size: 1000 })).link(5, 0x0ffffff7),
      problem: /said to be damaged/,
    },
    {
      name: 'beyond the end',
      fat: withRoot(entryOf('FILE', { cluster: 5, size: 1000 })).link(5, 202),
      problem: /followed by 202, which is none/,
    },
    {
      name: 'begins nowhere',
      fat: withRoot(entryOf('FILE', { cluster: 0, size: 1000 })),
      problem: /begins at cluster 0, which is none/,
    },
    {
      name: 'begins beyond the end',
      fat: withRoot(entryOf('FILE', { cluster: 0x0fffff00, size: 1000 })),
      problem: /which is none/,
    },
    {
      name: 'a folder that begins nowhere',
      fat: withRoot(entryOf('FOLDER', { attributes: FOLDER })),
      problem: /folder begins at cluster 0/,
    },
    {
      name: 'a folder in a loop',
      fat: withRoot(entryOf('FOLDER', { attributes: FOLDER, cluster: 5 }))
        .link(5, 6)
        .link(6, 5),
      problem: /leads back into itself/,
    },
    {
      name: 'a folder that is the root',
      fat: withRoot(entryOf('FOLDER', { attributes: FOLDER, cluster: 2 })),
      problem: /is not walked again/,
    },
    {
      name: 'folders that share clusters',
      fat: withRoot(
        entryOf('ONE', { attributes: FOLDER, cluster: 5 }),
        entryOf('TWO', { attributes: FOLDER, cluster: 7 }),
      )
        .chain(5, 6)
        .chain(7, 6),
      problem: /has cluster 6 of another folder/,
    },
    {
      name: 'copies of the table that differ',
      fat: new SmallFat32().link(100, END, [1]),
      problem: /CHECKSUM_MISMATCH: copy 2/,
    },
  ];

  for (const { name, fat, problem } of chains) {
    test(`chains: ${name}`, async () => {
      const { problems } = await readWhole(fatDriver, fat.image);
      assert.match(problems.join('\n'), problem);
      assert.equal(problems.length, 1, problems.join('\n'));
    });
  }

  test('the second copy of the table helps where the first leads astray', async () => {
    const fat = withRoot(entryOf('FILE', { cluster: 5, size: 600 }))
      .chain(5, 6)
      .link(5, 0x0ffffff, [0]);
    fat.fill(5, 'a'.repeat(512)).fill(6, 'b'.repeat(512));
    const { entries, problems } = await readWhole(fatDriver, fat.image);
    assert.equal(entries.get('FILE')?.text, `${'a'.repeat(512)}${'b'.repeat(88)}`);
    assert.match(problems.join('\n'), /^CHECKSUM_MISMATCH: copy 2 [^\n]*$/);
  });

  test('the backup of the boot sector helps where that lies', async () => {
    const { image } = withRoot(entryOf('FILE'));
    image.writeUInt32LE(1, 32);
    const { entries, problems } = await readWhole(fatDriver, image);
    assert.ok(entries.has('FILE'));
    assert.match(problems.join('\n'), /boot sector cannot be used, its backup was/);
  });

  test('a boot sector that differs from its backup is told', async () => {
    const { image } = withRoot(entryOf('FILE'));
    image.writeUInt32LE(3, 6 * 512 + 44);
    const { problems } = await readWhole(fatDriver, image);
    assert.match(problems.join('\n'), /boot sector and its backup tell different places/);
  });

  test('an image that was cut is told, and read as far as it goes', async () => {
    const fat = withRoot(entryOf('FILE', { cluster: 5, size: 5 }), entryOf('GONE', { cluster: 150, size: 5 }))
      .chain(5)
      .chain(150);
    const { entries, problems } = await readWhole(fatDriver, fat.fill(5, 'hello').image.subarray(0, 60_000));
    assert.equal(entries.get('FILE')?.text, 'hello');
    assert.equal(problems.filter((problem) => problem.startsWith('TRUNCATED')).length, 2);
  });

  const lies: { name: string; at: number; bytes: number[] }[] = [
    { name: 'no sectors of data', at: 32, bytes: [20, 0, 0, 0] },
    { name: 'a table of one sector for millions of clusters', at: 36, bytes: [0xff, 0xff, 0xff, 0xff] },
    { name: 'a root folder beyond the end', at: 44, bytes: [0xff, 0xff, 0, 0] },
  ];
  for (const { name, at, bytes } of lies) {
    test(`refused: ${name}`, async () => {
      const { image } = new SmallFat32();
      image.set(bytes, at);
      image.set(bytes, 6 * 512 + at);
      await assert.rejects(readWhole(fatDriver, image), Unreadable);
    });
  }

  const others: { name: string; head: Buffer }[] = [
    { name: 'nothing', head: Buffer.alloc(0) },
    { name: 'zeros', head: Buffer.alloc(4096) },
    { name: 'ones', head: Buffer.alloc(4096, 0xff) },
    {
      name: 'NTFS',
      head: Buffer.concat([
        Buffer.from('eb52904e54465320202020000208000000000000 00f8'.replace(' ', ''), 'hex'),
        Buffer.alloc(490, 1),
      ]),
    },
    {
      name: 'exFAT',
      head: Buffer.concat([Buffer.from('eb7690455846415420202000', 'hex'), Buffer.alloc(500)]),
    },
    {
      name: 'a partition table with boot code',
      head: Buffer.concat([
        Buffer.from('33c08ed0bc007c8ec08ed8be007cbf0006b90002fcf3a4', 'hex'),
        Buffer.alloc(489, 0x90),
      ]),
    },
  ];
  for (const { name, head } of others)
    test(`is no FAT: ${name}`, () => assert.equal(fatDriver.probe(head), false));

  test('damaged in many ways', { timeout: 60_000 }, async () => {
    const fat = withRoot(
      longNameOf('a long name.text', checksumOf('ALONGN~1TEX')),
      entryOf('ALONGN~1TEX', { cluster: 5, size: 1300 }),
      entryOf('FOLDER', { attributes: FOLDER, cluster: 10 }),
    );
    fat
      .chain(5, 6, 9)
      .chain(10, 11)
      .fill(10, entryOf('INNER', { cluster: 12, size: 100 }))
      .chain(12);
    await readDamaged(fatDriver, fat.image, 600);
    await readDamaged(fatDriver, unpackImage(FAT12), 600);
  });
});
