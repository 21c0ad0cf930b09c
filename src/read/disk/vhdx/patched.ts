import type { BlockSource } from '../block-source.ts';
import { requireInside } from '../bounded.ts';
import { firstEndingAfter } from '../first-ending-after.ts';
import type { Patch } from './log-entry.ts';

/**
 * A file with changes laid over it; it is not written to. Closing it closes the file.
 * @param patches in the order in which they were made: a later one wins
 * @param size bytes it has at least; what it lacks is zeros
 */
export function patched(source: BlockSource, patches: readonly Patch[], size: number): BlockSource {
  const parts = toDisjoint(patches);
  const end = parts.at(-1);
  const disk: BlockSource = {
    name: source.name,
    size: Math.max(source.size, size, end === undefined ? 0 : end.offset + end.length),
    async read(offset, length) {
      requireInside(disk, offset, length);
      const first = firstEndingAfter(parts, offset);
      const inside = offset + length <= source.size;
      if (inside && (parts[first]?.offset ?? Number.POSITIVE_INFINITY) >= offset + length)
        return source.read(offset, length);
      const bytes = Buffer.alloc(length);
      const stored = Math.min(length, source.size - offset);
      if (stored > 0) (await source.read(offset, stored)).copy(bytes);
      for (let index = first; index < parts.length; index++) {
        const part = parts[index];
        if (part === undefined || part.offset >= offset + length) break;
        lay(part, bytes, offset);
      }
      return bytes;
    },
    close: () => source.close(),
  };
  return disk;
}

function lay({ offset, length, bytes }: Patch, onto: Buffer, start: number): void {
  const from = Math.max(offset, start);
  const to = Math.min(offset + length, start + onto.length);
  if (bytes === undefined) onto.fill(0, from - start, to - start);
  else bytes.copy(onto, from - start, from - offset, to - offset);
}

/** The same as parts that do not touch, ascending. */
function toDisjoint(patches: readonly Patch[]): Patch[] {
  const parts: Patch[] = [];
  for (const patch of patches.toReversed()) {
    const end = patch.offset + patch.length;
    let index = firstEndingAfter(parts, patch.offset);
    let at = patch.offset;
    while (at < end) {
      const next = parts[index];
      const until = Math.min(end, next?.offset ?? end);
      if (until > at) {
        parts.splice(index, 0, cut(patch, at, until));
        index++;
      }
      at = next === undefined || next.offset >= end ? end : next.offset + next.length;
      index++;
    }
  }
  return parts;
}

function cut({ offset, bytes }: Patch, from: number, to: number): Patch {
  return { offset: from, length: to - from, bytes: bytes?.subarray(from - offset, to - offset) };
}
