import { createHash } from 'node:crypto';
import type { ContentClass, FileRecord, Whiteout } from '../core/file.ts';
import type { LayerSink, LayerSource, LayerSummary, Oddity } from '../core/image.ts';
import type { LayerPath } from '../core/layer-path.ts';
import type { Limits } from '../core/limits.ts';
import type { Problem } from '../core/problem.ts';
import { classify } from './content/classify.ts';
import type { Wants } from './contract.ts';
import { examinersFor } from './examiners.ts';
import type { LayerFacts, LayerObservation } from './facts.ts';
import { type Window, WindowCutter, windowSize } from './file-windows.ts';
import { fill } from './fill.ts';
import type { BatchFile, ExaminedFile, Scope } from './pool/messages.ts';
import { BATCH_BYTES, type WorkerPool } from './pool/pool.ts';
import { isProgramPath } from './program-path.ts';

/*
 * Reads one layer into facts. Small files are packed into batches that worker threads hash and examine while the
 * next ones are read; a file larger than the memory bound goes by in overlapping windows and is hashed here.
 */

const BATCH_FILES = 1024;
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What a collector needs besides the layer. */
export interface CollectOptions {
  readonly pool: WorkerPool;
  readonly limits: Limits;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** Called with the stored bytes read so far. */
  readonly onBytes?: (bytes: number) => void;
}

/** @throws Failure of the source (network, permission, cancelled) or INTERNAL when a worker died */
export async function collectFacts(layer: LayerSource, options: CollectOptions): Promise<LayerFacts> {
  const collector = new Collector(options);
  const summary = await collector.run(layer);
  const { files, whiteouts, oddities, observations } = collector;
  return {
    diffId: summary.diffId ?? layer.ref.diffId,
    files,
    whiteouts,
    oddities,
    observations,
    problems: [...summary.problems, ...collector.problems],
    bytes: summary.bytes,
  };
}

/** What reads package databases, when nothing else is looked at. */
const CATALOGED = examinersFor('packages');

/** Where databases are, when every cataloger says where its own are. */
const CATALOGED_FOLDERS = CATALOGED.every(({ folders }) => folders !== undefined)
  ? new Set(CATALOGED.flatMap(({ folders = [] }) => folders))
  : undefined;

const WANTED_WHOLE = examinersFor('all').flatMap(({ wants }) => wants.filter(({ whole }) => whole === true));

function mayAdmit({ paths }: Wants, { path }: FileRecord): boolean {
  return paths === undefined || paths.test(path);
}

