import { Failure, type FailureCode } from '../../core/failure.ts';
import type { Limits } from '../../core/limits.ts';
import type { ProblemCode } from '../../core/problem.ts';
import { ByteFeed } from './byte-feed.ts';
import type { Compression } from './compression.ts';
import { Expansion } from './expansion.ts';
import type { Fault } from './fault.ts';
import { gunzip } from './gzip.ts';
import { interruptible } from './interruptible.ts';
import { type StrayBytes, StrayBytesGatherer } from './stray-bytes.ts';
import { unxz } from './xz.ts';
import { unzstd } from './zstd.ts';

/** What a compressed stream holds besides its content. */
export interface DecompressionReport {
  /** Bytes that are not zero after the last gzip, zstd or xz member, or in a zstd frame that decoders skip. */
  trailer(stray: StrayBytes): void;
  /** A zstd:chunked table of contents. */
  tableOfContents(offset: number): void;
}

/**
 * The decompressed bytes of `feed`, in chunks of about 1 MiB, until its end or the fault that is returned. Consecutive
 * chunks may share an ArrayBuffer; none is written to again.
 */
export async function* decompress(
  feed: ByteFeed,
  kind: Compression,
  limits: Pick<Limits, 'files'>,
  expansion: Expansion,
  report: DecompressionReport,
): AsyncGenerator<Buffer, Fault | undefined> {
  const members = decoder(feed, kind, limits, report);
  try {
    for (;;) {
      const { done, value } = await members.next();
      if (done === true) {
        if (value !== undefined) return value;
        break;
      }
      const passed = expansion.expand(value.length);
      if (passed !== undefined) return passed;
      yield value;
    }
  } finally {
    await members.return(undefined);
  }
  await readTrailer(feed, report);
  return undefined;
}

/**
 * Decompresses a whole stream, such as an archive around layers.
 * @param onTrailer is told of bytes behind the last compressed member; offset in the stored stream
 * @throws Failure TRUNCATED, MALFORMED, UNSUPPORTED, TOO_LARGE, CANCELLED, or what `source` throws; all that could be
 * read was yielded before
 */
export async function* decompressed(
  source: AsyncIterable<Uint8Array>,
  kind: Compression,
  limits: Limits,
  signal: AbortSignal,
  onTrailer?: (stray: StrayBytes) => void,
): AsyncGenerator<Buffer> {
  const leave = new AbortController();
  const expansion = new Expansion(limits);
  const bytes = interruptible(source, AbortSignal.any([signal, leave.signal]));
  const feed = new ByteFeed(counted(bytes, expansion));
  const report = { trailer: (stray: StrayBytes) => onTrailer?.(stray), tableOfContents: () => undefined };
  const plain = decompress(feed, kind, limits, expansion, report);
  try {
    for (;;) {
      const { done, value } = await plain.next();
      if (done !== true) yield value;
      else if (value !== undefined) throw toFailure(value);
      else return;
    }
  } finally {
    leave.abort();
    await plain.return(undefined);
    await feed.close();
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, expansion: Expansion): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    expansion.read(chunk.length);
    yield chunk;
  }
}

const FAILURES: Partial<Record<ProblemCode, FailureCode>> = {
  TRUNCATED: 'TRUNCATED',
  UNSUPPORTED: 'UNSUPPORTED',
  LIMIT_BYTES: 'TOO_LARGE',
  LIMIT_RATIO: 'TOO_LARGE',
  LIMIT_FILES: 'TOO_LARGE',
};

/** For readers that have nobody to report a fault to. */
export function toFailure(fault: Fault): Failure {
  return new Failure(FAILURES[fault.code] ?? 'MALFORMED', `the archive cannot be read: ${fault.message}`);
}

function decoder(
  feed: ByteFeed,
  kind: Compression,
  limits: Pick<Limits, 'files'>,
  report: DecompressionReport,
): AsyncGenerator<Buffer, Fault | undefined> {
  switch (kind) {
    case 'none':
      return stored(feed);
    case 'gzip':
      return gunzip(feed, limits.files);
    case 'zstd':
      return unzstd(feed, limits.files, { hidden: report.trailer, tableOfContents: report.tableOfContents });
    case 'xz':
      return unxz(feed);
    case 'bzip2':
      return unsupported();
  }
}

async function* stored(feed: ByteFeed): AsyncGenerator<Buffer, undefined> {
  for (let chunk = await feed.takeSome(); chunk !== undefined; chunk = await feed.takeSome()) yield chunk;
}

// biome-ignore lint/correctness/useYield: has the shape of the other decoders, and nothing to give
async function* unsupported(): AsyncGenerator<Buffer, Fault> {
  return { code: 'UNSUPPORTED', message: 'bzip2 compression is not supported', offset: 0 };
}

async function readTrailer(feed: ByteFeed, report: DecompressionReport): Promise<void> {
  const gatherer = new StrayBytesGatherer();
  for (
    let { offset } = feed, part = await feed.takeSome();
    part !== undefined;
    part = await feed.takeSome()
  ) {
    gatherer.add(part, offset);
    offset += part.length;
  }
  const stray = gatherer.result();
  if (stray !== undefined) report.trailer(stray);
}
