import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { messageOf } from '../../../core/failure.ts';
import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';
import { SECTOR, type SparseHeader } from './sparse-header.ts';

const unzlib = promisify(inflate);

/** Place on the disk (8 bytes, sectors) and length of what follows. */
const MARKER_BYTES = 12;

/**
 * One compressed grain, unpacked.
 * @param at where the file has it
 * @param offset which one it has to be: bytes into the extent. Who imports a stream-optimised disk goes by the markers, who
 *   boots it by the tables: where the two differ, so do the disks
 * @throws Unreadable MALFORMED_DISK, TRUNCATED; Failure of the source
 */
export async function readGrain(
  source: BlockSource,
  { markers, grainSize, size }: Pick<SparseHeader, 'markers' | 'grainSize' | 'size'>,
  at: number,
  offset: number,
): Promise<Buffer> {
  const refuse = (why: string): never => {
    throw new Unreadable('MALFORMED_DISK', `${source.name}: the grain of byte ${offset} ${why}`, at);
  };
  const packed = markers
    ? await readMarked(source, grainSize, at, offset, refuse)
    : await source.read(at, Math.max(1, Math.min(2 * grainSize, source.size - at)));
  const options = { maxOutputLength: grainSize, chunkSize: Math.max(grainSize, SECTOR) };
  const grain = await unzlib(packed, options).catch((error: unknown) =>
    refuse(`cannot be unpacked (${messageOf(error)})`),
  );
  const wanted = Math.min(grainSize, size - offset);
  return grain.length >= wanted ? grain : refuse(`has ${grain.length} bytes instead of ${wanted}`);
}

async function readMarked(
  source: BlockSource,
  grainSize: number,
  at: number,
  offset: number,
  refuse: (why: string) => never,
): Promise<Buffer> {
  const marker = await source.read(at, MARKER_BYTES);
  if (marker.readBigUInt64LE(0) !== BigInt(offset / SECTOR)) refuse('is marked as another one');
  const length = marker.readUInt32LE(8);
  if (length === 0 || length > 2 * grainSize) refuse(`would be ${length} bytes long`);
  return source.read(at + MARKER_BYTES, length);
}
