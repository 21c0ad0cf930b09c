import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DEFAULT_LIMITS, type Limits } from '../../../core/limits.ts';
import { memoryDisk, unreadable } from '../../testing/memory-disk.ts';
import { detectCompression } from '../../unpack/compression.ts';
import type { BlockSource } from '../block-source.ts';
import type { Unreadable } from '../unreadable.ts';
import { openCompressed } from './compressed.ts';

async function unpacked(
  bytes: Buffer,
  limits: Partial<Limits> = {},
): Promise<{ disk: BlockSource; flaws: string[] }> {
  const flaws: string[] = [];
  const options = { limits: { ...DEFAULT_LIMITS, ...limits }, signal: new AbortController().signal };
  const flaw = ({ code }: Unreadable): void => {
    flaws.push(code);
  };
  const disk = await openCompressed(memoryDisk(bytes), detectCompression(bytes), options, flaw);
  return { disk, flaws };
}

describe('a compressed disk', () => {
  const data = Buffer.alloc(3 * 2 ** 20 + 5);
  data.write('first', 100);
  data.write('across', 2 ** 16 - 3);
  data.write('last', data.length - 4);

  for (const [name, bytes] of [
    ['gzip', gzipSync(data)],
    ['zstd', zstdCompressSync(data)],
  ] as const) {
    it(`${name}: is what was compressed`, async () => {
      const { disk, flaws } = await unpacked(bytes);
      assert.deepEqual(flaws, []);
      assert.equal(disk.size, data.length);
      assert.ok((await disk.read(0, disk.size)).equals(data));
      assert.equal((await disk.read(100, 5)).toString(), 'first');
      assert.equal((await unreadable(() => disk.read(disk.size, 1)))?.code, 'TRUNCATED');
      await disk.close();
      await disk.close();
    });
  }

  it('what follows the stream is told', async () => {
    const { disk, flaws } = await unpacked(Buffer.concat([gzipSync(data), Buffer.from('more')]));
    assert.deepEqual(flaws, ['UNKNOWN_CONTENT']);
    await disk.close();
  });

  it('what came before the stream broke is read', async () => {
    const noise = Buffer.from(
      Array.from({ length: 2 ** 18 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24),
    );
    const whole = gzipSync(noise);
    const { disk, flaws } = await unpacked(whole.subarray(0, whole.length - 100));
    assert.deepEqual(flaws, ['TRUNCATED']);
    assert.ok((await disk.read(0, 1000)).equals(noise.subarray(0, 1000)));
    await disk.close();
  });

  it('more than the limit is refused', async () => {
    await assert.rejects(unpacked(gzipSync(data), { bytes: 2 ** 20 }), { code: 'TOO_LARGE' });
  });

  it('zeros do not count for the ratio, other bytes do', async () => {
    const zeros = await unpacked(gzipSync(Buffer.alloc(2 ** 27)), { ratio: 10 });
    assert.equal(zeros.disk.size, 2 ** 27);
    await zeros.disk.close();
    await assert.rejects(unpacked(gzipSync(Buffer.alloc(2 ** 27, 1)), { ratio: 10 }), { code: 'TOO_LARGE' });
  });

  it('nothing at all is a failure, bzip2 too', async () => {
    await assert.rejects(unpacked(gzipSync(data).subarray(0, 12)), { code: 'TRUNCATED' });
    const bzip2 = Buffer.from([0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0]);
    await assert.rejects(unpacked(bzip2), { code: 'UNSUPPORTED' });
  });
});
