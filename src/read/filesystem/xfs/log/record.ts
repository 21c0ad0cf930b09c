import { updateCrc32c } from '../../../disk/crc32c.ts';
import { Unreadable } from '../../../disk/unreadable.ts';
import { toUuid } from '../superblock.ts';
import { BLOCK, RECORD_MAGIC, type Ring } from './ring.ts';

/*
 * A record is what is written to the log at once: a header, further headers for each 32 KiB but the first, and operations. As the first
 * word of every block says how often the log went round, the words that were there are in the headers. (xfs_log_format.h)
 */

/** A header, as it says of itself. */
export interface RecordHeader {
  readonly block: number;
  readonly cycle: number;
  readonly version: number;
  /** Bytes of its operations. */
  readonly length: number;
  readonly lsn: bigint;
  /** Block of the oldest record that was needed when this one was written. */
  readonly tail: number;
  readonly checksum: number;
  readonly operations: number;
  /** Of the machine that wrote it: 1 for a little-endian Linux. */
  readonly format: number;
  readonly uuid: string;
  /** Bytes of the buffer it was written from; 0 in logs of version 1. */
  readonly size: number;
  /** Blocks of headers, and all. */
  readonly headers: number;
  readonly blocks: number;
}

const COVERED = 32 * 1024;
const WORDS = COVERED / BLOCK;
const MOST_BYTES = { 1: 32 * 1024, 2: 256 * 1024 } as const;
const CHECKSUM = 32;
const CYCLES = 44;
/** What of a header its checksum is over; on 32-bit machines, the second. */
const SUMMED = [328, 324] as const;
const EXTENSION_SUMMED = 260;
const LITTLE_ENDIAN = 1;
const NO_UUID = toUuid(Buffer.alloc(16));

export function isHeader(bytes: Buffer, at = 0): boolean {
  return bytes.readUInt32BE(at) === RECORD_MAGIC;
}

export function parseHeader(bytes: Buffer, block: number, ring: Ring): RecordHeader {
  const version = bytes.readUInt32BE(8);
  const length = bytes.readUInt32BE(12);
  const size = ring.isVersion2 ? bytes.readUInt32BE(320) : 0;
  const headers = (version & 2) !== 0 && size > COVERED ? Math.ceil(size / COVERED) : 1;
  return {
    ...{ block, version, length, size, headers },
    cycle: bytes.readUInt32BE(4),
    lsn: bytes.readBigUInt64BE(16),
    tail: bytes.readUInt32BE(28),
    checksum: bytes.readUInt32LE(CHECKSUM),
    operations: bytes.readUInt32BE(40),
    format: bytes.readUInt32BE(300),
    uuid: toUuid(bytes.subarray(304, 320)),
    blocks: headers + Math.ceil(length / BLOCK),
  };
}

/** @throws Unreadable when it is of another file system: no system mounts that */
export function requireOwn(header: RecordHeader, ring: Ring): void {
  if (header.uuid === ring.volume.superblock.uuid || header.uuid === NO_UUID) return;
  throw new Unreadable(
    'MALFORMED_FILE_SYSTEM',
    `a record of the log is of another file system, ${header.uuid}`,
  );
}

/** A record whose checksum holds. */
export interface LogRecord {
  readonly header: RecordHeader;
  /** Its operations, memory of its own. */
  readonly content: Buffer;
}

/** What is wrong with a record, and where it begins. */
export class BadRecord {
  readonly block: number;
  readonly reason: Unreadable;

  constructor(block: number, reason: Unreadable) {
    this.block = block;
    this.reason = reason;
  }
}

/** The records from a block up to another, until the first that is bad, which is the last that is given. */
export async function* readRecords(
  ring: Ring,
  from: number,
  to: number,
): AsyncGenerator<LogRecord | BadRecord> {
  let headers: number | undefined;
  let left = ring.distance(from, to);
  for (let block = from; left > 0; ) {
    const record = await readRecord(ring, block, left, headers);
    yield record;
    if (record instanceof BadRecord) return;
    headers = record.header.headers;
    left -= record.header.blocks;
    block = (block + record.header.blocks) % ring.blocks;
  }
}

async function readRecord(
  ring: Ring,
  block: number,
  left: number,
  headers: number | undefined,
): Promise<LogRecord | BadRecord> {
  const bad = (message: string, code: Unreadable['code'] = 'MALFORMED_FILE_SYSTEM'): BadRecord =>
    new BadRecord(
      block,
      new Unreadable(code, `block ${block} of the log ${message}`, ring.place + block * BLOCK),
    );
  const first = await ring.read(block, 1);
  if (!isHeader(first)) return bad('begins no record');
  const header = parseHeader(first, block, ring);
  if (header.version === 0 || header.version > 3) return bad(`begins a record of version ${header.version}`);
  const most = MOST_BYTES[ring.isVersion2 ? 2 : 1];
  if (header.length === 0 || header.length > most || header.size > most)
    return bad(`begins a record of ${header.length} bytes`);
  // Unmounts were once written so by mkfs.xfs.
  if (ring.isVersion2 && header.length > header.size && header.operations !== 1)
    return bad('begins a record that is larger than it says it may be');
  // Linux takes the first one's word for all of them.
  if (headers !== undefined && headers !== header.headers) return bad('begins a record of another size');
  if (header.blocks > left) return bad('begins a record that goes on beyond the end of the log');
  if (header.headers < Math.ceil(header.length / COVERED)) return bad('begins a record with too few headers');
  const bytes = Buffer.from(await ring.read(block, header.blocks));
  if (!isIntact(ring, header, bytes))
    return bad('begins a record with a wrong checksum', 'CHECKSUM_MISMATCH');
  return { header, content: unpack(header, bytes) };
}

/** Version 4 may do without. */
function isIntact(ring: Ring, { checksum, headers, length }: RecordHeader, bytes: Buffer): boolean {
  if (checksum === 0 && !ring.volume.hasChecksums) return true;
  const content = bytes.subarray(headers * BLOCK, headers * BLOCK + length);
  return SUMMED.some((summed) => {
    let register = updateCrc32c(0xffffffff, bytes.subarray(0, CHECKSUM));
    register = updateCrc32c(register, Buffer.alloc(4));
    register = updateCrc32c(register, bytes.subarray(CHECKSUM + 4, summed));
    for (let index = 1; index < Math.ceil(length / COVERED); index++)
      register = updateCrc32c(register, bytes.subarray(index * BLOCK, index * BLOCK + EXTENSION_SUMMED));
    return (updateCrc32c(register, content) ^ 0xffffffff) >>> 0 === checksum;
  });
}

function unpack({ headers, length }: RecordHeader, bytes: Buffer): Buffer {
  const content = bytes.subarray(headers * BLOCK);
  for (let index = 0; index * BLOCK < content.length; index++) {
    const words = index < WORDS ? CYCLES : Math.floor(index / WORDS) * BLOCK + 4;
    const word = words + (index % WORDS) * 4;
    bytes.copy(content, index * BLOCK, word, word + 4);
  }
  return content.subarray(0, length);
}

/** @throws Unreadable when it cannot be replayed here, as no little-endian Linux would */
export function requireReadable({ format, uuid }: RecordHeader, ring: Ring): void {
  if (format !== LITTLE_ENDIAN)
    throw new Unreadable('UNSUPPORTED', 'the log was not written by a little-endian Linux');
  if (uuid !== ring.volume.superblock.uuid)
    throw new Unreadable('MALFORMED_FILE_SYSTEM', `a record of the log is of another file system, ${uuid}`);
}
