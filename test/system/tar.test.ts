import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../src/core/failure.ts';
import type { FileRecord } from '../../src/core/file.ts';
import { LayerRecorder } from '../../src/read/testing/layer-recorder.ts';
import { readArchive } from '../../src/read/testing/read-archive.ts';

/* What real tars write is read back: GNU tar in each of its formats, bsdtar where it is installed. */

let room = '';
let tree = '';
const long = `${'directory-with-a-long-name/'.repeat(8)}file`;

before(() => {
  room = mkdtempSync(join(tmpdir(), 'pratique-tar-'));
  tree = join(room, 'tree');
  mkdirSync(join(tree, 'bin'), { recursive: true });
  writeFileSync(join(tree, 'empty'), '');
  writeFileSync(join(tree, 'bin/tool'), 'x'.repeat(100_000));
  chmodSync(join(tree, 'bin/tool'), 0o4755);
  linkSync(join(tree, 'bin/tool'), join(tree, 'bin/twin'));
  symlinkSync('../bin/tool', join(tree, 'bin/link'));
  writeFileSync(join(tree, 'naïve'), 'utf-8');
  writeFileSync(join(tree, '.wh.gone'), '');
  writeFileSync(join(tree, 'old'), 'old');
  utimesSync(join(tree, 'old'), 1, 86_400);
});

after(() => rmSync(room, { recursive: true, force: true }));

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

function pack(program: string, args: readonly string[]): Buffer {
  return execFileSync(program, [...args, '-cf', '-', '-C', tree, '.'], { maxBuffer: 2 ** 30 });
}

function byPath(layer: LayerRecorder): Map<string, FileRecord> {
  return new Map(layer.files.map((file) => [file.path, file]));
}

async function checkTree(archive: Buffer): Promise<void> {
  const { layer, summary } = await readArchive(archive, { chunk: 10_000 });
  assert.deepEqual(summary.problems, []);
  assert.deepEqual(layer.oddities, []);
  const files = byPath(layer);
  const tool = files.get('bin/tool')?.kind === 'file' ? 'bin/tool' : 'bin/twin';
  const twin = tool === 'bin/tool' ? 'bin/twin' : 'bin/tool';
  assert.equal(layer.contents.get(tool), 'x'.repeat(100_000));
  assert.equal(files.get(tool)?.mode, 0o4755);
  assert.equal(files.get(tool)?.uid, process.getuid?.() ?? 0);
  assert.deepEqual([files.get(twin)?.kind, files.get(twin)?.link], ['hardlink', tool]);
  assert.deepEqual([files.get('bin/link')?.kind, files.get('bin/link')?.link], ['symlink', '../bin/tool']);
  assert.equal(layer.contents.get('naïve'), 'utf-8');
  assert.equal(files.get('empty')?.size, 0);
  assert.equal(files.get('old')?.mtime, 86_400);
  assert.equal(files.get('')?.kind, 'directory');
  assert.deepEqual(layer.whiteouts, [{ path: 'gone', opaque: false }]);
}

