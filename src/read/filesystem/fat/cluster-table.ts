import type { BlockSource } from '../../disk/block-source.ts';
import { Recent } from '../../disk/recent.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { FatKind, Geometry } from './boot-sector.ts';

/** After the last cluster of a chain. */
export const END = -1;

const PAGE = 2 ** 20;
const CACHE_BYTES = 16 * PAGE;

/** Values of each kind: those from `end` on end a chain, the one before says that a cluster is damaged. */
const KINDS: Readonly<Record<FatKind, { readonly bits: number; readonly end: number }>> = {
  fat12: { bits: 12, end: 0xff8 },
  fat16: { bits: 16, end: 0xfff8 },
  fat32: { bits: 32, end: 0x0ffffff8 },
};

/** The table that tells for each cluster which one follows. A page of it holds whole entries: only FAT32 has several. */
export class ClusterTable {
  readonly #source: BlockSource;
  readonly #geometry: Geometry;
  readonly #pages = new Recent<number>(CACHE_BYTES);

  constructor(source: BlockSource, geometry: Geometry) {
    this.#source = source;
    this.#geometry = geometry;
  }

  /** Whether the number is one of a cluster of data. */
  has(cluster: number): boolean {
    return cluster >= 2 && cluster < this.#geometry.clusters + 2;
  }

  /**
   * The cluster after this one, or END. What the first copy of the table cannot tell is asked of the second.
   * @param cluster one that `has` knows
   * @throws Unreadable, Failure of the source
   */
  async next(cluster: number): Promise<number> {
    const known = this.peekNext(cluster);
    if (known !== undefined) return known;
    const { tables } = this.#geometry;
    let fault: unknown;
    for (let copy = 0; copy < Math.min(2, tables.length); copy++) {
      try {
        const { page, index } = this.#place(cluster);
        const bytes = await this.#page(copy, page);
        return this.#check(cluster, this.#entry(bytes, index));
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        fault ??= error;
      }
    }
    throw fault;
  }

  /** At once, where that is possible. */
  peekNext(cluster: number): number | undefined {
    const { page, index } = this.#place(cluster);
    const bytes = this.#pages.peek(page);
    if (bytes === undefined) return undefined;
    const value = this.#entry(bytes, index);
    if (this.has(value)) return value;
    return value >= KINDS[this.#geometry.kind].end ? END : undefined;
  }

  /**
   * Compares the copies: systems differ in which one they follow, so each would see other files.
   * @throws Failure of the source
   */
  async compareCopies(): Promise<Unreadable[]> {
    const { tables } = this.#geometry;
    const flaws: Unreadable[] = [];
    for (let copy = 1; copy < tables.length; copy++) {
      const flaw = await this.#compare(copy).catch((error: unknown) => {
        if (error instanceof Unreadable) return error;
        throw error;
      });
      if (flaw !== undefined) flaws.push(flaw);
    }
    return flaws;
  }

  async #compare(copy: number): Promise<Unreadable | undefined> {
    for (let page = 0; page * PAGE < this.#usedBytes(); page++) {
      const [first, other] = await Promise.all([this.#page(0, page), this.#read(copy, page)]);
      if (first.equals(other)) continue;
      const message = `copy ${copy + 1} of the table of clusters differs from the first: that one was followed`;
      const at = (this.#geometry.tables[copy] ?? 0) + page * PAGE + firstDifference(first, other);
      return new Unreadable('CHECKSUM_MISMATCH', message, at);
    }
    return undefined;
  }

  /** Of the entries there are clusters for. */
  #usedBytes(): number {
    const { kind, clusters, tableBytes } = this.#geometry;
    return Math.min(tableBytes, Math.ceil(((clusters + 2) * KINDS[kind].bits) / 8));
  }

  #page(copy: number, page: number): Promise<Buffer> {
    return copy === 0 ? this.#pages.get(page, () => this.#read(0, page)) : this.#read(copy, page);
  }

  #read(copy: number, page: number): Promise<Buffer> {
    const from = page * PAGE;
    const start = this.#geometry.tables[copy] ?? 0;
    return this.#source.read(start + from, Math.min(PAGE, this.#usedBytes() - from));
  }

  #place(cluster: number): { readonly page: number; readonly index: number } {
    const perPage = this.#geometry.kind === 'fat32' ? PAGE / 4 : Number.MAX_SAFE_INTEGER;
    return { page: Math.floor(cluster / perPage), index: cluster % perPage };
  }

  #entry(bytes: Buffer, index: number): number {
    switch (this.#geometry.kind) {
      case 'fat32':
        return bytes.readUInt32LE(index * 4) & 0x0fffffff;
      case 'fat16':
        return bytes.readUInt16LE(index * 2);
      case 'fat12': {
        const at = Math.floor(index * 1.5);
        const pair = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
        return index % 2 === 0 ? pair & 0xfff : pair >> 4;
      }
    }
  }

  #check(cluster: number, value: number): number {
    const { end } = KINDS[this.#geometry.kind];
    if (value >= end) return END;
    if (this.has(value)) return value;
    const what = value === 0 ? 'free' : value === end - 1 ? 'damaged' : `followed by ${value}, which is none`;
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `cluster ${cluster} is in use, and said to be ${what}`);
  }
}

function firstDifference(one: Buffer, other: Buffer): number {
  return one.findIndex((byte, index) => byte !== other[index]);
}
