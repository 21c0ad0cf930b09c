import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFailure } from '../../core/failure.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { inChunks } from '../testing/read-archive.ts';
import { base256, paxRecords, type TarMember, tar, tarMember } from '../testing/tar-builder.ts';
import { readTarEntries, type TarEntriesOptions } from './tar-entries.ts';
import type { TarEntry } from './tar-entry.ts';

async function entriesOf(
  archive: Uint8Array,
  chunk = archive.length,
  options: Partial<TarEntriesOptions> = {},
): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const entry of readTarEntries(inChunks(archive, chunk), {
    limits: DEFAULT_LIMITS,
    ...options,
  })) {
    const { content, ...rest } = entry;
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    seen.push({ ...rest, content: Buffer.concat(pieces).toString('latin1') });
  }
  return seen;
}

async function firstOf(member: TarMember): Promise<TarEntry & { readonly content: unknown }> {
  const [first] = await entriesOf(tar([member]));
  return first as TarEntry & { readonly content: unknown };
}

describe('one entry', () => {
  const fields: readonly (readonly [name: string, member: TarMember, expected: Partial<TarEntry>])[] = [
    ['type 7 is a file', { name: 'a', type: 'contiguous', data: 'x' }, { kind: 'file', size: 1 }],
    ['type NUL is a file', { name: 'a', type: '\0', data: 'x' }, { kind: 'file', size: 1 }],
    ['type NUL with a slash is a folder', { name: 'a/', type: '\0' }, { kind: 'directory' }],
    ['a fifo', { name: 'a', type: 'fifo' }, { kind: 'fifo' }],
    [
      'a block device',
      { name: 'a', type: 'block', devmajor: 8, devminor: 1 },
      { kind: 'block', device: { major: 8, minor: 1 } },
    ],
    ['setuid, setgid and sticky', { name: 'a', mode: 0o107755 }, { mode: 0o7755 }],
    ['a ustar prefix', { name: 'b', prefix: 'a' }, { name: 'a/b' }],
    ['base-256 owner', { name: 'a', raw: { 108: base256(4_000_000_000, 8) } }, { uid: 4_000_000_000 }],
    ['base-256 negative owner', { name: 'a', raw: { 108: base256(-2, 8) } }, { uid: -2 }],
    ['base-256 negative time', { name: 'a', raw: { 136: base256(-86_400, 12) } }, { mtime: -86_400 }],
    ['an empty number is 0', { name: 'a', raw: { 108: '\0\0\0\0\0\0\0\0' } }, { uid: 0 }],
    ['a number with blanks around', { name: 'a', raw: { 108: '   17 \0\0' } }, { uid: 0o17 }],
    ['pax owner', { name: 'a', pax: { uid: '123456789', gid: '7' } }, { uid: 123456789, gid: 7 }],
    [
      'pax time with a fraction',
      { name: 'a', pax: { mtime: '1700000000.987654321' } },
      { mtime: 1700000000 },
    ],
    ['pax time before the epoch', { name: 'a', pax: { mtime: '-1.5' } }, { mtime: -2 }],
    ['an empty pax value leaves the header', { name: 'a', pax: { path: '' } }, { name: 'a' }],
    ['pax link', { name: 'a', type: 'symlink', pax: { linkpath: 'é' } }, { link: 'é' }],
    [
      'a binary attribute',
      { name: 'a', pax: { 'SCHILY.xattr.security.capability': Buffer.from('0100000200200000', 'hex') } },
      { xattrs: { 'security.capability': '\x01\0\0\x02\0\x20\0\0' } },
    ],
    [
      'an attribute as libarchive writes it',
      { name: 'a', pax: { 'LIBARCHIVE.xattr.user.a%3db': 'aGk' } },
      { xattrs: { 'user.a=b': 'hi' } },
    ],
    ['a name in UTF-8', { name: 'naïve' }, { name: 'naïve' }],
    ['a name in latin1', { name: 'a', raw: { 0: Buffer.from('na\xefve', 'latin1') } }, { name: 'na\xefve' }],
    ['a sum of signed bytes', { name: 'ï', checksum: signedSum({ name: 'ï' }) }, { name: 'ï' }],
  ];
  for (const [name, member, expected] of fields) {
    test(name, async () => {
      const entry = await firstOf(member);
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(entry[key as keyof TarEntry], value);
    });
  }
});

const mixed = Buffer.concat([
  tarMember({ name: 'L', type: 'long-name', data: `${'long/'.repeat(40)}\0`, format: 'gnu' }),
  tarMember({ name: 'K', type: 'long-link', data: `${'link/'.repeat(40)}\0`, format: 'gnu' }),
  tarMember({ name: 'short', type: 'symlink', format: 'gnu' }),
  tarMember({ name: 'a', data: 'x'.repeat(1500), pax: { mtime: '5.5', 'SCHILY.xattr.user.a': 'b' } }),
  oldSparse(),
  tarMember({
    name: 'p',
    pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '700' },
    data: Buffer.concat([Buffer.from('1\n600\n100\n'.padEnd(512, '\0')), Buffer.alloc(100, 0x70)]),
  }),
  tar([{ name: 'dir/' }, { name: 'empty' }, { name: 'last', data: 'z'.repeat(512) }]),
]);

