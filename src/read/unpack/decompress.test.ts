import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { isFailure } from '../../core/failure.ts';
import { DEFAULT_LIMITS, type Limits } from '../../core/limits.ts';
import { inChunks } from '../testing/read-archive.ts';
import { type Compression, detectCompression } from './compression.ts';
import { decompressed } from './decompress.ts';
import type { StrayBytes } from './stray-bytes.ts';

/** `xz -C crc32`, `crc64` and `sha256` of "hello" without a newline; there is no xz encoder to make them with. */
const XZ = {
  crc32: '/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAhqYQNgABGQW86OzLkEKZDQEAAAAAAVla',
  crc64: '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAsTe52+XaHpsAAR0FuC2Arx+2830BAAAAAARZWg==',
  sha256:
    '/Td6WFoAAArh+wyhAgAhARYAAAB0L+WjAQAEaGVsbG8AAAAALPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQAATUFEoPd8hibS5oBAAAAAApZWg==',
  dictionary: '/Td6WFoAAATm1rRGAgAhASQAAABeH8f5AQAEaGVsbG8AAAAAsTe52+XaHpsAAR0FuC2Arx+2830BAAAAAARZWg==',
};

interface Outcome {
  readonly bytes: Buffer;
  readonly failure: string | undefined;
  readonly trailers: readonly StrayBytes[];
}

async function outcomeOf(
  blob: Uint8Array,
  kind: Compression,
  options: { readonly chunk?: number; readonly limits?: Partial<Limits> } = {},
): Promise<Outcome> {
  const trailers: StrayBytes[] = [];
  const pieces: Uint8Array[] = [];
  let failure: string | undefined;
  const source = inChunks(blob, options.chunk ?? blob.length);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  try {
    const { signal } = new AbortController();
    for await (const piece of decompressed(source, kind, limits, signal, (stray) => trailers.push(stray))) {
      pieces.push(piece);
    }
  } catch (error) {
    if (!isFailure(error)) throw error;
    failure = error.code;
  }
  return { bytes: Buffer.concat(pieces), failure, trailers };
}

const large = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(3_000_000, 'abc')]);
const hello = Buffer.from('hello');

describe('compression by magic', () => {
  const rows: readonly (readonly [string, Uint8Array, Compression])[] = [
    ['gzip', gzipSync(hello), 'gzip'],
    ['zstd', zstdCompressSync(hello), 'zstd'],
    ['a skippable zstd frame first', skippable('x'), 'zstd'],
    ['xz', Buffer.from(XZ.crc64, 'base64'), 'xz'],
    ['bzip2', Buffer.from('BZh91AY&SY'), 'bzip2'],
    ['a file name that begins as bzip2', Buffer.from('BZhang/notes'), 'none'],
    ['a tar', Buffer.from('etc/passwd\0'), 'none'],
    ['nothing', Buffer.alloc(0), 'none'],
    ['one byte', Buffer.from([0x1f]), 'none'],
  ];
  for (const [name, head, expected] of rows)
    test(name, () => assert.equal(detectCompression(head), expected));
});

