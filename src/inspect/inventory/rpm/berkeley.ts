import type { Damage } from '../damage.ts';

/*
 * Berkeley DB's hash format (libdb, src/dbinc/db_page.h; rpm, lib/backend/bdb_ro.c), which rpm used until 4.16, in the
 * byte order of the machine that wrote it.
 *
 * Page 0 describes the file. Hash pages list their items by offset, key and value in turn; a value that does not fit is
 * a pointer to a chain of overflow pages. All pages are walked in file order rather than by bucket: that finds every
 * record a look-up would, in whatever bucket a hostile file hides it. No overflow page is read twice.
 */

const MAGIC = 0x00061561;
const META_SIZE = 512;
const PAGE_HEADER = 26;
const META_CHECKSUM = 1;
const TYPE_HASH_UNSORTED = 2;
const TYPE_OVERFLOW = 7;
const TYPE_HASH = 13;
const ITEM_ON_PAGE = 1;
const ITEM_OFF_PAGE = 3;
const OFF_PAGE_SIZE = 12;

/** The values of all records but that with key 0, rpm's counter. Never throws: what is wrong goes to `damage`. */
export function* readBerkeley(bytes: Uint8Array, damage: Damage): Generator<Uint8Array> {
  const file = BerkeleyFile.open(bytes, damage);
  if (file === undefined) return;
  for (const { key, value } of file.records()) {
    if (key.length !== 4 || key.some((byte) => byte !== 0)) yield value;
  }
}

class BerkeleyFile {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #pageSize: number;
  readonly #pages: number;
  readonly #damage: Damage;
  readonly #visited: Uint8Array;

  static open(bytes: Uint8Array, damage: Damage): BerkeleyFile | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const little = bytes.length >= META_SIZE && view.getUint32(12, true) === MAGIC;
    if (!little && (bytes.length < META_SIZE || view.getUint32(12) !== MAGIC)) {
      damage.add('it is no Berkeley DB hash file');
      return undefined;
    }
    const version = view.getUint32(16, little);
    const pageSize = view.getUint32(20, little);
    const pages = view.getUint32(32, little) + 1;
    const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0;
    if (version < 8 || version > 10 || pageSize < 512 || pageSize > 65_536 || !isPowerOfTwo) {
      damage.add(`it is version ${version} with pages of ${pageSize} bytes`);
      return undefined;
    }
    if (bytes[24] !== 0 || ((bytes[26] ?? 0) & META_CHECKSUM) !== 0) {
      damage.add('it is encrypted or has page checksums, which rpm never uses');
      return undefined;
    }
    const present = Math.floor(bytes.length / pageSize);
    if (pages > present) damage.add(`it ends after ${present} of ${pages} pages`);
    return new BerkeleyFile(bytes, view, little, pageSize, present, damage);
  }

  private constructor(
    bytes: Uint8Array,
    view: DataView,
    little: boolean,
    pageSize: number,
    pages: number,
    damage: Damage,
  ) {
    this.#bytes = bytes;
    this.#view = view;
    this.#little = little;
    this.#pageSize = pageSize;
    this.#pages = pages;
    this.#damage = damage;
    this.#visited = new Uint8Array(pages);
  }

  *records(): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    for (let page = 1; page < this.#pages; page++) {
      const start = page * this.#pageSize;
      const type = this.#bytes[start + 25];
      if (type !== TYPE_HASH && type !== TYPE_HASH_UNSORTED) continue;
      const items = this.#itemsOf(page);
      for (let at = 0; at + 1 < items.length; at += 2) {
        const key = this.#content(items[at]);
        const value = this.#content(items[at + 1]);
        if (key !== undefined && value !== undefined) yield { key, value };
        else this.#damage.add(`a record on page ${page} is damaged`);
      }
    }
  }

  /** Items lie from the end of the page downwards, so each ends where the one before begins. */
  #itemsOf(page: number): Uint8Array[] {
    const start = page * this.#pageSize;
    const count = this.#u16(start + 20);
    const first = PAGE_HEADER + 2 * count;
    if (count % 2 !== 0 || first > this.#pageSize) {
      this.#damage.add(`page ${page} claims ${count} items`);
      return [];
    }
    const items: Uint8Array[] = [];
    let end = this.#pageSize;
    for (let index = 0; index < count; index++) {
      const offset = this.#u16(start + PAGE_HEADER + 2 * index);
      if (offset < first || offset >= end) {
        this.#damage.add(`an item is outside page ${page}`);
        return [];
      }
      items.push(this.#bytes.subarray(start + offset, start + end));
      end = offset;
    }
    return items;
  }

  #content(item: Uint8Array | undefined): Uint8Array | undefined {
    if (item?.[0] === ITEM_ON_PAGE) return item.subarray(1);
    if (item?.[0] !== ITEM_OFF_PAGE || item.length < OFF_PAGE_SIZE) return undefined;
    const at = item.byteOffset - this.#bytes.byteOffset;
    return this.#overflow(this.#u32(at + 4), this.#u32(at + 8));
  }

  #overflow(first: number, size: number): Uint8Array | undefined {
    if (size > this.#bytes.length) return undefined;
    const parts: Uint8Array[] = [];
    let left = size;
    for (let page = first; left > 0; ) {
      const start = page * this.#pageSize;
      if (page < 1 || page >= this.#pages || this.#visited[page] === 1) return undefined;
      this.#visited[page] = 1;
      const length = this.#u16(start + 22);
      if (this.#bytes[start + 25] !== TYPE_OVERFLOW || length === 0) return undefined;
      if (length > left || PAGE_HEADER + length > this.#pageSize) return undefined;
      parts.push(this.#bytes.subarray(start + PAGE_HEADER, start + PAGE_HEADER + length));
      left -= length;
      page = this.#u32(start + 16);
    }
    return Buffer.concat(parts);
  }

  #u16(offset: number): number {
    return this.#view.getUint16(offset, this.#little);
  }

  #u32(offset: number): number {
    return this.#view.getUint32(offset, this.#little);
  }
}
