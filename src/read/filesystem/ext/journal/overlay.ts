import type { BlockSource } from '../../../disk/block-source.ts';
import { requireInside } from '../../../disk/bounded.ts';
import { MAGIC } from './format.ts';

/** Where the newest copy of a block is. */
export interface Copy {
  /** Bytes from the start of the source. */
  readonly offset: number;
  readonly escaped: boolean;
}

/** A source some of whose blocks are read from elsewhere in it. Nothing is written, and no block is held in memory. */
export function overlay(
  source: BlockSource,
  blockSize: number,
  copies: ReadonlyMap<number, Copy>,
): BlockSource {
  return {
    ...{ name: source.name, size: source.size },
    ...(source.sectorSize !== undefined && { sectorSize: source.sectorSize }),
    async read(offset, length) {
      requireInside(source, offset, length);
      const bytes = await source.read(offset, length);
      const end = offset + length;
      let mended: Buffer | undefined;
      for (let block = Math.floor(offset / blockSize); block * blockSize < end; block++) {
        const copy = copies.get(block);
        if (copy === undefined) continue;
        mended ??= Buffer.from(bytes);
        const content = await readCopy(source, blockSize, copy);
        const from = Math.max(offset, block * blockSize);
        content.copy(
          mended,
          from - offset,
          from - block * blockSize,
          Math.min(end - block * blockSize, blockSize),
        );
      }
      return mended ?? bytes;
    },
    close: () => source.close(),
  };
}

async function readCopy(source: BlockSource, blockSize: number, { offset, escaped }: Copy): Promise<Buffer> {
  const content = await source.read(offset, blockSize);
  if (!escaped) return content;
  const whole = Buffer.from(content);
  whole.writeUInt32BE(MAGIC);
  return whole;
}
