import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { FileRecord } from '../../src/core/file.ts';
import { LocalDisk } from '../../src/read/disk/local-disk.ts';
import { contentOf } from '../../src/read/filesystem/content.ts';
import type { FileSystem } from '../../src/read/filesystem/contract.ts';
import { ntfsDriver } from '../../src/read/filesystem/ntfs/index.ts';
import { walk } from '../../src/read/filesystem/walk.ts';

/* What mkntfs and ntfs-3g write is read back, and compared file by file with what was written and with the Sleuth Kit. */

const room = mkdtempSync(join(tmpdir(), 'pratique-ntfs-'));
after(() => rmSync(room, { recursive: true, force: true }));

function missing(...programs: readonly string[]): string | false {
  const absent = programs.find((program) => spawnSync('which', [program]).status !== 0);
  return absent === undefined ? false : `needs ${absent}`;
}

/** Whether file systems can be mounted in user space here. */
function unmountable(): string | false {
  const absent = missing('mkntfs', 'ntfs-3g', 'fusermount', 'setfattr');
  if (absent !== false) return absent;
  try {
    fill('probe', [], 8, () => {});
    return false;
  } catch {
    return 'needs FUSE';
  }
}

function format(name: string, options: readonly string[], megabytes: number): string {
  const image = join(room, `${name}.img`);
  writeFileSync(image, '');
  truncateSync(image, megabytes * 2 ** 20);
  execFileSync('mkntfs', ['-F', '-q', ...options, image], { stdio: 'ignore' });
  return image;
}

/** An image with what is written to where it is mounted. */
function fill(
  name: string,
  options: readonly string[],
  megabytes: number,
  write: (at: string) => void,
): string {
  const image = format(name, options, megabytes);
  const at = join(room, `${name}.mounted`);
  mkdirSync(at);
  const mounting = 'compression,streams_interface=windows,special_files=wsl';
  execFileSync('ntfs-3g', ['-o', mounting, image, at], { stdio: 'ignore' });
  try {
    write(at);
  } finally {
    execFileSync('fusermount', ['-u', at]);
    settle(image);
  }
  rmdirSync(at);
  return image;
}

/** Unmounting returns before the program that serves the mount has ended; the volume is clean when it has. */
function settle(image: string): void {
  for (let turn = 0; turn < 100; turn++) {
    if (spawnSync('ntfs-3g.probe', ['--readwrite', image]).status === 0) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

interface Found {
  readonly record: FileRecord;
  readonly sha256: string | undefined;
}

interface Reading {
  readonly fileSystem: FileSystem;
  readonly files: ReadonlyMap<string, Found>;
  readonly problems: readonly string[];
}

async function readAll(image: string): Promise<Reading> {
  const disk = LocalDisk.open(image, { follow: true });
  try {
    const fileSystem = await ntfsDriver.open(disk);
    assert.deepEqual(fileSystem.flaws.map(String), []);
    const files = new Map<string, Found>();
    const problems: string[] = [];
    for await (const step of walk(fileSystem, await fileSystem.root(), { mount: '', pathLength: 4096 })) {
      if (step.kind === 'problem') {
        problems.push(`${step.problem.path}: ${step.problem.code}`);
        continue;
      }
      const { record, node } = step;
      const hash = createHash('sha256');
      if (record.kind === 'file')
        for await (const piece of contentOf(node, new AbortController().signal)) hash.update(piece);
      files.set(record.path, { record, sha256: record.kind === 'file' ? hash.digest('hex') : undefined });
    }
    return { fileSystem, files, problems };
  } finally {
    await disk.close();
  }
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function setAttribute(path: string, name: string, value: Buffer): void {
  execFileSync('setfattr', ['-h', '-n', `system.${name}`, '-v', `0x${value.toString('hex')}`, path]);
}

/** Marks a folder so that what is written into it is compressed. */
function compress(folder: string): void {
  setAttribute(folder, 'ntfs_attrib_be', Buffer.from([0, 0, 8, 0]));
}

const noMount = unmountable();

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

  const algorithms: readonly [name: string, number: number, options: readonly string[]][] = [
    ['XPRESS, 4 KiB', 0, ['--compress=XPRESS', '--chunk-size=4096']],
    ['XPRESS, 8 KiB', 2, ['--compress=XPRESS', '--chunk-size=8192']],
    ['XPRESS, 16 KiB', 3, ['--compress=XPRESS', '--chunk-size=16384']],
    ['LZX', 1, ['--compress=LZX']],
    ['LZX, squeezed', 1, ['--compress=LZX:100']],
  ];
  for (const [name, algorithm, options] of algorithms) {
    test(`system compression: ${name}`, { skip: missing('wimcapture') }, async () => {
      const sources = [
        readFileSync(process.execPath).subarray(2 ** 20, 4 * 2 ** 20 + 4321),
        Buffer.concat([randomBytes(50_000), Buffer.from('text '.repeat(40_000)), randomBytes(7)]),
        Buffer.from('x'.repeat(70_000)),
      ];
      const packed = sources.map((bytes) => packAsWim(bytes, options));
      const image = fill(`system${algorithms.findIndex((row) => row[0] === name)}`, [], 32, (at) => {
        sources.forEach((bytes, index) => {
          const path = join(at, `${index}.exe`);
          writeFileSync(path, '');
          writeFileSync(`${path}:WofCompressedData`, packed[index] ?? '');
          truncateSync(path, bytes.length);
          setAttribute(path, 'ntfs_reparse_data', toWof(algorithm));
        });
      });
      const { files, problems } = await readAll(image);
      assert.deepEqual(problems, []);
      sources.forEach((bytes, index) => {
        assert.equal(files.get(`${index}.exe`)?.sha256, sha256(bytes), `${index}`);
      });
      assert.deepEqual(
        [...files.keys()].filter((path) => path.includes(':')),
        [],
      );
    });
  }
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

function toReparse(tag: number, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(tag, 0);
  header.writeUInt16LE(data.length, 4);
  return Buffer.concat([header, data]);
}

function toJunction(target: string): Buffer {
  const name = Buffer.from(target, 'utf16le');
  const data = Buffer.alloc(8 + name.length + 4);
  data.writeUInt16LE(name.length, 2);
  data.writeUInt16LE(name.length + 2, 4);
  name.copy(data, 8);
  return toReparse(0xa0000003, data);
}

function toWof(algorithm: number): Buffer {
  const data = Buffer.alloc(16);
  data.writeUInt32LE(1, 0);
  data.writeUInt32LE(2, 4);
  data.writeUInt32LE(1, 8);
  data.writeUInt32LE(algorithm, 12);
  return toReparse(0x80000017, data);
}

/** A WIM file keeps content as system compression does: a table of chunks, then the chunks. */
function packAsWim(bytes: Buffer, options: readonly string[]): Buffer {
  const folder = mkdtempSync(join(room, 'wim-'));
  const wim = `${folder}.wim`;
  writeFileSync(join(folder, 'file'), bytes);
  execFileSync('wimcapture', [folder, wim, ...options], { stdio: 'ignore' });
  const file = readFileSync(wim);
  const table = Number(file.readBigUInt64LE(56));
  const wanted = createHash('sha1').update(bytes).digest();
  for (let entry = table; entry < table + file.readUIntLE(48, 6); entry += 50) {
    const at = Number(file.readBigUInt64LE(entry + 8));
    if (file.subarray(entry + 30, entry + 50).equals(wanted))
      return file.subarray(at, at + file.readUIntLE(entry, 6));
  }
  throw new Error(`no ${readdirSync(folder)} in ${wim}`);
}
