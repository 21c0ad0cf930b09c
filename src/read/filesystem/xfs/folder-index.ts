import { Unreadable } from '../../disk/unreadable.ts';
import { checkHeader, TREE_HEADER } from './block-header.ts';
import { UNIT } from './folder-block.ts';
import type { Volume } from './volume.ts';

/** Kinds of blocks of an index, by version of the file system. */
const LEAVES_V4: ReadonlySet<number> = new Set([0xd2f1, 0xd2ff]);
const LEAVES_V5: ReadonlySet<number> = new Set([0x3df1, 0x3dff]);
const NODE_V4 = 0xfebe;
const NODE_V5 = 0x3ebe;

/** Which places of a folder have names: `starts` of each block, by the block's place in the folder in bytes. */
export type Starts = ReadonlyMap<number, Uint8Array>;

/**
 * Looks for names that can be opened and are in no listing (see `folder-block.ts`).
 * @param from place in the folder, in bytes
 * @param place in the volume
 */
export function* checkFolderIndex(
  volume: Volume,
  block: Buffer,
  owner: number,
  from: number,
  place: number,
  starts: Starts,
): Generator<Unreadable> {
  const what = `the directory in inode ${owner}, index block at ${from}`;
  const magic = block.readUInt16BE(8);
  const isLeaf = (volume.hasChecksums ? LEAVES_V5 : LEAVES_V4).has(magic);
  if (!isLeaf && magic !== (volume.hasChecksums ? NODE_V5 : NODE_V4)) {
    yield new Unreadable('MALFORMED_FILE_SYSTEM', `${what}, is none: its magic number is not there`, place);
    return;
  }
  const flaw = checkHeader(volume, block, TREE_HEADER, place, owner, what);
  if (flaw !== undefined) yield flaw;
  if (isLeaf) yield* checkLeaf(volume, block, what, place, starts);
}

function* checkLeaf(
  volume: Volume,
  block: Buffer,
  what: string,
  place: number,
  starts: Starts,
): Generator<Unreadable> {
  const { folderBlockSize } = volume.superblock;
  const count = block.readUInt16BE(volume.hasChecksums ? 56 : 12);
  const first = volume.hasChecksums ? 64 : 16;
  if (first + count * 8 > block.length) {
    yield new Unreadable('MALFORMED_FILE_SYSTEM', `${what}, says it has ${count} entries`, place);
    return;
  }
  for (let index = 0; index < count; index++) {
    const at = block.readUInt32BE(first + index * 8 + 4) * UNIT;
    if (at === 0) continue;
    const inBlock = at % folderBlockSize;
    if (starts.get(at - inBlock)?.[inBlock / UNIT] === 1) continue;
    const message = `${what}, has a name that the listing does not show`;
    yield new Unreadable('MALFORMED_FILE_SYSTEM', message, place + first + index * 8);
    return;
  }
}
