import { Unreadable } from '../../disk/unreadable.ts';
import { decodeLznt1 } from './lznt1.ts';
import { type Piece, toPieces } from './mapped-read.ts';
import type { Run } from './runlist.ts';
import type { Volume } from './volume.ts';

/*
 * A compressed stream is cut into units, of 16 clusters as a rule. A unit with all its clusters is stored as it is, one with none is zeros, and
 * one with some of them is compressed into those. Units lie one after another on disk, so many are read at once.
 */

/** Larger units nothing writes; it bounds what one read decodes beyond what was asked for. */
const MAX_UNIT_BYTES = 2 ** 20;

/** Part of a compressed stream. @throws Unreadable, Failure */
export async function readUnits(
  volume: Volume,
  runs: readonly Run[],
  offset: number,
  length: number,
  unitClusters: number,
): Promise<Buffer> {
  const unitSize = unitClusters * volume.geometry.clusterSize;
  if (unitSize > MAX_UNIT_BYTES)
    throw new Unreadable('UNSUPPORTED', `NTFS compression units of ${unitSize} bytes`);
  const first = Math.floor(offset / unitSize) * unitSize;
  const last = Math.ceil((offset + length) / unitSize) * unitSize;
  const units: Piece[][] = [];
  for (let at = first; at < last; at += unitSize) {
    // Holes at the end of the last unit may go unsaid.
    const mapped = Math.min(unitSize, Math.max(offset + length, mappedBytes(volume, runs)) - at);
    units.push(toPieces(volume, runs, at, mapped));
  }
  const stored = await readTogether(volume, units.flat());
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

/** The pieces one after another, with one read for those that are so on disk too. */
async function readTogether(volume: Volume, pieces: readonly Piece[]): Promise<Buffer> {
  const together: { from: number; length: number }[] = [];
  for (const { from, length } of pieces) {
    const before = together.at(-1);
    if (before !== undefined && before.from + before.length === from) before.length += length;
    else together.push({ from, length });
  }
  const [only, ...others] = together;
  if (only !== undefined && others.length === 0) return volume.source.read(only.from, only.length);
  const parts: Buffer[] = [];
  for (const { from, length } of together) parts.push(await volume.source.read(from, length));
  return Buffer.concat(parts);
}

function mappedBytes(volume: Volume, runs: readonly Run[]): number {
  const last = runs.at(-1);
  return last === undefined ? 0 : (last.vcn + last.length) * volume.geometry.clusterSize;
}

function sizeOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
