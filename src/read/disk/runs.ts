import type { BlockSource } from './block-source.ts';
import { Unreadable } from './unreadable.ts';

/*
 * A container maps a disk onto a file in units of a few kilobytes, most of them one after the other in the file too. What is
 * read is told in runs, as long as they can be: one run is one read, and a hole of a terabyte is one run as well.
 */

/** Where consecutive bytes of a disk come from. */
export type Run = StoredRun | { readonly kind: 'zeros'; readonly length: number } | PackedRun;

interface StoredRun {
  readonly kind: 'stored';
  readonly length: number;
  readonly source: BlockSource;
  readonly offset: number;
}

/** Part of a compressed unit. */
interface PackedRun {
  readonly kind: 'packed';
  readonly length: number;
  readonly unpack: () => Promise<Buffer>;
  /** Of the first byte, in the unpacked unit. */
  readonly from: number;
}

/**
 * Tells where bytes of a disk are, from `offset` on: at least one of them, at most `most`.
 * @throws Unreadable, Failure of the source
 */
export type Locate = (offset: number, most: number) => Promise<Run>;

/** Reads under way at once: enough to keep the thread pool at work, few enough to bound what is in memory. */
const PARALLEL = 16;

/**
 * Exactly `length` bytes of the disk that `locate` describes.
 * @throws Unreadable, Failure of the source
 */
export async function readRuns(locate: Locate, offset: number, length: number): Promise<Buffer> {
  const runs = await listRuns(locate, offset, length);
  const [only] = runs;
  if (only !== undefined && runs.length === 1) return readRun(only);
  const bytes = Buffer.alloc(length);
  const filled = placed(runs).filter(({ run }) => run.kind !== 'zeros');
  for (let first = 0; first < filled.length; first += PARALLEL) {
    const batch = filled.slice(first, first + PARALLEL);
    await Promise.all(batch.map(async ({ run, at }) => (await readRun(run)).copy(bytes, at)));
  }
  return bytes;
}

/** Where bytes of a disk are that lies under another and may be smaller: beyond its end are zeros. */
export function runOf(source: BlockSource | undefined, offset: number, most: number): Run {
  if (source === undefined || offset >= source.size) return { kind: 'zeros', length: most };
  return { kind: 'stored', source, offset, length: Math.min(most, source.size - offset) };
}

async function listRuns(locate: Locate, offset: number, length: number): Promise<Run[]> {
  const runs: Run[] = [];
  for (let at = 0; at < length; ) {
    const run = await locate(offset + at, length - at);
    at += run.length;
    const joined = join(runs.at(-1), run);
    if (joined === undefined) runs.push(run);
    else runs[runs.length - 1] = joined;
  }
  return runs;
}

function join(before: Run | undefined, run: Run): Run | undefined {
  if (before === undefined) return undefined;
  const length = before.length + run.length;
  if (before.kind === 'zeros' && run.kind === 'zeros') return { kind: 'zeros', length };
  if (before.kind !== 'stored' || run.kind !== 'stored' || before.source !== run.source) return undefined;
  return before.offset + before.length === run.offset ? { ...before, length } : undefined;
}

function placed(runs: readonly Run[]): { run: Run; at: number }[] {
  let end = 0;
  return runs.map((run) => {
    const at = end;
    end += run.length;
    return { run, at };
  });
}

async function readRun(run: Run): Promise<Buffer> {
  if (run.kind === 'zeros') return Buffer.alloc(run.length);
  if (run.kind === 'stored') return run.source.read(run.offset, run.length);
  const unit = await run.unpack();
  if (run.from + run.length <= unit.length) return unit.subarray(run.from, run.from + run.length);
  throw new Unreadable(
    'MALFORMED_DISK',
    `a compressed unit holds ${unit.length} bytes where ${run.from + run.length} are needed`,
  );
}
