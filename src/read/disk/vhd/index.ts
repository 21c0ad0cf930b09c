import { isZero } from '../../unpack/stray-bytes.ts';
import type { BlockSource } from '../block-source.ts';
import type { ContainerOptions } from '../container.ts';
import { openOver } from '../located-disk.ts';
import { slice } from '../slice.ts';
import { Unreadable } from '../unreadable.ts';
import { openWindowsParent } from '../windows-parent.ts';
import { BlockMap } from './block-map.ts';
import { type Footers, hasFooter, readFooters } from './footer.ts';
import { readHeader, readParentPaths } from './header.ts';

/** Bytes after the disk that are looked at: a fixed VHD has none. */
const MOST_SLACK = 2 ** 20;

/** @param tail the last 512 bytes of the file */
export function isVhd(head: Buffer, tail: Buffer): boolean {
  return hasFooter(head, tail);
}

/**
 * Opens a VHD: fixed, dynamic or differencing (Virtual Hard Disk Image Format Specification 1.0).
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source or of the parent
 */
export async function openVhd(source: BlockSource, options: ContainerOptions): Promise<BlockSource> {
  const footers = await readFooters(source);
  for (const flaw of footers.flaws) options.flaw(flaw);
  if (footers.footer.kind === 'fixed') return openFixed(source, footers, options);
  return openDynamic(source, footers, options);
}

async function openFixed(
  source: BlockSource,
  { footer: { size }, end }: Footers,
  { flaw }: ContainerOptions,
): Promise<BlockSource> {
  if (size > end) {
    const message = `${source.name} ends after ${end} bytes of a disk of ${size}`;
    flaw(new Unreadable('TRUNCATED', message, end));
  } else if (!(await isEmpty(source, size, end))) {
    const message = `${source.name} holds ${end - size} bytes behind the end of its disk, before the footer`;
    flaw(new Unreadable('UNKNOWN_CONTENT', message, size));
  }
  // Of a disk that was cut off, the footer is not the continuation.
  const stored = slice(source, 0, end, source.name);
  return {
    name: source.name,
    size,
    read: (at, length) => stored.read(at, length),
    close: () => source.close(),
  };
}

async function isEmpty(source: BlockSource, from: number, to: number): Promise<boolean> {
  if (to - from > MOST_SLACK) return false;
  return isZero(await source.read(from, to - from));
}

async function openDynamic(
  source: BlockSource,
  { footer: { kind, headerOffset, size }, end }: Footers,
  options: ContainerOptions,
): Promise<BlockSource> {
  const { flaw } = options;
  const header = await readHeader(source, headerOffset, flaw);
  const parent =
    kind === 'differencing'
      ? await openWindowsParent(source, options, {
          paths: await readParentPaths(source, header),
          format: 'vpc',
          expected: [header.parentId],
          identify: async (file) => (await readFooters(file)).footer.id,
        })
      : undefined;
  return openOver(source, parent, async () => {
    const map = await BlockMap.read(source, header, { size, end, parent, flaw });
    return { size, locate: (offset, most) => map.locate(offset, most) };
  });
}