describe('entries do not depend on how the stream is cut', () => {
  for (const chunk of [1, 7, 511, 512, 513, 1000, 4096]) {
    test(`into ${chunk} bytes`, async () => {
      assert.deepEqual(await entriesOf(mixed, chunk), await entriesOf(mixed));
    });
  }

  test('old sparse, with a map that goes on in a block of its own', async () => {
    const [, , sparse] = (await entriesOf(mixed)) as { size: number; content: string }[];
    assert.equal(sparse?.size, 4000);
    assert.equal(sparse?.content, `${'\0'.repeat(100)}S`.repeat(6).padEnd(4000, '\0'));
  });
});

describe('content', () => {
  test('that is left alone is passed over', async () => {
    const names: string[] = [];
    for await (const { name } of readTarEntries(inChunks(mixed, 300), { limits: DEFAULT_LIMITS }))
      names.push(name);
    assert.equal(names.length, 7);
    assert.equal(names.at(-1), 'last');
  });

  test('read in part, then left', async () => {
    const seen: string[] = [];
    for await (const entry of readTarEntries(inChunks(mixed, 300), { limits: DEFAULT_LIMITS })) {
      for await (const _ of entry.content) break;
      seen.push(entry.name);
    }
    assert.equal(seen.length, 7);
  });

  test('asked for too late gives nothing', async () => {
    const late: TarEntry[] = [];
    for await (const entry of readTarEntries(inChunks(mixed, 300), { limits: DEFAULT_LIMITS }))
      late.push(entry);
    for (const { content, kind, name } of late) {
      if (kind !== 'file' || name === 'p' || name === 'sparse') continue;
      assert.equal((await content.next()).done, true);
    }
  });

  test('the source is let go of when the consumer stops early', async () => {
    let released = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(mixed, 512);
      } finally {
        released = true;
      }
    }
    for await (const _ of readTarEntries(source(), { limits: DEFAULT_LIMITS })) break;
    assert.equal(released, true);
  });
});

describe('broken archives', () => {
  test('throw where nobody is told', async () => {
    const cut = tar([{ name: 'a', data: 'x' }]).subarray(0, 600);
    await assert.rejects(entriesOf(cut), (error) => isFailure(error, 'TRUNCATED'));
    const bad = tar([{ name: 'a', checksum: '0' }]);
    await assert.rejects(entriesOf(bad), (error) => isFailure(error, 'MALFORMED'));
  });

  test('are told of where somebody is', async () => {
    const told: string[] = [];
    const options = { onFault: ({ code }: { code: string }) => void told.push(code) };
    const entries = await entriesOf(tar([{ name: 'a', data: 'x' }]).subarray(0, 512), 100, options);
    assert.equal(entries.length, 1);
    assert.deepEqual(told, ['TRUNCATED']);
  });

  test('hidden bytes are told of', async () => {
    const told: string[] = [];
    const archive = tar([{ name: 'a', data: 'x', padding: 'payload' }], { trailing: 'more' });
    await entriesOf(archive, 100, { onStray: ({ head }, path) => void told.push(`${path ?? ''}:${head}`) });
    assert.deepEqual(told, ['a:payload', ':more']);
  });
});

/** Six stretches of one byte, 101 apart: four in the header, two in the block after it. */
function oldSparse(): Buffer {
  const entry = (index: number): string => `${octal(index * 101 + 100)}${octal(1)}`;
  const entries = [0, 1, 2, 3].map(entry).join('');
  const header = tarMember({
    name: 'sparse',
    type: 'sparse',
    format: 'gnu',
    size: 6,
    raw: { 386: entries, 482: '\x01', 483: octal(4000) },
  });
  const extension = Buffer.alloc(512);
  extension.write([4, 5].map(entry).join(''), 'latin1');
  return Buffer.concat([header, extension, Buffer.from('SSSSSS'.padEnd(512, '\0'))]);
}

function octal(value: number): string {
  return `${value.toString(8).padStart(11, '0')}\0`;
}

function signedSum(member: TarMember): string {
  const block = tarMember(member);
  let sum = 8 * 0x20;
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += block.readInt8(at);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}

test('records of a length that includes its own digits', () => {
  assert.equal(
    paxRecords({ path: 'x'.repeat(89) })
      .toString()
      .slice(0, 4),
    '98 p',
  );
  assert.equal(
    paxRecords({ path: 'x'.repeat(92) })
      .toString()
      .slice(0, 4),
    '102 ',
  );
});
