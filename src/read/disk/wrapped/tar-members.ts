import { normalisePath } from '../../../core/layer-path.ts';
import { type PaxRecords, parsePax } from '../../unpack/pax.ts';
import { ContentMap, type Extent, MAP_BYTES, oldGnuPairs, toExtents } from '../../unpack/sparse.ts';
import { isZero } from '../../unpack/stray-bytes.ts';
import { isKnownType, toKind } from '../../unpack/tar-entry.ts';
import { BLOCK_BYTES, parseHeader, type TarHeader } from '../../unpack/tar-header.ts';
import { parseNumber } from '../../unpack/tar-number.ts';
import { decodeName, upToNul } from '../../unpack/tar-text.ts';
import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';

/*
 * Lists a tar of disks by its headers, content passed over by offset, so that a disk of 100 GB in it is read in place. Sparse
 * members are what GCP exports (old GNU), and what newer tars write (pax 1.0): their maps are read, and the holes are never made.
 */

/** A tar of disks has a handful; one with more is a file system's. */
const MOST_MEMBERS = 1000;
const MOST_EXTENSION = 2 ** 20;
/** Bytes after the end that are looked at: tars are padded to 10 KiB, some to a megabyte. */
const MOST_TRAILING = 2 ** 20;
const WINDOW = 64 * 1024;

export interface TarMember {
  /** Normalised. */
  readonly name: string;
  /** Whether it is a regular file; nothing else has content. */
  readonly isFile: boolean;
  /** Where the stored content begins. */
  readonly offset: number;
  /** Bytes that are stored. */
  readonly stored: number;
  /** Bytes with holes. */
  readonly size: number;
  /** Of a sparse member: what is stored, one after the other. */
  readonly extents?: readonly Extent[];
}

export interface TarMembers {
  readonly members: readonly TarMember[];
  readonly flaws: readonly Unreadable[];
}

/**
 * @returns undefined where it does not begin as a tar, or has more members than a tar of disks
 * @throws Unreadable, Failure of the source
 */
export async function listMembers(source: BlockSource): Promise<TarMembers | undefined> {
  const lister = new MemberLister(source);
  return (await lister.run()) ? { members: lister.members, flaws: lister.flaws } : undefined;
}

interface Extension {
  readonly name?: string;
  readonly pax?: PaxRecords;
}

class MemberLister {
  readonly members: TarMember[] = [];
  readonly flaws: Unreadable[] = [];
  readonly #source: BlockSource;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #extension: Extension = {};

  constructor(source: BlockSource) {
    this.#source = source;
  }

  /** False where this is no tar of disks. */
  async run(): Promise<boolean> {
    let at = 0;
    // Extensions count: a chain of them would have no end otherwise.
    for (let headers = 0; ; headers++) {
      if (headers > 4 * MOST_MEMBERS || this.members.length > MOST_MEMBERS) return false;
      const block = await this.#take(at, BLOCK_BYTES);
      if (block === undefined) {
        const what = at === this.#source.size ? 'without the end of an archive' : 'inside a header';
        return this.#stop(at, 'TRUNCATED', `ends ${what}`);
      }
      if (isZero(block)) {
        await this.#lookBehind(at + BLOCK_BYTES);
        return this.members.length > 0;
      }
      const header = parseHeader(block);
      if (typeof header === 'string') return this.#stop(at, 'MALFORMED_DISK', `cannot be listed: ${header}`);
      const next = await this.#member(header, block, at);
      if (typeof next === 'boolean') return next;
      at = next;
    }
  }

  /** @returns where the next header is, or what `run` does where there is none */
  async #member(header: TarHeader, block: Buffer, at: number): Promise<number | boolean> {
    const content = at + BLOCK_BYTES;
    if ('xgLK'.includes(header.type)) return this.#extend(header, content);
    const { name: longName, pax } = this.#extension;
    this.#extension = {};
    const name = normalisePath(longName ?? pax?.sparse?.name ?? pax?.path ?? header.name).path;
    const isFile =
      isKnownType(header.type) && toKind(header.type, name) === 'file' && !header.name.endsWith('/');
    const stored = isFile ? (pax?.size ?? header.size) : 0;
    const sparse =
      header.type === 'S' ? await this.#oldMap(block, content) : await this.#paxMap(header, pax, content);
    if (sparse === 'invalid')
      return this.#stop(at, 'MALFORMED_DISK', `has a sparse map that is none, of ${show(name)}`);
    const offset = sparse?.offset ?? content;
    const left = header.type === 'S' ? stored : stored - (offset - content);
    const next = offset + Math.ceil(left / BLOCK_BYTES) * BLOCK_BYTES;
    const size = sparse?.size ?? stored;
    this.members.push({
      name,
      isFile,
      offset,
      stored: left,
      size,
      ...(sparse && { extents: sparse.extents }),
    });
    if (left < 0 || !Number.isSafeInteger(next))
      return this.#stop(at, 'MALFORMED_DISK', `has a size that is none, of ${show(name)}`);
    if (offset + left > this.#source.size) return this.#stop(at, 'TRUNCATED', `ends inside ${show(name)}`);
    return next;
  }

