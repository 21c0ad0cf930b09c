import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { Failure, isFailure } from '../../core/failure.ts';
import { readAtMost } from '../registry/body.ts';
import { toConnectionFailure } from '../registry/connection-failure.ts';
import { DEFAULT_TIMING } from '../registry/options.ts';
import { sendFollowing } from '../registry/redirect.ts';
import { type Attempt, retrying } from '../registry/retry.ts';
import { Transport } from '../registry/transport.ts';
import { TrustStore } from '../registry/trust.ts';

type Fetcher = NonNullable<ConstructorParameters<typeof Updater>[0]['fetcher']>;

const TIMING = { ...DEFAULT_TIMING, connectMs: 10_000, headersMs: 15_000, idleMs: 15_000, attempts: 3 };

/** The public repository has had 16 roots in five years. */
const MAX_FILES = 128;

/** Where the library asks for the next root, that there is none is the answer. Some stores say 403 for it. */
const ROOT_FILE = /\/[0-9]{1,10}\.root\.json$/;
const ABSENT: ReadonlySet<number> = new Set([403, 404]);

/**
 * Fetches the files of a TUF repository for the library, through the transport of the registries, each within the length
 * that the library allows, all within one budget and one deadline.
 */
export class RepositoryFetcher implements Fetcher {
  /** Why the repository could not be read, if so: what the library makes of it has lost the difference. */
  failure: Failure | undefined;
  readonly #base: string;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #transport: Transport;
  #files = 0;

  /** @param folder for temporary files */
  constructor(base: string, folder: string, caFile: string | undefined, signal: AbortSignal) {
    this.#base = base;
    this.#folder = folder;
    this.#signal = signal;
    this.#transport = new Transport(new TrustStore(caFile, []), TIMING, process.env);
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    try {
      return await this.#fetch(url, maxLength);
    } catch (error) {
      if (isFailure(error)) this.failure ??= error;
      throw error;
    }
  }

  async downloadFile<T>(url: string, maxLength: number, handler: (file: string) => Promise<T>): Promise<T> {
    const bytes = await this.downloadBytes(url, maxLength);
    const file = join(await mkdtemp(join(this.#folder, 'download-')), 'target');
    await writeFile(file, bytes);
    return handler(file);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async #fetch(url: string, maxLength: number): Promise<Buffer> {
    if (this.#files++ >= MAX_FILES) {
      throw new Failure(
        'TRUST_ROOT_INVALID',
        `the TUF repository ${this.#base} has no end: more than ${MAX_FILES} files would be fetched of it`,
      );
    }
    const { status, bytes, complete } = await retrying(TIMING, this.#signal, () => this.#ask(url, maxLength));
    if (ABSENT.has(status) && ROOT_FILE.test(url))
      throw new DownloadHTTPError('there is no such root', status);
    if (status !== 200) throw this.#refuse(url, status);
    if (!complete) {
      throw new Failure('TRUST_ROOT_INVALID', `${url} has more than the ${maxLength} bytes that it may have`);
    }
    return bytes;
  }

  async #ask(url: string, maxLength: number): Promise<Attempt<Answer>> {
    const target = new URL(url);
    try {
      const request = {
        method: 'GET',
        url: target,
        headers: {},
        reach: 'any',
        signal: this.#signal,
      } as const;
      const { status, body } = await sendFollowing(this.#transport, request);
      const { bytes, complete } = await readAtMost(body, status === 200 ? maxLength : 0);
      if (status < 500) return { kind: 'done', value: { status, bytes, complete } };
      return { kind: 'transient', failure: this.#refuse(url, status) };
    } catch (error) {
      const { failure, transient } = toConnectionFailure(error, target.host, this.#signal);
      if (!transient) throw failure;
      return { kind: 'transient', failure };
    }
  }

  #refuse(url: string, status: number): Failure {
    return ABSENT.has(status)
      ? new Failure('NOT_FOUND', `${url} is not there (status ${status}): is ${this.#base} a TUF repository?`)
      : new Failure('UNREACHABLE', `${url} answers with status ${status}`);
  }
}

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  /** False when there was more than was allowed. */
  readonly complete: boolean;
}