for (const kind of ['gzip', 'zstd'] as const) {
  const pack = (bytes: Buffer): Buffer =>
    kind === 'gzip' ? gzipSync(bytes, { level: 1 }) : zstdCompressSync(bytes);
  describe(kind, () => {
    const rows: readonly (readonly [string, Buffer, Buffer])[] = [
      ['small', pack(hello), hello],
      ['empty', pack(Buffer.alloc(0)), Buffer.alloc(0)],
      ['large', pack(large), large],
      ['two members', Buffer.concat([pack(large), pack(large)]), Buffer.concat([large, large])],
      [
        'a small member after a large one',
        Buffer.concat([pack(large), pack(hello)]),
        Buffer.concat([large, hello]),
      ],
      ['many members', Buffer.concat(Array.from({ length: 3000 }, () => pack(hello))), repeated(hello, 3000)],
      ['zeros after the last member', Buffer.concat([pack(hello), Buffer.alloc(5000)]), hello],
    ];
    for (const [name, blob, expected] of rows) {
      for (const chunk of [blob.length, 65_536, 97]) {
        if (chunk === 97 && blob.length > 100_000) continue;
        test(`${name}, in chunks of ${chunk}`, async () => {
          const { bytes, failure, trailers } = await outcomeOf(blob, kind, { chunk });
          assert.equal(failure, undefined);
          assert.deepEqual(trailers, []);
          assert.ok(bytes.equals(expected));
        });
      }
    }

    test('members that end where a chunk ends', async () => {
      const member = pack(hello);
      const { bytes } = await outcomeOf(repeated(member, 3), kind, { chunk: member.length });
      assert.equal(bytes.toString(), 'hellohellohello');
    });

    test('bytes after the last member', async () => {
      const blob = Buffer.concat([pack(hello), Buffer.from('\0\0payload\0')]);
      for (const chunk of [blob.length, 3, pack(hello).length]) {
        const { bytes, failure, trailers } = await outcomeOf(blob, kind, { chunk });
        assert.equal(bytes.toString(), 'hello');
        assert.equal(failure, undefined);
        assert.deepEqual(trailers, [{ offset: pack(hello).length + 2, length: 7, head: 'payload' }]);
      }
    });

    test('bytes that are missing', async () => {
      const blob = pack(large);
      const { bytes, failure } = await outcomeOf(blob.subarray(0, blob.length - 20), kind, { chunk: 65_536 });
      assert.equal(failure, 'TRUNCATED');
      assert.ok(bytes.length > 1_000_000, `${bytes.length} bytes were kept`);
      assert.ok(bytes.equals(large.subarray(0, bytes.length)));
      for (const length of [0, 1, 5, pack(hello).length - 1]) {
        assert.equal((await outcomeOf(pack(hello).subarray(0, length), kind)).failure, 'TRUNCATED');
      }
    });

    test('bytes that are damaged', async () => {
      const blob = Buffer.from(pack(large));
      for (let at = blob.length - 40; at < blob.length - 20; at++) blob[at] = (blob[at] ?? 0) ^ 0x55;
      const { bytes, failure } = await outcomeOf(blob, kind, { chunk: 65_536 });
      assert.ok(failure === 'MALFORMED' || failure === 'TRUNCATED', failure);
      assert.ok(bytes.length >= 1_000_000, `${bytes.length} bytes were kept`);
    });

    test('a second member that is damaged leaves the first', async () => {
      const second = Buffer.from(pack(hello));
      second[second.length - 9] = (second[second.length - 9] ?? 0) ^ 0xff;
      const { bytes, failure } = await outcomeOf(Buffer.concat([pack(hello), second]), kind);
      assert.notEqual(failure, undefined);
      assert.equal(bytes.subarray(0, 5).toString(), 'hello');
    });

    test('a bomb is stopped by its ratio', async () => {
      const bomb = pack(Buffer.alloc(200 * 2 ** 20));
      const { bytes, failure } = await outcomeOf(bomb, kind, { limits: { ratio: 20 } });
      assert.equal(failure, 'TOO_LARGE');
      assert.ok(bytes.length <= 65 * 2 ** 20);
    });

    test('more bytes than the limit', async () => {
      const { failure } = await outcomeOf(pack(large), kind, { limits: { bytes: 2_000_000 } });
      assert.equal(failure, 'TOO_LARGE');
    });
  });
}

