import { BINS_AT, checksumOf } from '../base-block.ts';

/** A key as a test describes it: values by name, keys by name. */
export interface KeyDraft {
  readonly values?: Readonly<Record<string, ValueDraft>>;
  readonly keys?: Readonly<Record<string, KeyDraft>>;
}

/** A string is REG_SZ, a number REG_DWORD, a list REG_MULTI_SZ. */
export type ValueDraft =
  | string
  | number
  | readonly string[]
  | { readonly type: number; readonly data: Buffer };

export interface HiveOptions {
  /** How lists of keys are written; `lh` where absent. */
  readonly list?: 'lf' | 'lh' | 'li' | 'ri';
  readonly dirty?: boolean;
}

const NONE = 0xffffffff;
const SEGMENT = 16344;
/** 2024-01-01T00:00:00Z as FILETIME. */
const WRITTEN = 133_485_408_000_000_000n;

/** Writes a hive of version 1.5 in one bin. */
export function buildHive(root: KeyDraft, { list = 'lh', dirty = false }: HiveOptions = {}): Buffer {
  const writer = new HiveWriter(list);
  const rootCell = writer.key('ROOT', root, NONE, true);
  const bin = writer.bin();
  const head = Buffer.alloc(BINS_AT);
  head.write('regf', 0, 'latin1');
  head.writeUInt32LE(dirty ? 2 : 1, 4);
  head.writeUInt32LE(1, 8);
  head.writeBigUInt64LE(WRITTEN, 12);
  for (const [at, value] of [
    [20, 1],
    [24, 5],
    [32, 1],
    [36, rootCell],
    [40, bin.length],
    [44, 1],
  ] as const)
    head.writeUInt32LE(value, at);
  head.writeUInt32LE(checksumOf(head), 508);
  return Buffer.concat([head, bin]);
}

/** Nests a draft below a path: `at('A\\B', draft)` is the root that has it. */
export function at(path: string, draft: KeyDraft): KeyDraft {
  return path
    .split('\\')
    .reverse()
    .reduce<KeyDraft>((below, name) => ({ keys: { [name]: below } }), draft);
}

/** Several roots as one. */
export function merged(...drafts: readonly KeyDraft[]): KeyDraft {
  const keys: Record<string, KeyDraft> = {};
  let values: Record<string, ValueDraft> = {};
  for (const draft of drafts) {
    values = { ...values, ...draft.values };
    for (const [name, key] of Object.entries(draft.keys ?? {}))
      keys[name] = keys[name] === undefined ? key : merged(keys[name], key);
  }
  return { values, keys };
}

class HiveWriter {
  readonly #list: 'lf' | 'lh' | 'li' | 'ri';
  readonly #parts: Buffer[] = [];
  #end = 32;
  readonly #security: number;

  constructor(list: 'lf' | 'lh' | 'li' | 'ri') {
    this.#list = list;
    this.#security = this.#securityCell();
  }