  async #extend({ type, size }: TarHeader, content: number): Promise<number | boolean> {
    const bytes = size > MOST_EXTENSION ? undefined : await this.#take(content, size);
    if (bytes === undefined)
      return this.#stop(content, 'MALFORMED_DISK', 'has an extended header that is none');
    const next = content + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    if (type === 'L') this.#extension = { ...this.#extension, name: decodeName(upToNul(bytes)) };
    if (type === 'L' || type === 'K') return next;
    const pax = parsePax(bytes);
    if (typeof pax === 'string') return this.#stop(content, 'MALFORMED_DISK', `cannot be listed: ${pax}`);
    if (type === 'x') this.#extension = { ...this.#extension, pax };
    else if ((pax.path ?? pax.size ?? pax.sparse) !== undefined)
      this.#mark(content, 'MALFORMED_DISK', 'has a global extended header that readers differ on');
    return next;
  }

  async #oldMap(block: Buffer, content: number): Promise<SparseMap | 'invalid'> {
    const size = parseNumber(block, 483, 12);
    const pairs = oldGnuPairs(block, 386, 4);
    if (size === undefined || size < 0 || pairs === undefined) return 'invalid';
    let offset = content;
    for (let more = block[482] !== 0; more; offset += BLOCK_BYTES) {
      const extension = await this.#take(offset, BLOCK_BYTES);
      const added = extension === undefined ? undefined : oldGnuPairs(extension, 0, 21);
      if (extension === undefined || added === undefined || offset - content > MOST_MAP) return 'invalid';
      for (const number of added) pairs.push(number);
      more = extension[504] !== 0;
    }
    const extents = toExtents(pairs, size);
    return extents === undefined ? 'invalid' : { size, extents, offset };
  }

  async #paxMap(
    header: TarHeader,
    pax: PaxRecords | undefined,
    content: number,
  ): Promise<SparseMap | 'invalid' | undefined> {
    const sparse = pax?.sparse;
    if (sparse === undefined || toKind(header.type, '') !== 'file') return undefined;
    const size = sparse.size ?? pax?.size ?? header.size;
    if (!sparse.inContent) {
      const extents = toExtents(sparse.map, size);
      return extents === undefined ? 'invalid' : { size, extents, offset: content };
    }
    const map = new ContentMap();
    for (let offset = content; ; ) {
      const block = await this.#take(offset, BLOCK_BYTES);
      if (block === undefined) return 'invalid';
      offset += BLOCK_BYTES;
      const pairs = map.add(block);
      if (pairs === undefined) continue;
      const extents = pairs === 'invalid' ? undefined : toExtents(pairs, size);
      return extents === undefined ? 'invalid' : { size, extents, offset };
    }
  }

  async #lookBehind(at: number): Promise<void> {
    const left = this.#source.size - at;
    if (left <= 0) return;
    const isEmpty = left <= MOST_TRAILING && isZero(await this.#source.read(at, left));
    if (!isEmpty)
      this.#mark(
        at,
        'UNKNOWN_CONTENT',
        `has ${left} bytes after the end of the archive, which were not read`,
      );
  }

  async #take(at: number, length: number): Promise<Buffer | undefined> {
    if (at + length > this.#source.size) return undefined;
    const skipped = at - this.#windowStart;
    if (skipped < 0 || skipped + length > this.#window.length) {
      this.#window = await this.#source.read(at, Math.min(Math.max(WINDOW, length), this.#source.size - at));
      this.#windowStart = at;
    }
    return this.#window.subarray(at - this.#windowStart, at - this.#windowStart + length);
  }

  #mark(at: number, code: 'TRUNCATED' | 'MALFORMED_DISK' | 'UNKNOWN_CONTENT', what: string): void {
    this.flaws.push(new Unreadable(code, `the archive ${this.#source.name} ${what}`, at));
  }

  /** What was listed before is still there. */
  #stop(at: number, code: 'TRUNCATED' | 'MALFORMED_DISK', what: string): boolean {
    this.#mark(at, code, what);
    return this.members.length > 0;
  }
}

interface SparseMap {
  readonly size: number;
  readonly extents: readonly Extent[];
  /** Where the stored content begins. */
  readonly offset: number;
}

/** The map of a fragmented disk of 2 TB has 20 times as many entries as that of any other file. */
const MOST_MAP = 20 * MAP_BYTES;

function show(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
