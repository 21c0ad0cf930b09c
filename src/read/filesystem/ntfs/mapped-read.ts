import { Unreadable } from '../../disk/unreadable.ts';
import { findRun, type Run } from './runlist.ts';
import type { Volume } from './volume.ts';

/** Bytes that follow one another on disk, and where in the answer they belong. */
export interface Piece {
  readonly to: number;
  /** Bytes from the start of the volume. */
  readonly from: number;
  readonly length: number;
}

/**
 * Reads part of a stream through its runs, with one read for each run. Holes are zeros.
 * @throws Unreadable, Failure
 */
export async function readMapped(
  volume: Volume,
  runs: readonly Run[],
  offset: number,
  length: number,
): Promise<Buffer> {
  const pieces = toPieces(volume, runs, offset, length);
  const [first] = pieces;
  if (first !== undefined && first.length === length) return volume.source.read(first.from, length);
  const bytes = Buffer.alloc(length);
  for (const piece of pieces) (await volume.source.read(piece.from, piece.length)).copy(bytes, piece.to);
  return bytes;
}

/**
 * Where on disk a part of a stream is. Holes have no piece.
 * @throws Unreadable MALFORMED_FILE_SYSTEM when the runs end before it
 */
export function toPieces(volume: Volume, runs: readonly Run[], offset: number, length: number): Piece[] {
  const { clusterSize } = volume.geometry;
  const end = offset + length;
  const pieces: Piece[] = [];
  if (length === 0) return pieces;
  let index = findRun(runs, Math.floor(offset / clusterSize));
  for (let at = offset; at < end; ) {
    const run = index === undefined ? undefined : runs[index++];
    if (run === undefined)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `a stream has no clusters for its bytes from ${at}`);
    const runEnd = Math.min(end, (run.vcn + run.length) * clusterSize);
    if (run.lcn !== undefined) {
      const from = run.lcn * clusterSize + (at - run.vcn * clusterSize);
      pieces.push({ to: at - offset, from, length: runEnd - at });
    }
    at = runEnd;
  }
  return pieces;
}

export function storedClusters(runs: readonly Run[]): number {
  let count = 0;
  for (const run of runs) if (run.lcn !== undefined) count += run.length;
  return count;
}
