import { Unreadable } from '../../disk/unreadable.ts';
import { toTarget } from '../link-target.ts';
import { checkHeader, REMOTE_HEADER } from './block-header.ts';
import { readExtents } from './extent-tree.ts';
import type { Extent } from './extents.ts';
import { indexAt, readWhole } from './fork-content.ts';
import type { Inode } from './inode.ts';
import type { Volume } from './volume.ts';

const MAGIC = 0x58534c4d;
const HEADER = 56;
/** XFS has no longer ones. */
const MOST_BYTES = 1024;

/**
 * Where a symlink leads: in the inode, or in blocks that have headers in version 5.
 * @param flaws receives wrong checksums
 * @throws Unreadable, Failure of the source
 */
export async function readTarget(volume: Volume, inode: Inode, flaws: Unreadable[]): Promise<Buffer> {
  const { number, size, data } = inode;
  const what = `the symlink in inode ${number}`;
  const wrong = (message: string): Unreadable =>
    new Unreadable('MALFORMED_FILE_SYSTEM', `${what} ${message}`);
  if (size === 0 || size > MOST_BYTES) throw wrong(`is ${size} bytes long`);
  if (data.format === 'local') {
    if (size > data.bytes.length) throw wrong('is longer than its inode');
    return toTarget(data.bytes.subarray(0, size), what, flaws);
  }
  const extents = await readExtents(volume, data, number, what, 'refused', flaws);
  const stored = volume.hasChecksums
    ? await readWithHeaders(volume, inode, extents, what, flaws)
    : await readWhole(volume, extents, 0, size, what);
  return toTarget(stored, what, flaws);
}

/** One header for each extent, however many blocks that has. */
async function readWithHeaders(
  volume: Volume,
  { number, size }: Inode,
  extents: readonly Extent[],
  what: string,
  flaws: Unreadable[],
): Promise<Buffer> {
  const wrong = (message: string, place?: number): Unreadable =>
    new Unreadable('MALFORMED_FILE_SYSTEM', `${what} ${message}`, place);
  const { blockSize } = volume.superblock;
  const end = Math.ceil(size / (blockSize - HEADER)) * blockSize;
  const parts = [];
  let done = 0;
  for (let at = 0; at < end && done < size; ) {
    const extent = extents[indexAt(extents, at)];
    if (extent === undefined || extent.from !== at) throw wrong('is in a hole');
    const piece = await volume.readMetadata(extent.place, Math.min(extent.length, end - at));
    const length = piece.readUInt32BE(8);
    if (piece.readUInt32BE(0) !== MAGIC || piece.readUInt32BE(4) !== done)
      throw wrong('is in blocks that are not its own', extent.place);
    if (length === 0 || length > Math.min(piece.length - HEADER, size - done))
      throw wrong(`has ${length} bytes of its ${size} in one piece`, extent.place);
    const flaw = checkHeader(volume, piece, REMOTE_HEADER, extent.place, number, what);
    if (flaw !== undefined) flaws.push(flaw);
    parts.push(piece.subarray(HEADER, HEADER + length));
    done += length;
    at += piece.length;
  }
  if (done < size) throw wrong(`has ${done} of its ${size} bytes`);
  return Buffer.concat(parts);
}
