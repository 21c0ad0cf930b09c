import { Worker } from 'node:worker_threads';
import { Failure, messageOf } from '../../core/failure.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import type { BatchFile, BatchReply, BatchRequest, ExaminedFile, Reply, WorkerSetup } from './messages.ts';

/** Bytes of file content that may be under way at once, over all workers. */
const BYTES_IN_FLIGHT = 16 * 2 ** 20;
/** Batches that wait for a worker before another is started: starting one compiles the rules once more. */
const BACKLOG = 3;
export const BATCH_BYTES = 2 * 2 ** 20;

/** From the sources, or as they were built. */
const WORKER = import.meta.url.endsWith('.ts') ? 'src/inspect/pool/worker.ts' : 'dist/inspect/pool/worker.js';

interface Job {
  readonly request: BatchRequest;
  readonly resolve: (files: readonly ExaminedFile[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Somebody who waits until `bytes` more may be under way. */
interface Turn {
  readonly bytes: number;
  readonly resume: () => void;
  readonly refuse: (failure: Failure) => void;
}

interface Crew {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

/**
 * A few worker threads that examine batches of files. Workers start when there is work for them, so that a small
 * image pays for one and a cached image for none.
 */
export class WorkerPool {
  readonly #setup: WorkerSetup;
  readonly #size: number;
  readonly #crews: Crew[] = [];
  readonly #spare: ArrayBuffer[] = [];
  readonly #waiting: Turn[] = [];
  #bytes = 0;
  #nextId = 0;
  #failed: Failure | undefined;
  #closed = false;

  constructor(setup: WorkerSetup, size: number) {
    this.#setup = setup;
    this.#size = size;
  }

  /** Starts a worker ahead of the first batch, where starting is slow: rules are compiled while the image is opened. */
  warmUp(): void {
    if (this.#crews.length === 0) this.#crews.push(this.#hire());
  }

  /** @throws Failure why no worker can work, once that is known */
  async ready(signal: AbortSignal): Promise<void> {
    const buffer = await this.takeBuffer(0, signal);
    await this.examine(buffer, []);
  }

  /**
   * A buffer of at least `bytes`; waits until that many more may be under way. Every buffer comes back through `examine`
   * or `giveBack`, else somebody waits for ever.
   * @throws Failure CANCELLED, or why no worker can work
   */
  async takeBuffer(bytes: number, signal: AbortSignal): Promise<ArrayBuffer> {
    if (this.#failed !== undefined) throw this.#failed;
    const wanted = Math.max(bytes, BATCH_BYTES);
    if (this.#bytes > 0 && this.#bytes + wanted > BYTES_IN_FLIGHT) await this.#turn(wanted, signal);
    else this.#bytes += wanted;
    const spare = wanted === BATCH_BYTES ? this.#spare.pop() : undefined;
    return spare ?? new ArrayBuffer(wanted);
  }

  /** For a buffer that will not be examined. */
  giveBack(buffer: ArrayBuffer): void {
    this.#release(buffer);
  }

  /**
   * Examines the files in a buffer from `takeBuffer`, which is moved away.
   * @throws Failure RULES_INVALID when the rules do not compile, INTERNAL when a worker dies
   */
  examine(buffer: ArrayBuffer, files: readonly BatchFile[]): Promise<readonly ExaminedFile[]> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    const request = { id: this.#nextId++, buffer, files };
    return new Promise((resolve, reject) => {
      const crew = this.#pickCrew();
      crew.jobs.set(request.id, { request, resolve, reject });
      crew.worker.postMessage(request, [buffer]);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#crews.splice(0).map(({ worker }) => worker.terminate()));
    this.#spare.length = 0;
  }

  /** Resolves when `bytes` are accounted for. */
  #turn(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(new Failure('CANCELLED', 'the inspection was cancelled'));
      };
      const settle = (end: () => void): void => {
        signal.removeEventListener('abort', leave);
        end();
      };
      const turn: Turn = {
        bytes,
        resume: () => settle(resolve),
        refuse: (failure) => settle(() => reject(failure)),
      };
      this.#waiting.push(turn);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
  }

  #pickCrew(): Crew {
    const idlest = this.#crews.reduce<Crew | undefined>(
      (best, crew) => (best === undefined || crew.jobs.size < best.jobs.size ? crew : best),
      undefined,
    );
    if (idlest !== undefined && (idlest.jobs.size < BACKLOG || this.#crews.length >= this.#size))
      return idlest;
    const crew = this.#hire();
    this.#crews.push(crew);
    return crew;
  }

  #hire(): Crew {
    const worker = new Worker(new URL(WORKER, PACKAGE_ROOT), { workerData: this.#setup });
    const crew: Crew = { worker, jobs: new Map() };
    worker.on('message', (reply: Reply) => {
      if (reply.kind === 'examined') this.#settle(crew, reply);
      else this.#fail(new Failure(reply.code, reply.message));
    });
    worker.on('exit', (code) => {
      if (!this.#closed)
        this.#fail(new Failure('INTERNAL', `an inspection worker ended by itself, with ${code}`));
    });
    worker.on('error', (cause) => {
      this.#fail(new Failure('INTERNAL', `an inspection worker died: ${messageOf(cause)}`, { cause }));
    });
    return crew;
  }

  #settle(crew: Crew, { id, buffer, files }: BatchReply): void {
    const job = crew.jobs.get(id);
    crew.jobs.delete(id);
    this.#release(buffer);
    job?.resolve(files);
  }

  #release(buffer: ArrayBuffer): void {
    this.#bytes -= buffer.byteLength;
    if (buffer.byteLength === BATCH_BYTES) this.#spare.push(buffer);
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#bytes > 0 && this.#bytes + next.bytes > BYTES_IN_FLIGHT) return;
      this.#waiting.shift();
      this.#bytes += next.bytes;
      next.resume();
    }
  }

  /** A dead worker took its files with it: nothing of this run can be trusted to be complete. */
  #fail(failure: Failure): void {
    this.#failed ??= failure;
    for (const crew of this.#crews) {
      for (const job of crew.jobs.values()) job.reject(this.#failed);
      crew.jobs.clear();
    }
    for (const { refuse } of this.#waiting.splice(0)) refuse(this.#failed);
  }
}
