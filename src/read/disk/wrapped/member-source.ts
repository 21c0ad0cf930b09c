import type { BlockSource } from '../block-source.ts';
import { requireInside } from '../bounded.ts';
import { type Locate, type Run, readRuns } from '../runs.ts';
import { slice } from '../slice.ts';
import type { TarMember } from './tar-members.ts';

/**
 * A member of a tar as a source, read in place: nothing is copied, and a hole is none of the file's bytes. Closing it does
 * nothing. A member that was cut off ends where the tar ends.
 */
export function toMemberSource(archive: BlockSource, member: TarMember): BlockSource {
  const name = `${member.name} of ${archive.name}`;
  if (member.extents === undefined) return slice(archive, member.offset, member.size, name);
  const locate = locator(slice(archive, member.offset, member.stored, name), member.extents, member.size);
  const source: BlockSource = {
    name,
    size: member.size,
    async read(offset, length) {
      requireInside(source, offset, length);
      return readRuns(locate, offset, length);
    },
    async close() {},
  };
  return source;
}

function locator(stored: BlockSource, extents: NonNullable<TarMember['extents']>, size: number): Locate {
  const before = new Float64Array(extents.length);
  let sum = 0;
  for (const [index, { length }] of extents.entries()) {
    before[index] = sum;
    sum += length;
  }
  return async (offset, most): Promise<Run> => {
    const index = firstEndingAfter(extents, offset);
    const extent = extents[index];
    const start = extent?.offset ?? size;
    if (extent === undefined || offset < start)
      return { kind: 'zeros', length: Math.min(most, start - offset) };
    const within = offset - start;
    const length = Math.min(most, extent.length - within);
    return { kind: 'stored', source: stored, offset: (before[index] ?? 0) + within, length };
  };
}

function firstEndingAfter(extents: NonNullable<TarMember['extents']>, offset: number): number {
  let low = 0;
  let high = extents.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const extent = extents[middle];
    if (extent !== undefined && extent.offset + extent.length > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
