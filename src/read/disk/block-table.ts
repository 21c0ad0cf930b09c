/*
 * A table of blocks that all have one size, and lie somewhere in a file. Both rules below hold in every disk that was written by a
 * program; what breaks them was cut off, or made by hand.
 */

/**
 * Why a table cannot be right, in words; undefined when it can.
 * @param starts of the blocks that are stored, in any order; sorted here
 * @param stride bytes that a block takes in the file
 * @param last bytes that the last block in the file has at least: a writer need not fill it up
 * @param end of the file
 */
export function judgeBlocks(
  starts: Float64Array,
  stride: number,
  last: number,
  end: number,
): string | undefined {
  starts.sort();
  let outside = 0;
  let shared = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (const start of starts) {
    if (start + last > end) outside++;
    if (start - before < stride) shared++;
    before = start;
  }
  if (outside > 0) return `${outside} of ${starts.length} blocks lie beyond its end`;
  if (shared > 0) return `${shared} of ${starts.length} blocks share bytes with another`;
  return undefined;
}