describe('GNU tar', () => {
  for (const format of ['v7', 'oldgnu', 'gnu', 'ustar', 'posix']) {
    test(`--format=${format}`, () => checkTree(pack('tar', [`--format=${format}`])));
  }

  for (const format of ['gnu', 'posix']) {
    test(`--format=${format}: names and link targets over 100 bytes`, async () => {
      const folder = join(room, `long-${format}`);
      mkdirSync(join(folder, long, '..'), { recursive: true });
      writeFileSync(join(folder, long), 'deep');
      symlinkSync(long, join(folder, 'link'));
      const archive = execFileSync('tar', [`--format=${format}`, '-cf', '-', '-C', folder, '.']);
      const { layer, summary } = await readArchive(archive, { chunk: 700 });
      assert.deepEqual(summary.problems, []);
      assert.equal(layer.contents.get(long), 'deep');
      assert.equal(byPath(layer).get('link')?.link, long);
    });
  }

  for (const args of [
    ['--format=gnu'],
    ['--format=posix', '--sparse-version=0.0'],
    ['--format=posix', '--sparse-version=0.1'],
    ['--format=posix', '--sparse-version=1.0'],
  ]) {
    test(`--sparse ${args.join(' ')}`, async () => {
      const folder = mkdtempSync(join(room, 'sparse-'));
      const path = join(folder, 'holes');
      writeFileSync(path, '');
      for (let part = 0; part < 30; part++) {
        truncateSync(path, part * 65_536);
        writeFileSync(path, `part ${part}`, { flag: 'a' });
      }
      truncateSync(path, 5_000_000);
      const archive = execFileSync('tar', [...args, '--sparse', '-cf', '-', '-C', folder, 'holes']);
      assert.ok(archive.length < 1_000_000, 'tar wrote the holes out');
      const { layer, summary } = await readArchive(archive, {
        recorder: new LayerRecorder({ digestOnly: true }),
      });
      assert.deepEqual(summary.problems, []);
      assert.deepEqual(layer.oddities, []);
      assert.equal(byPath(layer).get('holes')?.size, 5_000_000);
      assert.equal(
        layer.contents.get('holes'),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      );
    });
  }

  test('--xattrs', async (context) => {
    const path = join(tree, 'old');
    const set = spawnSync('python3', [
      '-c',
      'import os,sys; os.setxattr(sys.argv[1], "user.note", b"hi\\xff")',
      path,
    ]);
    if (set.status !== 0) return context.skip('no extended attributes can be set here');
    const { layer } = await readArchive(pack('tar', ['--xattrs', '--xattrs-include=*']));
    assert.deepEqual(byPath(layer).get('old')?.xattrs, { 'user.note': 'hi\xff' });
  });

  test('an appended archive ends at its one end', async () => {
    const path = join(room, 'appended.tar');
    writeFileSync(path, pack('tar', []));
    execFileSync('tar', ['-rf', path, '-C', tree, 'old', '--transform=s/old/new/']);
    const { layer, summary } = await readArchive(readFileSync(path));
    assert.deepEqual([summary.problems, layer.oddities], [[], []]);
    assert.equal(layer.contents.get('new'), 'old');
  });
});

for (const [program, args] of [
  ['gzip', ['-c']],
  ['zstd', ['-c', '-q']],
  ['xz', ['-c', '-T2', '--block-size=65536']],
  ['pigz', ['-c', '-i']],
] as const) {
  test(`compressed by ${program}, twice over`, {
    skip: has(program) ? false : `${program} is not installed`,
  }, async () => {
    const archive = pack('tar', []);
    const half = 70_000;
    const packed = [archive.subarray(0, half), archive.subarray(half)].map((input) =>
      execFileSync(program, args, { input, maxBuffer: 2 ** 30 }),
    );
    await checkTree(Buffer.concat(packed));
  });
}

describe('bsdtar', { skip: has('bsdtar') ? false : 'bsdtar is not installed' }, () => {
  for (const format of ['ustar', 'pax', 'gnutar', 'v7']) {
    test(`--format=${format}`, () => checkTree(pack('bsdtar', ['--format', format])));
  }
});

for (const program of ['tar', 'gzip', 'zstd', 'xz']) {
  test(`a mutated ${program} file: a summary or a failure, and no hang`, async () => {
    const archive = pack('tar', ['--format=posix']);
    const bytes = program === 'tar' ? archive : execFileSync(program, ['-c'], { input: archive });
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const copy = Buffer.from(bytes);
        for (const [at, byte] of changes) copy[at] = byte;
        await readArchive(copy, { limits: { bytes: 2 ** 22 } }).catch((error: unknown) => {
          if (!isFailure(error)) throw error;
        });
      }),
      { numRuns: 200, interruptAfterTimeLimit: 1500 },
    );
  });
}