describe('gzip headers', () => {
  const deflated = gzipSync(hello).subarray(10);
  const header = (flags: number, rest: Uint8Array = Buffer.alloc(0)): Buffer =>
    Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]), rest, deflated]);
  const rows: readonly (readonly [string, Buffer, string])[] = [
    ['with a name', header(8, Buffer.from('a.tar\0')), 'hello'],
    ['with a comment', header(16, Buffer.from('text\0')), 'hello'],
    ['with an extra field', header(4, Buffer.from([3, 0, 1, 2, 3])), 'hello'],
    ['with a checksum', header(2, Buffer.from([1, 2])), 'hello'],
    ['with all', header(30, Buffer.from('\x01\0XA\0B\0cc')), 'hello'],
    ['with a reserved flag', header(32), 'MALFORMED'],
    ['with a name that does not end', header(8, Buffer.alloc(100_000, 'a')), 'MALFORMED'],
    ['with an extra field longer than the stream', header(4, Buffer.from([255, 255])), 'TRUNCATED'],
  ];
  for (const [name, blob, expected] of rows) {
    test(name, async () => {
      const { bytes, failure } = await outcomeOf(blob, 'gzip', { chunk: 4 });
      assert.equal(failure ?? bytes.toString(), expected);
    });
  }

  test('a wrong checksum after good data', async () => {
    const blob = Buffer.from(gzipSync(hello));
    assert.equal(blob.readUInt32LE(blob.length - 8), crc32(hello));
    blob.writeUInt32LE(1, blob.length - 8);
    const { bytes, failure } = await outcomeOf(blob, 'gzip');
    assert.equal(bytes.toString(), 'hello');
    assert.equal(failure, 'MALFORMED');
  });

  test('more members than there may be entries', async () => {
    const { failure } = await outcomeOf(repeated(gzipSync(hello), 20), 'gzip', { limits: { files: 10 } });
    assert.equal(failure, 'TOO_LARGE');
  });
});

describe('zstd frames', () => {
  const frame = zstdCompressSync(hello);
  const rows: readonly (readonly [string, Buffer, readonly string[]])[] = [
    ['a skippable frame with a payload', Buffer.concat([frame, skippable('payload'), frame]), ['payload']],
    ['a skippable frame of zeros', Buffer.concat([frame, skippable('\0'.repeat(20)), frame]), []],
    ['the frame sizes of pzstd', Buffer.concat([skippable('\x20\0\0\0'), frame, frame]), []],
    ['a table of contents of zstd:chunked', Buffer.concat([frame, skippable(frame), frame]), []],
    ['a seek table', Buffer.concat([frame, frame, skippable(seekTable(2))]), []],
    [
      'bytes that only end as a seek table',
      Buffer.concat([frame, frame, skippable('payload\x01\0\0\0\0\xb1\xea\x92\x8f')]),
      ['payload\x01\0\0\0\0\xb1\xea\x92\x8f'],
    ],
  ];
  for (const [name, blob, hidden] of rows) {
    for (const chunk of [blob.length, 5]) {
      test(`${name}, in chunks of ${chunk}`, async () => {
        const { bytes, failure, trailers } = await outcomeOf(blob, 'zstd', { chunk });
        assert.equal(failure, undefined);
        assert.equal(bytes.toString(), 'hellohello');
        assert.deepEqual(
          trailers.map(({ head }) => head),
          hidden,
        );
      });
    }
  }

  test('more frames than there may be entries', async () => {
    for (const one of [frame, skippable('')]) {
      const { failure } = await outcomeOf(repeated(one, 20), 'zstd', { limits: { files: 10 } });
      assert.equal(failure, 'TOO_LARGE');
    }
  });

  test('a skippable frame longer than the stream', async () => {
    const { bytes, failure } = await outcomeOf(
      Buffer.concat([frame, skippable('payload').subarray(0, 10)]),
      'zstd',
    );
    assert.equal(bytes.toString(), 'hello');
    assert.equal(failure, 'TRUNCATED');
  });
});

