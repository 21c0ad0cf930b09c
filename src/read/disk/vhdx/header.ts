import type { BlockSource } from '../block-source.ts';
import { toGuid } from '../guid.ts';
import { Unreadable } from '../unreadable.ts';
import { hasChecksum, safeAt } from './fields.ts';

const SIGNATURE = Buffer.from('vhdxfile', 'latin1');
const PLACES = [64 * 1024, 128 * 1024] as const;
const HEADER_BYTES = 4096;

/** [MS-VHDX] 2.2.1. */
export function hasSignature(head: Buffer): boolean {
  return head.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/** [MS-VHDX] 2.2.2. Little-endian. */
export interface Header {
  readonly sequence: bigint;
  /** What children of this disk know it by. */
  readonly dataWriteId: string;
  /** Of the entries to be replayed; all zeros where there are none. */
  readonly logId: string;
  readonly logOffset: number;
  readonly logLength: number;
}

/**
 * The newer one of the two headers: a program that is interrupted while it writes one leaves the other.
 * @throws Unreadable MALFORMED_DISK, TRUNCATED, UNSUPPORTED; Failure of the source
 */
export async function readHeader(source: BlockSource, flaw: (flaw: Unreadable) => void): Promise<Header> {
  const sound: { header: Header; bytes: Buffer }[] = [];
  for (const [index, place] of PLACES.entries()) {
    const bytes = await source.read(place, HEADER_BYTES);
    if (bytes.toString('latin1', 0, 4) === 'head' && hasChecksum(bytes))
      sound.push({ header: parseHeader(source, bytes), bytes });
    else
      flaw(
        new Unreadable(
          'CHECKSUM_MISMATCH',
          `header ${index + 1} of ${source.name} does not match its checksum`,
          place,
        ),
      );
  }
  const [first, second] = sound;
  if (first === undefined)
    throw new Unreadable('MALFORMED_DISK', `${source.name} has no VHDX header that can be used`, PLACES[0]);
  if (second === undefined) return first.header;
  if (first.header.sequence === second.header.sequence && !first.bytes.equals(second.bytes)) {
    const message = `${source.name} has two VHDX headers of one age that differ: programs read different disks`;
    flaw(new Unreadable('MALFORMED_DISK', message, PLACES[0]));
  }
  return second.header.sequence > first.header.sequence ? second.header : first.header;
}

function parseHeader(source: BlockSource, bytes: Buffer): Header {
  const version = bytes.readUInt16LE(66);
  if (version !== 1) throw new Unreadable('UNSUPPORTED', `${source.name} has VHDX version ${version}`);
  const logId = toGuid(bytes, 48);
  const logVersion = bytes.readUInt16LE(64);
  if (logVersion !== 0)
    throw new Unreadable('UNSUPPORTED', `${source.name} has a VHDX log of version ${logVersion}`);
  return {
    sequence: bytes.readBigUInt64LE(8),
    dataWriteId: toGuid(bytes, 32),
    logId,
    logLength: bytes.readUInt32LE(68),
    logOffset: safeAt(source, 'log offset', bytes, 72),
  };
}
