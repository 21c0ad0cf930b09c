import { updateCrc32c } from '../../../disk/crc32c.ts';
import { parseSuperblock } from '../superblock.ts';

/* Writes records to the log of an image, and makes checksums of those that are there right again, as an attacker would. */

const BLOCK = 512;
const MAGIC = 0xfeedbabe;
const SUMMED = 328;

export interface LogPlace {
  /** Bytes from the start of the image. */
  readonly place: number;
  readonly blocks: number;
}

export function findLog(image: Buffer): LogPlace {
  const { logStart, logBlocks, groupBits, groupBlocks, blockSize } = parseSuperblock(image);
  const group = Math.floor(logStart / 2 ** groupBits);
  const block = group * groupBlocks + (logStart - group * 2 ** groupBits);
  return { place: block * blockSize, blocks: (logBlocks * blockSize) / BLOCK };
}

/** Where records begin, in blocks of the log, the last first; without the empty ones that Linux writes ahead. */
export function recordsOf(image: Buffer): number[] {
  const { place, blocks } = findLog(image);
  return Array.from({ length: blocks }, (_, index) => blocks - 1 - index).filter(
    (block) =>
      image.readUInt32BE(place + block * BLOCK) === MAGIC &&
      image.readUInt32BE(place + block * BLOCK + 12) > 0,
  );
}

/** The block after the last record, in a log that never went round. */
export function headOf(image: Buffer): number {
  const { place } = findLog(image);
  const [last = 0] = recordsOf(image);
  return last + 1 + Math.ceil(image.readUInt32BE(place + last * BLOCK + 12) / BLOCK);
}

/** Of a record with one header. */
export function stampRecord(image: Buffer, block: number): void {
  const { place } = findLog(image);
  const start = place + block * BLOCK;
  const header = Buffer.from(image.subarray(start, start + SUMMED));
  header.writeUInt32LE(0, 32);
  const content = image.subarray(start + BLOCK, start + BLOCK + header.readUInt32BE(12));
  const sum = (updateCrc32c(updateCrc32c(0xffffffff, header), content) ^ 0xffffffff) >>> 0;
  image.writeUInt32LE(sum, start + 32);
}

/** One operation of a transaction. */
export interface Operation {
  readonly flags?: number;
  readonly bytes?: Buffer;
  readonly id?: number;
  readonly client?: number;
  /** What it says of its length, where that is not it. */
  readonly length?: number;
}

export const START: Operation = { flags: 1 };
export const COMMIT: Operation = { flags: 2 };
export const BEGIN: Operation = { bytes: toHeader() };

function toHeader(): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(0x5452414e, 0);
  header.writeUInt32LE(40, 4);
  return header;
}

/** Puts a record after the last one. */
export function appendRecord(image: Buffer, operations: readonly Operation[], cycle = 1): number {
  const { place } = findLog(image);
  const [last = 0] = recordsOf(image);
  const head = headOf(image);
  const content = Buffer.concat(operations.map(toBytes));
  const header = Buffer.alloc(BLOCK);
  image.copy(header, 0, place + last * BLOCK, place + (last + 1) * BLOCK);
  header.fill(0, 44, 300);
  header.writeUInt32BE(content.length, 12);
  header.writeUInt32BE(head, 20);
  header.writeUInt32BE(operations.length, 40);
  const padded = Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
  for (let at = 0; at < padded.length; at += BLOCK) {
    padded.copy(header, 44 + (at / BLOCK) * 4, at, at + 4);
    padded.writeUInt32BE(cycle, at);
  }
  header.copy(image, place + head * BLOCK);
  padded.copy(image, place + (head + 1) * BLOCK);
  stampRecord(image, head);
  return head;
}

function toBytes({
  flags = 0,
  bytes = Buffer.alloc(0),
  id = 0x1234,
  client = 0x69,
  length,
}: Operation): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(id, 0);
  head.writeUInt32BE(length ?? bytes.length, 4);
  head.writeUInt8(client, 8);
  head.writeUInt8(flags, 9);
  return Buffer.concat([head, bytes]);
}

/** A committed transaction of these regions. */
export function transactionOf(...regions: readonly Buffer[]): Operation[] {
  return [START, BEGIN, ...regions.map((bytes) => ({ bytes })), COMMIT];
}

/** The first region of an item, by fields of 2, 4 and 8 bytes. */
export function itemOf(type: number, count: number, size: number, fill?: (head: Buffer) => void): Buffer {
  const head = Buffer.alloc(size);
  head.writeUInt16LE(type, 0);
  head.writeUInt16LE(count, 2);
  fill?.(head);
  return head;
}
