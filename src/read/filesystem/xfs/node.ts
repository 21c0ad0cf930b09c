import { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import { readAttributeTree } from './attribute-tree.ts';
import { AttributeSet, parseShortAttributes } from './attributes.ts';
import { parseInlineExtents, readExtents } from './extent-tree.ts';
import type { Extent } from './extents.ts';
import { readContent } from './fork-content.ts';
import { type Inode, readInode } from './inode.ts';
import { readTarget } from './symlink.ts';
import type { Volume } from './volume.ts';

/** `S_IFMT` and what it can be; a socket is told as a pipe. */
const KIND_BITS = 0o170000;
const KINDS: ReadonlyMap<number, Node['kind']> = new Map([
  [0o010000, 'fifo'],
  [0o020000, 'character'],
  [0o040000, 'directory'],
  [0o060000, 'block'],
  [0o100000, 'file'],
  [0o120000, 'symlink'],
  [0o140000, 'fifo'],
] as const);

/** @throws Unreadable, Failure of the source */
export async function openNode(volume: Volume, number: number): Promise<Node> {
  const inode = await readInode(volume, number);
  const kind = KINDS.get(inode.mode & KIND_BITS);
  if (kind === undefined) {
    const mode = inode.mode.toString(8);
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `inode ${number} is of an unknown kind, mode ${mode}`);
  }
  const flaws = [...inode.flaws];
  const xattrs = inode.attributes === undefined ? undefined : await readAttributes(volume, inode, flaws);
  const target = kind === 'symlink' ? await readTarget(volume, inode, flaws) : undefined;
  const content = kind === 'file' ? new FileContent(volume, inode) : undefined;
  const stored = content?.stored();
  return {
    id: number,
    kind,
    mode: inode.mode & 0o7777,
    uid: inode.uid,
    gid: inode.gid,
    size: kind === 'file' ? inode.size : 0,
    mtime: inode.mtime,
    names: inode.links,
    ...(stored !== undefined && { stored }),
    ...(xattrs !== undefined && { xattrs }),
    ...(target !== undefined && { target }),
    flaws,
    async read(offset, length) {
      if (content === undefined)
        throw new Unreadable('MALFORMED_FILE_SYSTEM', `inode ${number} is no regular file`);
      return content.read(offset, length);
    },
  };
}

async function readAttributes(volume: Volume, inode: Inode, flaws: Unreadable[]): Promise<Node['xattrs']> {
  const { attributes, number } = inode;
  const found = new AttributeSet(number);
  try {
    if (attributes?.format === 'local') parseShortAttributes(attributes.bytes, found);
    else if (attributes !== undefined && (attributes.format === 'btree' || attributes.extents > 0)) {
      const extents = await readExtents(volume, attributes, number, found.what, 'refused', found.flaws);
      await readAttributeTree(volume, extents, number, found);
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    found.flaws.push(error);
  }
  flaws.push(...found.flaws);
  return found.values;
}

/** The content of a regular file, its extents read when they are first needed. */
class FileContent {
  readonly #volume: Volume;
  readonly #inode: Inode;
  readonly #what: string;
  #extents: Promise<readonly Extent[]> | undefined;

  constructor(volume: Volume, inode: Inode) {
    this.#volume = volume;
    this.#inode = inode;
    this.#what = `inode ${inode.number}`;
  }

  /** Bytes on disk, where the inode alone tells. */
  stored(): number | undefined {
    const { data, isRealtime, size } = this.#inode;
    if (data.format !== 'extents' || isRealtime || size === 0) return undefined;
    try {
      const extents = parseInlineExtents(this.#volume, data, this.#what, 'zeros');
      this.#extents = Promise.resolve(extents);
      return extents.reduce((sum, { length }) => sum + length, 0);
    } catch (error) {
      // Said when it is read.
      if (error instanceof Unreadable) return undefined;
      throw error;
    }
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const { size } = this.#inode;
    if (offset < 0 || length < 0 || offset + length > size)
      throw new Unreadable('TRUNCATED', `${this.#what} has ${size} bytes: not ${length} at ${offset}`);
    if (length === 0) return Buffer.alloc(0);
    this.#extents ??= this.#readExtents();
    return readContent(this.#volume, await this.#extents, offset, length);
  }

  async #readExtents(): Promise<readonly Extent[]> {
    const { data, number, isRealtime } = this.#inode;
    if (isRealtime)
      throw new Unreadable(
        'UNSUPPORTED',
        `${this.#what} is on the realtime device of its XFS, which is not read`,
      );
    const flaws: Unreadable[] = [];
    const extents = await readExtents(this.#volume, data, number, this.#what, 'zeros', flaws);
    const [flaw] = flaws;
    // A tree that is damaged may map any block: what it would give is not the file's.
    if (flaw !== undefined) throw flaw;
    return extents;
  }
}
