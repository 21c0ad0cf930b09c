import type { AttributeSet } from './attributes.ts';
import { checkHeader, REMOTE_HEADER } from './block-header.ts';
import type { Extent } from './extents.ts';
import { placeOf, readWhole } from './fork-content.ts';
import type { Volume } from './volume.ts';

const MAGIC = 0x5841524d;
const HEADER = 56;
/** Of one value: what Linux allows. */
const MOST_BYTES = 65536;

/**
 * The value of an attribute in blocks of its own: bare in version 4, each block with a header in version 5.
 * @param index its first block in the fork
 * @throws Unreadable, Failure of the source
 */
export async function readRemoteValue(
  volume: Volume,
  extents: readonly Extent[],
  index: number,
  size: number,
  owner: number,
  found: AttributeSet,
): Promise<Buffer> {
  const { blockSize } = volume.superblock;
  if (size > MOST_BYTES) throw found.wrong(`have a value of ${size} bytes`);
  const what = `a value of ${found.what}`;
  if (!volume.hasChecksums) return readWhole(volume, extents, index * blockSize, size, what);
  const room = blockSize - HEADER;
  const count = Math.ceil(size / room);
  const blocks = await readWhole(volume, extents, index * blockSize, count * blockSize, what);
  const parts = [];
  for (let at = 0; at < count; at++) {
    const block = blocks.subarray(at * blockSize, (at + 1) * blockSize);
    const place = placeOf(extents, (index + at) * blockSize) ?? 0;
    const length = Math.min(room, size - at * room);
    if (
      block.readUInt32BE(0) !== MAGIC ||
      block.readUInt32BE(4) !== at * room ||
      block.readUInt32BE(8) !== length
    )
      throw found.wrong('have a value whose blocks are not its own', place);
    const flaw = checkHeader(volume, block, REMOTE_HEADER, place, owner, what);
    if (flaw !== undefined) found.flaws.push(flaw);
    parts.push(block.subarray(HEADER, HEADER + length));
  }
  return Buffer.concat(parts);
}
