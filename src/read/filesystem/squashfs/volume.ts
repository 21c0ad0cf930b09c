import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, Listed, Node } from '../contract.ts';
import { toTarget } from '../link-target.ts';
import { type Content, Contents } from './content.ts';
import { type Decompressor, toDecompressor } from './decompressor.ts';
import { readFolder } from './folder.ts';
import { type FolderPlace, type Inode, readInode } from './inode.ts';
import { Metadata, toPlace } from './metadata.ts';
import { readSuperblock, type Superblock } from './superblock.ts';
import { Table } from './table.ts';
import { XattrSets, type Xattrs } from './xattrs.ts';

const ID_BYTES = 4;
const FRAGMENT_BYTES = 16;

/**
 * squashfs 4.0 (Linux, Documentation/filesystems/squashfs.rst). It has no checksums but those of its compressed blocks.
 */
export class Squashfs implements FileSystem {
  readonly kind = 'squashfs';
  readonly flaws: readonly Unreadable[];
  readonly #superblock: Superblock;
  readonly #metadata: Metadata;
  readonly #contents: Contents;
  readonly #owners: Table;
  readonly #xattrs: XattrSets | undefined;

  private constructor(
    superblock: Superblock,
    source: BlockSource,
    decompress: Decompressor,
    metadata: Metadata,
    xattrs: XattrSets | undefined,
    flaws: readonly Unreadable[],
  ) {
    const { blockSize, fragmentTable, fragments, idTable, ids } = superblock;
    this.#superblock = superblock;
    this.#metadata = metadata;
    this.#owners = new Table(metadata, source, idTable, ids, ID_BYTES);
    const ends =
      fragmentTable === undefined
        ? undefined
        : new Table(metadata, source, fragmentTable, fragments, FRAGMENT_BYTES);
    this.#contents = new Contents(source, blockSize, decompress, ends);
    this.#xattrs = xattrs;
    this.flaws = flaws;
  }

  /** @throws Unreadable, Failure of the source */
  static async open(source: BlockSource): Promise<Squashfs> {
    const superblock = await readSuperblock(source);
    const { bytes, compressor, xattrTable } = superblock;
    const decompress = toDecompressor(compressor);
    const metadata = new Metadata(source, bytes, decompress);
    const flaws: Unreadable[] = [];
    if (bytes > source.size) {
      const message = `squashfs has ${bytes} bytes, of which ${source.size} are there`;
      flaws.push(new Unreadable('TRUNCATED', message, source.size));
    }
    const xattrs =
      xattrTable === undefined
        ? undefined
        : await orFlaw(XattrSets.open(metadata, source, xattrTable), flaws, 'extended attributes');
    return new Squashfs(superblock, source, decompress, metadata, xattrs, flaws);
  }

  async root(): Promise<Node> {
    const { block, offset } = toPlace(this.#superblock.root, 0);
    const node = await this.#open(block, offset);
    if (node.kind === 'directory') return node;
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `the root is a ${node.kind}`, 32);
  }

  async *list(folder: Node): AsyncGenerator<Listed> {
    if (!(folder instanceof SquashfsNode) || folder.place === undefined) return;
    const { block, offset, bytes } = folder.place;
    const cursor = this.#metadata.at(this.#superblock.folderTable + block, offset);
    for await (const entry of readFolder(cursor, bytes)) {
      yield {
        kind: 'name',
        name: entry.name,
        id: toId(entry.block, entry.offset),
        open: () => this.#open(entry.block, entry.offset),
      };
    }
  }

  async #open(block: number, offset: number): Promise<Node> {
    const inode = await readInode(this.#metadata.at(this.#superblock.inodeTable + block, offset));
    const flaws: Unreadable[] = [];
    const owner = await orFlaw(this.#ownerOf(inode), flaws, 'owner');
    const xattrs =
      inode.xattrs === undefined
        ? undefined
        : await orFlaw(this.#readXattrs(inode.xattrs), flaws, 'extended attributes');
    const content = inode.file === undefined ? undefined : await this.#contents.open(inode.file);
    const target = inode.target === undefined ? undefined : toTarget(inode.target, 'it', flaws);
    const parts = { owner: owner ?? NOBODY_KNOWN, xattrs, content, target, flaws };
    return new SquashfsNode(toId(block, offset), inode, parts);
  }

  async #ownerOf({ uid, gid }: Inode): Promise<Owner> {
    return {
      uid: (await this.#owners.entry(uid)).readUInt32LE(0),
      gid: (await this.#owners.entry(gid)).readUInt32LE(0),
    };
  }

  async #readXattrs(index: number): Promise<Xattrs> {
    if (this.#xattrs !== undefined) return this.#xattrs.read(index);
    throw new Unreadable(
      'MALFORMED_FILE_SYSTEM',
      'a file has extended attributes, and the file system has none',
    );
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** As root's, it is looked at with the most care. */
const NOBODY_KNOWN: Owner = { uid: 0, gid: 0 };

/** What an inode refers to, read. */
interface NodeParts {
  readonly owner: Owner;
  readonly xattrs: Xattrs | undefined;
  readonly content: Content | undefined;
  /** Of a link, up to its first NUL. */
  readonly target: Buffer | undefined;
  readonly flaws: readonly Unreadable[];
}

class SquashfsNode implements Node {
  readonly id: number;
  readonly kind: Node['kind'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly names: number;
  readonly stored?: number;
  readonly xattrs?: Xattrs;
  readonly target?: Buffer;
  readonly flaws: readonly Unreadable[];
  /** Of a folder. */
  readonly place: FolderPlace | undefined;
  readonly #content: Content | undefined;

  constructor(id: number, inode: Inode, { owner, xattrs, content, target, flaws }: NodeParts) {
    this.id = id;
    this.kind = inode.kind;
    this.mode = inode.mode;
    this.uid = owner.uid;
    this.gid = owner.gid;
    this.size = inode.file?.size ?? 0;
    this.mtime = inode.mtime;
    this.names = inode.names;
    if (content?.stored !== undefined) this.stored = content.stored;
    if (xattrs !== undefined) this.xattrs = xattrs;
    if (target !== undefined) this.target = target;
    this.flaws = flaws;
    this.place = inode.folder;
    this.#content = content;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    return this.#content === undefined ? Buffer.alloc(0) : this.#content.read(offset, length);
  }
}

/** Where the inode is: numbers that inodes carry need not be different. */
function toId(block: number, offset: number): number {
  return block * 2 ** 16 + offset;
}

async function orFlaw<T>(reading: Promise<T>, flaws: Unreadable[], what: string): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaws.push(new Unreadable(error.code, `its ${what} could not be read: ${error.message}`, error.offset));
    return undefined;
  }
}
