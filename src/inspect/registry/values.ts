import type { Cells } from './cells.ts';

/** A value of a key. */
export interface HiveValue {
  /** Empty for the default value. */
  readonly name: string;
  /** `REG_…` as a number. */
  readonly type: number;
  /** The bytes; those that could not be read are missing, and a flaw says so. */
  readonly data: Buffer;
  /** Strings as such, the lines of REG_MULTI_SZ joined by line feeds, whole numbers in decimal; undefined for all else. */
  text(): string | undefined;
}

const REG_SZ = 1;
const REG_EXPAND_SZ = 2;
const REG_DWORD = 4;
const REG_DWORD_BIG_ENDIAN = 5;
const REG_LINK = 6;
const REG_MULTI_SZ = 7;
const REG_QWORD = 11;

const HEADER = 20;
const ASCII_NAME = 1;
const INLINE = 0x80000000;
/** What a segment of big data holds; since version 1.4 larger values are in segments. */
const SEGMENT = 16344;
/** Segments may be the same cell again and again, so that a small hive claims a gigabyte. */
const MAX_BIG_DATA = 16 * 2 ** 20;

/** The value at a cell; undefined, and a flaw, where there is none. */
export function valueAt(cells: Cells, offset: number, minor: number): HiveValue | undefined {
  const cell = cells.cell(offset, 'a value');
  if (cell === undefined) return undefined;
  if (cell.length < HEADER || cell.toString('latin1', 0, 2) !== 'vk')
    return cells.flaw('a value has no head', offset);
  const nameLength = cell.readUInt16LE(2);
  if (HEADER + nameLength > cell.length) return cells.flaw('the name of a value is cut', offset);
  const encoding = (cell.readUInt16LE(16) & ASCII_NAME) !== 0 ? 'latin1' : 'utf16le';
  const name = cell.toString(encoding, HEADER, HEADER + nameLength);
  const type = cell.readUInt32LE(12);
  let data: Buffer | undefined;
  const read = (): Buffer => {
    data ??= dataOf(cells, cell, minor);
    return data;
  };
  return {
    name,
    type,
    get data() {
      return read();
    },
    text: () => toText(type, read()),
  };
}

const NOTHING = Buffer.alloc(0);

function dataOf(cells: Cells, value: Buffer, minor: number): Buffer {
  const claimed = value.readUInt32LE(4);
  if (claimed >= INLINE) {
    const size = claimed - INLINE;
    return value.subarray(8, 8 + Math.min(size, 4));
  }
  if (claimed === 0) return NOTHING;
  const offset = value.readUInt32LE(8);
  const cell = cells.cell(offset, 'the data of a value');
  if (cell === undefined) return NOTHING;
  if (minor >= 4 && claimed > SEGMENT && cell.toString('latin1', 0, 2) === 'db')
    return bigData(cells, cell, claimed, offset);
  if (claimed > cell.length) cells.flaw('the data of a value is cut', offset);
  return cell.subarray(0, claimed);
}

function bigData(cells: Cells, head: Buffer, whole: number, at: number): Buffer {
  const claimed = Math.min(whole, MAX_BIG_DATA);
  const list = head.length < 8 ? undefined : cells.cell(head.readUInt32LE(4), 'a list of segments');
  if (list === undefined) return NOTHING;
  const count = Math.min(head.readUInt16LE(2), Math.floor(list.length / 4), Math.ceil(claimed / SEGMENT));
  const parts: Buffer[] = [];
  let size = 0;
  for (let index = 0; index < count && size < claimed; index++) {
    const segment = cells.visit(at)
      ? cells.cell(list.readUInt32LE(index * 4), 'a segment of a value')
      : undefined;
    if (segment === undefined) break;
    const part = segment.subarray(0, Math.min(SEGMENT, claimed - size));
    parts.push(part);
    size += part.length;
  }
  if (size < whole) cells.flaw('the data of a large value is cut', at);
  return Buffer.concat(parts);
}

function toText(type: number, data: Buffer): string | undefined {
  switch (type) {
    case REG_SZ:
    case REG_EXPAND_SZ:
    case REG_LINK:
      return upToNul(data.toString('utf16le'));
    case REG_MULTI_SZ:
      return data.toString('utf16le').replace(/\0+$/, '').replaceAll('\0', '\n');
    case REG_DWORD:
      return data.length < 4 ? undefined : String(data.readUInt32LE(0));
    case REG_DWORD_BIG_ENDIAN:
      return data.length < 4 ? undefined : String(data.readUInt32BE(0));
    case REG_QWORD:
      return data.length < 8 ? undefined : String(data.readBigUInt64LE(0));
    default:
      return undefined;
  }
}

function upToNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
