import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Geometry } from './boot-sector.ts';
import { type Chain, followChain, placeOf, type Run } from './chain.ts';
import type { ClusterTable } from './cluster-table.ts';

/** What is read at once. */
const PIECE = 2 ** 20;
/** Microsoft allows folders of 2 MiB. */
const MAX_BYTES = 32 * 2 ** 20;
const PAGE_BITS = 15;

/** A part of a folder as it is on disk. */
export type FolderPiece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly at: number }
  | { readonly kind: 'flaw'; readonly flaw: Unreadable };

/**
 * Reads folders, each cluster for one folder only. Chains that run into each other would else have a disk of some megabytes
 * read for hours: from every cluster on, all that follow.
 */
export class Folders {
  readonly #source: BlockSource;
  readonly #geometry: Geometry;
  readonly #table: ClusterTable;
  /** Clusters that belong to a folder: a bit each. */
  readonly #taken = new Map<number, Uint32Array>();
  /** How much of each folder is its own, by its first cluster. */
  readonly #own = new Map<number, Chain>();

  constructor(source: BlockSource, geometry: Geometry, table: ClusterTable) {
    this.#source = source;
    this.#geometry = geometry;
    this.#table = table;
  }

  /** @throws Unreadable, Failure of the source */
  async *pieces(cluster: number): AsyncGenerator<FolderPiece> {
    const { rootStart, rootBytes, clusterBytes } = this.#geometry;
    if (cluster === 0) {
      yield* this.#read(rootStart, rootBytes);
      return;
    }
    const chain = await this.#chainOf(cluster);
    for (const { first, count } of chain.runs)
      yield* this.#read(placeOf(this.#geometry, first), count * clusterBytes);
    if (chain.fault !== undefined) yield { kind: 'flaw', flaw: chain.fault };
  }

  async *#read(start: number, bytes: number): AsyncGenerator<FolderPiece> {
    for (let from = 0; from < bytes; from += PIECE) {
      const length = Math.min(PIECE, bytes - from);
      yield { kind: 'bytes', bytes: await this.#source.read(start + from, length), at: start + from };
    }
  }

  async #chainOf(cluster: number): Promise<Chain> {
    const known = this.#own.get(cluster);
    if (known !== undefined) return known;
    const most = Math.max(1, Math.floor(MAX_BYTES / this.#geometry.clusterBytes));
    const chain = await followChain(this.#table, cluster, most + 1);
    const own = this.#take(
      chain.count > most ? shorten(chain, most, `is longer than ${MAX_BYTES} bytes`) : chain,
    );
    this.#own.set(cluster, own);
    return own;
  }

  #take(chain: Chain): Chain {
    let count = 0;
    for (const run of chain.runs) {
      for (let cluster = run.first; cluster < run.first + run.count; cluster++) {
        if (!this.#takeOne(cluster)) return shorten(chain, count, `has cluster ${cluster} of another folder`);
        count++;
      }
    }
    return chain;
  }

  #takeOne(cluster: number): boolean {
    const page = cluster >>> PAGE_BITS;
    let bits = this.#taken.get(page);
    if (bits === undefined) {
      bits = new Uint32Array(2 ** (PAGE_BITS - 5));
      this.#taken.set(page, bits);
    }
    const word = (cluster >>> 5) & (bits.length - 1);
    const before = bits[word] ?? 0;
    bits[word] = before | (1 << (cluster & 31));
    return bits[word] !== before;
  }
}

function shorten(chain: Chain, count: number, why: string): Chain {
  const runs: Run[] = [];
  for (const run of chain.runs) {
    if (run.before < count) runs.push({ ...run, count: Math.min(run.count, count - run.before) });
  }
  const fault = new Unreadable('MALFORMED_FILE_SYSTEM', `a folder ${why}: the rest of it was not read`);
  return { runs, count, fault };
}
