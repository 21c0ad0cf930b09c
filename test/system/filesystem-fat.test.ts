import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fatDriver } from '../../src/read/filesystem/fat/index.ts';
import { describeFolder, type Entry, has, readTree } from './filesystem-tree.ts';

/* What mkfs.vfat and mtools write is read back, and compared with where it came from. */

const ENVIRONMENT = {
  ...process.env,
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
};
const MTIME = 1_600_000_000;

let room = '';
let tree = '';
let expected: ReadonlyMap<string, Entry> = new Map();

before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-fat-'));
  tree = join(room, 'tree');
  for (const folder of ['EFI/BOOT', 'a folder with a long name/and one in it', 'many', 'empty'])
    mkdirSync(join(tree, folder), { recursive: true });
  const write = (path: string, content: Buffer | string): void => {
    writeFileSync(join(tree, path), content);
    utimesSync(join(tree, path), MTIME, MTIME);
  };
  write('EFI/BOOT/BOOTX64.EFI', randomBytes(150_001));
  write('EMPTY.TXT', '');
  write('lower.txt', 'lower case in eight and three letters');
  write('MiXeD.TxT', 'mixed');
  write('a folder with a long name/and one in it/a file with a name of some letters more.config', 'long');
  write('héllo wörld ünïcode ☃ snow.txt', 'letters of many kinds');
  write(`${'x'.repeat(251)}.txt`, 'the longest name there is');
  write('exactly 13 ch', 'no end mark');
  for (let index = 0; index < 300; index++) write(`many/file number ${index}`, `content ${index}`);
  expected = describeFolder(tree);
});

after(() => rmSync(room, { recursive: true, force: true }));

const mtools = (command: string, ...options: string[]): string =>
  execFileSync(command, options, { env: ENVIRONMENT, stdio: 'pipe' }).toString();

/** As FAT tells them. */
function asFat(entry: Entry, path: string): Omit<Entry, 'mtime'> {
  const program = entry.kind === 'directory' || /\.efi$/i.test(path);
  const { mtime: _, ...rest } = entry;
  return { ...rest, mode: program ? 0o755 : 0o644, uid: 0, gid: 0 };
}

function fill(image: string, size: number, options: readonly string[]): void {
  rmSync(image, { force: true });
  writeFileSync(image, '');
  truncateSync(image, size);
  mtools('mkfs.vfat', '-n', 'A LABEL', '-i', 'abcd1234', ...options, image);
  mtools('mcopy', '-s', '-m', '-Q', '-i', image, ...readdirSync(tree).map((name) => join(tree, name)), '::/');
}

const MIB = 2 ** 20;
const kinds: { name: string; size: number; options: string; kind: string }[] = [
  { name: 'FAT12', size: 4 * MIB, options: '-F 12', kind: 'fat12' },
  { name: 'FAT12, one copy of the table', size: 4 * MIB, options: '-F 12 -f 1', kind: 'fat12' },
  { name: 'FAT16', size: 32 * MIB, options: '-F 16', kind: 'fat16' },
  { name: 'FAT16, sectors of 4096 bytes', size: 64 * MIB, options: '-F 16 -S 4096 -s 1', kind: 'fat16' },
  { name: 'FAT16, clusters of 32 KiB', size: 200 * MIB, options: '-F 16 -s 64', kind: 'fat16' },
  { name: 'FAT32', size: 300 * MIB, options: '-F 32', kind: 'fat32' },
  { name: 'FAT32, clusters of 512 bytes', size: 64 * MIB, options: '-F 32 -s 1', kind: 'fat32' },
  { name: 'FAT32, sectors of 4096 bytes', size: 300 * MIB, options: '-F 32 -S 4096 -s 1', kind: 'fat32' },
  { name: 'FAT32 without a backup', size: 64 * MIB, options: '-F 32 -s 1 -b 0', kind: 'fat32' },
  { name: 'what is chosen for 16 MiB', size: 16 * MIB, options: '', kind: 'fat16' },
];

const skip = has('mkfs.vfat') && has('mcopy') ? false : 'needs mkfs.vfat and mtools';

describe('FAT, as mkfs.vfat and mtools write it', { skip }, () => {
  for (const { name, size, options, kind } of kinds) {
    test(name, async () => {
      const image = join(room, 'image');
      fill(image, size, options === '' ? [] : options.split(' '));
      const { fileSystem, entries, problems } = await readTree(fatDriver, image);
      assert.deepEqual(problems, []);
      assert.equal(fileSystem.kind, kind);
      assert.equal(fileSystem.uuid, 'ABCD-1234');
      assert.equal(fileSystem.label, 'A LABEL');
      assert.deepEqual([...entries.keys()].sort(), [...expected.keys()].sort());
      for (const [path, entry] of expected) {
        const { mtime, ...found } = entries.get(path) ?? assert.fail(path);
        assert.deepEqual(found, asFat(entry, path), path);
        if (entry.kind === 'file') assert.equal(mtime, MTIME, path);
      }
    });
  }

  test('files in many pieces, deleted ones between them', async () => {
    const image = join(room, 'image');
    fill(image, 32 * MIB, ['-F', '16', '-s', '1']);
    const content = randomBytes(3 * MIB + 5);
    writeFileSync(join(room, 'piece'), 'x'.repeat(700));
    for (let index = 0; index < 40; index++)
      mtools('mcopy', '-i', image, join(room, 'piece'), `::/piece ${index}`);
    for (let index = 0; index < 40; index += 2) mtools('mdel', '-i', image, `::/piece ${index}`);
    for (let index = 0; index < 300; index += 2) mtools('mdel', '-i', image, `::/many/file number ${index}`);
    writeFileSync(join(room, 'fragmented'), content);
    mtools('mcopy', '-i', image, join(room, 'fragmented'), '::/fragmented');
    const { entries, problems } = await readTree(fatDriver, image);
    assert.deepEqual(problems, []);
    assert.equal(entries.has('piece 0'), false);
    assert.equal(entries.has('many/file number 298'), false);
    assert.equal(entries.get('piece 1')?.size, 700);
    rmSync(join(room, 'one'), { recursive: true, force: true });
    mkdirSync(join(room, 'one'));
    writeFileSync(join(room, 'one/fragmented'), content);
    assert.equal(
      entries.get('fragmented')?.content,
      describeFolder(join(room, 'one')).get('fragmented')?.content,
    );
  });
});
