import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  fill,
  format,
  missing,
  noMount,
  readAll,
  room,
  setAttribute,
  sha256,
  toReparse,
} from './filesystem-ntfs-images.ts';

/* What mkntfs and ntfs-3g write is read back, and compared file by file with what was written and with the Sleuth Kit. */

/** Marks a folder so that what is written into it is compressed. */
function compress(folder: string): void {
  setAttribute(folder, 'ntfs_attrib_be', Buffer.from([0, 0, 8, 0]));
}

const trees: readonly [name: string, options: readonly string[], canCompress: boolean][] = [
  ['clusters of 512 bytes', ['-c', '512'], true],
  ['clusters of 4 KiB', ['-c', '4096'], true],
  ['clusters of 64 KiB', ['-c', '65536'], false],
  ['clusters of 1 MiB', ['-c', '1048576'], false],
  ['sectors of 4 KiB', ['-s', '4096', '-c', '4096'], true],
];

describe('NTFS, mounted and filled', { skip: noMount }, () => {
  for (const [name, options, canCompress] of trees) {
    test(name, async () => {
      const written = new Map<string, Buffer>();
      const image = fill(
        `tree${trees.findIndex((row) => row[0] === name)}`,
        ['-L', 'My Disk', ...options],
        128,
        (at) => {
          const write = (path: string, bytes: Buffer): void => {
            writeFileSync(join(at, path), bytes);
            written.set(path, bytes);
          };
          for (const folder of ['folder', 'many', 'packed']) mkdirSync(join(at, folder));
          if (canCompress) compress(join(at, 'packed'));
          write('empty', Buffer.alloc(0));
          write('small.txt', Buffer.from('hello'));
          write('folder/program.EXE', randomBytes(3_000_000));
          write('Grüße ☃ 𝄞', Buffer.from('x'));
          write(`packed/${'n'.repeat(200)}`, Buffer.from('the quick brown fox '.repeat(100_000)));
          write(
            'packed/mixed',
            Buffer.concat([
              randomBytes(200_000),
              Buffer.alloc(300_000),
              Buffer.from('abc'.repeat(50_001)),
              randomBytes(77_777),
            ]),
          );
          write('packed/node', readFileSync(process.execPath).subarray(0, 4_000_001));
          for (let file = 0; file < 3000; file++)
            write(`many/file number ${file}.txt`, Buffer.from(`${file}`));
          write('small.txt:evil.exe', Buffer.from('a stream'));
          write('folder:of a folder', randomBytes(200_000));
          writeSparse(join(at, 'sparse'), 30_000_000);
          written.set('sparse', readFileSync(join(at, 'sparse')));
          linkSync(join(at, 'folder/program.EXE'), join(at, 'many/second name'));
          symlinkSync('../small.txt', join(at, 'folder/link'));
          mkdirSync(join(at, 'junction'));
          setAttribute(join(at, 'junction'), 'ntfs_reparse_data', toJunction('\\??\\C:\\Windows\\Temp'));
          utimesSync(join(at, 'small.txt'), 1, 86_400);
        },
      );
      const { fileSystem, files, problems } = await readAll(image);
      assert.deepEqual(problems, []);
      assert.equal(fileSystem.label, 'My Disk');
      assert.match(fileSystem.uuid ?? '', /^[0-9A-F]{16}$/);
      for (const [path, bytes] of written) {
        const found = files.get(path);
        if (path === 'folder/program.EXE' && found?.record.kind === 'hardlink') {
          assert.equal(files.get('many/second name')?.sha256, sha256(bytes));
          continue;
        }
        assert.equal(found?.record.size, bytes.length, path);
        assert.equal(found?.sha256, sha256(bytes), path);
      }
      const kinds = ['folder/program.EXE', 'many/second name'].map((path) => files.get(path)?.record.kind);
      assert.deepEqual(kinds.toSorted(), ['file', 'hardlink']);
      assert.equal(files.get('folder/link')?.record.link, '../small.txt');
      assert.equal(files.get('junction')?.record.link, '/Windows/Temp');
      assert.equal(files.get('small.txt')?.record.mtime, 86_400);
      assert.equal(files.get('folder/program.EXE')?.record.mode, 0o755);
      assert.equal(files.get('small.txt')?.record.mode, 0o644);
      const others = [...files.keys()].filter((path) => !written.has(path)).toSorted();
      assert.deepEqual(others, [
        '$Boot',
        '$Extend',
        '$Extend/$ObjId',
        '$Extend/$Quota',
        '$Extend/$Reparse',
        'folder',
        'folder/link',
        'junction',
        'many',
        'many/second name',
        'packed',
      ]);
    });
  }

  test('a file in thousands of fragments, and a table of files that is so too', async () => {
    const bytes = randomBytes(9_000_000);
    const image = fill('fragments', ['-c', '512', '-z', '1'], 32, (at) => {
      for (let file = 0; file < 4000; file++) writeFileSync(join(at, `${file}`), randomBytes(5000));
      for (let file = 0; file < 4000; file += 2) rmSync(join(at, `${file}`));
      writeFileSync(join(at, 'fragmented'), bytes);
    });
    const { files, problems } = await readAll(image);
    assert.deepEqual(problems, []);
    assert.equal(files.get('fragmented')?.sha256, sha256(bytes));
    assert.match(execFileSync('ntfsinfo', ['-F', 'fragmented', image]).toString(), /\$ATTRIBUTE_LIST/);
  });

  test('a file with more names than its record holds', async () => {
    const image = fill('names', [], 16, (at) => {
      writeFileSync(join(at, 'first'), 'content');
      for (let name = 0; name < 200; name++)
        linkSync(join(at, 'first'), join(at, `${'long name '.repeat(10)}${name}`));
    });
    const { files, problems } = await readAll(image);
    assert.deepEqual(problems, []);
    const named = [...files.values()].filter(({ record }) => /^first|^long/.test(record.path));
    assert.equal(named.length, 201);
    assert.deepEqual(
      named.filter(({ record }) => record.kind === 'file').map(({ sha256: hash }) => hash),
      [sha256('content')],
    );
  });
});

