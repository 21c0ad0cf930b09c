import type { BlockSource } from '../../disk/block-source.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Geometry } from './boot-sector.ts';
import { type ClusterTable, END } from './cluster-table.ts';

/** Clusters one after the other on disk. */
export interface Run {
  readonly first: number;
  readonly count: number;
  /** Clusters of the chain before these. */
  readonly before: number;
}

export interface Chain {
  readonly runs: readonly Run[];
  /** Clusters in all. */
  readonly count: number;
  /** Why it goes no further, though it should. */
  readonly fault?: Unreadable;
}

/**
 * Follows a chain of clusters. Of one that leads into itself or astray there is what comes before.
 * @param most clusters that are wanted
 * @throws Failure of the source
 */
export async function followChain(table: ClusterTable, start: number, most: number): Promise<Chain> {
  const runs: { first: number; count: number; before: number }[] = [];
  let count = 0;
  const trail = new Trail();
  let cluster = start;
  const stopped = (message: string): Chain => ({
    runs,
    count,
    fault: new Unreadable('MALFORMED_FILE_SYSTEM', message),
  });
  if (most > 0 && !table.has(start)) return stopped(`a chain begins at cluster ${start}, which is none`);
  while (cluster !== END && count < most) {
    if (trail.meets(cluster)) return stopped(`the chain from cluster ${start} leads back into itself`);
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.count === cluster) last.count++;
    else runs.push({ first: cluster, count: 1, before: count });
    count++;
    if (count === most) break;
    try {
      cluster = table.peekNext(cluster) ?? (await table.next(cluster));
    } catch (error) {
      if (error instanceof Unreadable) return { runs, count, fault: error };
      throw error;
    }
  }
  return { runs, count };
}

/** As many clusters are remembered one by one. */
const REMEMBERED = 2 ** 16;

/**
 * Tells when a chain leads back into itself: at once at first, then in Brent's way, by a mark that is moved on to where one is
 * after each doubling of the steps, so that a chain of millions costs nothing.
 */
class Trail {
  readonly #seen = new Set<number>();
  #steps = 0;
  #mark = -1;
  #nextMark = REMEMBERED;

  meets(cluster: number): boolean {
    if (cluster === this.#mark || this.#seen.has(cluster)) return true;
    if (this.#seen.size < REMEMBERED) this.#seen.add(cluster);
    if (++this.#steps === this.#nextMark) {
      this.#mark = cluster;
      this.#nextMark *= 2;
    }
    return false;
  }
}

/** Reads of a fragmented file that are under way at once. */
const PARALLEL = 16;

/**
 * Bytes of a file, as few reads as there are runs.
 * @throws Unreadable, Failure of the source
 */
export async function readChain(
  source: BlockSource,
  geometry: Geometry,
  chain: Chain,
  offset: number,
  length: number,
): Promise<Buffer> {
  const { clusterBytes } = geometry;
  const pieces: { readonly at: number; readonly length: number }[] = [];
  let position = offset;
  const end = offset + length;
  for (let index = findRun(chain.runs, Math.floor(offset / clusterBytes)); position < end; index++) {
    const run = chain.runs[index];
    if (run === undefined) throw chain.fault ?? tooShort(chain, clusterBytes);
    const into = position - run.before * clusterBytes;
    const available = Math.min(run.count * clusterBytes - into, end - position);
    if (available <= 0) throw chain.fault ?? tooShort(chain, clusterBytes);
    pieces.push({ at: placeOf(geometry, run.first) + into, length: available });
    position += available;
  }
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return source.read(only.at, only.length);
  const parts: Buffer[] = [];
  for (let first = 0; first < pieces.length; first += PARALLEL) {
    const batch = pieces.slice(first, first + PARALLEL);
    parts.push(...(await Promise.all(batch.map((piece) => source.read(piece.at, piece.length)))));
  }
  return Buffer.concat(parts, length);
}

/** Where a cluster is on disk. */
export function placeOf({ dataStart, clusterBytes }: Geometry, cluster: number): number {
  return dataStart + (cluster - 2) * clusterBytes;
}

/** The run that has the given cluster of a chain; they are in order. */
function findRun(runs: readonly Run[], wanted: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const run = runs[middle];
    if (run !== undefined && run.before + run.count <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tooShort({ count }: Chain, clusterBytes: number): Unreadable {
  const message = `its chain of clusters ends after ${count * clusterBytes} bytes, before the file does`;
  return new Unreadable('MALFORMED_FILE_SYSTEM', message);
}
