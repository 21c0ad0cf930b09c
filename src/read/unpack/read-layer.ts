import { createHash } from 'node:crypto';
import { algorithmOf, type Digest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { LayerSink, LayerSummary } from '../../core/image.ts';
import type { Limits } from '../../core/limits.ts';
import { ByteFeed } from './byte-feed.ts';
import { type Compression, detectCompression, MAGIC_BYTES } from './compression.ts';
import { type DecompressionReport, decompress } from './decompress.ts';
import { Expansion } from './expansion.ts';
import type { Fault } from './fault.ts';
import { cancelled, interruptible } from './interruptible.ts';
import { type EntryBudget, LayerEntries } from './layer-entries.ts';
import { LayerLog } from './layer-log.ts';
import type { TarObserver } from './tar-entry.ts';
import { TarReader } from './tar-reader.ts';

/** What the manifest and the config say of a layer. What is absent is not checked. */
export interface LayerExpectation {
  /** Of the blob as stored. */
  readonly blobDigest?: Digest;
  /** Of the blob as stored, in bytes. */
  readonly blobSize?: number;
  /** Of the decompressed bytes. */
  readonly diffId?: Digest;
  /** Set when `diffId` was computed from these very bytes: it proves that they are the same, not that they are all. */
  readonly selfMade?: boolean;
  /** What the media type says. Where nothing says it, the magic does. */
  readonly compression?: Exclude<Compression, 'bzip2'>;
}

const TABLE_OF_CONTENTS =
  'the layer has a zstd:chunked table of contents, which was not compared with the tar it stands for';

/**
 * Reads one layer once, front to back: hashes the stored bytes, decompresses, hashes again, parses the tar and hands
 * the entries to `sink`.
 *
 * What is wrong with the layer is a problem in the summary, and reading goes on as far as it can, so that the report
 * says more. Content handed to the sink ends before `record.size` bytes where a problem says so. Content chunks are
 * views that may share an ArrayBuffer with each other and with other files; they are never written to again, so they
 * can be kept, but must be copied before being transferred to another thread.
 *
 * @param budget entries that may still be read, over all layers of the image; counted down
 * @throws Failure MEDIA_TYPE_MISMATCH when the bytes are not compressed as `expected` says, CANCELLED, and what `blob`
 * or `sink` throw
 */
export async function readLayer(
  blob: AsyncIterable<Uint8Array>,
  expected: LayerExpectation,
  sink: LayerSink,
  limits: Limits,
  signal: AbortSignal,
  budget: EntryBudget = { entries: limits.files },
): Promise<LayerSummary> {
  const leave = new AbortController();
  const log = new LayerLog((oddity) => sink.oddity(oddity));
  const expansion = new Expansion(limits);
  const blobHash =
    expected.blobDigest === undefined ? undefined : createHash(algorithmOf(expected.blobDigest));
  const diffHash = createHash(algorithmFor(expected.diffId));
  const source = interruptible(blob, AbortSignal.any([signal, leave.signal]));
  const stored = new ByteFeed(
    tapped(gathered(source), (chunk) => {
      blobHash?.update(chunk);
      expansion.read(chunk.length);
      sink.progress(expansion.stored);
    }),
  );
  let content: ByteFeed | undefined;
  let stop: Fault | undefined;
  try {
    const compression = await agreedCompression(stored, expected.compression);
    const plain = decompress(stored, compression, limits, expansion, compressionReport(log));
    content = new ByteFeed(
      untilFault(
        plain,
        (chunk) => diffHash.update(chunk),
        (fault) => {
          stop = fault;
          log.problem({
            ...fault,
            message: `the layer was read in part: ${fault.message}`,
            effect: 'incomplete',
          });
        },
      ),
    );
    const reader = new TarReader(
      content,
      tarObserver(log, limits, {
        hole: (bytes) => {
          if (signal.aborted) throw cancelled();
          return expansion.expand(bytes);
        },
        stopped: () => stop !== undefined,
      }),
    );
    const entries = new LayerEntries(sink, log, limits, budget);
    const delivered = await deliver(reader, entries);
    await drain(content);
    if (delivered && reader.outcome === 'unmarked' && stop === undefined) reportNoMarker(log, expected);
    await drain(stored);
    checkBlob(expected, blobHash?.digest('hex'), expansion.stored, log);
    if (stop !== undefined) return { bytes: expansion.stored, problems: log.problems };
    const diffId = toDigest(algorithmFor(expected.diffId), diffHash.digest('hex'));
    checkDiffId(expected, diffId, log);
    return { diffId, bytes: expansion.stored, problems: log.problems };
  } finally {
    leave.abort();
    await content?.close();
    await stored.close();
  }
}

/** True when the last entry was reached, false when a limit ended it before. */
async function deliver(reader: TarReader, entries: LayerEntries): Promise<boolean> {
  for (;;) {
    // Waiting costs more than a small entry: it is done at a chunk's end, and for files with content.
    const entry = reader.tryNext() ?? (await reader.next());
    if (entry === undefined) return true;
    const pending = entries.deliver(entry);
    if (pending !== undefined) await pending;
    if (entries.exhausted) return false;
  }
}

async function drain(feed: ByteFeed): Promise<void> {
  while ((await feed.takeSome()) !== undefined);
}

function algorithmFor(expected: Digest | undefined): 'sha256' | 'sha512' {
  return expected === undefined ? 'sha256' : algorithmOf(expected);
}

function compressionReport(log: LayerLog): DecompressionReport {
  return {
    trailer: (stray) => log.oddity({ kind: 'compression-trailer', ...stray }),
    tableOfContents: (offset) =>
      log.problem({ code: 'UNSUPPORTED', message: TABLE_OF_CONTENTS, effect: 'notice', offset }),
  };
}

interface LayerState {
  hole(bytes: number): Fault | undefined;
  /** True once decompression broke off. */
  stopped(): boolean;
}

function tarObserver(log: LayerLog, limits: Limits, state: LayerState): TarObserver {
  const cut = (path: string): string => path.slice(0, limits.pathLength);
  return {
    fault: (fault, incomplete, path) => {
      // An archive that is cut because its compression broke off is not a second problem.
      if (fault.code === 'TRUNCATED' && state.stopped()) return;
      const effect = incomplete ? 'incomplete' : 'notice';
      log.problem({ ...fault, effect, ...(path === undefined ? {} : { path: cut(path) }) });
    },
    padding: (stray, path) => log.oddity({ kind: 'padding-data', ...stray, path: cut(path) }),
    trailing: (stray, archive) =>
      log.oddity({
        kind: 'trailing-data',
        ...stray,
        ...(archive === undefined ? {} : { path: cut(archive) }),
      }),
    hole: state.hole,
  };
}

/** @throws Failure MEDIA_TYPE_MISMATCH: what is declared is never guessed over */
async function agreedCompression(
  stored: ByteFeed,
  declared: LayerExpectation['compression'],
): Promise<Compression> {
  const head = await stored.peek(MAGIC_BYTES);
  const detected = detectCompression(head);
  if (declared === undefined || declared === detected) return detected;
  // Too short to tell: read as declared, it will be found truncated.
  if (detected === 'none' && head.length < MAGIC_BYTES) return declared;
  const message = `a layer is declared as ${NAMES[declared]} but its content is ${NAMES[detected]}: do not use the image`;
  throw new Failure('MEDIA_TYPE_MISMATCH', message);
}

const NAMES: Record<Compression, string> = {
  none: 'not compressed',
  gzip: 'gzip',
  zstd: 'zstd',
  xz: 'xz',
  bzip2: 'bzip2',
};

/** Less than this is gathered before it is handed on: each hand-over to zlib's thread costs the same. */
const STORED_CHUNK = 256 * 1024;

async function* gathered(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    pieces.push(chunk);
    bytes += chunk.length;
    if (bytes < STORED_CHUNK) continue;
    yield joined(pieces, bytes);
    pieces = [];
    bytes = 0;
  }
  if (bytes > 0) yield joined(pieces, bytes);
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces, bytes);
}

