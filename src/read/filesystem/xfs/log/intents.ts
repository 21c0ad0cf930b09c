import { Unreadable } from '../../../disk/unreadable.ts';
import type { Item } from './transactions.ts';

/*
 * What takes several transactions is announced in the first and done in the last; a system that finds but the announcement goes on
 * with it when it mounts. Most of it is accounting: which blocks are free, who owns them, how many share them. What changes files is
 * told, for it is not done here.
 */

interface Kind {
  readonly done: number;
  /** What it is, where a reader sees it. */
  readonly seen?: string;
}

const KINDS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [0x1236, { done: 0x1237 }],
  [0x1240, { done: 0x1241 }],
  [0x1242, { done: 0x1243 }],
  [0x1244, { done: 0x1245, seen: 'extents of a file' }],
  [0x1246, { done: 0x1247, seen: 'an attribute of a file' }],
  [0x1248, { done: 0x1249, seen: 'extents that two files exchange' }],
  [0x124a, { done: 0x124b }],
  [0x124c, { done: 0x124d }],
  [0x124e, { done: 0x124f }],
]);
const ANNOUNCED_BY: ReadonlyMap<number, number> = new Map([...KINDS].map(([type, { done }]) => [done, type]));
const MOST_OPEN = 2 ** 20;

/** Whether it is an announcement, or says that one was done. */
export function isIntent(type: number): boolean {
  return KINDS.has(type) || ANNOUNCED_BY.has(type);
}

export class Intents {
  readonly #open = new Map<string, number>();

  /** @throws Unreadable */
  take({ type, regions: [head = Buffer.alloc(0)] }: Item): void {
    if (head.length < 16)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `in the log, an intent has ${head.length} bytes`);
    const announced = ANNOUNCED_BY.get(type);
    const key = `${announced ?? type} ${head.readBigUInt64LE(8)}`;
    if (announced !== undefined) this.#open.delete(key);
    else if (KINDS.get(type)?.seen !== undefined) this.#open.set(key, type);
    if (this.#open.size > MOST_OPEN)
      throw new Unreadable('LIMIT_BYTES', `the log has more than ${MOST_OPEN} changes that are not finished`);
  }

  /** One flaw for each kind of what was not done, and a reader would see. */
  flaws(): Unreadable[] {
    const types = new Set(this.#open.values());
    return [...types].map(
      (type) =>
        new Unreadable(
          'UNSUPPORTED',
          `the log of the XFS announces changes that a system finishes when it mounts it, and that were not replayed: ${KINDS.get(type)?.seen}`,
        ),
    );
  }
}
