import type { BlockSource } from './block-source.ts';
import { requireInside } from './bounded.ts';
import { type Locate, readRuns } from './runs.ts';

/** What a disk is, but for where its bytes are. */
type Shape = Pick<BlockSource, 'name' | 'size' | 'sectorSize'>;

/**
 * A disk whose bytes are where `locate` says.
 * @param files that it is made of: closed with it, in this order
 */
export function locatedDisk(shape: Shape, locate: Locate, files: readonly BlockSource[]): BlockSource {
  const disk: BlockSource = {
    ...shape,
    async read(offset, length) {
      requireInside(disk, offset, length);
      return readRuns(locate, offset, length);
    },
    close: () => closeAll(files),
  };
  return disk;
}

/**
 * The disk that is over a file and, where it has one, over a parent, which is closed with it or when `map` throws.
 * @param map how large the disk is, and where its bytes are
 * @throws what `map` throws
 */
export async function openOver(
  source: BlockSource,
  parent: BlockSource | undefined,
  map: () => Promise<Omit<Shape, 'name'> & { readonly locate: Locate }>,
): Promise<BlockSource> {
  const under = parent === undefined ? [] : [parent];
  try {
    const { locate, ...shape } = await map();
    return locatedDisk({ name: source.name, ...shape }, locate, [source, ...under]);
  } catch (error) {
    await closeAll(under);
    throw error;
  }
}

export async function closeAll(files: readonly BlockSource[]): Promise<void> {
  for (const file of files) await file.close();
}
