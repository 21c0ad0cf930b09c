import type { Damage } from '../damage.ts';
import { decodeUtf8 } from '../utf8.ts';

/*
 * Reads one table of an SQLite file (sqlite.org/fileformat2.html) and nothing else: rpm's `Packages(hnum, blob)`.
 *
 * A real SQLite library runs whatever schema, views and triggers the file brings, and has had its share of bugs on
 * hostile files. Here a table is a b-tree of pages: interior pages point to more pages, leaves hold rows, and a row
 * that does not fit continues in a chain of overflow pages. Each page is visited at most once, so a loop ends and no
 * page can be read a thousand times over; rows together cannot be longer than the file.
 */

const MAGIC = 'SQLite format 3\0';
const FILE_HEADER = 100;
const TABLE_LEAF = 0x0d;
const TABLE_INTERIOR = 0x05;
const BLOB_COLUMN = 1;

/** The blobs of the table `Packages`. Never throws: what is wrong with the file goes to `damage`. */
export function* readSqlite(bytes: Uint8Array, damage: Damage): Generator<Uint8Array> {
  const file = SqliteFile.open(bytes, damage);
  if (file === undefined) return;
  const root = rootOf(file, 'Packages');
  if (root === undefined) {
    damage.add('it has no table Packages');
    return;
  }
  for (const row of file.rows(root)) {
    const blob = columnOf(row, BLOB_COLUMN);
    if (blob === undefined) damage.add('a row of Packages holds no header');
    else yield blob;
  }
}

/** From the schema table, whose root is page 1: type, name, tbl_name, rootpage, sql. */
function rootOf(file: SqliteFile, table: string): number | undefined {
  for (const row of file.rows(1)) {
    const [type, name, root] = [0, 1, 3].map((column) => columnOf(row, column));
    if (type === undefined || name === undefined || root === undefined) continue;
    if (decodeUtf8(type) === 'table' && decodeUtf8(name) === table) {
      return root.reduce((value, byte) => value * 256 + byte, 0);
    }
  }
  return undefined;
}

class SqliteFile {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #pageSize: number;
  /** Bytes of a page that hold content. */
  readonly #usable: number;
  readonly #damage: Damage;
  readonly #visited: Uint8Array;
  #budget: number;

