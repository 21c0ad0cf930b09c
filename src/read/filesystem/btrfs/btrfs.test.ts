import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from '../../disk/unreadable.ts';
import { btrfsDriver } from './index.ts';
import { SmallImage } from './testing/small-image.ts';
import { walkAll } from './testing/walk-all.ts';

function yes(line: string, length: number): string {
  return `${line}\n`.repeat(length).slice(0, length);
}

test('a file system with subvolumes is read whole', async () => {
  const { nodes, contents, problems } = await walkAll(new SmallImage());
  assert.deepEqual(problems, []);
  for (const folder of ['', '.btrfs-top-level/snap/']) {
    assert.equal(contents.get(`${folder}etc/passwd`), 'root:x:0:0::/root:/bin/sh\n');
    assert.equal(contents.get(`${folder}plain`), yes('not compressed', 9000) + '\0'.repeat(91_000));
    for (const name of ['zlib', 'lzo', 'zstd']) {
      assert.equal(contents.get(folder + name), yes(`a line that is compressed by ${name}`, 20_000), name);
      assert.equal(contents.get(`${folder}inline-${name}`), yes(`inline-${name}`, 1500), name);
    }
  }
  assert.equal(contents.get('nested/file'), 'nested\n');
  assert.equal(contents.get('.btrfs-top-level/top'), 'top\n');
  assert.ok(nodes.has('.btrfs-top-level/snap/twin') && !nodes.has('twin'));
  assert.deepEqual(nodes.get('etc/link')?.target, Buffer.from('../plain'));
  const { mode, uid, gid, mtime, xattrs } = nodes.get('etc/passwd') ?? {};
  assert.deepEqual([mode, uid, gid, mtime, xattrs], [0o750, 7, 8, 1_000_000_000, { 'user.note': 'seen' }]);
  assert.deepEqual(nodes.get('plain')?.xattrs, {
    'security.capability': `\x01\0\0\x02\0\x20${'\0'.repeat(14)}`,
  });
});

test('what it is called', async () => {
  const { kind, uuid, label } = await btrfsDriver.open(new SmallImage());
  assert.deepEqual(
    { kind, uuid, label },
    { kind: 'btrfs', uuid: '01234567-89ab-cdef-0123-456789abcdef', label: 'fixture' },
  );
});

test('a part of a file is read from within its extents', async () => {
  const { nodes } = await walkAll(new SmallImage());
  for (const name of ['zlib', 'plain']) {
    const whole = await nodes.get(name)?.read(0, 20_000);
    for (const [offset, length] of [
      [0, 1],
      [4095, 2],
      [8999, 100],
      [5000, 15_000],
      [19_999, 1],
      [7, 0],
    ] as const)
      assert.deepEqual(await nodes.get(name)?.read(offset, length), whole?.subarray(offset, offset + length));
  }
  await assert.rejects(async () => nodes.get('plain')?.read(99_999, 2), Unreadable);
});

test('its magic alone is looked for', async () => {
  assert.ok(btrfsDriver.probe(await new SmallImage().read(0, 128 * 1024)));
  assert.ok(!btrfsDriver.probe(Buffer.alloc(0)) && !btrfsDriver.probe(Buffer.alloc(128 * 1024)));
});
