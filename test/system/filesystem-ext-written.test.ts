import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compare } from './filesystem-ext-compare.ts';
import {
  content,
  makeImage,
  makeSparse,
  mounted,
  mountSkip,
  skip,
  withFileSystem,
  writeThrough,
} from './filesystem-ext-images.ts';

/* What Linux writes, and what it has in its journal only, is read back and compared with what it shows. */

let room = '';

before(() => {
  if (skip !== false) return;
  room = mkdtempSync(join(tmpdir(), 'pratique-ext-'));
});

after(() => {
  if (room !== '') rmSync(room, { recursive: true, force: true });
});

describe('what Linux writes', { skip: skip === false ? mountSkip() : skip }, () => {
  for (const { name, options, mount } of [
    { name: 'ext2', options: ['-t', 'ext2', '-b', '1024'] },
    { name: 'ext3', options: ['-t', 'ext3', '-b', '1024'] },
    { name: 'ext4', options: ['-t', 'ext4'] },
    { name: 'ext4, 1 KiB blocks', options: ['-t', 'ext4', '-b', '1024'] },
    { name: 'inline data', options: ['-t', 'ext4', '-O', 'inline_data'] },
    { name: 'inline data in inodes of 1 KiB', options: ['-t', 'ext4', '-O', 'inline_data', '-I', '1024'] },
    { name: 'clusters', options: ['-t', 'ext4', '-O', 'bigalloc'] },
    { name: 'large values in inodes', options: ['-t', 'ext4', '-O', 'ea_inode'] },
    { name: 'large folders', options: ['-t', 'ext4', '-b', '1024', '-O', 'large_dir'] },
    { name: 'no checksums', options: ['-t', 'ext4', '-O', '^metadata_csum'] },
  ] as readonly { name: string; options: string[]; mount?: string }[]) {
    test(name, async () => {
      const image = join(room, 'written.img');
      makeImage(image, 512, options);
      await mounted(room, image, mount, async (at) => {
        writeMuch(at, options);
      });
      await mounted(room, image, 'ro', (at) =>
        withFileSystem(image, async (fileSystem) => {
          assert.deepEqual(fileSystem.flaws, []);
          await compare(fileSystem, at);
        }),
      );
    });
  }

  for (const { name, options, mount } of [
    { name: 'ext3', options: ['-t', 'ext3'] },
    { name: 'ext4', options: ['-t', 'ext4'] },
    { name: 'data too', options: ['-t', 'ext4', '-b', '1024'], mount: 'data=journal' },
    { name: 'without checksums', options: ['-t', 'ext4', '-O', '^metadata_csum,^64bit'] },
    { name: '64 bits without checksums', options: ['-t', 'ext4', '-O', '^metadata_csum'] },
    { name: '32 bits with checksums', options: ['-t', 'ext4', '-O', '^64bit'] },
  ]) {
    test(`a journal that was not replayed: ${name}`, async () => {
      const image = join(room, 'busy.img');
      const copy = join(room, 'copy.img');
      makeImage(image, 128, options);
      await mounted(room, image, mount, async (at) => {
        for (let round = 0; round < 5; round++) {
          for (let number = 0; number < 60; number++)
            writeThrough(join(at, `file ${round} ${number}`), content(number * 50));
          mkdirSync(join(at, `folder ${round}`));
          if (round > 0) rmSync(join(at, `folder ${round - 1}`), { recursive: true });
          // Begins as a block of the journal does, which has to be escaped.
          writeThrough(
            join(at, `magic ${round}`),
            Buffer.concat([Buffer.from('c03b3998', 'hex'), content(5000)]),
          );
        }
        execFileSync('cp', [image, copy]);
        await withFileSystem(copy, async (fileSystem) => {
          assert.deepEqual(fileSystem.flaws, []);
          await compare(fileSystem, at);
        });
        // It was the journal that had them.
        execFileSync('debugfs', ['-w', '-R', 'feature -needs_recovery', copy], { stdio: 'ignore' });
        await assert.rejects(withFileSystem(copy, (fileSystem) => compare(fileSystem, at)));
      });
    });
  }
});

function writeMuch(at: string, options: readonly string[]): void {
  makeSparse(join(at, 'sparse'), [0, 100_000, 4_300_000, 70_000_000], 70_009_000);
  makeFragments(join(at, 'fragments'));
  mkdirSync(join(at, 'indexed'));
  for (let number = 0; number < 4000; number++)
    writeFileSync(join(at, 'indexed', `${'n'.repeat(number % 180)} ${number}`), '');
  for (let number = 0; number < 4000; number += 3)
    rmSync(join(at, 'indexed', `${'n'.repeat(number % 180)} ${number}`));
  for (const count of [1, 3, 5, 8, 20]) {
    mkdirSync(join(at, `names ${count}`));
    for (let number = 0; number < count; number++)
      writeFileSync(join(at, `names ${count}`, `name ${number}`), content(number * 9));
  }
  for (const length of [1, 59, 60, 61, 120, 155, 160, 1000]) {
    symlinkSync('t'.repeat(length), join(at, `link ${length}`));
    writeFileSync(join(at, `file ${length}`), content(length));
  }
  writeFileSync(join(at, 'later'), 'later');
  if (options.includes('ext4')) lutimesSync(join(at, 'later'), 9_000_000_000, 9_000_000_000);
  const unwritten = join(at, 'unwritten');
  if (options.includes('ext4')) execFileSync('fallocate', ['-l', '300000', unwritten]);
  else writeFileSync(unwritten, '');
  writeFileSync(join(at, 'attributes'), 'x');
  for (let number = 0; number < 8; number++)
    execFileSync('setfattr', [
      '-n',
      `user.${number}`,
      '-v',
      String(number).repeat(90),
      join(at, 'attributes'),
    ]);
  if (!options.includes('ea_inode')) return;
  for (const [name, size] of [
    ['user.large', 9_000],
    ['trusted.larger', 60_000],
  ] as const)
    execFileSync('setfattr', ['-n', name, '-v', 'v'.repeat(size), join(at, 'attributes')]);
}

/** Holes between all its blocks: extents by the thousand. */
function makeFragments(path: string): void {
  const file = openSync(path, 'w');
  const bytes = content(4096);
  for (let number = 0; number < 3000; number++) writeSync(file, bytes, 0, 4096, number * 12_288);
  closeSync(file);
}
