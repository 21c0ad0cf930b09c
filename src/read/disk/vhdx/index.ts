import type { BlockSource } from '../block-source.ts';
import { requireInside } from '../bounded.ts';
import type { ContainerOptions } from '../container.ts';
import { type Locate, readRuns } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import { openWindowsParent } from '../windows-parent.ts';
import { BlockMap } from './block-map.ts';
import { hasSignature, readHeader } from './header.ts';
import type { Locator } from './locator.ts';
import { replayed } from './log.ts';
import { readMetadata } from './metadata.ts';
import { readRegions } from './region-table.ts';

export function isVhdx(head: Buffer): boolean {
  return hasSignature(head);
}

/**
 * Opens a VHDX ([MS-VHDX] 2.0): fixed, dynamic or differencing, its log replayed in memory.
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source or of the parent
 */
export async function openVhdx(source: BlockSource, options: ContainerOptions): Promise<BlockSource> {
  const { flaw } = options;
  const header = await readHeader(source, flaw);
  const file = await replayed(source, header, flaw);
  const { blockTable, metadata: region } = await readRegions(file, flaw);
  const metadata = await readMetadata(file, region);
  const { size, sectorSize } = metadata;
  const parent =
    metadata.parent === undefined ? undefined : await openParentOf(source, options, metadata.parent);
  try {
    const map = new BlockMap(file, blockTable, metadata, parent);
    const why = await map.judge();
    if (why !== undefined) flaw(new Unreadable('TRUNCATED', `of ${source.name}, ${why}`, source.size));
    const locate: Locate = (offset, most) => map.locate(offset, most);
    const disk: BlockSource = {
      name: source.name,
      size,
      sectorSize,
      async read(offset, length) {
        requireInside(disk, offset, length);
        return readRuns(locate, offset, length);
      },
      async close() {
        await source.close();
        await parent?.close();
      },
    };
    return disk;
  } catch (error) {
    await parent?.close();
    throw error;
  }
}

function openParentOf(
  source: BlockSource,
  options: ContainerOptions,
  { paths, identities }: Locator,
): Promise<BlockSource> {
  return openWindowsParent(source, options, {
    paths,
    format: 'vhdx',
    expected: identities,
    identify: readIdentity,
  });
}

async function readIdentity(file: BlockSource): Promise<string | undefined> {
  try {
    return (await readHeader(file, () => undefined)).dataWriteId;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}
