import { Unreadable } from '../disk/unreadable.ts';
import type { Partition, Range } from './table/partition.ts';

/** Where nothing is, of a disk of that size, in order. */
export function findGaps(size: number, taken: readonly Range[]): readonly Range[] {
  const gaps: Range[] = [];
  let end = 0;
  for (const range of taken.toSorted((a, b) => a.start - b.start)) {
    if (range.start >= size) break;
    if (range.start > end) gaps.push({ start: end, end: range.start });
    end = Math.max(end, range.end);
  }
  if (end < size) gaps.push({ start: end, end: size });
  return gaps;
}

/**
 * Partitions that share bytes: two systems may see different files in them. Each is said once, with the one that reaches into it.
 * @param suffix of their names
 * @param isShared whether they share by design
 */
export function findOverlaps(
  partitions: readonly Partition[],
  suffix: string,
  isShared: (outer: Partition, inner: Partition) => boolean,
): readonly Unreadable[] {
  const flaws: Unreadable[] = [];
  let furthest: Partition | undefined;
  for (const partition of partitions.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (furthest !== undefined && partition.start < furthest.end && !isShared(furthest, partition)) {
      const what = `${partition.name}${suffix} overlaps ${furthest.name}: it starts at byte ${partition.start}, before the other ends`;
      flaws.push(new Unreadable('MALFORMED_DISK', what, partition.start));
    }
    if (furthest === undefined || partition.end > furthest.end) furthest = partition;
  }
  return flaws;
}
