import type { Damage } from './damage.ts';

const MAX_LINES = 2_000_000;

/**
 * The lines of a text, numbered from 1, without their ends. One at a time: to split 64 MiB of line breaks would make a
 * list of half a gigabyte.
 */
export function* linesIn(text: string, damage: Damage): Generator<readonly [number: number, line: string]> {
  let number = 1;
  for (let start = 0; start < text.length; number++) {
    if (number > MAX_LINES) {
      damage.add(`only its first ${MAX_LINES} lines are read`);
      return;
    }
    const end = text.indexOf('\n', start);
    yield [number, end < 0 ? text.slice(start) : text.slice(start, end)];
    if (end < 0) return;
    start = end + 1;
  }
}