async function* tapped(
  source: AsyncIterable<Uint8Array>,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    see(chunk);
    yield chunk;
  }
}

/** The chunks of `source` as a plain stream; what it returns at its end goes to `onFault`. */
async function* untilFault(
  source: AsyncGenerator<Buffer, Fault | undefined>,
  see: (chunk: Buffer) => void,
  onFault: (fault: Fault) => void,
): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const { done, value } = await source.next();
      if (done === true) {
        if (value !== undefined) onFault(value);
        return;
      }
      see(value);
      yield value;
    }
  } finally {
    await source.return(undefined);
  }
}

/**
 * Honest archives end with a marker, though runtimes do without. Where a digest vouches for the bytes nothing is
 * missing; where none does, the rest may have been cut off between two entries.
 */
function reportNoMarker(log: LayerLog, expected: LayerExpectation): void {
  const stated = expected.blobDigest !== undefined || expected.diffId !== undefined;
  const verified = stated && expected.selfMade !== true;
  const message = 'the archive ends without its end marker: it may have been cut short';
  if (verified) log.problem({ code: 'MALFORMED_ARCHIVE', message, effect: 'notice' });
  else log.problem({ code: 'TRUNCATED', message, effect: 'incomplete' });
}

function checkBlob(expected: LayerExpectation, hex: string | undefined, bytes: number, log: LayerLog): void {
  const { blobDigest, blobSize } = expected;
  if (blobDigest !== undefined && hex !== undefined && !blobDigest.endsWith(`:${hex}`)) {
    mismatch(log, `the layer's bytes have the digest ${hex}, not ${blobDigest}`);
  }
  if (blobSize !== undefined && bytes !== blobSize) {
    mismatch(log, `the layer has ${bytes} bytes, not ${blobSize}`);
  }
}

function checkDiffId(expected: LayerExpectation, actual: Digest, log: LayerLog): void {
  if (expected.diffId === undefined || actual === expected.diffId) return;
  mismatch(log, `the decompressed layer has the digest ${actual}, not the diff id ${expected.diffId}`);
}

function mismatch(log: LayerLog, message: string): void {
  log.problem({ code: 'DIGEST_MISMATCH', message, effect: 'incomplete' });
}
