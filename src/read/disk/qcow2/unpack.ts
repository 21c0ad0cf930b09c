import { promisify } from 'node:util';
import { constants, inflateRaw, inflateRawSync, zstdDecompress } from 'node:zlib';
import { messageOf } from '../../../core/failure.ts';
import { ZstdFrameWalker } from '../../unpack/zstd-frame.ts';
import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';
import type { Compression } from './header.ts';

const inflate = promisify(inflateRaw);
const unzstd = promisify(zstdDecompress);

const SMALL_CLUSTER = 8 * 1024;

/** 8 MiB, as the specification recommends to decoders (RFC 8878, 3.1.1.1.2): a frame may else claim gigabytes for a cluster of 64 KiB. */
const LARGEST_ZSTD_WINDOW = { [constants.ZSTD_d_windowLogMax]: 23 };

/** Where a compressed cluster is in the file: the end is that of a sector, and what is there may be the next cluster's. */
export interface Packed {
  readonly offset: number;
  readonly length: number;
}

/**
 * One compressed cluster, unpacked to exactly its size.
 * @throws Unreadable MALFORMED_DISK, TRUNCATED; Failure of the source
 */
export async function readPacked(
  source: BlockSource,
  { offset, length }: Packed,
  compression: Compression,
  clusterSize: number,
): Promise<Buffer> {
  // The last sector may go past the end of the file, the first may not.
  const bytes = await source.read(offset, Math.min(length, Math.max(source.size - offset, 1)));
  const refuse = (why: string): never => {
    const message = `${source.name}: a compressed cluster cannot be unpacked (${why})`;
    throw new Unreadable('MALFORMED_DISK', message, offset);
  };
  const unpacking = compression === 'zlib' ? unpackZlib(bytes, clusterSize) : unpackZstd(bytes, clusterSize);
  const cluster = await unpacking.catch((error: unknown) => refuse(messageOf(error)));
  return cluster.length === clusterSize
    ? cluster
    : refuse(`it has ${cluster.length} bytes instead of ${clusterSize}`);
}

/** Deflate without a header. What follows its last block is left alone. */
async function unpackZlib(bytes: Buffer, clusterSize: number): Promise<Buffer> {
  const options = { maxOutputLength: clusterSize, chunkSize: clusterSize };
  // Handing a small one to another thread takes longer than unpacking it.
  return clusterSize <= SMALL_CLUSTER ? inflateRawSync(bytes, options) : inflate(bytes, options);
}

/** One frame. node:zlib takes what follows for another one: it is cut off here. */
async function unpackZstd(bytes: Buffer, clusterSize: number): Promise<Buffer> {
  const frame = bytes.subarray(0, new ZstdFrameWalker().advance(bytes));
  return unzstd(frame, { maxOutputLength: clusterSize, chunkSize: clusterSize, params: LARGEST_ZSTD_WINDOW });
}
