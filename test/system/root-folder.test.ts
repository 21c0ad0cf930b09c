import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { open } from '../../src/read/open.ts';
import { run } from '../peers/run.ts';
import { file, Lines, lacking, look, makeRoot, options } from './sources-layers.ts';

/* A root file system, as a folder and as a tar; and a disk that has no room for what is unpacked. */

describe('a root file system', { skip: lacking('tar') }, () => {
  test('reads the same as a folder and as a tar', async () => {
    const root = file('root');
    mkdirSync(root);
    makeRoot(root);
    run('tar', ['-C', root, '--sort=name', '-cf', file('root.tar'), '.']);
    const fromTar = await look(`rootfs:${file('root.tar')}`);
    const sink = new Lines();
    const [image] = await open(`rootfs:${root}`, options());
    await image?.layers[0]?.read(sink, new AbortController().signal);
    // A tar has an entry for the root itself.
    const inTar = fromTar.layers[0]?.filter((line) => !line.startsWith(' directory'));
    assert.deepEqual(sink.lines.sort(), inTar);
  });
});

describe('a full disk', { skip: lacking('mount', 'gzip') }, () => {
  const small = file('small');
  let mounted = false;
  before(() => {
    mkdirSync(small);
    try {
      run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
      mounted = true;
    } catch {
      // Not allowed here: the test says so.
    }
  });
  after(() => {
    if (mounted) run('umount', [small]);
  });

  test('ends in one clear line, and leaves nothing behind', async (t) => {
    if (!mounted) return t.skip('no tmpfs may be mounted here');
    const root = file('disk-root');
    mkdirSync(root);
    makeRoot(root);
    run('tar', ['-C', root, '-czf', file('full.tar.gz'), '.']);
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = small;
    try {
      await assert.rejects(open(file('full.tar.gz'), options()), { code: 'DISK_FULL' });
    } finally {
      if (usual === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = usual;
    }
    assert.deepEqual(readdirSync(small), []);
  });
});
