import { Unreadable } from '../../disk/unreadable.ts';
import { COMPRESSION, ENCRYPTED, LZNT1, type NonResident } from './attribute.ts';
import { readUnits } from './compressed-stream.ts';
import { readMapped, storedClusters } from './mapped-read.ts';
import { parseRunlist, type Run } from './runlist.ts';
import type { Volume } from './volume.ts';

const UNIT_CLUSTERS = 16;
const MAX_CLUSTER = 4096;

/** The bytes of one attribute. */
export interface Stream {
  readonly size: number;
  /** Bytes that are stored, holes left out. */
  readonly stored: number;
  /** Exactly `length` bytes from `offset`, inside `size`. @throws Unreadable, Failure */
  read(offset: number, length: number): Promise<Buffer>;
}

/** All extents of one attribute, in order, as the records of a file have them. */
export type StreamSource =
  | { readonly kind: 'resident'; readonly value: Buffer }
  | { readonly kind: 'non-resident'; readonly flags: number; readonly extents: readonly NonResident[] };

/** @throws Unreadable UNSUPPORTED, ENCRYPTED; MALFORMED_FILE_SYSTEM when its runs cannot be used */
export function openStream(volume: Volume, source: StreamSource): Stream {
  if (source.kind === 'resident') return openResident(source.value);
  requireReadable(source.flags);
  const [first] = source.extents;
  if (first === undefined) throw new Unreadable('MALFORMED_FILE_SYSTEM', 'a stream has no extents');
  const runs = toRuns(source.extents, volume.geometry.clusters);
  const { size, initialized } = first;
  const compressed = (source.flags & COMPRESSION) !== 0;
  if (compressed) requireUnit(volume, first.unitClusters);
  const read = compressed ? readUnits : readMapped;
  return {
    size,
    stored: storedClusters(runs) * volume.geometry.clusterSize,
    async read(offset, length) {
      requireWithin(offset, length, size);
      const there = Math.min(length, Math.max(0, initialized - offset));
      if (there === length) return read(volume, runs, offset, length, first.unitClusters);
      // What was never written reads as zeros, whatever the clusters hold.
      const bytes = Buffer.alloc(length);
      if (there > 0) (await read(volume, runs, offset, there, first.unitClusters)).copy(bytes);
      return bytes;
    },
  };
}

/**
 * Refuses content that its flags say is not what is stored, or is stored in a way that is not known.
 * @throws Unreadable ENCRYPTED, UNSUPPORTED
 */
export function requireReadable(flags: number): void {
  if ((flags & ENCRYPTED) !== 0)
    throw new Unreadable('ENCRYPTED', 'encrypted with the Encrypting File System (EFS)');
  const method = flags & COMPRESSION;
  if (method !== 0 && method !== LZNT1)
    throw new Unreadable('UNSUPPORTED', `NTFS compression with method ${method}`);
}

/** There is no other with LZNT1, and none where clusters are larger: Windows compresses nothing there. */
function requireUnit({ geometry }: Volume, unitClusters: number): void {
  if (unitClusters === UNIT_CLUSTERS && geometry.clusterSize <= MAX_CLUSTER) return;
  throw new Unreadable(
    'UNSUPPORTED',
    `NTFS compression in units of ${unitClusters} clusters of ${geometry.clusterSize} bytes`,
  );
}

function openResident(value: Buffer): Stream {
  return {
    size: value.length,
    stored: value.length,
    async read(offset, length) {
      requireWithin(offset, length, value.length);
      return value.subarray(offset, offset + length);
    },
  };
}

/**
 * The runs of all extents, without gaps between them.
 * @throws Unreadable MALFORMED_FILE_SYSTEM
 */
function toRuns(extents: readonly NonResident[], clusters: number): Run[] {
  const runs: Run[] = [];
  let next = 0;
  for (const extent of extents) {
    if (extent.firstVcn !== next)
      throw new Unreadable(
        'MALFORMED_FILE_SYSTEM',
        `the extents of a stream leave a gap: one begins at cluster ${extent.firstVcn} where ${next} was due`,
      );
    for (const run of parseRunlist(extent.pairs, next, clusters)) {
      runs.push(run);
      next = run.vcn + run.length;
    }
  }
  if (storedClusters(runs) > clusters)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', 'a stream has more clusters than the volume');
  return runs;
}

function requireWithin(offset: number, length: number, size: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new Unreadable('TRUNCATED', `a stream of ${size} bytes has no ${length} bytes at ${offset}`);
}
