import { Failure, isFailure } from '../../../core/failure.ts';
import type { Limits } from '../../../core/limits.ts';
import { throwIfCancelled } from '../../archive/local-file.ts';
import type { Compression } from '../../unpack/compression.ts';
import { decompressed } from '../../unpack/decompress.ts';
import type { BlockSource } from '../block-source.ts';
import { Unreadable } from '../unreadable.ts';
import { SparseSpool } from './sparse-spool.ts';

/*
 * A disk (or a tar of disks) in gzip, xz or zstd. Nothing in such a stream can be found by offset, so it is decompressed once, into a
 * temporary file without a name. A disk is mostly zeros, and those are left out as holes: a disk of 2 TB takes what is used.
 *
 * For the same reason the ratio limit does not count zeros: they cost neither space nor memory, and a compressed empty disk is honest.
 * The bytes limit holds for all that comes out.
 */

const CHUNK = 2 ** 20;
/** As for layers: what is small may expand as it likes. */
const RATIO_FLOOR = 64 * 2 ** 20;

export interface CompressedOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/**
 * @param flaw takes what is wrong with the stream, though what came out of it can be read
 * @returns what is in it; closing that does not close `source`, which is not needed any more
 * @throws Failure TOO_LARGE, UNSUPPORTED (bzip2), TRUNCATED, MALFORMED (where nothing came out), DISK_FULL, NO_PERMISSION, CANCELLED;
 * Unreadable and Failure of the source
 */
export async function openCompressed(
  source: BlockSource,
  compression: Compression,
  { limits, signal }: CompressedOptions,
  flaw: (flaw: Unreadable) => void,
): Promise<BlockSource> {
  const spool = await SparseSpool.open(source.name);
  try {
    const most = Math.max(RATIO_FLOOR, limits.ratio * source.size);
    const plain = decompressed(
      stream(source, signal),
      compression,
      { ...limits, ratio: Number.MAX_SAFE_INTEGER },
      signal,
      ({ offset, length }) => {
        const message = `${source.name} has ${length} bytes after its compressed content, which were not read`;
        flaw(new Unreadable('UNKNOWN_CONTENT', message, offset));
      },
    );
    try {
      for await (const chunk of plain) {
        await spool.add(chunk);
        if (spool.stored > most) {
          const message = `${source.name} expands to more than ${limits.ratio} times its stored size (--max-ratio raises the limit)`;
          throw new Failure('TOO_LARGE', message);
        }
      }
    } catch (error) {
      flaw(toFlaw(source, spool, error));
    }
    return await spool.finish();
  } catch (error) {
    await spool.discard();
    throw error;
  }
}

/** What came out before a stream broke is worth looking at. @throws `error` where that is not what happened */
function toFlaw({ name }: BlockSource, { size }: SparseSpool, error: unknown): Unreadable {
  const isBroken = isFailure(error, 'TRUNCATED') || isFailure(error, 'MALFORMED');
  if (!isBroken || size === 0) throw error;
  const code = error.code === 'TRUNCATED' ? 'TRUNCATED' : 'DECOMPRESSION_FAILED';
  return new Unreadable(code, `${name} was read up to byte ${size} of its content: ${error.message}`);
}

async function* stream(source: BlockSource, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let at = 0; at < source.size; at += CHUNK) {
    throwIfCancelled(signal);
    yield await source.read(at, Math.min(CHUNK, source.size - at));
  }
}
