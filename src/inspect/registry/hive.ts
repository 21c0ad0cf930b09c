import { parseBaseBlock } from './base-block.ts';
import { Cells, type HiveFlaw } from './cells.ts';
import { type HiveValue, valueAt } from './values.ts';

/*
 * Windows keeps what it starts, and what it lets in, in hives: a tree of keys with values, in cells that point at each
 * other by offset (M. Suhanov, "Windows registry file format specification"). Whoever wrote the image wrote the cells: they
 * may overlap, point at themselves, or claim more than there is. So keys are read where somebody asks for them, every
 * cell lies whole in its bin, depth and number of looks are bounded, and what cannot be read is a flaw, not an absence.
 */

export type { HiveFlaw } from './cells.ts';
export type { HiveValue } from './values.ts';

export interface HiveKey {
  readonly name: string;
  /** Undefined where the time is beyond what a date holds. */
  readonly lastWritten: Date | undefined;
  subkeys(): Iterable<HiveKey>;
  values(): Iterable<HiveValue>;
  /** A key below it by its path, as in `Microsoft\Windows`, whatever the letter case; itself for an empty path. */
  key(path: string): HiveKey | undefined;
  /** A value by its name, whatever the letter case. */
  value(name: string): HiveValue | undefined;
}

export interface Hive {
  /** Undefined where the root itself cannot be read. */
  readonly root: HiveKey | undefined;
  /** A key by its path below the root. */
  key(path: string): HiveKey | undefined;
  /** What could not be read so far: it grows while keys are walked. */
  readonly flaws: readonly HiveFlaw[];
  /** The last changes are in the transaction logs, which are not replayed. */
  readonly dirty: boolean;
}

/**
 * Opens a hive; keys are read as they are walked.
 * @throws Failure MALFORMED when the bytes are not those of a hive; nothing else, and nothing later
 */
export function parseHive(bytes: Buffer): Hive {
  const { root, binsSize, minor, dirty, checksumHolds } = parseBaseBlock(bytes);
  const cells = new Cells(bytes, binsSize);
  if (!checksumHolds) cells.flaw('the checksum of the first block is wrong', -4096 + 508);
  const key = keyAt(cells, root, minor, 0);
  return {
    root: key,
    key: (path) => key?.key(path),
    get flaws() {
      return cells.flaws;
    },
    dirty,
  };
}

const HEADER = 76;
const ASCII_NAME = 0x20;
const NONE = 0xffffffff;
/** As deep as Windows lets keys be. */
const MAX_DEPTH = 512;
/** 100 ns between 1601 and 1970. */
const EPOCH = 116_444_736_000_000_000n;

function keyAt(cells: Cells, offset: number, minor: number, depth: number): HiveKey | undefined {
  if (depth > MAX_DEPTH) return cells.flaw('keys are deeper than Windows allows', offset);
  const cell = cells.cell(offset, 'a key');
  if (cell === undefined) return undefined;
  if (cell.length < HEADER || cell.toString('latin1', 0, 2) !== 'nk')
    return cells.flaw('a key has no head', offset);
  const nameEnd = HEADER + cell.readUInt16LE(72);
  if (nameEnd > cell.length) return cells.flaw('the name of a key is cut', offset);
  const encoding = (cell.readUInt16LE(2) & ASCII_NAME) !== 0 ? 'latin1' : 'utf16le';
  return new Key(cells, offset, cell, minor, depth, cell.toString(encoding, HEADER, nameEnd));
}

class Key implements HiveKey {
  readonly name: string;
  readonly #cells: Cells;
  readonly #offset: number;
  readonly #cell: Buffer;
  readonly #minor: number;
  readonly #depth: number;

  constructor(cells: Cells, offset: number, cell: Buffer, minor: number, depth: number, name: string) {
    this.#cells = cells;
    this.#offset = offset;
    this.#cell = cell;
    this.#minor = minor;
    this.#depth = depth;
    this.name = name;
  }

  get lastWritten(): Date | undefined {
    const date = new Date(Number((this.#cell.readBigUInt64LE(4) - EPOCH) / 10_000n));
    return Number.isNaN(date.getTime()) ? undefined : date;
  }

  *subkeys(): Generator<HiveKey> {
    const count = this.#cell.readUInt32LE(20);
    const list = this.#cell.readUInt32LE(28);
    if (count === 0 || list === NONE) return;
    let seen = 0;
    for (const offset of subkeyOffsets(this.#cells, list)) {
      if (!this.#cells.visit(offset)) return;
      seen++;
      const key = keyAt(this.#cells, offset, this.#minor, this.#depth + 1);
      if (key !== undefined) yield key;
    }
    if (seen !== count) this.#cells.flaw(`a key claims ${count} keys and has ${seen}`, this.#offset);
  }

  *values(): Generator<HiveValue> {
    const count = this.#cell.readUInt32LE(36);
    const at = this.#cell.readUInt32LE(40);
    if (count === 0 || at === NONE) return;
    const list = this.#cells.cell(at, 'a list of values');
    if (list === undefined) return;
    const held = Math.min(count, Math.floor(list.length / 4));
    if (held < count) this.#cells.flaw(`a key claims ${count} values and has ${held}`, this.#offset);
    for (let index = 0; index < held; index++) {
      if (!this.#cells.visit(at)) return;
      const value = valueAt(this.#cells, list.readUInt32LE(index * 4), this.#minor);
      if (value !== undefined) yield value;
    }
  }

  key(path: string): HiveKey | undefined {
    let key: HiveKey = this;
    for (const part of path.split('\\')) {
      if (part === '') continue;
      const next = this.#named(key.subkeys(), part, 'keys');
      if (next === undefined) return undefined;
      key = next;
    }
    return key;
  }

  value(name: string): HiveValue | undefined {
    return this.#named(this.values(), name, 'values');
  }

  /** Looks at all of them: a second one of the same name might be the one that Windows finds. */
  #named<T extends { readonly name: string }>(items: Iterable<T>, name: string, what: string): T | undefined {
    const wanted = name.toLowerCase();
    let found: T | undefined;
    for (const item of items) {
      if (item.name.toLowerCase() !== wanted) continue;
      if (found === undefined) found = item;
      else this.#cells.flaw(`a key has two ${what} of one name`, this.#offset);
    }
    return found;
  }
}

/** Cells of the keys in a list: `lf` and `lh` with hints, `li` without, `ri` a list of those. */
function* subkeyOffsets(cells: Cells, at: number, inner = false): Generator<number> {
  const list = cells.cell(at, 'a list of keys');
  if (list === undefined) return;
  const kind = list.toString('latin1', 0, 2);
  const step = kind === 'lf' || kind === 'lh' ? 8 : 4;
  const known = step === 8 || kind === 'li' || (kind === 'ri' && !inner);
  if (!known) return cells.flaw('a list of keys is of no known kind', at);
  const claimed = list.readUInt16LE(2);
  const held = Math.min(claimed, Math.floor((list.length - 4) / step));
  if (held < claimed) cells.flaw('a list of keys is cut', at);
  for (let index = 0; index < held; index++) {
    const offset = list.readUInt32LE(4 + index * step);
    if (kind !== 'ri') yield offset;
    else if (cells.visit(at)) yield* subkeyOffsets(cells, offset, true);
    else return;
  }
}