  key(name: string, draft: KeyDraft, parent: number, isRoot = false): number {
    const { bytes, ascii } = nameBytes(name);
    const cell = Buffer.alloc(76 + bytes.length);
    const self = this.#cell(cell);
    const values = Object.entries(draft.values ?? {}).map(([key, value]) => this.#value(key, value));
    // Windows looks keys up by halving: they are written in the order of their upper-case names.
    const names = Object.keys(draft.keys ?? {}).sort((a, b) => (a.toUpperCase() < b.toUpperCase() ? -1 : 1));
    const keys = names.map((key) => ({ name: key, offset: this.key(key, draft.keys?.[key] ?? {}, self) }));
    cell.write('nk', 0, 'latin1');
    cell.writeUInt16LE((ascii ? 0x20 : 0) | (isRoot ? 0x0c : 0), 2);
    cell.writeBigUInt64LE(WRITTEN, 4);
    cell.writeUInt32LE(parent, 16);
    cell.writeUInt32LE(keys.length, 20);
    cell.writeUInt32LE(keys.length === 0 ? NONE : this.#keyList(keys), 28);
    cell.writeUInt32LE(NONE, 32);
    cell.writeUInt32LE(values.length, 36);
    cell.writeUInt32LE(values.length === 0 ? NONE : this.#cell(offsets(values)), 40);
    cell.writeUInt32LE(this.#security, 44);
    cell.writeUInt32LE(NONE, 48);
    cell.writeUInt16LE(bytes.length, 72);
    bytes.copy(cell, 76);
    return self;
  }

  bin(): Buffer {
    const size = Math.ceil((this.#end + 8) / 4096) * 4096;
    const bin = Buffer.alloc(size);
    bin.write('hbin', 0, 'latin1');
    bin.writeUInt32LE(size, 8);
    bin.writeBigUInt64LE(WRITTEN, 20);
    let offset = 32;
    for (const part of this.#parts) {
      const taken = cellSize(part);
      bin.writeInt32LE(-taken, offset);
      part.copy(bin, offset + 4);
      offset += taken;
    }
    bin.writeInt32LE(size - offset, offset);
    return bin;
  }

  #cell(content: Buffer): number {
    const offset = this.#end;
    this.#parts.push(content);
    this.#end += cellSize(content);
    return offset;
  }

  #value(name: string, draft: ValueDraft): number {
    const { type, data } = toData(draft);
    const { bytes, ascii } = nameBytes(name);
    const cell = Buffer.alloc(20 + bytes.length);
    cell.write('vk', 0, 'latin1');
    cell.writeUInt16LE(bytes.length, 2);
    cell.writeUInt32LE(data.length <= 4 ? data.length + 0x80000000 : data.length, 4);
    if (data.length <= 4) data.copy(cell, 8);
    else cell.writeUInt32LE(this.#data(data), 8);
    cell.writeUInt32LE(type, 12);
    cell.writeUInt16LE(ascii ? 1 : 0, 16);
    bytes.copy(cell, 20);
    return this.#cell(cell);
  }

  #data(data: Buffer): number {
    if (data.length <= SEGMENT) return this.#cell(data);
    const segments: number[] = [];
    for (let start = 0; start < data.length; start += SEGMENT)
      // Four more bytes, as Windows has them.
      segments.push(this.#cell(Buffer.concat([data.subarray(start, start + SEGMENT), Buffer.alloc(4)])));
    const head = Buffer.alloc(8);
    head.write('db', 0, 'latin1');
    head.writeUInt16LE(segments.length, 2);
    head.writeUInt32LE(this.#cell(offsets(segments)), 4);
    return this.#cell(head);
  }

  #keyList(keys: readonly { name: string; offset: number }[]): number {
    if (this.#list === 'ri') {
      const half = Math.ceil(keys.length / 2);
      const lists = [keys.slice(0, half), keys.slice(half)].filter(({ length }) => length > 0);
      return this.#cell(
        Buffer.concat([head('ri', lists.length), offsets(lists.map((l) => this.#leaf('lh', l)))]),
      );
    }
    return this.#leaf(this.#list, keys);
  }

  #leaf(kind: 'lf' | 'lh' | 'li', keys: readonly { name: string; offset: number }[]): number {
    const entries = keys.flatMap(({ name, offset }) => {
      if (kind === 'li') return [offset];
      return [offset, kind === 'lh' ? hashOf(name) : Buffer.from(`${name}\0\0\0`, 'latin1').readUInt32LE(0)];
    });
    return this.#cell(Buffer.concat([head(kind, keys.length), offsets(entries)]));
  }

  /** One descriptor for all keys, without owner and lists; readers insist that there is one. */
  #securityCell(): number {
    const cell = Buffer.alloc(40);
    cell.write('sk', 0, 'latin1');
    cell.writeUInt32LE(this.#end, 4);
    cell.writeUInt32LE(this.#end, 8);
    cell.writeUInt32LE(1, 12);
    cell.writeUInt32LE(20, 16);
    cell.writeUInt8(1, 20);
    cell.writeUInt16LE(0x8000, 22);
    return this.#cell(cell);
  }
}

function cellSize(content: Buffer): number {
  return Math.ceil((content.length + 4) / 8) * 8;
}

function head(kind: string, count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.write(kind, 0, 'latin1');
  bytes.writeUInt16LE(count, 2);
  return bytes;
}

function offsets(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

function hashOf(name: string): number {
  let hash = 0;
  for (const unit of name.toUpperCase()) hash = (Math.imul(hash, 37) + (unit.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}

function nameBytes(name: string): { bytes: Buffer; ascii: boolean } {
  const ascii = /^[\0-\x7f]*$/.test(name);
  return { bytes: Buffer.from(name, ascii ? 'latin1' : 'utf16le'), ascii };
}

function toData(draft: ValueDraft): { type: number; data: Buffer } {
  if (typeof draft === 'string') return { type: 1, data: Buffer.from(`${draft}\0`, 'utf16le') };
  if (typeof draft === 'number') {
    const data = Buffer.alloc(4);
    data.writeUInt32LE(draft, 0);
    return { type: 4, data };
  }
  if ('type' in draft) return draft;
  return { type: 7, data: Buffer.from(`${draft.map((line) => `${line}\0`).join('')}\0`, 'utf16le') };
}
