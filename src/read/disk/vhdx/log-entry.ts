import { toGuid } from '../guid.ts';
import { hasChecksum } from './fields.ts';

/** All in a log is made of these. */
export const SECTOR = 4096;
const HEADER_BYTES = 64;
const DESCRIPTOR_BYTES = 32;

/** [MS-VHDX] 2.3.1.1, but for what the checksum and the descriptors say. */
export interface EntryHeader {
  readonly length: number;
  /** Where in the log the oldest entry is that is to be replayed with this one. */
  readonly tail: number;
  readonly sequence: bigint;
  readonly descriptors: number;
  readonly flushedFileOffset: bigint;
  readonly lastFileOffset: bigint;
}

/** What is to be written where; `bytes` undefined: zeros. */
export interface Patch {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Buffer | undefined;
}

/**
 * Undefined where there is no entry of that log: such bytes are what a log has before its first and after its last.
 * @param sector of 4096 bytes
 */
export function parseEntryHeader(sector: Buffer, logId: string, logLength: number): EntryHeader | undefined {
  if (sector.toString('latin1', 0, 4) !== 'loge') return undefined;
  const length = sector.readUInt32LE(8);
  const tail = sector.readUInt32LE(12);
  const descriptors = sector.readUInt32LE(24);
  const sequence = sector.readBigUInt64LE(16);
  if (length === 0 || length % SECTOR !== 0 || length > logLength) return undefined;
  if (tail % SECTOR !== 0 || tail >= logLength || sequence === 0n) return undefined;
  if (HEADER_BYTES + descriptors * DESCRIPTOR_BYTES > length) return undefined;
  if (toGuid(sector, 32) !== logId) return undefined;
  return {
    length,
    tail,
    sequence,
    descriptors,
    flushedFileOffset: sector.readBigUInt64LE(48),
    lastFileOffset: sector.readBigUInt64LE(56),
  };
}

/**
 * What an entry writes ([MS-VHDX] 2.3.1.2 to 2.3.1.4); undefined where it is not whole: then it is none.
 * @param entry as long as its header says
 */
export function parsePatches(entry: Buffer, { descriptors, sequence }: EntryHeader): Patch[] | undefined {
  if (!hasChecksum(entry)) return undefined;
  const patches: Patch[] = [];
  let data = Math.ceil((HEADER_BYTES + descriptors * DESCRIPTOR_BYTES) / SECTOR) * SECTOR;
  for (let index = 0; index < descriptors; index++) {
    const at = HEADER_BYTES + index * DESCRIPTOR_BYTES;
    const offset = entry.readBigUInt64LE(at + 16);
    if (entry.readBigUInt64LE(at + 24) !== sequence || !isPlace(offset)) return undefined;
    const kind = entry.toString('latin1', at, at + 4);
    if (kind === 'desc') {
      const bytes = restore(entry, at, data, sequence);
      if (bytes === undefined) return undefined;
      patches.push({ offset: Number(offset), length: SECTOR, bytes });
      data += SECTOR;
    } else if (kind === 'zero') {
      const length = entry.readBigUInt64LE(at + 8);
      if (!isPlace(length) || !isPlace(offset + length)) return undefined;
      patches.push({ offset: Number(offset), length: Number(length), bytes: undefined });
    } else return undefined;
  }
  return data === entry.length ? patches : undefined;
}

function isPlace(value: bigint): boolean {
  return value % BigInt(SECTOR) === 0n && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

/** A data sector has marks where the first 8 and the last 4 bytes were, which are in the descriptor. */
function restore(entry: Buffer, descriptor: number, at: number, sequence: bigint): Buffer | undefined {
  if (at + SECTOR > entry.length || entry.toString('latin1', at, at + 4) !== 'data') return undefined;
  const high = BigInt(entry.readUInt32LE(at + 4));
  const low = BigInt(entry.readUInt32LE(at + SECTOR - 4));
  if ((high << 32n) + low !== sequence) return undefined;
  const bytes = Buffer.from(entry.subarray(at, at + SECTOR));
  entry.copy(bytes, 0, descriptor + 8, descriptor + 16);
  entry.copy(bytes, SECTOR - 4, descriptor + 4, descriptor + 8);
  return bytes;
}