describe('xz', () => {
  const packed = Buffer.from(XZ.crc64, 'base64');
  for (const chunk of [packed.length, 1, 12]) {
    test(`streams one after another, with padding, in chunks of ${chunk}`, async () => {
      const blob = Buffer.concat([
        packed,
        Buffer.from(XZ.crc32, 'base64'),
        Buffer.alloc(8),
        packed,
        Buffer.alloc(4),
      ]);
      const { bytes, failure, trailers } = await outcomeOf(blob, 'xz', { chunk });
      assert.equal(failure, undefined);
      assert.equal(bytes.toString(), 'hellohellohello');
      assert.deepEqual(trailers, []);
    });

    test(`bytes after the last stream, in chunks of ${chunk}`, async () => {
      const blob = Buffer.concat([packed, Buffer.from('a payload of some length')]);
      const { bytes, failure, trailers } = await outcomeOf(blob, 'xz', { chunk });
      assert.equal(failure, undefined);
      assert.equal(bytes.toString(), 'hello');
      assert.deepEqual(trailers, [{ offset: packed.length, length: 24, head: 'a payload of some length' }]);
    });
  }

  const damaged = Buffer.from(packed);
  damaged[30] = (damaged[30] ?? 0) ^ 1;
  const rows: readonly (readonly [string, Buffer, string])[] = [
    ['bytes that are missing', packed.subarray(0, packed.length - 5), 'TRUNCATED'],
    ['a byte that is damaged', damaged, 'MALFORMED'],
    ['no xz at all', Buffer.from('no xz at all, but long enough'), 'MALFORMED'],
    ['nothing', Buffer.alloc(0), 'TRUNCATED'],
    ['a SHA-256 check', Buffer.from(XZ.sha256, 'base64'), 'UNSUPPORTED'],
    ['a dictionary of a gigabyte', Buffer.from(XZ.dictionary, 'base64'), 'UNSUPPORTED'],
  ];
  for (const [name, blob, expected] of rows) {
    test(name, async () => assert.equal((await outcomeOf(blob, 'xz')).failure, expected));
  }

  test('a stream inside a stream does not wait for itself', async () => {
    const outer = decompressed(inChunks(packed, 8), 'xz', DEFAULT_LIMITS, new AbortController().signal);
    const first = await outer.next();
    assert.equal((await outcomeOf(packed, 'xz')).bytes.toString(), 'hello');
    assert.equal(Buffer.from(first.value ?? []).toString(), 'hello');
    await outer.return(undefined);
  });
});

describe('stopping', () => {
  test('bzip2 is said to be unsupported', async () => {
    assert.equal((await outcomeOf(Buffer.from('BZh91AY&SY'), 'bzip2')).failure, 'UNSUPPORTED');
  });

  for (const kind of ['none', 'gzip', 'zstd'] as const) {
    const blob =
      kind === 'none' ? large : kind === 'gzip' ? gzipSync(large, { level: 1 }) : zstdCompressSync(large);

    test(`${kind}: a consumer that stops early releases the source`, async () => {
      let released = false;
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          yield* inChunks(blob, 65_536);
        } finally {
          released = true;
        }
      }
      for await (const _ of decompressed(source(), kind, DEFAULT_LIMITS, new AbortController().signal)) break;
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(released, true);
    });

    test(`${kind}: cancelling ends a source that hangs`, async () => {
      const controller = new AbortController();
      async function* source(): AsyncGenerator<Uint8Array> {
        yield blob.subarray(0, 1000);
        await new Promise(() => undefined);
      }
      const reading = (async () => {
        for await (const _ of decompressed(source(), kind, DEFAULT_LIMITS, controller.signal));
      })();
      setTimeout(() => controller.abort(), 20);
      await assert.rejects(reading, (error) => isFailure(error, 'CANCELLED'));
    });

    test(`${kind}: a failure of the source comes through as it is`, async () => {
      const failure = new Error('connection reset');
      async function* source(): AsyncGenerator<Uint8Array> {
        yield blob.subarray(0, 1000);
        throw failure;
      }
      const reading = (async () => {
        for await (const _ of decompressed(source(), kind, DEFAULT_LIMITS, new AbortController().signal));
      })();
      await assert.rejects(reading, (error) => error === failure);
    });
  }
});

function repeated(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

function skippable(content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const header = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function seekTable(frames: number): Buffer {
  const table = Buffer.alloc(frames * 8 + 9, 1);
  table.writeUInt32LE(frames, frames * 8);
  table[frames * 8 + 4] = 0;
  table.writeUInt32LE(0x8f92eab1, frames * 8 + 5);
  return table;
}
