import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { isFailure } from '../../core/failure.ts';
import { PROBLEM_CODES } from '../../core/problem.ts';
import { readArchive } from '../testing/read-archive.ts';
import { tar } from '../testing/tar-builder.ts';
import { parsePax } from './pax.ts';
import { ContentMap } from './sparse.ts';
import { parseHeader } from './tar-header.ts';
import { ZstdFrameWalker } from './zstd-frame.ts';

/* Whatever the bytes: a summary or a documented failure, in bounded time and memory. */

const archive = tar([
  { name: 'etc/' },
  {
    name: 'etc/passwd',
    data: 'root:x:0:0::/root:/bin/sh\n'.repeat(40),
    pax: { mtime: '1.5', 'SCHILY.xattr.a': 'b' },
  },
  { name: 'L', type: 'long-name', data: `${'long/'.repeat(50)}\0`, format: 'gnu' },
  { name: 'short', data: 'x', format: 'gnu' },
  { name: 'link', type: 'symlink', linkname: 'etc/passwd' },
  { name: 'sparse', pax: { 'GNU.sparse.map': '5,3,10,2', 'GNU.sparse.size': '20' }, data: 'abcde' },
  { name: 'etc/.wh.shadow' },
  { name: 'etc/.wh..wh..opq' },
]);
const XZ = '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAsTe52+XaHpsAAR0FuC2Arx+2830BAAAAAARZWg==';

const limits = { bytes: 4 * 2 ** 20, files: 1000, pathLength: 256 };

async function read(bytes: Uint8Array, chunk: number): Promise<void> {
  try {
    const { summary, layer } = await readArchive(bytes, { limits, chunk });
    for (const { code } of summary.problems) assert.ok(PROBLEM_CODES.includes(code));
    for (const { path } of layer.files) assert.ok(!path.split('/').includes('..'));
    for (const { head } of layer.oddities) assert.ok(head.length <= 256);
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
});

function mutated(bytes: Buffer, mutations: readonly { at: number; bytes: Uint8Array }[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, bytes: patch } of mutations) {
    const offset = Math.floor(at * copy.length);
    copy.set(patch.subarray(0, copy.length - offset), offset);
  }
  return copy;
}

/** Makes the header checksums right again, so that what was changed is read. */
function resummed(bytes: Buffer): Buffer {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    const block = bytes.subarray(at, at + 512);
    if (block.toString('latin1', 257, 262) !== 'ustar') continue;
    block.fill(' ', 148, 156);
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
  }
  return bytes;
}

const sources: readonly (readonly [string, Buffer])[] = [
  ['tar', archive],
  ['gzip', gzipSync(archive)],
  ['zstd', zstdCompressSync(archive)],
  ['xz', Buffer.from(XZ, 'base64')],
];

for (const [name, bytes] of sources) {
  test(`a mutated ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 50, max: 5000 }),
        (list, chunk) => read(mutated(bytes, list), chunk),
      ),
      { numRuns: 150, interruptAfterTimeLimit: 1500 },
    );
  });

  test(`a ${name} cut anywhere`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), (length) =>
        read(bytes.subarray(0, length), 700),
      ),
      { numRuns: 60, interruptAfterTimeLimit: 1500 },
    );
  });
}

test('a mutated tar with right checksums', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), (list) =>
      read(resummed(mutated(archive, list)), 4096),
    ),
    { numRuns: 250, interruptAfterTimeLimit: 1500 },
  );
});

test('a tar whose fields are anything', async () => {
  const raw = fc.dictionary(fc.integer({ min: 0, max: 500 }).map(String), fc.uint8Array({ maxLength: 12 }), {
    maxKeys: 6,
  });
  const type = fc.constantFrom('\0', '0', '1', '2', '3', '5', '7', 'x', 'g', 'L', 'K', 'S', 'V');
  const member = fc.record({
    name: fc.string({ maxLength: 120 }),
    type,
    data: fc.uint8Array({ maxLength: 600 }),
    raw,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(member, { maxLength: 4 }), (members) => read(tar(members), 512)),
    { numRuns: 250, interruptAfterTimeLimit: 1500 },
  );
});

test('blocks, records and maps of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), fc.string(), (bytes, text) => {
      parseHeader(Buffer.from(bytes));
      parsePax(Buffer.from(text));
      parsePax(Buffer.from(`${text.length + 10} GNU.sparse.map=${text}\n`));
      new ContentMap().add(Buffer.from(text));
      const walker = new ZstdFrameWalker();
      assert.ok(walker.advance(bytes) <= bytes.length);
    }),
    { numRuns: 300 },
  );
});
