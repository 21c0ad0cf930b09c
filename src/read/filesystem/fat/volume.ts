import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, Listed, Node } from '../contract.ts';
import { type FatKind, type Geometry, readGeometry } from './boot-sector.ts';
import { type Chain, followChain, readChain } from './chain.ts';
import { ClusterTable } from './cluster-table.ts';
import { ENTRY_BYTES, type FolderEntry, FolderNames } from './folder-names.ts';
import { Folders } from './folders.ts';

/** FAT has no permissions: these are what firmware and DOS start. */
const PROGRAM = /\.(?:efi|exe|sys|com)$/i;

/** FAT12, FAT16 and FAT32 (Microsoft, "FAT: General Overview of On-Disk Format" 1.03), with long names. */
export class Fat implements FileSystem {
  readonly kind: FatKind;
  readonly label: string;
  readonly uuid?: string;
  readonly ignoresCase = true;
  readonly flaws: readonly Unreadable[];
  readonly #source: BlockSource;
  readonly #geometry: Geometry;
  readonly #table: ClusterTable;
  readonly #folders: Folders;

  private constructor(parts: Parts, label: string, flaws: readonly Unreadable[]) {
    const { geometry, source, table, folders } = parts;
    this.kind = geometry.kind;
    this.label = label;
    if (geometry.uuid !== undefined) this.uuid = geometry.uuid;
    this.flaws = flaws;
    this.#source = source;
    this.#geometry = geometry;
    this.#table = table;
    this.#folders = folders;
  }

  /** @throws Unreadable, Failure of the source */
  static async open(source: BlockSource): Promise<Fat> {
    const { geometry, flaws } = await readGeometry(source);
    if (geometry.bytes > source.size) {
      const message = `the file system has ${geometry.bytes} bytes, of which ${source.size} are there`;
      flaws.push(new Unreadable('TRUNCATED', message, source.size));
    }
    const table = new ClusterTable(source, geometry);
    flaws.push(...(await table.compareCopies()));
    const folders = new Folders(source, geometry, table);
    const label = (await readLabel(folders, geometry)) ?? geometry.label;
    return new Fat({ source, geometry, table, folders }, label, flaws);
  }

  async root(): Promise<Node> {
    const { rootCluster } = this.#geometry;
    if (this.kind === 'fat32' && !this.#table.has(rootCluster)) {
      const message = `the root folder begins at cluster ${rootCluster}, which is none`;
      throw new Unreadable('MALFORMED_FILE_SYSTEM', message, 44);
    }
    return new FatNode({ ...ROOT, cluster: rootCluster });
  }

  async *list(folder: Node): AsyncGenerator<Listed> {
    if (!(folder instanceof FatNode) || folder.kind !== 'directory') return;
    const names = new FolderNames(this.kind === 'fat32');
    for await (const piece of this.#folders.pieces(folder.cluster)) {
      if (piece.kind === 'flaw') yield piece;
      else {
        for (let at = 0; at < piece.bytes.length; at += ENTRY_BYTES) {
          const entry = names.take(piece.bytes.subarray(at, at + ENTRY_BYTES), piece.at + at);
          if (entry !== undefined) yield this.#toListed(entry);
        }
      }
    }
    const flaw = names.finish();
    if (flaw !== undefined) yield { kind: 'flaw', flaw };
  }

  #toListed(entry: FolderEntry): Listed {
    return {
      kind: 'name',
      name: Buffer.from(entry.name),
      id: toId(entry),
      open: async () => this.#open(entry),
    };
  }

  #open(entry: FolderEntry): Node {
    if (!entry.isFolder)
      return new FatNode(entry, (offset, length, chain) => this.#read(entry, offset, length, chain));
    if (this.#table.has(entry.cluster)) return new FatNode(entry);
    const message = `a folder begins at cluster ${entry.cluster}, which is none`;
    throw new Unreadable('MALFORMED_FILE_SYSTEM', message, entry.at);
  }

  async #read(entry: FolderEntry, offset: number, length: number, kept: Kept): Promise<Buffer> {
    kept.chain ??= followChain(
      this.#table,
      entry.cluster,
      Math.ceil(entry.size / this.#geometry.clusterBytes),
    );
    return readChain(this.#source, this.#geometry, await kept.chain, offset, length);
  }
}

interface Parts {
  readonly source: BlockSource;
  readonly geometry: Geometry;
  readonly table: ClusterTable;
  readonly folders: Folders;
}

/** A file's chain, once it was followed. */
interface Kept {
  chain?: Promise<Chain>;
}

type Read = (offset: number, length: number, kept: Kept) => Promise<Buffer>;

const ROOT = { name: '', isFolder: true, cluster: 0, size: 0, mtime: 0, at: 0 };

class FatNode implements Node {
  readonly id: string;
  readonly kind: Node['kind'];
  readonly mode: number;
  readonly uid = 0;
  readonly gid = 0;
  readonly size: number;
  readonly mtime: number;
  readonly names = 1;
  readonly flaws: readonly Unreadable[] = [];
  readonly cluster: number;
  readonly #read: Read | undefined;
  readonly #kept: Kept = {};

  constructor(entry: FolderEntry, read?: Read) {
    this.id = toId(entry);
    this.kind = entry.isFolder ? 'directory' : 'file';
    this.mode = entry.isFolder || PROGRAM.test(entry.name) ? 0o755 : 0o644;
    this.size = entry.isFolder ? 0 : entry.size;
    this.mtime = entry.mtime;
    this.cluster = entry.cluster;
    this.#read = read;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    if (this.#read === undefined || length === 0) return Buffer.alloc(0);
    return this.#read(offset, length, this.#kept);
  }
}

/** A folder is where its names are, so that loops are found; a file is where its entry is. */
function toId({ isFolder, cluster, at }: FolderEntry): string {
  return isFolder ? `folder ${cluster}` : `file ${at}`;
}

/** The root folder has a newer label than the boot sector, among its first entries. */
async function readLabel(folders: Folders, { kind, rootCluster }: Geometry): Promise<string | undefined> {
  try {
    for await (const piece of folders.pieces(rootCluster)) {
      if (piece.kind === 'flaw') return undefined;
      const names = new FolderNames(kind === 'fat32');
      for (let at = 0; at < piece.bytes.length && names.label === undefined; at += ENTRY_BYTES)
        names.take(piece.bytes.subarray(at, at + ENTRY_BYTES), piece.at + at);
      return names.label;
    }
  } catch (error) {
    // Whoever lists the root folder hears of it.
    if (!(error instanceof Unreadable)) throw error;
  }
  return undefined;
}
