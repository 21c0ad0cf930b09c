import { Unreadable } from '../../../disk/unreadable.ts';
import { readLittle64 } from './little-endian.ts';
import { BLOCK } from './ring.ts';
import type { Item } from './transactions.ts';

/*
 * A part of the volume that was changed: which of its pieces of 128 bytes, and what is in them now. (struct xfs_buf_log_format)
 */

const CHUNK = 128;
/** XFS has no larger ones. */
export const MOST_BUFFER = 65536;
const MAP = 20;
const INODES = 0x1;
const CANCELLED = 0x2;
const QUOTA = 0x1c;

export interface BufferItem {
  /** Bytes from the start of the volume, and how many. */
  readonly place: number;
  readonly length: number;
  /** It was freed: what the log says of it before this is not to be put in place. */
  readonly isCancel: boolean;
  /** Inodes, of which it changes but the list of those that were deleted and are open; or quotas. Neither is seen by a reader. */
  readonly isUnseen: boolean;
  readonly chunks: Buffer;
  readonly regions: readonly Buffer[];
}

/** @throws Unreadable */
export function parseBufferItem({ regions: [head = Buffer.alloc(0), ...regions] }: Item): BufferItem {
  if (head.length < MAP) throw wrong(`a change of a buffer begins with ${head.length} bytes`);
  const flags = head.readUInt16LE(4);
  const words = head.readUInt32LE(16);
  if (words * 4 > head.length - MAP) throw wrong(`a change of a buffer has a map of ${words} words`);
  const length = head.readUInt16LE(6) * BLOCK;
  if (length === 0 || length > MOST_BUFFER) throw wrong(`a buffer of ${length} bytes is changed`);
  return {
    place: readLittle64(head, 8, 'the place of a buffer') * BLOCK,
    length,
    isCancel: (flags & CANCELLED) !== 0,
    isUnseen: (flags & (INODES | QUOTA)) !== 0,
    chunks: head.subarray(MAP, MAP + words * 4),
    regions,
  };
}

/** What is new, and where in its buffer. */
export interface Run {
  readonly at: number;
  readonly bytes: Buffer;
}

/**
 * A region is a run of pieces, or a part of one where a page of memory ended.
 * @throws Unreadable
 */
export function runsOf({ chunks, length, regions }: BufferItem): Run[] {
  let chunk = 0;
  const runs = regions.map((bytes) => {
    while (chunk < chunks.length * 8 && !isSet(chunks, chunk)) chunk++;
    const first = chunk;
    while (isSet(chunks, chunk) && (chunk - first) * CHUNK < bytes.length) chunk++;
    const found = (chunk - first) * CHUNK;
    if (found === 0 || found !== bytes.length || chunk * CHUNK > length)
      throw wrong(`a change of ${bytes.length} bytes is not where its buffer says`);
    return { at: first * CHUNK, bytes };
  });
  for (; chunk < chunks.length * 8; chunk++)
    if (isSet(chunks, chunk)) throw wrong('a change of a buffer lacks a part');
  return runs;
}

/** Words are of the writer's byte order, so that bits are in the order of bytes. */
function isSet(chunks: Buffer, chunk: number): boolean {
  return (((chunks[chunk >>> 3] ?? 0) >>> (chunk & 7)) & 1) !== 0;
}

function wrong(message: string): Unreadable {
  return new Unreadable('MALFORMED_FILE_SYSTEM', `in the log, ${message}`);
}