describe('NTFS, beside the Sleuth Kit', { skip: missing('mkntfs', 'ntfscp', 'fls', 'icat') }, () => {
  test('the same names and the same content', async () => {
    const image = format('sleuth', [], 32);
    for (let file = 0; file < 40; file++) {
      const path = join(room, 'source');
      writeFileSync(path, randomBytes(file * 1000));
      execFileSync('ntfscp', [image, path, `/file number ${file}`], { stdio: 'ignore' });
    }
    const { files, problems } = await readAll(image);
    assert.deepEqual(problems, []);
    const listed = execFileSync('fls', ['-r', '-p', '-F', image]).toString().trim().split('\n');
    const others = new Map<string, string>();
    for (const line of listed) {
      const [, inode = '', path = ''] = /^r\/r (\d+-128-\d+):\t(.+)$/.exec(line) ?? [];
      if (!path.startsWith('$') || path === '$Boot') others.set(path, inode);
    }
    others.delete('');
    assert.deepEqual(
      [...files.keys()].filter((path) => !path.startsWith('$Extend')).toSorted(),
      [...others.keys()].toSorted(),
    );
    for (const [path, inode] of others) {
      const content = execFileSync('icat', [image, inode], { maxBuffer: 2 ** 26 });
      assert.equal(files.get(path)?.sha256, sha256(content), path);
    }
  });
});

function writeSparse(path: string, size: number): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, size);
  writeSync(file, 'in the middle', size / 3);
  writeSync(file, 'at the end', size - 20);
  closeSync(file);
}

function toJunction(target: string): Buffer {
  const name = Buffer.from(target, 'utf16le');
  const data = Buffer.alloc(8 + name.length + 4);
  data.writeUInt16LE(name.length, 2);
  data.writeUInt16LE(name.length + 2, 4);
  name.copy(data, 8);
  return toReparse(0xa0000003, data);
}
