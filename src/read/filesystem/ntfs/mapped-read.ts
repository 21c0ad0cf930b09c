import { type Run as DiskRun, readRuns } from '../../disk/runs.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { findRun, type Run } from './runlist.ts';
import type { Volume } from './volume.ts';

/** Reads part of a stream through its runs. Holes are zeros. @throws Unreadable, Failure */
export function readMapped(
  volume: Volume,
  runs: readonly Run[],
  offset: number,
  length: number,
): Promise<Buffer> {
  return readRuns(async (at, most) => locate(volume, runs, at, most), offset, length);
}

/**
 * Where a byte of a stream is, and those that follow it there.
 * @throws Unreadable MALFORMED_FILE_SYSTEM when the runs end before it
 */
export function locate(volume: Volume, runs: readonly Run[], at: number, most: number): DiskRun {
  const { source, geometry } = volume;
  const { clusterSize } = geometry;
  const index = findRun(runs, Math.floor(at / clusterSize));
  const run = index === undefined ? undefined : runs[index];
  if (run === undefined)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `a stream has no clusters for its bytes from ${at}`);
  const length = Math.min(most, (run.vcn + run.length) * clusterSize - at);
  if (run.lcn === undefined) return { kind: 'zeros', length };
  return { kind: 'stored', source, offset: run.lcn * clusterSize + (at - run.vcn * clusterSize), length };
}

export function storedClusters(runs: readonly Run[]): number {
  let count = 0;
  for (const run of runs) if (run.lcn !== undefined) count += run.length;
  return count;
}
