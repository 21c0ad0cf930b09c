import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Failure, messageOf } from '../../core/failure.ts';

/** Large chunks keep the decompressor fed (measured: twice the speed of 64 KiB). Each is fresh: it may be transferred. */
const CHUNK = 2 ** 20;

/** A change within this time of looking might not show in the file's times: the kernel's clock ticks every 1 to 10 ms. */
const SETTLED_NS = 100_000_000n;

/** One open local file, read by offset. */
export class LocalFile {
  readonly #handle: FileHandle;
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** See `LayerSource.fingerprint`; undefined for a temporary file and for one that changed a moment ago. */
  readonly identity: string | undefined;

  private constructor(handle: FileHandle, name: string, size: number, identity: string | undefined) {
    this.#handle = handle;
    this.name = name;
    this.size = size;
    this.identity = identity;
  }

  /**
   * @param follow whether a symlink in the last part may lead elsewhere: yes for what the user named, no for what
   * an image names
   * @throws Failure NOT_FOUND, NO_PERMISSION, NOT_AN_IMAGE when it is no regular file
   */
  static async open(path: string, { follow }: { readonly follow: boolean }): Promise<LocalFile> {
    // Without O_NONBLOCK, opening a FIFO would wait for its other end.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
    const handle = await open(path, flags).catch((error: unknown) => {
      throw toFileFailure(error, path);
    });
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile())
        throw new Failure('NOT_AN_IMAGE', `${path} is neither a regular file nor a folder`);
      const { dev, ino, size, mtimeNs, ctimeNs } = stats;
      const settled = BigInt(Date.now()) * 1_000_000n - ctimeNs > SETTLED_NS;
      const identity = settled ? [dev, ino, size, mtimeNs, ctimeNs].join(':') : undefined;
      return new LocalFile(handle, path, Number(size), identity);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Takes over a handle on a file that nobody else can reach: a temporary one. */
  static adopt(handle: FileHandle, name: string, size: number, identity: string | undefined): LocalFile {
    return new LocalFile(handle, name, size, identity);
  }

  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  async read(offset: number, length: number): Promise<Buffer> {
    // Not of Node's pool: a chunk's memory is handed on whole.
    const bytes = Buffer.from(new ArrayBuffer(length));
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle
        .read(bytes, filled, length - filled, offset + filled)
        .catch((error: unknown) => {
          throw toFileFailure(error, this.name);
        });
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  /**
   * The bytes from `offset`, `length` of them, reading one chunk ahead.
   * @throws Failure TRUNCATED when the file ends before, CANCELLED
   */
  async *stream(offset: number, length: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const end = offset + length;
    let at = offset;
    let next = this.#ahead(at, end);
    while (at < end) {
      throwIfCancelled(signal);
      const chunk = await next;
      if (chunk.length === 0)
        throw new Failure('TRUNCATED', `${this.name} ends at byte ${at} where ${end} were expected`);
      at += chunk.length;
      next = this.#ahead(at, end);
      yield chunk;
    }
  }

  #ahead(at: number, end: number): Promise<Buffer> {
    const chunk = this.read(at, Math.min(CHUNK, end - at));
    // Whoever stops early never awaits it: that must not count as unhandled.
    chunk.catch(() => {});
    return chunk;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('CANCELLED', 'cancelled before the image was read');
}

/** What went wrong with a local file, in the words of a `Failure`. */
export function toFileFailure(cause: unknown, path: string): Failure {
  if (cause instanceof Failure) return cause;
  switch (errorCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new Failure('NOT_FOUND', `${path} does not exist`, { cause });
    case 'ELOOP':
      return new Failure('MALFORMED', `${path} is a symlink, or leads through a loop of them`, { cause });
    case 'EACCES':
    case 'EPERM':
      return new Failure('NO_PERMISSION', `${path} may not be read by this user`, { cause });
    case 'ENAMETOOLONG':
      return new Failure('NOT_FOUND', `${path.slice(0, 80)}… is longer than a path can be`, { cause });
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new Failure('DISK_FULL', `no space left for ${path}: free some, or point TMPDIR elsewhere`, {
        cause,
      });
    default:
      return new Failure('INTERNAL', `${path} could not be read: ${messageOf(cause)}`, { cause });
  }
}

export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