/** Goes by what is known before a byte is read. */
function isWantedWhole(record: FileRecord, scope: Scope): boolean {
  return (scope === 'all' ? WANTED_WHOLE : []).some(
    (wants) => record.size <= (wants.maxSize ?? 0) && mayAdmit(wants, record),
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class Collector implements LayerSink {
  readonly files: FileRecord[] = [];
  readonly whiteouts: Whiteout[] = [];
  readonly oddities: Oddity[] = [];
  readonly problems: Problem[] = [];
  readonly #observations: (LayerObservation & { readonly record: FileRecord })[] = [];
  readonly folders?: ReadonlySet<string>;
  readonly #options: CollectOptions;
  readonly #underWay = new Set<Promise<void>>();
  #batch: { buffer: ArrayBuffer; used: number; files: BatchFile[] } | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: CollectOptions) {
    this.#options = options;
    if (options.scope === 'packages' && CATALOGED_FOLDERS !== undefined) this.folders = CATALOGED_FOLDERS;
  }

  /**
   * A package database that a later entry of the same path replaces is in no container, so catalogers see the last only;
   * detectors see all of them.
   */
  get observations(): LayerObservation[] {
    const last = new Map(this.files.map((file) => [file.path, file]));
    return this.#observations
      .filter(
        ({ record, examiner }) => !examiner.startsWith('inventory/') || last.get(record.path) === record,
      )
      .map(({ examiner, path, observation }) => ({ examiner, path, observation }));
  }

  progress(bytes: number): void {
    this.#options.onBytes?.(bytes);
  }

  entry(record: FileRecord): void {
    const empty = record.kind === 'file' ? { sha256: EMPTY_SHA256, content: 'empty' as const } : {};
    this.files.push({ ...record, ...empty });
  }

  whiteout(whiteout: Whiteout): void {
    this.whiteouts.push(whiteout);
  }

  oddity(oddity: Oddity): void {
    this.oddities.push(oddity);
  }

  wants(record: FileRecord): boolean {
    return (
      this.#options.scope === 'all' ||
      CATALOGED.some(({ wants }) => wants.some((one) => mayAdmit(one, record)))
    );
  }

  async file(given: FileRecord, content: AsyncIterable<Uint8Array>): Promise<void> {
    const record: Mutable<FileRecord> = { ...given };
    this.files.push(record);
    if (!this.wants(record)) return;
    if (record.size <= this.#options.limits.fileMemory) await this.#pack(record, content);
    else if (isWantedWhole(record, this.#options.scope)) await this.#packWhole(record, content);
    else await this.#pass(record, content);
  }

  async run(layer: LayerSource): Promise<LayerSummary> {
    try {
      const summary = await layer.read(this, this.#options.signal);
      this.#send();
      await Promise.all(this.#underWay);
      if (this.#failure !== undefined) throw this.#failure.error;
      return summary;
    } finally {
      if (this.#batch !== undefined) this.#options.pool.giveBack(this.#batch.buffer);
    }
  }

  /** A large file that some examiner reads in one piece. */
  async #packWhole(record: Mutable<FileRecord>, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#send();
    await this.#pack(record, content, windowSize(this.#options.limits.fileMemory));
    this.#send();
    this.#noteWindows(record);
  }

  async #pack(
    record: Mutable<FileRecord>,
    content: AsyncIterable<Uint8Array>,
    window?: number,
  ): Promise<void> {
    const batch = await this.#roomFor(record.size);
    const start = batch.used;
    const length = await fill(new Uint8Array(batch.buffer, start, record.size), content);
    batch.used += length;
    batch.files.push({
      record,
      start,
      length,
      base: 0,
      whole: true,
      ...(window !== undefined && { window }),
    });
    if (batch.used >= BATCH_BYTES || batch.files.length >= BATCH_FILES) this.#send();
  }

  async #roomFor(size: number): Promise<{ buffer: ArrayBuffer; used: number; files: BatchFile[] }> {
    if (this.#batch !== undefined && this.#batch.used + size > this.#batch.buffer.byteLength) this.#send();
    this.#batch ??= { buffer: await this.#takeBuffer(size), used: 0, files: [] };
    return this.#batch;
  }

  #takeBuffer(bytes: number): Promise<ArrayBuffer> {
    return this.#options.pool.takeBuffer(bytes, this.#options.signal);
  }

  /** Hashes a large file as it goes by and sends it off window by window. */
  async #pass(record: Mutable<FileRecord>, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#send();
    const hashes = hashesFor(record.path, this.#options.scope);
    const windows = new WindowCutter(windowSize(this.#options.limits.fileMemory));
    for await (const chunk of content) {
      for (const { hash } of hashes) hash.update(chunk);
      for (const window of windows.push(chunk)) await this.#sendWindow(record, window);
    }
    await this.#sendWindow(record, windows.rest());
    for (const { name, hash } of hashes) record[name] = hash.digest('hex');
    this.#noteWindows(record);
  }

  #noteWindows(record: FileRecord): void {
    const message = `larger than ${this.#options.limits.fileMemory} bytes: inspected in overlapping windows`;
    this.problems.push({ code: 'LIMIT_FILE_MEMORY', message, effect: 'notice', path: record.path });
  }

  async #sendWindow(record: Mutable<FileRecord>, { bytes, base }: Window): Promise<void> {
    if (base === 0) record.content = classify(bytes);
    const buffer = await this.#takeBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    const content: ContentClass = record.content ?? 'binary';
    this.#examine(buffer, [{ record, start: 0, length: bytes.length, base, whole: false, content }]);
  }

  #send(): void {
    if (this.#batch === undefined) return;
    const { buffer, files } = this.#batch;
    this.#batch = undefined;
    this.#examine(buffer, files);
  }

  #examine(buffer: ArrayBuffer, files: readonly BatchFile[]): void {
    const work = this.#options.pool.examine(buffer, files).then(
      (examined) => {
        examined.forEach((one, index) => {
          this.#note(files[index]?.record as Mutable<FileRecord>, one);
        });
      },
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    this.#underWay.add(work);
    void work.then(() => this.#underWay.delete(work));
  }

  #note(record: Mutable<FileRecord>, { content, digests, observations, problems }: ExaminedFile): void {
    record.content = content;
    Object.assign(record, digests);
    const path: LayerPath = record.path;
    for (const one of observations) this.#observations.push({ ...one, path, record });
    this.problems.push(...problems);
  }
}

function hashesFor(
  path: LayerPath,
  scope: Scope,
): { name: 'sha256' | 'md5' | 'sha1'; hash: ReturnType<typeof createHash> }[] {
  if (scope === 'packages') return [];
  const names = isProgramPath(path) ? (['sha256', 'md5', 'sha1'] as const) : (['sha256'] as const);
  return names.map((name) => ({ name, hash: createHash(name) }));
}
