import { type Locate, readRuns } from '../../disk/runs.ts';
import type { BlockMap } from './block-map.ts';
import { type Inode, malformed } from './inode.ts';
import type { Volume } from './volume.ts';

/**
 * Exactly `length` bytes of what a map describes, in as few reads as its blocks allow.
 * @throws Unreadable, Failure of the source
 */
export function readMapped(volume: Volume, map: BlockMap, offset: number, length: number): Promise<Buffer> {
  const { blockSize } = volume.superblock;
  const locate: Locate = async (at, most) => {
    const index = Math.floor(at / blockSize);
    const skipped = at - index * blockSize;
    const { count, block } = await map.locate(index, Math.ceil((skipped + most) / blockSize));
    const run = { length: Math.min(most, count * blockSize - skipped) };
    if (block === undefined) return { kind: 'zeros', ...run };
    return { kind: 'stored', source: volume.source, offset: block * blockSize + skipped, ...run };
  };
  return readRuns(locate, offset, length);
}

/** @throws Unreadable MALFORMED_FILE_SYSTEM: lengths may come from elsewhere in the image */
export function requireInContent({ number, size }: Inode, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && Number.isSafeInteger(offset + length) && offset + length <= size) return;
  throw malformed(number, `has ${size} bytes: there are no ${length} at ${offset}`);
}
