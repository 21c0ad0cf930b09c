import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../disk/unreadable.ts';
import { lookUp } from './lookup.ts';
import { type Table, tableFileSystem } from './testing/table-file-system.ts';

/** Stops at the root. */
const CLIMBING = ['..', '..', 'etc'].join('/');

const LINKS: Table = {
  2: {
    list: [
      ['etc', 3],
      ['loop', 6],
      ['up', 7],
      ['far', 8],
    ],
  },
  3: {
    list: [
      ['a', 4],
      ['l', 5],
    ],
  },
  4: { size: 1 },
  5: { kind: 'symlink', target: Buffer.from('/etc/a') },
  6: { kind: 'symlink', target: Buffer.from('loop') },
  7: { kind: 'symlink', target: Buffer.from(CLIMBING) },
  8: { kind: 'symlink', target: Buffer.from('up/'.repeat(400_000)) },
};

test('lookUp follows links inside the file system, and no loop', async () => {
  const system = tableFileSystem(LINKS);
  const root = await system.root();
  const at = async (path: string) => (await lookUp(system, root, path))?.id;
  assert.deepEqual(await Promise.all(['etc/a', 'etc/l', 'up/a', 'etc/x', 'etc/a/b'].map(at)), [
    4,
    4,
    4,
    undefined,
    undefined,
  ]);
  await assert.rejects(at('loop'), Unreadable);
});

test('lookUp follows a target of a million bytes as any other', async () => {
  const system = tableFileSystem(LINKS);
  assert.equal(await lookUp(system, await system.root(), 'far'), undefined);
});
