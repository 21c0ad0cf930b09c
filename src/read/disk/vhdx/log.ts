import type { BlockSource } from '../block-source.ts';
import { NO_GUID } from '../guid.ts';
import { Unreadable } from '../unreadable.ts';
import { MIB } from './fields.ts';
import type { Header } from './header.ts';
import { type EntryHeader, type Patch, parseEntryHeader, parsePatches, SECTOR } from './log-entry.ts';
import { patched } from './patched.ts';

/*
 * Replays the log, in memory. A disk that was not shut down has its newest block table in the log only: read without, it is another
 * disk, which is what a program sees that does not replay.
 *
 * The log is a ring of entries. Those to be replayed are the longest run in which each is valid and numbered one higher than the one
 * before it, and of which the last entry says that the run begins in it ([MS-VHDX] 2.3.2). Every sector may claim to begin an entry as
 * long as the log, so the bytes that are checked are bounded; what is applied is bounded too.
 */

/** Sixteen times what programs make. */
const LARGEST_LOG = 16 * MIB;
const MOST_PATCHES = 32_768;

/**
 * The file as it is after its log was replayed. A log that cannot be is a flaw, and the file is read as it is.
 * @throws Failure of the source
 */
export async function replayed(
  source: BlockSource,
  header: Header,
  flaw: (flaw: Unreadable) => void,
): Promise<BlockSource> {
  if (header.logId === NO_GUID) return source;
  try {
    return await replay(source, header);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const message = `the log of ${source.name} cannot be replayed, so that the disk is read in an older state: ${error.message}`;
    flaw(new Unreadable(error.code, message, error.offset));
    return source;
  }
}

async function replay(source: BlockSource, { logId, logOffset, logLength }: Header): Promise<BlockSource> {
  if (logLength === 0 || logLength % MIB !== 0 || logOffset % MIB !== 0 || logOffset === 0)
    throw new Unreadable('MALFORMED_DISK', `a log of ${logLength} bytes at ${logOffset}`, logOffset);
  if (logLength > LARGEST_LOG)
    throw new Unreadable('UNSUPPORTED', `it has ${logLength} bytes, more than ${LARGEST_LOG}`, logOffset);
  const run = new LogReader(await source.read(logOffset, logLength), logId).newestRun();
  const last = run.at(-1);
  if (last === undefined)
    throw new Unreadable('MALFORMED_DISK', 'it holds no entry that is valid', logOffset);
  const { flushedFileOffset, lastFileOffset } = last.header;
  if (flushedFileOffset > BigInt(source.size))
    throw new Unreadable(
      'TRUNCATED',
      `the file had ${flushedFileOffset} bytes when it was written`,
      source.size,
    );
  if (lastFileOffset > BigInt(Number.MAX_SAFE_INTEGER))
    throw new Unreadable('MALFORMED_DISK', `it makes the file ${lastFileOffset} bytes long`, logOffset);
  const patches = run.flatMap((entry) => entry.patches);
  if (patches.length > MOST_PATCHES)
    throw new Unreadable(
      'UNSUPPORTED',
      `it changes ${patches.length} places, more than ${MOST_PATCHES}`,
      logOffset,
    );
  return patched(source, patches, Number(lastFileOffset));
}

interface Entry {
  readonly at: number;
  readonly header: EntryHeader;
  readonly patches: readonly Patch[];
}

class LogReader {
  readonly #log: Buffer;
  readonly #logId: string;
  /** Bytes that may still be checked. */
  #budget: number;

  constructor(log: Buffer, logId: string) {
    this.#log = log;
    this.#logId = logId;
    this.#budget = 4 * log.length;
  }

  /** @throws Unreadable MALFORMED_DISK where entries lie within entries */
  newestRun(): readonly Entry[] {
    let newest: readonly Entry[] = [];
    for (let at = 0; at < this.#log.length; ) {
      const entries = this.#runFrom(at);
      const last = entries.at(-1);
      at += last === undefined ? SECTOR : entries.reduce((sum, { header }) => sum + header.length, 0);
      const run =
        last === undefined ? [] : entries.slice(entries.findIndex((one) => one.at === last.header.tail));
      const isWhole = last !== undefined && entries.some((one) => one.at === last.header.tail);
      if (isWhole && last.header.sequence > (newest.at(-1)?.header.sequence ?? 0n)) newest = run;
    }
    return newest;
  }

  #runFrom(start: number): Entry[] {
    const entries: Entry[] = [];
    let total = 0;
    for (let at = start; ; ) {
      const entry = this.#entryAt(at, entries.at(-1));
      total += entry?.header.length ?? 0;
      if (entry === undefined || total > this.#log.length) return entries;
      entries.push(entry);
      at = (at + entry.header.length) % this.#log.length;
    }
  }

  #entryAt(at: number, before: Entry | undefined): Entry | undefined {
    const header = parseEntryHeader(this.#bytes(at, SECTOR), this.#logId, this.#log.length);
    if (header === undefined) return undefined;
    if (before !== undefined && header.sequence !== before.header.sequence + 1n) return undefined;
    this.#budget -= header.length;
    if (this.#budget < 0) throw new Unreadable('MALFORMED_DISK', 'its entries lie within each other');
    const patches = parsePatches(this.#bytes(at, header.length), header);
    return patches === undefined ? undefined : { at, header, patches };
  }

  /** An entry may go round. */
  #bytes(at: number, length: number): Buffer {
    const first = this.#log.subarray(at, at + length);
    return first.length === length
      ? first
      : Buffer.concat([first, this.#log.subarray(0, length - first.length)]);
  }
}
