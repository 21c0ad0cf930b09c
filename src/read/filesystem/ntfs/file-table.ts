import { Unreadable } from '../../disk/unreadable.ts';
import { ATTRIBUTE_LIST, type Attribute, DATA } from './attribute.ts';
import { type ListEntry, MAX_LIST_BYTES, parseAttributeList } from './attribute-list.ts';
import { type File, joinExtents, toFile } from './file.ts';
import { type FileRecord, parseFileRecord } from './file-record.ts';
import { openStream, type Stream, type StreamSource } from './stream.ts';
import type { Volume } from './volume.ts';
import { Windows } from './windows.ts';

/*
 * $MFT, the table of all files: a file itself, whose first record says where the others are.
 *
 * The attacks: a table whose runs are in records that only those runs lead to; a list of attributes that names thousands of records of
 * other files, in every file. So the table is opened extent by extent, each read through those before it, and a list
 * that leads elsewhere is left at its first few errors.
 */

/** Records that have a copy in $MFTMirr: that of the table itself, of the mirror, the journal and the volume. */
const MIRRORED = 4;
const WINDOW_BYTES = 2 ** 16;
const WINDOWS = 256;
/** Errors of one attribute list after which the rest of it is not followed. */
const MAX_LIST_ERRORS = 8;
/** Extents of the table itself. Each holds a hundred fragments and more. */
const MAX_EXTENTS = 1024;

/** An attribute, and the record that it was found in. */
interface Listed {
  readonly attribute: Attribute;
  readonly record: FileRecord;
}

export class FileTable {
  /** What is wrong with the table as a whole. */
  readonly flaws: Unreadable[] = [];
  readonly #volume: Volume;
  /** The file that was asked for last: its streams are, right after its name. */
  #last: File | undefined;
  #further: FileRecord | undefined;
  #stream: Stream | undefined;
  #windows: Windows | undefined;

  private constructor(volume: Volume) {
    this.#volume = volume;
  }

  /** @throws Unreadable when the table's own record cannot be used, nor its mirror; Failure of the source */
  static async open(volume: Volume): Promise<FileTable> {
    const table = new FileTable(volume);
    const own = await table.#readOwn();
    table.flaws.push(...own.flaws);
    table.#useExtents(own.attributes);
    try {
      await table.#readExtents(own);
    } catch (error) {
      table.flaws.push(toFlaw(error, own));
    }
    return table;
  }

  /** How many records there are. */
  get count(): number {
    return Math.floor((this.#stream?.size ?? 0) / this.#volume.geometry.recordSize);
  }

  /**
   * A file by the number of its first record.
   * @throws Unreadable when its record cannot be used, Failure of the source
   */
  async file(number: number): Promise<File> {
    if (this.#last?.number === number) return this.#last;
    const record = await this.#record(number);
    if (record.base !== undefined)
      throw new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        `file record ${number} is not one of its own: it belongs to record ${record.base.number}`,
      );
    const file = await this.#gather(record);
    this.#last = file;
    return file;
  }

  async #gather(record: FileRecord): Promise<File> {
    const flaws = [...record.flaws];
    const found: Attribute[] = [];
    try {
      const list = await this.#listOf(record);
      if (list === undefined) return toFile(record, record.attributes, flaws);
      for await (const attribute of this.#follow(record, parseAttributeList(list))) {
        if (!(attribute instanceof Unreadable)) found.push(attribute);
        else flaws.push(toFlaw(attribute, record));
      }
    } catch (error) {
      flaws.push(toFlaw(error, record));
    }
    // A list that cannot be read at all leaves what the first record has.
    return toFile(record, found.length > 0 ? found : record.attributes, flaws);
  }

  async *#follow(base: FileRecord, list: Iterable<ListEntry>): AsyncGenerator<Attribute | Unreadable> {
    const followed = new Set<string>();
    const met = new Set([base]);
    let errors = 0;
    for (const entry of list) {
      const key = `${entry.record.number}:${entry.instance}`;
      try {
        if (followed.has(key))
          throw new Unreadable('MALFORMED_FILE_SYSTEM', 'its list of attributes names one of them twice');
        followed.add(key);
        const { attribute, record } = await this.#listed(base, entry);
        // What is wrong with the first record was said.
        if (!met.has(record)) yield* record.flaws;
        met.add(record);
        yield attribute;
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        yield error;
        if (++errors > MAX_LIST_ERRORS) return;
      }
    }
  }

