import type { BlockSource } from './block-source.ts';
import { Unreadable } from './unreadable.ts';

/**
 * Refuses a read that leaves the source, before anything is allocated: lengths come from the image.
 * @throws Unreadable TRUNCATED
 */
export function requireInside(source: BlockSource, offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= source.size) return;
  throw new Unreadable(
    'TRUNCATED',
    `${source.name} ends at byte ${source.size}: there are no ${length} bytes at ${offset}`,
    offset,
  );
}
