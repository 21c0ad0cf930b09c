import { decodeUtf8 } from '../utf8.ts';

/*
 * An rpm header as a database holds it (rpm, doc/manual/format_v4 and lib/header.c): two counts, an index of 16-byte
 * entries (tag, type, offset, count) and a store they point into, all big endian. Version 4 headers begin with a region
 * entry for the signed part; entries behind the region, which rpm added on installing, replace those of the same tag.
 *
 * Everything in it is the image author's. Nothing is allocated from a count alone: a string needs its NUL and a number
 * its bytes inside the store, and each wanted tag is read once.
 */

const ENTRY_SIZE = 16;
const MAX_ENTRIES = 65_535;
/** Files of one package; the largest known has about 200,000. */
const MAX_COUNT = 1_000_000;
const INT16 = 3;
const INT32 = 4;
const STRING = 6;
const STRING_ARRAY = 8;
const I18N_STRING = 9;

interface Entry {
  readonly type: number;
  /** In the blob. */
  readonly offset: number;
  readonly count: number;
}

export class MalformedHeader extends Error {
  override readonly name = 'MalformedHeader';
}

export class RpmHeader {
  readonly #blob: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  readonly #entries = new Map<number, Entry>();

  /** @throws MalformedHeader when the index or the store is not inside the blob. */
  constructor(blob: Uint8Array) {
    this.#blob = blob;
    this.#view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    if (blob.length < 8) throw new MalformedHeader('a header is cut short');
    const entries = this.#view.getUint32(0);
    const store = 8 + entries * ENTRY_SIZE;
    this.#end = store + this.#view.getUint32(4);
    if (entries === 0 || entries > MAX_ENTRIES || this.#end > blob.length)
      throw new MalformedHeader('a header is larger than its record');
    for (let at = 8; at < store; at += ENTRY_SIZE) {
      const offset = store + this.#view.getUint32(at + 8);
      const entry = { type: this.#view.getUint32(at + 4), offset, count: this.#view.getUint32(at + 12) };
      this.#entries.set(this.#view.getUint32(at), entry);
    }
  }

  /** Of a translated string the first, which is the untranslated. */
  string(tag: number): string | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined || (entry.type !== STRING && entry.type !== I18N_STRING)) return undefined;
    const end = this.#blob.indexOf(0, entry.offset);
    if (end < 0 || end >= this.#end) throw new MalformedHeader(`tag ${tag} does not end`);
    return decodeUtf8(this.#blob.subarray(entry.offset, end));
  }

  /** Undefined where the tag is absent. */
  strings(tag: number): string[] | undefined {
    const entry = this.#list(tag);
    if (entry === undefined) return undefined;
    if (entry.type !== STRING_ARRAY) throw new MalformedHeader(`tag ${tag} is no list of strings`);
    // One decoding for all: cutting a string is much cheaper than decoding many.
    let end = entry.offset - 1;
    for (let left = entry.count; left > 0; left--) {
      end = this.#blob.indexOf(0, end + 1);
      if (end < 0 || end >= this.#end) throw new MalformedHeader(`tag ${tag} does not end`);
    }
    return entry.count === 0 ? [] : decodeUtf8(this.#blob.subarray(entry.offset, end)).split('\0');
  }

  numbers(tag: number): number[] | undefined {
    const entry = this.#list(tag);
    if (entry === undefined) return undefined;
    const size = entry.type === INT32 ? 4 : entry.type === INT16 ? 2 : 1;
    if (entry.type > INT32 || entry.type === 0) throw new MalformedHeader(`tag ${tag} holds no numbers`);
    if (entry.offset + entry.count * size > this.#end) throw new MalformedHeader(`tag ${tag} does not end`);
    const view = this.#view;
    return Array.from({ length: entry.count }, (_, index) => {
      const at = entry.offset + index * size;
      return size === 4 ? view.getUint32(at) : size === 2 ? view.getUint16(at) : view.getUint8(at);
    });
  }

  #list(tag: number): Entry | undefined {
    const entry = this.#entries.get(tag);
    if (entry !== undefined && entry.count > MAX_COUNT)
      throw new MalformedHeader(`tag ${tag} has ${entry.count} elements`);
    return entry;
  }
}