  static open(bytes: Uint8Array, damage: Damage): SqliteFile | undefined {
    if (bytes.length < FILE_HEADER || decodeUtf8(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
      damage.add('it is no SQLite file');
      return undefined;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const raw = view.getUint16(16);
    const pageSize = raw === 1 ? 65_536 : raw;
    const usable = pageSize - (bytes[20] ?? 0);
    if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480) {
      damage.add(`it has pages of ${pageSize} bytes`);
      return undefined;
    }
    // Text encodings other than UTF-8 are allowed, but rpm's database never has one.
    if (view.getUint32(56) > 1) damage.add('its text is not UTF-8');
    return new SqliteFile(bytes, view, pageSize, usable, damage);
  }

  private constructor(bytes: Uint8Array, view: DataView, pageSize: number, usable: number, damage: Damage) {
    this.#bytes = bytes;
    this.#view = view;
    this.#pageSize = pageSize;
    this.#usable = usable;
    this.#damage = damage;
    this.#visited = new Uint8Array(Math.floor(bytes.length / pageSize) + 1);
    this.#budget = bytes.length;
  }

  /** The records of a table, in key order. */
  *rows(root: number): Generator<Uint8Array> {
    const stack = [root];
    for (let page = stack.pop(); page !== undefined; page = stack.pop()) {
      const start = this.#visit(page);
      if (start === undefined) continue;
      // Page 1 begins with the file header.
      const header = page === 1 ? start + FILE_HEADER : start;
      const type = this.#bytes[header];
      if (type === TABLE_LEAF) yield* this.#leafRows(start, header);
      else if (type === TABLE_INTERIOR) stack.push(...this.#childrenOf(start, header));
      else this.#damage.add(`page ${page} is no page of a table`);
    }
  }

  /** The offset of a page not read before. */
  #visit(page: number): number | undefined {
    const start = (page - 1) * this.#pageSize;
    if (page < 1 || start + this.#pageSize > this.#bytes.length) {
      this.#damage.add(`page ${page} is outside the file`);
      return undefined;
    }
    if (this.#visited[page] === 1) {
      this.#damage.add(`page ${page} is used twice`);
      return undefined;
    }
    this.#visited[page] = 1;
    return start;
  }

  /** Offsets of a page's cells in the file. */
  *#cellsOf(start: number, header: number, headerSize: number): Generator<number> {
    const count = this.#view.getUint16(header + 3);
    const pointers = header + headerSize;
    if (pointers + 2 * count > start + this.#usable) {
      this.#damage.add('a page claims more cells than it can hold');
      return;
    }
    for (let cell = 0; cell < count; cell++) {
      const offset = this.#view.getUint16(pointers + 2 * cell);
      // A cell has at least 4 bytes.
      if (offset >= headerSize && offset + 4 <= this.#usable) yield start + offset;
      else this.#damage.add('a cell is outside its page');
    }
  }

  /** Reversed, for a stack to pop in key order. */
  #childrenOf(start: number, header: number): number[] {
    const children = [...this.#cellsOf(start, header, 12)].map((cell) => this.#view.getUint32(cell));
    return [...children, this.#view.getUint32(header + 8)].reverse();
  }

  *#leafRows(start: number, header: number): Generator<Uint8Array> {
    for (const cell of this.#cellsOf(start, header, 8)) {
      const row = this.#payload(cell, start + this.#usable);
      if (row !== undefined) yield row;
    }
  }

  /** A table leaf cell: payload length, row id, payload, and the first overflow page if the payload spills. */
  #payload(cell: number, pageEnd: number): Uint8Array | undefined {
    const size = varint(this.#bytes, cell, pageEnd);
    const key = size === undefined ? undefined : varint(this.#bytes, size.next, pageEnd);
    if (size === undefined || key === undefined || size.value > this.#budget) {
      this.#damage.add('a row is longer than its file');
      return undefined;
    }
    this.#budget -= size.value;
    const local = this.#localSize(size.value);
    const end = key.next + local;
    if (end + (local < size.value ? 4 : 0) > pageEnd) {
      this.#damage.add('a row is outside its page');
      return undefined;
    }
    const head = this.#bytes.subarray(key.next, end);
    return local === size.value ? head : this.#spilled(head, size.value, this.#view.getUint32(end));
  }

  /** How much of a payload stays in its leaf (file format, 1.6 "B-tree Pages"). */
  #localSize(size: number): number {
    const max = this.#usable - 35;
    if (size <= max) return size;
    const min = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const fitting = min + ((size - min) % (this.#usable - 4));
    return fitting <= max ? fitting : min;
  }

  #spilled(head: Uint8Array, size: number, first: number): Uint8Array | undefined {
    const whole = new Uint8Array(size);
    whole.set(head);
    let filled = head.length;
    for (let page = first; filled < size; ) {
      const start = this.#visit(page);
      if (start === undefined) return undefined;
      const part = this.#bytes.subarray(start + 4, start + 4 + Math.min(this.#usable - 4, size - filled));
      whole.set(part, filled);
      filled += part.length;
      page = this.#view.getUint32(start);
    }
    return whole;
  }
}

/** A column's bytes as stored; undefined for NULL and for what is not in the record. */
function columnOf(row: Uint8Array, column: number): Uint8Array | undefined {
  const header = varint(row, 0, row.length);
  if (header === undefined) return undefined;
  let at = header.next;
  let start = header.value;
  for (let index = 0; ; index++) {
    const type = varint(row, at, Math.min(header.value, row.length));
    if (type === undefined) return undefined;
    const size = sizeOf(type.value);
    if (index === column)
      return size > 0 && start + size <= row.length ? row.subarray(start, start + size) : undefined;
    at = type.next;
    start += size;
  }
}

const FIXED_SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

/** Bytes of a value, from its serial type. */
function sizeOf(type: number): number {
  return FIXED_SIZES[type] ?? Math.floor((type - 12) / 2);
}

/** Seven bits a byte, most significant first, at most nine bytes. */
function varint(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let at = start; at < Math.min(end, start + 9); at++) {
    const byte = bytes[at] ?? 0;
    if (at === start + 8) return { value: value * 256 + byte, next: at + 1 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + 1 };
  }
  return undefined;
}
