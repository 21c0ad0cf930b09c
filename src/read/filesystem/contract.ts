import type { FileKind } from '../../core/file.ts';
import type { BlockSource } from '../disk/block-source.ts';
import type { Unreadable } from '../disk/unreadable.ts';

/*
 * What one file system is to the rest: nodes, and folders that name them. Paths, hard links, loops, depth and counts are
 * the walker's (walk.ts), so that no file system has to defend itself against them twice.
 */

/** One kind of file system. */
export interface FileSystemDriver {
  /** As people write it: `ext4`, `xfs`, `ntfs`. A driver may serve several (`ext2` to `ext4`); `FileSystem.kind` tells which. */
  readonly name: string;
  /**
   * Whether its magic is there; nothing more is judged. Never throws.
   * @param head the first 128 KiB of the source, or all of a smaller one
   */
  probe(head: Buffer): boolean;
  /** @throws Unreadable when the superblock cannot be used (UNSUPPORTED names the feature), Failure of the source */
  open(source: BlockSource): Promise<FileSystem>;
}

export interface FileSystem {
  /** `ext4`, `fat32`, … */
  readonly kind: string;
  readonly label?: string;
  /** As `/dev/disk/by-uuid` names it: lower case with dashes for ext, xfs and btrfs; `ABCD-1234` for FAT; 16 hex digits upper case for NTFS. */
  readonly uuid?: string;
  /** True where names differing in case alone are one (FAT, NTFS). */
  readonly ignoresCase?: boolean;
  /** What is wrong with it as a whole: a bad superblock checksum, a journal that was not replayed. */
  readonly flaws: readonly Unreadable[];
  root(): Promise<Node>;
  /**
   * What a folder names, in the order that reads best, without `.` and `..`. A flaw where a part of the folder could not be read.
   * @throws Unreadable when none of it can be, Failure of the source
   */
  list(folder: Node): AsyncIterable<Listed>;
}

export type Listed =
  | {
      readonly kind: 'name';
      /** Raw bytes, as on disk; UTF-16 names are given as UTF-8. */
      readonly name: Buffer;
      /** Of the node it names: the same for every name of one node. */
      readonly id: NodeId;
      /** @throws Unreadable, Failure */
      open(): Promise<Node>;
    }
  | { readonly kind: 'flaw'; readonly flaw: Unreadable };

/** Unique in its file system: an inode number, a place on disk. */
export type NodeId = number | string;

export interface Node {
  readonly id: NodeId;
  /** A socket is left out by the driver's `list`, or has kind `fifo`. Hard links are plain files here. */
  readonly kind: Exclude<FileKind, 'hardlink'>;
  /** `0o7777` at most; what the file system does not have is `0o755` for folders and programs, `0o644` for others. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; of what is no regular file: 0. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** How many names the node says it has; 1 where the file system has no hard links. */
  readonly names: number;
  /** Bytes that are stored for the content, holes left out; undefined where that is not known without reading. */
  readonly stored?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
  /** Target of a symlink, raw. */
  readonly target?: Buffer;
  /** What of it could not be read though the rest could: its attributes, a checksum that is wrong. */
  readonly flaws: readonly Unreadable[];
  /**
   * Exactly `length` bytes of a regular file's content from `offset`, inside `size`. Holes are zeros. Callers ask for 1 MiB
   * at multiples of 1 MiB, or for the whole of a smaller file, so that compressed units are decoded once.
   * @throws Unreadable, Failure of the source
   */
  read(offset: number, length: number): Promise<Buffer>;
}
