import { Unreadable } from '../../disk/unreadable.ts';

/** Clusters that follow one another on disk, or are not there at all. */
export interface Run {
  /** First cluster in the stream. */
  readonly vcn: number;
  /** First cluster on disk; undefined for a hole, which reads as zeros. */
  readonly lcn: number | undefined;
  readonly length: number;
}

/** Bytes at most that a count or a distance takes: more than that no disk has. */
const MAX_FIELD = 8;

/**
 * Decodes the mapping pairs of one extent of a stream: each a byte with the sizes of two fields, a count of clusters, and
 * the signed distance from the run before. Runs that follow one another are merged.
 * @param firstVcn of this extent
 * @param clusters of the volume: no run may leave it
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
export function parseRunlist(pairs: Buffer, firstVcn: number, clusters: number): Run[] {
  const runs: Run[] = [];
  let [at, vcn, lcn] = [0, firstVcn, 0];
  for (;;) {
    const header = pairs[at];
    if (header === undefined) throw malformed('does not end');
    if (header === 0) return runs;
    const countSize = header & 15;
    const distanceSize = header >> 4;
    const next = at + 1 + countSize + distanceSize;
    if (countSize === 0 || countSize > MAX_FIELD || distanceSize > MAX_FIELD || next > pairs.length)
      throw malformed('has a run that does not fit');
    const length = readSigned(pairs, at + 1, countSize);
    if (length <= 0 || !Number.isSafeInteger(vcn + length))
      throw malformed(`has a run of ${length} clusters`);
    if (distanceSize > 0) lcn += readSigned(pairs, at + 1 + countSize, distanceSize);
    if (distanceSize > 0 && (lcn < 0 || lcn + length > clusters))
      throw malformed(`leads to cluster ${lcn} of ${clusters}`);
    append(runs, { vcn, lcn: distanceSize > 0 ? lcn : undefined, length });
    vcn += length;
    at = next;
  }
}

function append(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  const follows =
    last !== undefined &&
    (last.lcn === undefined ? run.lcn === undefined : last.lcn + last.length === run.lcn);
  if (last !== undefined && follows) runs[runs.length - 1] = { ...last, length: last.length + run.length };
  else runs.push(run);
}

/** Exact up to 2^53, and of the right sign and size beyond. */
function readSigned(bytes: Buffer, at: number, size: number): number {
  if (size <= 6) return bytes.readIntLE(at, size);
  return bytes.readUIntLE(at, 6) + bytes.readIntLE(at + 6, size - 6) * 2 ** 48;
}

/** Index of the run that holds a cluster of the stream; undefined past the end. Runs are gapless. */
export function findRun(runs: readonly Run[], vcn: number): number | undefined {
  let [low, high] = [0, runs.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const run = runs[middle];
    if (run === undefined) return undefined;
    if (vcn < run.vcn) high = middle - 1;
    else if (vcn >= run.vcn + run.length) low = middle + 1;
    else return middle;
  }
  return undefined;
}

function malformed(what: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `a list of cluster runs ${what}`);
}
