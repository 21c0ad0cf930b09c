import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Digest, toDigest } from '../../core/digest.ts';
import { isFailure } from '../../core/failure.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { LayerRecorder } from '../testing/layer-recorder.ts';
import { inChunks, readArchive } from '../testing/read-archive.ts';
import { tar } from '../testing/tar-builder.ts';
import { type LayerExpectation, readLayer } from './read-layer.ts';

const archive = tar([{ name: 'etc/' }, { name: 'etc/hostname', data: 'box\n' }, { name: 'empty' }]);
const zipped = gzipSync(archive);
const sound = { blobDigest: digestOf(zipped), blobSize: zipped.length, diffId: digestOf(archive) };

function digestOf(bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): Digest {
  return toDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
}

describe('a sound layer', () => {
  const blobs: readonly (readonly [string, Buffer, LayerExpectation])[] = [
    [
      'not compressed',
      archive,
      { compression: 'none', blobDigest: digestOf(archive), diffId: digestOf(archive) },
    ],
    ['gzip', zipped, { ...sound, compression: 'gzip' }],
    ['zstd', zstdCompressSync(archive), { compression: 'zstd', diffId: digestOf(archive) }],
    ['of unknown compression', zipped, sound],
    ['with SHA-512', zipped, { blobDigest: digestOf(zipped, 'sha512'), diffId: digestOf(archive, 'sha512') }],
    ['of which nothing is known', zipped, {}],
  ];
  for (const [name, blob, expected] of blobs) {
    test(name, async () => {
      const { layer, summary } = await readArchive(blob, { expected, chunk: 50 });
      assert.deepEqual(
        layer.files.map(({ path }) => path),
        ['etc', 'etc/hostname', 'empty'],
      );
      assert.equal(layer.contents.get('etc/hostname'), 'box\n');
      assert.deepEqual(layer.oddities, []);
      assert.deepEqual(summary.problems, []);
      assert.equal(summary.diffId, expected.diffId ?? digestOf(archive));
      assert.equal(summary.bytes, blob.length);
      assert.equal(layer.stored, blob.length);
    });
  }

  test('with no end marker is whole where a digest says so', async () => {
    const cut = archive.subarray(0, archive.length - 1024);
    const { problems } = await readArchive(cut, { expected: { diffId: digestOf(cut) } });
    assert.deepEqual(problems, ['MALFORMED_ARCHIVE notice']);
  });
});

describe('a layer that is not what was said', () => {
  const wrong = digestOf(Buffer.from('other'));
  const rows: readonly (readonly [string, Buffer, LayerExpectation, readonly string[]])[] = [
    ['blob digest', zipped, { ...sound, blobDigest: wrong }, ['DIGEST_MISMATCH incomplete']],
    ['diff id', zipped, { ...sound, diffId: wrong }, ['DIGEST_MISMATCH incomplete']],
    ['size', zipped, { ...sound, blobSize: 1 }, ['DIGEST_MISMATCH incomplete']],
    [
      'more bytes',
      Buffer.concat([zipped, Buffer.alloc(9)]),
      sound,
      ['DIGEST_MISMATCH incomplete', 'DIGEST_MISMATCH incomplete'],
    ],
    [
      'fewer bytes',
      zipped.subarray(0, -9),
      sound,
      ['TRUNCATED incomplete', 'DIGEST_MISMATCH incomplete', 'DIGEST_MISMATCH incomplete'],
    ],
  ];
  for (const [name, blob, expected, problems] of rows) {
    test(name, async () => {
      const read = await readArchive(blob, { expected });
      assert.deepEqual(read.problems, problems);
    });
  }

  test('what came before a bad checksum is kept', async () => {
    const blob = Buffer.from(zipped);
    blob.writeUInt32LE(1, blob.length - 8);
    const { layer, problems, summary } = await readArchive(blob);
    assert.equal(layer.contents.get('etc/hostname'), 'box\n');
    assert.deepEqual(problems, ['DECOMPRESSION_FAILED incomplete']);
    assert.equal(summary.diffId, undefined);
  });

  test('a damaged archive is still digested to its end', async () => {
    const bad = Buffer.from(archive);
    bad[0] = 0x41;
    const { problems, summary } = await readArchive(bad, { expected: { diffId: digestOf(bad) } });
    assert.deepEqual(problems, ['MALFORMED_ARCHIVE incomplete']);
    assert.equal(summary.diffId, digestOf(bad));
  });

  test('bytes after the gzip member are an oddity, at their place in the blob', async () => {
    const { layer, problems } = await readArchive(Buffer.concat([zipped, Buffer.from('payload')]));
    assert.deepEqual(problems, []);
    const where = { offset: zipped.length, length: 7, head: 'payload' };
    assert.deepEqual(layer.oddities, [{ kind: 'compression-trailer', ...where }]);
  });
});

