import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { flatten } from './filesystem-ext-compare.ts';
import {
  CAPABILITY,
  content,
  makeImage,
  makeTree,
  mounted,
  mountSkip,
  skip,
  withFileSystem,
  writeThrough,
} from './filesystem-ext-images.ts';

/* What cannot be read is said, and what debugfs changed is seen. */

let room = '';
let tree = '';

before(() => {
  if (skip !== false) return;
  room = mkdtempSync(join(tmpdir(), 'pratique-ext-'));
  tree = join(room, 'tree');
  makeTree(tree);
});

after(() => {
  if (room !== '') rmSync(room, { recursive: true, force: true });
});

describe('what cannot be read is said', { skip: skip === false ? mountSkip() : skip }, () => {
  test('fast commits', async () => {
    const image = join(room, 'fast.img');
    const copy = join(room, 'copy.img');
    makeImage(image, 64, ['-t', 'ext4', '-O', 'fast_commit']);
    await mounted(room, image, undefined, async (at) => {
      for (let number = 0; number < 30; number++) writeThrough(join(at, `file ${number}`), content(100));
      execFileSync('cp', [image, copy]);
    });
    await withFileSystem(copy, async ({ flaws }) => {
      assert.deepEqual(
        flaws.map(({ code }) => code),
        ['UNSUPPORTED'],
      );
      assert.match(flaws[0]?.message ?? '', /fast commits/);
    });
  });

  test('encrypted files', {
    skip: spawnSync('e4crypt').error !== undefined && 'needs e4crypt',
  }, async (context) => {
    const image = join(room, 'encrypted.img');
    makeImage(image, 64, ['-t', 'ext4', '-O', 'encrypt']);
    let encrypts = false;
    await mounted(room, image, undefined, async (at) => {
      const folder = join(at, 'secret');
      mkdirSync(folder);
      encrypts =
        spawnSync('e4crypt', ['add_key', '-S', '0x1234abcd', folder], { input: 'passphrase\n' }).status === 0;
      writeFileSync(join(folder, 'a file'), 'content');
      symlinkSync('target', join(folder, 'a link'));
    });
    if (!encrypts) return context.skip('needs encryption in the kernel');
    return withFileSystem(image, async (fileSystem) => {
      assert.deepEqual(fileSystem.flaws, []);
      const found = [...(await flatten(fileSystem))].filter(([path]) => path.startsWith('secret'));
      assert.equal(found.length, 3);
      for (const [path, node] of found) {
        assert.doesNotMatch(path, /a file|a link/);
        assert.deepEqual(
          node.flaws.map(({ code }) => code),
          ['ENCRYPTED'],
        );
        assert.equal(node.target, undefined);
        if (node.kind === 'file') await assert.rejects(node.read(0, node.size), { code: 'ENCRYPTED' });
      }
    });
  });

  test('attributes, files and names that debugfs changed', async () => {
    const image = join(room, 'changed.img');
    makeImage(image, 512, ['-t', 'ext4', '-d', tree]);
    const value = join(room, 'value');
    writeFileSync(value, Buffer.from(CAPABILITY.slice(2), 'hex'));
    for (const command of [
      `ea_set -f ${value} /sizes/100 security.capability`,
      'sif /sizes/60 flags 0x80800',
      'rm /sizes/61',
      'ln /sizes/127 /sizes/again',
    ])
      execFileSync('debugfs', ['-w', '-R', command, image], { stdio: 'ignore' });
    const dumped = join(room, 'dumped');
    execFileSync('debugfs', ['-R', `dump /sizes/5000000 ${dumped}`, image], { stdio: 'ignore' });
    await withFileSystem(image, async (fileSystem) => {
      const found = await flatten(fileSystem);
      assert.deepEqual(
        { ...found.get('sizes/100')?.xattrs },
        { 'security.capability': readFileSync(value, 'latin1') },
      );
      assert.deepEqual(
        found.get('sizes/60')?.flaws.map(({ code }) => code),
        ['ENCRYPTED'],
      );
      assert.ok(!found.has('sizes/61'));
      assert.equal(found.get('sizes/again')?.id, found.get('sizes/127')?.id);
      assert.ok(
        readFileSync(dumped).equals(
          (await found.get('sizes/5000000')?.read(0, 5_000_000)) ?? Buffer.alloc(0),
        ),
      );
    });
  });

  test('sockets are left out', async () => {
    const image = join(room, 'sockets.img');
    makeImage(image, 16, ['-t', 'ext4']);
    await mounted(room, image, undefined, async (at) => {
      const server = createServer().listen(join(at, 'socket'));
      await once(server, 'listening');
      // Else it is removed with the server.
      renameSync(join(at, 'socket'), join(at, 'left'));
      server.close();
    });
    await withFileSystem(image, async (fileSystem) => {
      assert.deepEqual([...(await flatten(fileSystem)).keys()], ['lost+found']);
    });
  });
});
