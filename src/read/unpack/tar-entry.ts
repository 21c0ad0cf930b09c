import type { FileKind } from '../../core/file.ts';
import type { Fault } from './fault.ts';
import type { Extent } from './sparse.ts';
import type { StrayBytes } from './stray-bytes.ts';
import type { TarContent } from './tar-content.ts';

export interface TarEntry {
  /** As in the archive, not normalised. */
  readonly name: string;
  readonly kind: FileKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Content length; of a sparse file with its holes. */
  readonly size: number;
  readonly mtime: number;
  /** Target of a link, as in the archive. */
  readonly link?: string;
  readonly xattrs?: Readonly<Record<string, string>>;
  /** Character and block devices only. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** Of the header block in the stream. */
  readonly offset: number;
  /**
   * The content, once. It may end before `size` bytes, and then a fault was told. Chunks are views that may share an
   * ArrayBuffer with their neighbours: copy before transferring one. They are never overwritten.
   */
  readonly content: TarContent;
}

export interface TarObserver {
  /** What could not be read. `incomplete` is false where all content was read nonetheless. */
  fault(fault: Fault, incomplete: boolean, path?: string): void;
  padding(stray: StrayBytes, path: string): void;
  /** `archive` is the name of the first entry where a second archive follows the end of the first. */
  trailing(stray: StrayBytes, archive?: string): void;
  /** Asked before each stretch of zeros in a sparse file. */
  hole(bytes: number): Fault | undefined;
}

export interface Sparse {
  readonly size: number;
  /** Undefined where the map is at the start of the content. */
  readonly extents: readonly Extent[] | undefined;
}

const KINDS: ReadonlyMap<string, FileKind> = new Map([
  ['\0', 'file'],
  ['0', 'file'],
  ['7', 'file'],
  ['S', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['3', 'character'],
  ['4', 'block'],
  ['5', 'directory'],
  ['6', 'fifo'],
]);

/** What a type flag makes. Types that are not known are files, as POSIX says. */
export function toKind(type: string, name: string): FileKind {
  if (type === '\0' && name.endsWith('/')) return 'directory';
  return KINDS.get(type) ?? 'file';
}

export function isKnownType(type: string): boolean {
  return KINDS.has(type);
}
