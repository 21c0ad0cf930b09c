import type { BlockSource } from '../block-source.ts';
import { judgeBlocks } from '../block-table.ts';
import type { ContainerOptions } from '../container.ts';
import { locatedDisk } from '../located-disk.ts';
import type { Locate } from '../runs.ts';
import { Unreadable } from '../unreadable.ts';
import { type Header, hasSignature, readHeader } from './header.ts';

/** Not in this file: zeros, or the parent's. */
const UNUSED = 0xffffffff;
/** Given up by the system that used it: zeros, whatever a parent has. */
const DISCARDED = 0xfffffffe;
/** A map of 64 MiB: disks of 16 TiB in blocks of the usual size. */
const MOST_BLOCKS = 2 ** 24;

export function isVdi(head: Buffer): boolean {
  return hasSignature(head);
}

/**
 * Opens a VDI, VirtualBox's format: dynamic or static. The file of a differencing one (a snapshot) does not name its parent, only
 * VirtualBox's own settings do: what is in the parent is not read, which is reported.
 * @throws Unreadable MALFORMED_DISK, UNSUPPORTED, TRUNCATED; Failure of the source
 */
export async function openVdi(source: BlockSource, { flaw }: ContainerOptions): Promise<BlockSource> {
  const header = await readHeader(source);
  const map = await readMap(source, header, flaw);
  const hasParent = header.kind === 'differencing' || header.kind === 'undo';
  if (hasParent) flaw(parentMissing(source));
  return locatedDisk({ name: source.name, size: header.size }, locator(source, header, map, hasParent), [
    source,
  ]);
}

async function readMap(
  source: BlockSource,
  { mapOffset, dataOffset, blockSize, size }: Header,
  flaw: (flaw: Unreadable) => void,
): Promise<Buffer> {
  const blocks = Math.ceil(size / blockSize);
  if (blocks > MOST_BLOCKS)
    throw new Unreadable(
      'UNSUPPORTED',
      `${source.name} has ${blocks} blocks: more than ${MOST_BLOCKS} are not read`,
    );
  if (mapOffset + blocks * 4 > dataOffset) {
    const message = `${source.name} has a block map at ${mapOffset} that reaches into its blocks at ${dataOffset}`;
    throw new Unreadable('MALFORMED_DISK', message, mapOffset);
  }
  const map = await source.read(mapOffset, blocks * 4);
  const starts: number[] = [];
  for (let at = 0; at < map.length; at += 4) {
    const entry = map.readUInt32LE(at);
    if (entry < DISCARDED) starts.push(dataOffset + entry * blockSize);
  }
  const why = judgeBlocks(Float64Array.from(starts), blockSize, Math.min(blockSize, 512), source.size);
  if (why !== undefined) flaw(new Unreadable('MALFORMED_DISK', `of ${source.name}, ${why}`, mapOffset));
  return map;
}

function locator(
  source: BlockSource,
  { blockSize, dataOffset }: Header,
  map: Buffer,
  hasParent: boolean,
): Locate {
  return async (offset, most) => {
    const block = Math.floor(offset / blockSize);
    const within = offset - block * blockSize;
    const length = Math.min(most, blockSize - within);
    const entry = map.readUInt32LE(block * 4);
    if (entry === DISCARDED || (entry === UNUSED && !hasParent)) return { kind: 'zeros', length };
    if (entry === UNUSED) throw parentMissing(source, offset);
    return { kind: 'stored', source, offset: dataOffset + entry * blockSize + within, length };
  };
}

function parentMissing(source: BlockSource, offset?: number): Unreadable {
  const message = `${source.name} is a differencing VDI: what lies in its parent, which it does not name, is not read (make one file of both with VBoxManage clonemedium)`;
  return new Unreadable('UNSUPPORTED', message, offset);
}
