import type { BlockSource } from '../../disk/block-source.ts';
import { requireInside } from '../../disk/bounded.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import { type Cursor, type Metadata, toPlace } from './metadata.ts';
import { Table } from './table.ts';

const PREFIXES = ['user.', 'trusted.', 'security.'];
/** Its value is elsewhere: shared with others. */
const OUT_OF_LINE = 0x100;
const ENTRY = 16;
const TABLE_HEADER = 16;
/** Linux, include/uapi/linux/limits.h: XATTR_SIZE_MAX, XATTR_NAME_MAX, and XATTR_LIST_MAX of the shortest names. */
const MAX_VALUE = 65_536;
const MAX_NAME = 255;
const MAX_COUNT = 4096;
/** All names and values of one file. */
const MAX_BYTES = 4 * MAX_VALUE;
/** Sets that are kept: a label of SELinux is on thousands of files. */
const KEPT = 256;

export type Xattrs = Readonly<Record<string, string>>;

/** Sets of attributes, which inodes refer to by number. */
export class XattrSets {
  readonly #metadata: Metadata;
  readonly #table: Table;
  /** Where names and values are. */
  readonly #start: number;
  readonly #kept = new Map<number, Xattrs>();

  private constructor(metadata: Metadata, table: Table, start: number) {
    this.#metadata = metadata;
    this.#table = table;
    this.#start = start;
  }

  /** @throws Unreadable, Failure of the source */
  static async open(metadata: Metadata, source: BlockSource, at: number): Promise<XattrSets> {
    requireInside(source, at, TABLE_HEADER);
    const header = await source.read(at, TABLE_HEADER);
    const start = header.readBigUInt64LE(0);
    if (start > BigInt(source.size)) throw damaged('extended attributes are said to be beyond the end', at);
    const table = new Table(metadata, source, at + TABLE_HEADER, header.readUInt32LE(8), ENTRY);
    return new XattrSets(metadata, table, Number(start));
  }

  /** @throws Unreadable, Failure of the source */
  async read(index: number): Promise<Xattrs> {
    const known = this.#kept.get(index);
    if (known !== undefined) return known;
    const entry = await this.#table.entry(index);
    const { block, offset } = toPlace(entry.readBigUInt64LE(0), this.#start);
    const set = await this.#readSet(this.#metadata.at(block, offset), entry.readUInt32LE(8));
    if (this.#kept.size >= KEPT) this.#kept.clear();
    this.#kept.set(index, set);
    return set;
  }

  async #readSet(cursor: Cursor, count: number): Promise<Xattrs> {
    if (count > MAX_COUNT)
      throw damaged(`a file is said to have ${count} extended attributes`, cursor.position);
    const set = new Map<string, string>();
    let bytes = 0;
    for (let index = 0; index < count; index++) {
      const head = await cursor.take(4);
      const type = head.readUInt16LE(0);
      const prefix = PREFIXES[type & 0xff];
      const length = head.readUInt16LE(2);
      if (prefix === undefined || length > MAX_NAME)
        throw damaged(
          `an extended attribute has type ${type} and a name of ${length} bytes`,
          cursor.position,
        );
      const name = prefix + (await cursor.take(length)).toString('latin1');
      const value = await this.#readValue(cursor, (type & OUT_OF_LINE) !== 0);
      bytes += name.length + value.length;
      if (bytes > MAX_BYTES)
        throw damaged(`a file has more than ${MAX_BYTES} bytes of extended attributes`, cursor.position);
      set.set(name, value.toString('latin1'));
    }
    return Object.fromEntries(set);
  }

  async #readValue(cursor: Cursor, elsewhere: boolean): Promise<Buffer> {
    const length = (await cursor.take(4)).readUInt32LE(0);
    if (!elsewhere) return takeValue(cursor, length);
    if (length !== 8) throw damaged(`a reference to a value has ${length} bytes`, cursor.position);
    const { block, offset } = toPlace((await cursor.take(8)).readBigUInt64LE(0), this.#start);
    const there = this.#metadata.at(block, offset);
    return takeValue(there, (await there.take(4)).readUInt32LE(0));
  }
}

async function takeValue(cursor: Cursor, length: number): Promise<Buffer> {
  if (length <= MAX_VALUE) return cursor.take(length);
  throw damaged(`an extended attribute is said to have ${length} bytes`, cursor.position);
}

function damaged(message: string, at: number): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', message, at);
}
