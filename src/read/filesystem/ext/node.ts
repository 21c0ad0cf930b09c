import { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import { toTarget } from '../link-target.ts';
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
    if (isFile) this.stored = storedBytes(inode, parts);
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
  flaws.push(...oddFlags(inode, kind, found?.inline));
  const inline = (inode.flags & FLAG.inline) === 0 ? undefined : found?.inline;
  const read = readerOf(volume, inode, inline);
  const isLegible = kind === 'symlink' && (inode.flags & FLAG.encrypted) === 0;
  const target = isLegible ? await readTarget(volume, inode, inline, read, flaws) : undefined;
  const { blockSize } = volume.superblock;
  return new ExtNode(inode, kind, {
    blockSize,
    flaws,
    xattrs: found?.xattrs,
    target,
    inline,
    read,
  });
}

/**
 * What an inode says of itself and Linux takes otherwise. One that claims to hold its content and has no room for it has a map like any
 * other: 60 bytes that look like nothing lead to a program.
 */
function* oddFlags(
  { number, flags }: Inode,
  kind: Node['kind'],
  inline: Buffer | undefined,
): Generator<Unreadable> {
  if ((flags & FLAG.inline) !== 0 && inline === undefined && (kind === 'file' || kind === 'directory'))
    yield malformed(
      number,
      'claims to hold its content itself, and has no room for that: it was read by its map',
    );
  if ((flags & FLAG.casefold) !== 0 && kind === 'directory')
    yield new Unreadable(
      'UNSUPPORTED',
      `inode ${number} is a folder in which names are found in any letter case: they were looked at as they are written`,
    );
}

function readerOf(volume: Volume, inode: Inode, inline: Buffer | undefined): NodeParts['read'] {
  if ((inode.flags & FLAG.encrypted) !== 0 && inode.format === FORMAT.file)
    return async () => {
      throw encrypted(inode, 'file');
    };
  if (inline !== undefined) {
    const content = Buffer.concat([inode.map, inline]);
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
  inline: Buffer | undefined,
  read: NodeParts['read'],
  flaws: Unreadable[],
): Promise<Buffer | undefined> {
  const { superblock } = volume;
  const ofAttributes = inode.attributes === 0 ? 0 : superblock.blockSize * superblock.clusterBlocks;
  const isShort = has(superblock, 'incompat', INCOMPAT.attributeInodes)
    ? inode.size < inode.map.length
    : inode.allocated === ofAttributes;
  const inInode = isShort && inline === undefined;
  const most = inInode ? inode.map.length : superblock.blockSize;
  try {
    if (inode.size > most)
      throw malformed(inode.number, `is a link of ${inode.size} bytes, where ${most} fit`);
    const stored = inInode ? inode.map.subarray(0, inode.size) : await read(0, inode.size);
    return toTarget(stored, `inode ${inode.number}`, flaws);
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
function storedBytes(inode: Inode, { blockSize, inline }: NodeParts): number {
  if (inline !== undefined) return inode.size;
  const blocks = (inode.flags & FLAG.extents) === 0 ? undefined : countInInode(inode.map);
  return blocks === undefined ? inode.allocated : blocks * blockSize;
}
