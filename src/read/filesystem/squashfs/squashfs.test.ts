import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { squashfsDriver } from './index.ts';
import { GZIP, LZ4, LZO, PLAIN, XZ, ZSTD } from './testing/small-images.ts';
import { readDamaged, readWhole, unpackImage } from './testing/whole-tree.ts';

const MTIME = 1_600_000_000;
const NOTE = { 'user.note': 'a value that is long enough to be stored elsewhere when shared' };

const images = [
  { name: 'gzip', image: unpackImage(GZIP) },
  { name: 'xz', image: unpackImage(XZ) },
  { name: 'lzo', image: unpackImage(LZO) },
  { name: 'lz4', image: unpackImage(LZ4) },
  { name: 'zstd', image: unpackImage(ZSTD) },
  { name: 'not compressed', image: unpackImage(PLAIN) },
];

describe('squashfs', () => {
  for (const { name, image } of images) {
    test(`reads all there is: ${name}`, async () => {
      assert.ok(squashfsDriver.probe(image));
      const { entries, problems, fileSystem } = await readWhole(squashfsDriver, image);
      assert.deepEqual(problems, []);
      assert.equal(fileSystem.kind, 'squashfs');
      assert.deepEqual(
        [...entries.keys()],
        [
          'bin',
          'bin/large',
          'bin/link',
          'bin/tool',
          'bin/twin',
          'empty',
          'etc',
          'etc/passwd',
          'pipe',
          'sparse',
        ],
      );
      const common = { uid: 0, gid: 0, mtime: MTIME };
      const text = 'root:x:0:0::/root:/bin/sh\n';
      assert.deepEqual(entries.get('etc/passwd'), {
        path: 'etc/passwd',
        kind: 'file',
        mode: 0o644,
        uid: 1000,
        gid: 1001,
        mtime: MTIME,
        size: text.length,
        xattrs: NOTE,
        text,
      });
      const { text: tool, ...program } = entries.get('bin/tool') ?? assert.fail();
      assert.deepEqual(program, {
        path: 'bin/tool',
        kind: 'file',
        mode: 0o4755,
        ...common,
        size: 1284,
        xattrs: NOTE,
      });
      assert.ok(tool?.startsWith('\x7fELF'));
      assert.equal(entries.get('bin/twin')?.link, 'bin/tool');
      assert.equal(entries.get('bin/link')?.link, '../etc/passwd');
      assert.equal(entries.get('bin/large')?.text, 'line of text\n'.repeat(1000));
      assert.equal(entries.get('sparse')?.text, '\0'.repeat(20_000));
      assert.equal(entries.get('pipe')?.kind, 'fifo');
    });
  }

  test('a file that is all holes says how little is stored', async () => {
    const { fileSystem } = await readWhole(squashfsDriver, unpackImage(GZIP));
    const stored: unknown[] = [];
    for await (const listed of fileSystem.list(await fileSystem.root())) {
      if (listed.kind === 'name' && listed.name.toString() === 'sparse')
        stored.push((await listed.open()).stored);
    }
    assert.ok(typeof stored[0] === 'number' && stored[0] < 4096, String(stored));
  });

  const changed = (change: (image: Buffer) => void): Buffer => {
    const image = unpackImage(PLAIN);
    change(image);
    return image;
  };

  const refused: { name: string; image: Buffer; code: string; message: RegExp }[] = [
    {
      name: 'version 3',
      image: changed((image) => image.writeUInt16LE(3, 28)),
      code: 'UNSUPPORTED',
      message: /3\.0/,
    },
    {
      name: 'big-endian',
      image: changed((image) => image.write('sqsh')),
      code: 'UNSUPPORTED',
      message: /big-endian/,
    },
    {
      name: 'LZMA outside of the format',
      image: changed((image) => image.write('shsq')),
      code: 'UNSUPPORTED',
      message: /LZMA/,
    },
    {
      name: 'LZMA1',
      image: changed((image) => image.writeUInt16LE(2, 20)),
      code: 'UNSUPPORTED',
      message: /LZMA1/,
    },
    {
      name: 'an unknown compressor',
      image: changed((image) => image.writeUInt16LE(9, 20)),
      code: 'UNSUPPORTED',
      message: /compressor 9/,
    },
    {
      name: 'blocks of no power of two',
      image: changed((image) => image.writeUInt32LE(5000, 12)),
      code: 'MALFORMED_FILE_SYSTEM',
      message: /5000/,
    },
    {
      name: 'blocks of 2 GiB',
      image: changed((image) => image.writeUInt32LE(2 ** 31, 12)),
      code: 'MALFORMED_FILE_SYSTEM',
      message: /blocks of/,
    },
    {
      name: 'a root beyond the end',
      image: changed((image) => image.writeUInt32LE(0x7fffffff, 34)),
      code: 'MALFORMED_FILE_SYSTEM',
      message: /beyond/,
    },
    {
      name: 'no table of inodes',
      image: changed((image) => image.fill(0xff, 64, 72)),
      code: 'MALFORMED_FILE_SYSTEM',
      message: /inodes/,
    },
    {
      name: 'nothing behind the superblock',
      image: unpackImage(PLAIN).subarray(0, 96),
      code: 'TRUNCATED',
      message: /ends at byte/,
    },
  ];

  for (const { name, image, code, message } of refused) {
    test(`refused: ${name}`, async () => {
      assert.ok(squashfsDriver.probe(image));
      await assert.rejects(readWhole(squashfsDriver, image), (error) => {
        assert.ok(error instanceof Unreadable, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('what is left of a truncated image is read', async () => {
    const image = unpackImage(PLAIN);
    const { problems } = await readWhole(squashfsDriver, image.subarray(0, image.length - 40)).catch(
      (error: Unreadable) => ({ problems: [error.code] }),
    );
    assert.ok(
      problems.some((problem) => problem.startsWith('TRUNCATED')),
      problems.join('\n'),
    );
  });

  test('owners that are not there are told, and the file is read', async () => {
    const image = changed((bytes) => bytes.writeUInt16LE(1, 26));
    const { entries, problems } = await readWhole(squashfsDriver, image);
    assert.ok(
      problems.some((problem) => /MALFORMED_FILE_SYSTEM etc\/passwd: its owner/.test(problem)),
      problems.join('\n'),
    );
    assert.ok(entries.get('etc/passwd')?.text?.startsWith('root:'));
  });

  test('a link leads to its first NUL, and what follows is told', async () => {
    const image = changed((bytes) => bytes.write('\0', bytes.indexOf('../etc/passwd') + '../etc'.length));
    const { entries, problems } = await readWhole(squashfsDriver, image);
    assert.equal(entries.get('bin/link')?.link, '../etc');
    assert.deepEqual(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', /^MALFORMED_FILE_SYSTEM bin\/link: it is a link whose target goes on/);
  });

  test('no magic, no squashfs', () => {
    assert.equal(squashfsDriver.probe(Buffer.alloc(0)), false);
    assert.equal(squashfsDriver.probe(Buffer.alloc(4096)), false);
  });

  for (const { name, image, rounds } of images.map((row) => ({
    ...row,
    rounds: row.name === 'not compressed' ? 600 : 60,
  }))) {
    test(`damaged in many ways: ${name}`, { timeout: 60_000 }, async () => {
      await readDamaged(squashfsDriver, image, rounds);
    });
  }
});
