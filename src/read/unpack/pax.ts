import { decodeName } from './tar-text.ts';

/** The records of one pax extended header that change an entry, decoded. */
export interface PaxRecords {
  readonly path?: string;
  readonly link?: string;
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Whole seconds. */
  readonly mtime?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
  readonly sparse?: PaxSparse;
}

/** GNU's sparse records of any of its three versions. */
interface PaxSparse {
  /** True where the map is at the start of the content (version 1.0). */
  readonly inContent: boolean;
  readonly name?: string;
  readonly size?: number;
  /** Offsets and lengths in turn. */
  readonly map: readonly number[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NEWLINE = 0x0a;
const SCHILY = 'SCHILY.xattr.';
const LIBARCHIVE = 'LIBARCHIVE.xattr.';

/**
 * Reads `LENGTH KEYWORD=VALUE\n` records (POSIX pax, "pax Extended Header"). The last record of a keyword wins; an
 * empty value leaves what the header says.
 * @returns why they cannot be read, where they cannot
 */
export function parsePax(content: Buffer): PaxRecords | string {
  const records: Mutable<PaxRecords> = {};
  const sparse = new SparseRecords();
  const xattrs = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const record = recordAt(content, at);
    if (record === undefined) return `an extended header is not one, at its byte ${at}`;
    at = record.end;
    const { keyword, value } = record;
    if (keyword.startsWith('GNU.sparse.')) {
      if (!sparse.add(keyword.slice('GNU.sparse.'.length), value)) return 'a sparse map is none';
    } else if (keyword.startsWith(SCHILY)) {
      xattrs.set(keyword.slice(SCHILY.length), value.toString('latin1'));
    } else if (keyword.startsWith(LIBARCHIVE)) {
      addLibarchive(xattrs, keyword.slice(LIBARCHIVE.length), value);
    } else if (value.length > 0 && !assign(records, keyword, value)) {
      return `an extended header has a ${keyword} that is none`;
    }
  }
  if (xattrs.size > 0) records.xattrs = Object.fromEntries(xattrs);
  const map = sparse.result();
  if (map === 'invalid') return 'a sparse map is none';
  if (map !== undefined) records.sparse = map;
  return records;
}

interface PaxRecord {
  readonly keyword: string;
  readonly value: Buffer;
  readonly end: number;
}

function recordAt(content: Buffer, start: number): PaxRecord | undefined {
  let length = 0;
  let at = start;
  for (; at < start + 8; at++) {
    const digit = (content[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
  }
  const end = start + length;
  if (content[at] !== 0x20 || end > content.length || end <= at + 1 || content[end - 1] !== NEWLINE)
    return undefined;
  const equals = content.indexOf(0x3d, at + 1);
  if (equals <= at + 1 || equals >= end) return undefined;
  const keyword = content.toString('latin1', at + 1, equals);
  if (keyword.includes('\0')) return undefined;
  return { keyword, value: content.subarray(equals + 1, end - 1), end };
}

/** False where the keyword is one of ours and the value is none for it. */
function assign(records: Mutable<PaxRecords>, keyword: string, value: Buffer): boolean {
  switch (keyword) {
    case 'path':
    case 'linkpath':
      if (value.includes(0)) return false;
      records[keyword === 'path' ? 'path' : 'link'] = decodeName(value);
      return true;
    case 'size':
    case 'uid':
    case 'gid': {
      const number = toInteger(value);
      if (number === undefined || (keyword === 'size' && number < 0)) return false;
      records[keyword] = number;
      return true;
    }
    case 'mtime': {
      const text = value.toString('latin1');
      if (value.length > 40 || !/^-?\d{1,15}(?:\.\d*)?$/.test(text)) return false;
      records.mtime = Math.floor(Number(text));
      return true;
    }
    default:
      return true;
  }
}

function toInteger(value: Buffer): number | undefined {
  if (value.length > 17) return undefined;
  const text = value.toString('latin1');
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

/** libarchive writes the name percent-encoded and the value in base64; where star's record is there too, it wins. */
function addLibarchive(xattrs: Map<string, string>, encoded: string, value: Buffer): void {
  const name = encoded.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  if (!xattrs.has(name)) xattrs.set(name, Buffer.from(value.toString('latin1'), 'base64').toString('latin1'));
}

/** Gathers `GNU.sparse.*` (GNU tar manual, "Storing Sparse Files"). */
class SparseRecords {
  #major = '';
  #minor = '';
  #name: string | undefined;
  #size: number | undefined;
  readonly #pairs: number[] = [];
  #list: number[] | undefined;

  add(keyword: string, value: Buffer): boolean {
    switch (keyword) {
      case 'major':
        this.#major = value.toString('latin1');
        return true;
      case 'minor':
        this.#minor = value.toString('latin1');
        return true;
      case 'name':
        this.#name = decodeName(value);
        return !value.includes(0);
      case 'size':
      case 'realsize':
        this.#size = toInteger(value);
        return this.#size !== undefined && this.#size >= 0;
      case 'offset':
      case 'numbytes':
        return this.#addPart(keyword, value);
      case 'map':
        this.#list = value.length === 0 ? [] : value.toString('latin1').split(',').map(toCount);
        return this.#list.length % 2 === 0 && !this.#list.includes(Number.NaN);
      default:
        return true;
    }
  }

  /** Undefined where there is no sparse file, or one of a version that no reader knows and so is read plain. */
  result(): PaxSparse | 'invalid' | undefined {
    const version = `${this.#major}.${this.#minor}`;
    const inContent = version === '1.0';
    const map = this.#list ?? this.#pairs;
    const listed = version === '0.0' || version === '0.1' || (version === '.' && map.length > 0);
    if (!inContent && !listed) return undefined;
    if (map.length % 2 !== 0) return 'invalid';
    return {
      inContent,
      map,
      ...(this.#name === undefined || this.#name === '' ? {} : { name: this.#name }),
      ...(this.#size === undefined ? {} : { size: this.#size }),
    };
  }

  #addPart(keyword: 'offset' | 'numbytes', value: Buffer): boolean {
    const number = toInteger(value);
    const expected = this.#pairs.length % 2 === 0 ? 'offset' : 'numbytes';
    if (number === undefined || number < 0 || keyword !== expected) return false;
    this.#pairs.push(number);
    return true;
  }
}

function toCount(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}