describe('compression is never guessed over what is declared', () => {
  const rows: readonly (readonly [string, Buffer, NonNullable<LayerExpectation['compression']>])[] = [
    ['gzip declared as nothing', zipped, 'none'],
    ['gzip declared as zstd', zipped, 'zstd'],
    ['zstd declared as gzip', zstdCompressSync(archive), 'gzip'],
    ['tar declared as gzip', archive, 'gzip'],
  ];
  for (const [name, blob, compression] of rows) {
    test(name, async () => {
      await assert.rejects(readArchive(blob, { expected: { compression } }), (error) =>
        isFailure(error, 'MEDIA_TYPE_MISMATCH'),
      );
    });
  }

  test('bzip2 is a problem', async () => {
    const { problems } = await readArchive(Buffer.from('BZh91AY&SY and more'));
    assert.deepEqual(problems, ['UNSUPPORTED incomplete']);
  });

  test('a zstd:chunked table of contents is worth a notice', async () => {
    const frame = zstdCompressSync(archive);
    const toc = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, frame.length, 0, 0, 0]), frame]);
    toc.writeUInt32LE(frame.length, 4);
    const { problems, layer } = await readArchive(Buffer.concat([frame, toc]), {
      expected: { compression: 'zstd' },
    });
    assert.deepEqual(problems, ['UNSUPPORTED notice']);
    assert.equal(layer.files.length, 3);
  });
});

describe('bounds', () => {
  test('a bomb stops the layer, not the program', async () => {
    const bomb = gzipSync(
      tar([
        { name: 'first', data: 'x' },
        { name: 'zeros', data: Buffer.alloc(150 * 2 ** 20) },
      ]),
    );
    const recorder = new LayerRecorder({ digestOnly: true });
    const { layer, problems, summary } = await readArchive(bomb, { recorder, limits: { ratio: 100 } });
    assert.deepEqual(
      layer.files.map(({ path }) => path),
      ['first', 'zeros'],
    );
    assert.deepEqual(problems, ['LIMIT_RATIO incomplete']);
    assert.equal(summary.bytes, bomb.length);
  });

  test('layers share one budget of entries', async () => {
    const budget = { entries: 4 };
    const problems: string[] = [];
    for (const _ of [1, 2]) {
      const { signal } = new AbortController();
      const sink = new LayerRecorder();
      const summary = await readLayer(inChunks(zipped, 999), {}, sink, DEFAULT_LIMITS, signal, budget);
      problems.push(...summary.problems.map(({ code }) => code));
    }
    assert.deepEqual(problems, ['LIMIT_FILES']);
    assert.equal(budget.entries, 0);
  });

  test('chunks are views of what was read, not copies', async () => {
    const chunks: Uint8Array[] = [];
    const recorder = new LayerRecorder();
    recorder.file = async (_record, content): Promise<void> => {
      for await (const chunk of content) chunks.push(chunk);
    };
    await readArchive(archive, { recorder });
    assert.ok(chunks[0]?.buffer === archive.buffer);
  });
});

describe('being stopped', () => {
  test('before it begins', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(readArchive(zipped, { signal }), (error) => isFailure(error, 'CANCELLED'));
  });

  test('while the source hangs', async () => {
    const controller = new AbortController();
    async function* source(): AsyncGenerator<Uint8Array> {
      yield zipped.subarray(0, 20);
      await new Promise(() => undefined);
    }
    const sink = new LayerRecorder();
    const reading = readLayer(source(), {}, sink, DEFAULT_LIMITS, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await assert.rejects(reading, (error) => isFailure(error, 'CANCELLED'));
  });

  test('in the middle of a hole of a terabyte', async () => {
    const controller = new AbortController();
    const member = {
      name: 'a',
      pax: { 'GNU.sparse.map': '0,1', 'GNU.sparse.size': `${2 ** 40}` },
      data: 'x',
    };
    const limits = { bytes: Number.MAX_SAFE_INTEGER, ratio: Number.MAX_SAFE_INTEGER };
    const recorder = new LayerRecorder({ digestOnly: true });
    const reading = readArchive(tar([member]), { limits, recorder, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(reading, (error) => isFailure(error, 'CANCELLED'));
  });

  test('by a sink that throws: the source is let go of', async () => {
    let released = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(zipped, 64);
      } finally {
        released = true;
      }
    }
    const sink = new LayerRecorder();
    sink.entry = () => {
      throw new RangeError('sink');
    };
    const { signal } = new AbortController();
    await assert.rejects(readLayer(source(), {}, sink, DEFAULT_LIMITS, signal), RangeError);
    assert.equal(released, true);
  });

  test('by a failure of the source, which comes through as it is', async () => {
    const failure = new Error('connection reset');
    async function* source(): AsyncGenerator<Uint8Array> {
      yield zipped.subarray(0, 64);
      throw failure;
    }
    const { signal } = new AbortController();
    const reading = readLayer(source(), {}, new LayerRecorder(), DEFAULT_LIMITS, signal);
    await assert.rejects(reading, (error) => error === failure);
  });
});
