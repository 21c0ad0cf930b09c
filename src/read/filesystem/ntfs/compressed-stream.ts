import { type Run as DiskRun, readRuns } from '../../disk/runs.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { decodeLznt1 } from './lznt1.ts';
import { locate } from './mapped-read.ts';
import type { Run } from './runlist.ts';
import type { Volume } from './volume.ts';

/*
 * A compressed stream is cut into units of 16 clusters. A unit with all its clusters is stored as it is, one with none is zeros, and
 * one with some of them is compressed into those. Units lie one after another on disk, so many are read at once.
 */

/** Part of a compressed stream, in units of 64 KiB at most. @throws Unreadable, Failure */
export async function readUnits(
  volume: Volume,
  runs: readonly Run[],
  offset: number,
  length: number,
  unitClusters: number,
): Promise<Buffer> {
  const unitSize = unitClusters * volume.geometry.clusterSize;
  const first = Math.floor(offset / unitSize) * unitSize;
  const last = Math.ceil((offset + length) / unitSize) * unitSize;
  const units: DiskRun[][] = [];
  for (let at = first; at < last; at += unitSize) {
    // Holes at the end of the last unit may go unsaid.
    const mapped = Math.min(unitSize, Math.max(offset + length, mappedBytes(volume, runs)) - at);
    units.push(storedIn(volume, runs, at, mapped));
  }
  const stored = await readTogether(units.flat());
  const bytes = Buffer.alloc(length);
  let next = 0;
  units.forEach((pieces, index) => {
    const packed = stored.subarray(next, next + sizeOf(pieces));
    next += packed.length;
    if (packed.length === 0) return;
    const unit = packed.length === unitSize ? packed : decodeLznt1(packed, unitSize);
    const place = first + index * unitSize - offset;
    unit.copy(bytes, Math.max(0, place), Math.max(0, -place), Math.min(unitSize, length - place));
  });
  return bytes;
}

/**
 * What is stored of a unit. Readers differ on one whose clusters come after a hole in it: to some it is zeros, to others what they hold. No
 * writer makes such a unit.
 */
function storedIn(volume: Volume, runs: readonly Run[], start: number, length: number): DiskRun[] {
  const stored: DiskRun[] = [];
  let hole = false;
  for (let at = start; at < start + length; ) {
    const run = locate(volume, runs, at, start + length - at);
    if (hole && run.kind !== 'zeros')
      throw new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        `the compressed unit at ${start} has clusters after a hole`,
      );
    hole = run.kind === 'zeros';
    if (!hole) stored.push(run);
    at += run.length;
  }
  return stored;
}

/** The pieces one after another, with one read for those that are so on disk too. */
function readTogether(pieces: readonly DiskRun[]): Promise<Buffer> {
  const next = pieces.values();
  return readRuns(async (_, length) => next.next().value ?? { kind: 'zeros', length }, 0, sizeOf(pieces));
}

function mappedBytes(volume: Volume, runs: readonly Run[]): number {
  const last = runs.at(-1);
  return last === undefined ? 0 : (last.vcn + last.length) * volume.geometry.clusterSize;
}

function sizeOf(pieces: readonly DiskRun[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
