import { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import type { AttributeReader } from './attributes.ts';
import { mapOf, throwFlaw } from './block-map.ts';
import { readMapped, requireInContent } from './content.ts';
import { countInInode } from './extent-map.ts';
import { INCOMPAT } from './features.ts';
import { FLAG, FORMAT, type Inode, malformed } from './inode.ts';
import { has } from './superblock.ts';
import type { Volume } from './volume.ts';

const KINDS: ReadonlyMap<number, Node['kind']> = new Map([
  [FORMAT.fifo, 'fifo'],
  [FORMAT.character, 'character'],
  [FORMAT.folder, 'directory'],
  [FORMAT.block, 'block'],
  [FORMAT.file, 'file'],
  [FORMAT.symlink, 'symlink'],
  [FORMAT.socket, 'fifo'],
]);

/** An inode as the rest of the house sees it. */
export class ExtNode implements Node {
  readonly id: number;
  readonly kind: Node['kind'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly names: number;
  readonly flaws: readonly Unreadable[];
  readonly stored?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
  readonly target?: Buffer;
  readonly inode: Inode;
  /** Content, or names, that the inode itself holds after the 60 bytes of its map. */
  readonly inline: Buffer | undefined;
  readonly #read: (offset: number, length: number) => Promise<Buffer>;

  constructor(inode: Inode, kind: Node['kind'], parts: NodeParts) {
    const isFile = kind === 'file';
    this.id = inode.number;
    this.kind = kind;
    this.mode = inode.mode;
    this.uid = inode.uid;
    this.gid = inode.gid;
    this.size = isFile ? inode.size : 0;
    this.mtime = inode.mtime;
    this.names = inode.links;
    this.flaws = parts.flaws;
    if (isFile) this.stored = storedBytes(inode, parts.blockSize);
    if (parts.xattrs !== undefined) this.xattrs = parts.xattrs;
    if (parts.target !== undefined) this.target = parts.target;
    this.inode = inode;
    this.inline = parts.inline;
    this.#read = parts.read;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requireInContent(this.inode, offset, length);
    return this.#read(offset, length);
  }
}

interface NodeParts {
  readonly blockSize: number;
  readonly flaws: readonly Unreadable[];
  readonly xattrs: Readonly<Record<string, string>> | undefined;
  readonly target: Buffer | undefined;
  readonly inline: Buffer | undefined;
  read(offset: number, length: number): Promise<Buffer>;
}

/** @throws Unreadable, Failure of the source */
export async function openNode(
  volume: Volume,
  attributes: AttributeReader,
  number: number,
): Promise<ExtNode> {
  const inode = await volume.inode(number);
  const kind = KINDS.get(inode.format);
  if (kind === undefined) throw malformed(number, `is of no known kind (0x${inode.format.toString(16)})`);
  const flaws = [...inode.flaws];
  const found = await attributes.read(inode);
  if (found !== undefined) flaws.push(...found.flaws);
  if ((inode.flags & FLAG.encrypted) !== 0 && kind !== 'fifo') flaws.push(encrypted(inode, kind));
  const read = readerOf(volume, inode, found?.inline);
  const isLegible = kind === 'symlink' && (inode.flags & FLAG.encrypted) === 0;
  const target = isLegible ? await readTarget(volume, inode, read, flaws) : undefined;
  const { blockSize } = volume.superblock;
  return new ExtNode(inode, kind, {
    blockSize,
    flaws,
    xattrs: found?.xattrs,
    target,
    inline: found?.inline,
    read,
  });
}

function readerOf(volume: Volume, inode: Inode, inline: Buffer | undefined): NodeParts['read'] {
  if ((inode.flags & FLAG.encrypted) !== 0 && inode.format === FORMAT.file)
    return async () => {
      throw encrypted(inode, 'file');
    };
  if ((inode.flags & FLAG.inline) !== 0) {
    const content = inline === undefined ? inode.map : Buffer.concat([inode.map, inline]);
    return async (offset, length) => {
      if (offset + length <= content.length) return content.subarray(offset, offset + length);
      throw malformed(
        inode.number,
        `claims ${inode.size} bytes of content and holds ${content.length} itself`,
      );
    };
  }
  const map = mapOf(volume, inode, throwFlaw);
  return (offset, length) => readMapped(volume, map, offset, length);
}

/**
 * A short target is where a file has its map. Which of the two it is, Linux tells by the size where large attributes may
 * take blocks of their own, and else by whether any block is taken: so it is told here.
 */
async function readTarget(
  volume: Volume,
  inode: Inode,
  read: NodeParts['read'],
  flaws: Unreadable[],
): Promise<Buffer | undefined> {
  const { superblock } = volume;
  const ofAttributes = inode.attributes === 0 ? 0 : superblock.blockSize * superblock.clusterBlocks;
  const isShort = has(superblock, 'incompat', INCOMPAT.attributeInodes)
    ? inode.size < inode.map.length
    : inode.allocated === ofAttributes;
  const inInode = isShort && (inode.flags & FLAG.inline) === 0;
  const most = inInode ? inode.map.length : superblock.blockSize;
  try {
    if (inode.size > most)
      throw malformed(inode.number, `is a link of ${inode.size} bytes, where ${most} fit`);
    return inInode ? inode.map.subarray(0, inode.size) : await read(0, inode.size);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaws.push(error);
    return undefined;
  }
}

function encrypted({ number }: Inode, kind: Node['kind']): Unreadable {
  const what = kind === 'directory' ? 'the names in it are shown as they are encrypted' : 'it was not read';
  return new Unreadable('ENCRYPTED', `inode ${number} is encrypted by the file system: ${what}`);
}

/** Exact where the inode holds its map, what the inode says where reading more would be needed to tell. */
function storedBytes(inode: Inode, blockSize: number): number {
  if ((inode.flags & FLAG.inline) !== 0) return inode.size;
  const blocks = (inode.flags & FLAG.extents) === 0 ? undefined : countInInode(inode.map);
  return blocks === undefined ? inode.allocated : blocks * blockSize;
}
