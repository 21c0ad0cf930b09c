import type { Run } from '../../disk/runs.ts';
import { readRuns } from '../../disk/runs.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Extent } from './extents.ts';
import type { Volume } from './volume.ts';

/** Index of the first extent that ends after `offset`; the count of them where none does. */
export function indexAt(extents: readonly Extent[], offset: number): number {
  let low = 0;
  let high = extents.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const extent = extents[middle];
    if (extent !== undefined && extent.from + extent.length <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a byte of the fork is in the volume; undefined in a hole. */
export function placeOf(extents: readonly Extent[], offset: number): number | undefined {
  const extent = extents[indexAt(extents, offset)];
  return extent === undefined || extent.from > offset ? undefined : extent.place + offset - extent.from;
}

/** Exactly `length` bytes of a fork; holes are zeros. One read for what is together on disk. */
export function readContent(
  volume: Volume,
  extents: readonly Extent[],
  offset: number,
  length: number,
): Promise<Buffer> {
  const locate = async (from: number, most: number): Promise<Run> => {
    const extent = extents[indexAt(extents, from)];
    if (extent === undefined) return { kind: 'zeros', length: most };
    if (extent.from > from) return { kind: 'zeros', length: Math.min(most, extent.from - from) };
    const inside = from - extent.from;
    return {
      kind: 'stored',
      source: volume.source,
      offset: extent.place + inside,
      length: Math.min(most, extent.length - inside),
    };
  };
  return readRuns(locate, offset, length);
}

/**
 * Exactly `length` bytes of a fork that has metadata: no part of it is in a hole.
 * @throws Unreadable, Failure of the source
 */
export async function readWhole(
  volume: Volume,
  extents: readonly Extent[],
  offset: number,
  length: number,
  what: string,
): Promise<Buffer> {
  const extent = extents[indexAt(extents, offset)];
  if (extent !== undefined && extent.from <= offset && offset + length <= extent.from + extent.length)
    return volume.readMetadata(extent.place + offset - extent.from, length);
  for (let at = offset; at < offset + length; ) {
    const part = extents[indexAt(extents, at)];
    if (part === undefined || part.from > at)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `${what} is in a hole`);
    at = part.from + part.length;
  }
  return readContent(volume, extents, offset, length);
}
