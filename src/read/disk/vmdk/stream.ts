import { setImmediate } from 'node:timers/promises';
import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';
import { SECTOR, type SparseHeader } from './sparse-header.ts';

/*
 * A stream-optimised disk can be read in two ways. Who boots it goes by the grain tables; who imports it (vSphere, the
 * clouds) takes grain after grain as they come, each with the place it belongs to. A file in which the tables leave out a grain, or
 * where a place comes twice, is one disk to a scanner and another in the cloud. So the markers are followed once, without what is
 * between them, and each grain must be the one that the tables name.
 *
 * Source: VMware, Virtual Disk Format 5.0, "Stream-Optimized Compressed Sparse Extents".
 */

const END = 0;
const LAST_TYPE = 3;
/** So often others get their turn: small reads are made at once. */
const BREATH = 4096;

/**
 * What is wrong with the stream; undefined where it says what the tables say.
 * @param placeOf where the tables have the grain of a byte: an offset in the file
 * @throws Unreadable, Failure of the source
 */
export async function checkStream(
  source: BlockSource,
  { size, grainSize, entriesPerTable, firstGrain }: SparseHeader,
  placeOf: (offset: number) => Promise<number | undefined>,
): Promise<Unreadable | undefined> {
  const stray = (at: number, what: string): Unreadable =>
    new Unreadable('MALFORMED_DISK', `${source.name}: ${what}: who imports it sees another disk`, at);
  // Directory, footer, and the tables, twice where there are copies.
  let tables = 2 * Math.ceil(size / (grainSize * entriesPerTable)) + 8;
  // Grains that fit the tables are at most as many as those name: each is somewhere else.
  for (let at = firstGrain, count = 1; at + SECTOR <= source.size; count++) {
    const marker = await source.read(at, 16);
    const value = marker.readBigUInt64LE(0);
    const length = marker.readUInt32LE(8);
    const type = marker.readUInt32LE(12);
    if (length === 0) {
      if (type === END && value === 0n) return undefined;
      // So many sectors of tables follow, and nothing that is on the disk.
      if (type > LAST_TYPE || value === 0n || value > BigInt(source.size / SECTOR) || tables-- === 0)
        return stray(at, 'its stream has a marker of no known kind');
      at += SECTOR * (1 + Number(value));
    } else {
      const offset = value < BigInt(Math.ceil(size / SECTOR)) ? Number(value) * SECTOR : undefined;
      if (offset === undefined || (await placeOf(offset)) !== at)
        return stray(at, `its stream has a grain for sector ${value} that is not in its tables`);
      at += Math.ceil((12 + length) / SECTOR) * SECTOR;
    }
    if (count % BREATH === 0) await setImmediate();
  }
  return undefined;
}
