import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FileSystem, Listed, Node } from '../contract.ts';
import { VOLUME_NAME } from './attribute.ts';
import { readGeometry } from './boot-sector.ts';
import { type File, residentOf } from './file.ts';
import { DOS, toNameBytes } from './file-name.ts';
import { FileTable } from './file-table.ts';
import { readFolder } from './folder-index.ts';
import type { IndexEntry } from './index-node.ts';
import { dirtyVolume, pendingChanges } from './journal.ts';
import { type FurtherStream, furtherStreams, openFurtherStream, openNode, readReparsePoint } from './node.ts';
import type { RecordReference } from './safe-integer.ts';
import { isSystemFile, isSystemStream, LOG_FILE, ROOT, VOLUME } from './system-files.ts';
import type { Volume } from './volume.ts';

/*
 * NTFS: everything is a file, the table of files too. A file is a record of attributes; a folder is an index of names.
 *
 * Names are given in the order of the files' records, so that the table is read front to back. A file's further streams follow
 * its name as `file:stream`, which is how Windows opens them.
 */

/** Names that are put in order at once: it bounds what a folder of millions holds in memory. */
const BATCH = 50_000;

export class Ntfs implements FileSystem {
  readonly kind = 'ntfs';
  readonly ignoresCase = true;
  readonly label?: string;
  readonly uuid: string;
  readonly flaws: readonly Unreadable[];
  readonly #volume: Volume;
  readonly #table: FileTable;

  private constructor(volume: Volume, table: FileTable, label: string, flaws: readonly Unreadable[]) {
    this.#volume = volume;
    this.#table = table;
    this.uuid = volume.geometry.serial;
    this.flaws = flaws;
    if (label !== '') this.label = label;
  }

  /** @throws Unreadable, Failure of the source */
  static async open(source: BlockSource): Promise<Ntfs> {
    const { geometry, flaws } = await readGeometry(source);
    const volume = { source, geometry };
    const table = await FileTable.open(volume);
    const state = await readState(volume, table);
    return new Ntfs(volume, table, state.label, [
      ...flaws,
      ...checkSize(volume),
      ...table.flaws,
      ...state.flaws,
    ]);
  }

  async root(): Promise<Node> {
    const node = await openNode(this.#volume, await this.#table.file(ROOT), '');
    return { ...node, kind: 'directory', mode: 0o755 };
  }

  async *list(folder: Node): AsyncGenerator<Listed> {
    const file = await this.#table.file(Number(folder.id));
    if (file.number === ROOT) yield* this.#streamsOf(file, '', file);
    const long = new Set<number>();
    const short: IndexEntry[] = [];
    let batch: IndexEntry[] = [];
    for await (const entry of readFolder(this.#volume, file)) {
      if (entry instanceof Unreadable) {
        yield { kind: 'flaw', flaw: entry };
        continue;
      }
      if (entry.namespace === DOS) {
        short.push(entry);
        continue;
      }
      long.add(entry.record.number);
      batch.push(entry);
      if (batch.length < BATCH) continue;
      yield* this.#batch(file, batch);
      batch = [];
    }
    // A short name that has no long one beside it is a name like any other.
    yield* this.#batch(file, batch.concat(short.filter(({ record }) => !long.has(record.number))));
  }

  async *#batch(folder: File, entries: readonly IndexEntry[]): AsyncGenerator<Listed> {
    for (const entry of entries.toSorted((one, other) => one.record.number - other.record.number))
      yield* this.#name(folder, entry);
  }

  async *#name(folder: File, { name, record }: IndexEntry): AsyncGenerator<Listed> {
    if (!isSystemFile(folder.number, name, record.number))
      yield {
        kind: 'name',
        name: toNameBytes(name),
        id: record.number,
        open: async () => openNode(this.#volume, await this.#fileOf(record), name),
      };
    if (record.number === ROOT) return;
    let file: File;
    try {
      file = await this.#table.file(record.number);
    } catch (error) {
      // Said by the name itself, when it is opened.
      if (error instanceof Unreadable) return;
      throw error;
    }
    yield* this.#streamsOf(folder, name, file);
  }

  async *#streamsOf(folder: File, name: string, file: File): AsyncGenerator<Listed> {
    for (const stream of await this.#further(file)) {
      const own = isSystemFile(folder.number, name, file.number) && stream.attribute.name === '';
      if (own || isSystemStream(folder.number, name, stream.attribute.name)) continue;
      const full = `${name}${stream.suffix}`;
      yield {
        kind: 'name',
        name: toNameBytes(full),
        id: stream.id,
        open: async () => openFurtherStream(this.#volume, file, stream, full),
      };
    }
  }

  async #further(file: File): Promise<readonly FurtherStream[]> {
    try {
      return furtherStreams(this.#volume, file, await readReparsePoint(this.#volume, file));
    } catch (error) {
      if (error instanceof Unreadable) return furtherStreams(this.#volume, file, undefined);
      throw error;
    }
  }

  /** @throws Unreadable, Failure */
  async #fileOf({ number, sequence }: RecordReference): Promise<File> {
    const file = await this.#table.file(number);
    const odd = !file.inUse
      ? `file record ${number} is not in use, though a folder names it`
      : sequence !== 0 && sequence !== file.sequence
        ? `file record ${number} was used for another file since a folder named it`
        : undefined;
    if (odd === undefined) return file;
    return { ...file, flaws: [...file.flaws, new Unreadable('MALFORMED_FILE_SYSTEM', odd)] };
  }
}

function checkSize({ source, geometry }: Volume): Unreadable[] {
  const size = geometry.clusters * geometry.clusterSize;
  if (size <= source.size) return [];
  return [
    new Unreadable(
      'TRUNCATED',
      `the file system has ${size} bytes, and ${source.name} ${source.size}`,
      source.size,
    ),
  ];
}

/** The label, and whether what is on disk is all that there is. */
async function readState(
  volume: Volume,
  table: FileTable,
): Promise<{ readonly label: string; readonly flaws: readonly Unreadable[] }> {
  const flaws: Unreadable[] = [];
  let label = '';
  try {
    const file = await table.file(VOLUME);
    label = residentOf(file, VOLUME_NAME)?.toString('utf16le').toWellFormed() ?? '';
    for (const flaw of [...file.flaws, dirtyVolume(file)]) if (flaw !== undefined) flaws.push(flaw);
    const pending = await pendingChanges(volume, await table.file(LOG_FILE));
    if (pending !== undefined) flaws.push(pending);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    flaws.push(error);
  }
  return { label, flaws };
}
