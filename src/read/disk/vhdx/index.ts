import type { BlockSource } from '../block-source.ts';
import type { ContainerOptions } from '../container.ts';
import { openOver } from '../located-disk.ts';
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
  return openOver(source, parent, async () => {
    const map = new BlockMap(file, blockTable, metadata, parent);
    const why = await map.judge();
    if (why !== undefined) flaw(new Unreadable('TRUNCATED', `of ${source.name}, ${why}`, source.size));
    return { size, sectorSize, locate: (offset, most) => map.locate(offset, most) };
  });
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
    identify: async (file) => (await readHeader(file, () => undefined)).dataWriteId,
  });
}