  async #listed(base: FileRecord, entry: ListEntry): Promise<Listed> {
    const { number } = entry.record;
    const record = number === base.number ? base : await this.#furtherRecord(number);
    if (record !== base && record.base?.number !== base.number)
      throw new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        `its attributes lead to record ${number} of another file`,
      );
    const attribute = record.attributes.find((candidate) => matches(candidate, entry));
    if (attribute !== undefined) return { attribute, record };
    throw new Unreadable(
      'MALFORMED_FILE_SYSTEM',
      `record ${number} has no attribute 0x${entry.type.toString(16)} that the list of attributes names`,
    );
  }

  /** A list names several attributes of one record, one after another. */
  async #furtherRecord(number: number): Promise<FileRecord> {
    if (this.#further?.number !== number) this.#further = await this.#record(number);
    return this.#further;
  }

  async #listOf(record: FileRecord): Promise<Buffer | undefined> {
    const attribute = record.attributes.find(({ type }) => type === ATTRIBUTE_LIST);
    if (attribute === undefined) return undefined;
    const stream = openStream(this.#volume, toSource(attribute));
    if (stream.size > MAX_LIST_BYTES)
      throw new Unreadable('MALFORMED_FILE_SYSTEM', `a list of attributes has ${stream.size} bytes`);
    return stream.read(0, stream.size);
  }

  async #record(number: number): Promise<FileRecord> {
    const { recordSize } = this.#volume.geometry;
    if (this.#windows === undefined || number >= this.count)
      throw new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        `there is no file record ${number}: $MFT has ${this.count}`,
      );
    try {
      const record = parseFileRecord(await this.#windows.copy(number * recordSize, recordSize), number);
      const [flaw] = record.flaws;
      return flaw === undefined ? record : ((await this.#mirrored(number, flaw)) ?? record);
    } catch (error) {
      const copy = error instanceof Unreadable ? await this.#mirrored(number, error) : undefined;
      if (copy === undefined) throw error;
      return copy;
    }
  }

  async #readOwn(): Promise<FileRecord> {
    const { source, geometry } = this.#volume;
    try {
      const bytes = await source.read(geometry.mftCluster * geometry.clusterSize, geometry.recordSize);
      const record = parseFileRecord(Buffer.from(bytes), 0);
      const [flaw] = record.flaws;
      return flaw === undefined ? record : ((await this.#mirrored(0, flaw)) ?? record);
    } catch (error) {
      const copy = error instanceof Unreadable ? await this.#mirrored(0, error) : undefined;
      if (copy === undefined) throw error;
      return copy;
    }
  }

  /** The copy of a record that has a flaw; undefined where there is none, or it is no better. */
  async #mirrored(number: number, flaw: Unreadable): Promise<FileRecord | undefined> {
    if (number >= MIRRORED) return undefined;
    const { source, geometry } = this.#volume;
    const at = geometry.mirrorCluster * geometry.clusterSize + number * geometry.recordSize;
    try {
      const record = parseFileRecord(Buffer.from(await source.read(at, geometry.recordSize)), number);
      if (record.flaws.length > 0) return undefined;
      this.flaws.push(new Unreadable(flaw.code, `${flaw.message}; its copy in $MFTMirr was used`));
      return record;
    } catch (error) {
      if (error instanceof Unreadable) return undefined;
      throw error;
    }
  }

  async #readExtents(own: FileRecord): Promise<void> {
    const list = await this.#listOf(own);
    const extents = own.attributes.filter(isTableData);
    for (const entry of list === undefined ? [] : parseAttributeList(list)) {
      const { type, name, firstVcn } = entry;
      if (type !== DATA || name !== '' || firstVcn === 0) continue;
      if (extents.length >= MAX_EXTENTS)
        throw new Unreadable('MALFORMED_FILE_SYSTEM', `$MFT has more than ${MAX_EXTENTS} extents`);
      const { attribute, record } = await this.#listed(own, entry);
      this.flaws.push(...record.flaws);
      extents.push(attribute);
      this.#useExtents(extents);
    }
  }

  #useExtents(attributes: readonly Attribute[]): void {
    const [data] = joinExtents(attributes.filter(isTableData));
    if (data === undefined) throw new Unreadable('MALFORMED_FILE_SYSTEM', '$MFT has no content');
    this.#stream = openStream(this.#volume, data.source);
    this.#windows = new Windows(this.#stream, WINDOW_BYTES, WINDOWS);
  }
}

function isTableData({ type, name, body }: Attribute): boolean {
  return type === DATA && name === '' && body.kind === 'non-resident';
}

function toSource({ flags, body }: Attribute): StreamSource {
  return body.kind === 'resident' ? body : { kind: 'non-resident', flags, extents: [body] };
}

function matches(attribute: Attribute, entry: ListEntry): boolean {
  const { type, name, instance, body } = attribute;
  if (type !== entry.type || name !== entry.name || instance !== entry.instance) return false;
  return body.kind === 'resident' || body.firstVcn === entry.firstVcn;
}

function toFlaw(error: unknown, { number }: FileRecord): Unreadable {
  if (!(error instanceof Unreadable)) throw error;
  return new Unreadable(error.code, `file record ${number}: ${error.message}`, error.offset);
}
