import type { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import type { Contents } from './content.ts';
import type { Inode } from './inode.ts';
import type { Subvolume } from './subvolumes.ts';

export class BtrfsNode implements Node {
  readonly id: string;
  readonly kind: Node['kind'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly names: number;
  readonly stored: number;
  readonly flaws: readonly Unreadable[];
  readonly xattrs?: Readonly<Record<string, string>>;
  readonly target?: Buffer;
  readonly subvolume: Subvolume;
  readonly inode: Inode;
  readonly #contents: Contents;

  constructor(
    contents: Contents,
    subvolume: Subvolume,
    inode: Inode,
    link?: { readonly target: Buffer; readonly flaws: readonly Unreadable[] },
  ) {
    this.id = toNodeId(subvolume, inode.number);
    this.kind = inode.kind;
    this.mode = inode.mode;
    this.uid = inode.uid;
    this.gid = inode.gid;
    this.size = inode.kind === 'file' ? inode.size : 0;
    this.mtime = inode.mtime;
    this.names = inode.names;
    this.stored = inode.stored;
    this.flaws = link === undefined ? inode.flaws : [...inode.flaws, ...link.flaws];
    if (inode.xattrs !== undefined) this.xattrs = inode.xattrs;
    if (link !== undefined) this.target = link.target;
    this.subvolume = subvolume;
    this.inode = inode;
    this.#contents = contents;
  }

  read(offset: number, length: number): Promise<Buffer> {
    return this.#contents.read(this.subvolume.root, this.inode, offset, length);
  }
}

/** Inodes of different subvolumes have the same numbers. */
export function toNodeId({ id }: Subvolume, inode: number): string {
  return `${id}:${inode}`;
}

/** What a kernel shows for a subvolume that is not to be seen there: nothing. */
export function emptyFolder(id: string): Node {
  return {
    id,
    kind: 'directory',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    names: 1,
    flaws: [],
    read: async () => Buffer.alloc(0),
  };
}
