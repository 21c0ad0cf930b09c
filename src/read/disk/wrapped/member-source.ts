import type { BlockSource } from '../block-source.ts';
import { firstEndingAfter } from '../first-ending-after.ts';
import { locatedDisk } from '../located-disk.ts';
import type { Locate, Run } from '../runs.ts';
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
  return locatedDisk({ name, size: member.size }, locate, []);
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
