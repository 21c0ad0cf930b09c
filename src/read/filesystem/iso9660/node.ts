import type { BlockSource } from '../../disk/block-source.ts';
import { firstEndingAfter } from '../../disk/first-ending-after.ts';
import { type Locate, readRuns } from '../../disk/runs.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Node } from '../contract.ts';
import type { FolderPlace } from './folder-records.ts';
import type { FolderRecord } from './record.ts';
import type { RockRidge } from './rock-ridge.ts';
import type { Tree } from './tree.ts';

/** Bytes of a file, one part of them. */
export interface Place {
  readonly at: number;
  readonly bytes: number;
}

export interface IsoFolder {
  readonly tree: Tree;
  readonly folder: FolderPlace;
  /** The same folder in the second tree, when this is one of the first. */
  readonly counterpart: FolderPlace | undefined;
}

interface Described {
  readonly record: FolderRecord;
  readonly rockRidge: RockRidge | undefined;
  readonly flaws: readonly Unreadable[];
}

interface Parts {
  readonly id: string;
  readonly kind: Node['kind'];
  readonly described?: Described | undefined;
  readonly isProgram?: boolean;
  readonly flaws?: readonly Unreadable[];
  readonly place?: IsoFolder;
  readonly source?: BlockSource;
  readonly content?: readonly Place[];
}

/** Without Rock Ridge nothing tells what is one. */
const PROGRAM = /\.(?:efi|exe|sys|com)$/i;

export class IsoNode implements Node {
  readonly id: string;
  readonly kind: Node['kind'];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  /** Directory records are not shared: each name has its own. */
  readonly names = 1;
  readonly target?: Buffer;
  readonly flaws: readonly Unreadable[];
  readonly place: IsoFolder | undefined;
  readonly #source: BlockSource | undefined;
  readonly #content: readonly Part[];

  private constructor({ id, kind, described, isProgram, flaws, place, source, content }: Parts) {
    const rockRidge = described?.rockRidge;
    this.id = id;
    this.kind = kind;
    this.mode = rockRidge?.mode ?? (kind === 'directory' || isProgram === true ? 0o755 : 0o644);
    this.uid = rockRidge?.uid ?? 0;
    this.gid = rockRidge?.gid ?? 0;
    this.mtime = rockRidge?.mtime ?? described?.record.mtime ?? 0;
    if (kind === 'symlink') this.target = rockRidge?.target ?? Buffer.alloc(0);
    this.flaws = flaws ?? described?.flaws ?? [];
    this.place = place;
    this.#source = source;
    this.#content = kind === 'file' ? toParts(content ?? []) : [];
    const last = this.#content.at(-1);
    this.size = last === undefined ? 0 : last.offset + last.length;
  }

  static folder(block: number, place: IsoFolder, described?: Described): IsoNode {
    const claimed = described?.rockRidge?.kind ?? 'directory';
    const parts = { id: `folder ${block}`, kind: 'directory', described, place } as const;
    if (claimed === 'directory') return new IsoNode(parts);
    const flaw = new Unreadable('MALFORMED_FILE_SYSTEM', `Rock Ridge calls a folder a ${claimed}`);
    return new IsoNode({ ...parts, flaws: [...(described?.flaws ?? []), flaw] });
  }

  static other(
    id: string,
    name: Buffer,
    described: Described,
    source: BlockSource,
    content: readonly Place[],
  ): IsoNode {
    const kind = described.rockRidge?.kind ?? 'file';
    const parts = { id, described, source, content, isProgram: PROGRAM.test(name.toString('latin1')) };
    if (kind !== 'directory') return new IsoNode({ ...parts, kind });
    const flaw = new Unreadable(
      'MALFORMED_FILE_SYSTEM',
      'Rock Ridge calls a file a folder: it was read as a file',
    );
    return new IsoNode({ ...parts, kind: 'file', flaws: [...described.flaws, flaw] });
  }

  static boot(id: string): IsoNode {
    return new IsoNode({ id, kind: 'directory' });
  }

  static bootFile(id: string, source: BlockSource, place: Place): IsoNode {
    return new IsoNode({ id, kind: 'file', isProgram: true, source, content: [place] });
  }

  /** The folder of boot images. */
  get isBoot(): boolean {
    return this.kind === 'directory' && this.place === undefined;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const source = this.#source;
    if (source === undefined || length === 0) return Buffer.alloc(0);
    const locate: Locate = async (wanted, most) => {
      const part = this.#content[firstEndingAfter(this.#content, wanted)];
      if (part === undefined) throw beyond(this.size, wanted);
      const skipped = wanted - part.offset;
      const run = { offset: part.at + skipped, length: Math.min(most, part.length - skipped) };
      return { kind: 'stored', source, ...run };
    };
    return readRuns(locate, offset, length);
  }
}

/** Bytes of the disk at `at`, and where in the file they are. */
interface Part {
  readonly at: number;
  readonly offset: number;
  readonly length: number;
}

function toParts(content: readonly Place[]): Part[] {
  const parts: Part[] = [];
  let offset = 0;
  for (const { at, bytes } of content) {
    if (bytes > 0) parts.push({ at, offset, length: bytes });
    offset += bytes;
  }
  return parts;
}

function beyond(size: number, offset: number): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `a file of ${size} bytes has none at ${offset}`);
}
