import type { LayerPath } from './layer-path.ts';

export type FileKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo';

/** One entry of a layer or volume. Compact: an image may hold a million of these. */
export interface FileRecord {
  readonly path: LayerPath;
  readonly kind: FileKind;
  /** Permission bits with setuid, setgid and sticky: `0o7777` at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Content length in bytes; 0 for what has no content. */
  readonly size: number;
  /** Modification time, seconds since the epoch. */
  readonly mtime: number;
  /** Target of a symlink as written, or of a hard link as a layer path. */
  readonly link?: string;
  /** Lower-case hex of the content. Present on every regular file that could be read to its end. */
  readonly sha256?: string;
  /** What dpkg records. Only for files in program and library folders, and those in which something was observed. */
  readonly md5?: string;
  /** What apk records; present where `md5` is. */
  readonly sha1?: string;
  /** Extended attributes; values as latin1 strings. `security.capability` is the raw VFS capability. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** What the content is, told by its bytes and never by its name. Regular files only. */
  readonly content?: ContentClass;
}

/** What the first bytes of a regular file say it is. */
export type ContentClass =
  | 'empty'
  | 'elf'
  | 'pe'
  | 'macho'
  | 'wasm'
  | 'class'
  | 'script' // starts with #! (see FileView.interpreter)
  | 'text' // no NUL and hardly a control byte in the first 4 KiB
  | 'archive' // zip, gzip, xz, zstd, bzip2, ar, cpio, tar, 7z
  | 'picture'
  | 'binary';

/** A whiteout in a layer: hides `path` (and all below it) of the layers underneath. */
export interface Whiteout {
  /** The path hidden; for an opaque whiteout the folder whose lower contents are hidden. */
  readonly path: LayerPath;
  readonly opaque: boolean;
}

export const SETUID = 0o4000;
export const SETGID = 0o2000;

export function isExecutable(file: FileRecord): boolean {
  return file.kind === 'file' && (file.mode & 0o111) !== 0;
}
