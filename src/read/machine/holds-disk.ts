import { Failure, isFailure } from '../../core/failure.ts';
import { LocalFile } from '../archive/local-file.ts';
import type { Selection } from '../selection.ts';
import { detectCompression, MAGIC_BYTES } from '../unpack/compression.ts';
import { decompressed } from '../unpack/decompress.ts';
import { BLOCK_BYTES, parseHeader } from '../unpack/tar-header.ts';

const HEAD_BYTES = 128 * 1024;
const TAIL_BYTES = 512;

/**
 * Whether a file is a disk, or a disk is in it. What knows disks is loaded only for files that are no plain archive.
 * @throws Failure NOT_FOUND, NO_PERMISSION, CANCELLED; NOT_AN_IMAGE for what is a disk and an archive at once; TOO_LARGE from 2^53 bytes
 */
export async function holdsDisk(path: string, selection: Selection): Promise<boolean> {
  const file = await LocalFile.open(path, { follow: true });
  try {
    if (!Number.isSafeInteger(file.size))
      throw new Failure('TOO_LARGE', `${path} has more than ${Number.MAX_SAFE_INTEGER} bytes`);
    const packed = detectCompression(await file.read(0, MAGIC_BYTES)) !== 'none';
    const head = packed ? await unpackedHead(file, selection) : await file.read(0, HEAD_BYTES);
    // What is compressed has no end to look at without reading all of it.
    const tail = packed ? Buffer.alloc(0) : await file.read(Math.max(0, file.size - TAIL_BYTES), TAIL_BYTES);
    const tar = head.length >= BLOCK_BYTES && typeof parseHeader(head.subarray(0, BLOCK_BYTES)) !== 'string';
    if (
      tar &&
      !(head[510] === 0x55 && head[511] === 0xaa) &&
      !/^[^\0]*(?:disk\.raw|\.ovf)\0/i.test(nameIn(head))
    )
      return false;
    const { tellDisk } = await import('./tell-disk.ts');
    return tellDisk(path, head, tail);
  } finally {
    await file.close();
  }
}

/** The name field of a tar header, with the NUL that ends it. */
function nameIn(head: Buffer): string {
  return `${head.toString('latin1', 0, 100)}\0`;
}

/** As much as there is: what is wrong with the rest is told by whoever opens it. */
async function unpackedHead(file: LocalFile, { limits, signal }: Selection): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  const compression = detectCompression(await file.read(0, MAGIC_BYTES));
  try {
    for await (const piece of decompressed(file.stream(0, file.size, signal), compression, limits, signal)) {
      pieces.push(piece);
      length += piece.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (!isFailure(error) || error.code === 'CANCELLED') throw error;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}
