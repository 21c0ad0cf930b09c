import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { messageOf } from '../../core/failure.ts';
import { throwIfCancelled } from '../archive/local-file.ts';
import { absolute, type Found } from './walk.ts';

const CHUNK = 2 ** 20;
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** One regular file under a root, open. */
export class RootFile {
  readonly #descriptor: number;
  readonly #size: number;
  /** Why the content given was not all of it. */
  fault: string | undefined;

  private constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor;
    this.#size = size;
  }

  /** @throws Error when it may not be opened, or is no longer the file that the walk found */
  static open(root: Buffer, { path, stats }: Found): RootFile {
    const whole = absolute(root, path);
    const descriptor = openSync(whole, FLAGS);
    try {
      const now = fstatSync(descriptor, { bigint: true });
      if (!now.isFile() || now.ino !== stats.ino || now.dev !== stats.dev || !liesAt(descriptor, whole))
        throw Object.assign(new Error('swapped'), { code: 'SWAPPED' });
      return new RootFile(descriptor, Number(stats.size));
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Exactly the bytes the walk found, or fewer and a `fault`. */
  async *content(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.#size; ) {
      throwIfCancelled(signal);
      const chunk = this.#read(at, Math.min(CHUNK, this.#size - at));
      if (chunk === undefined) return;
      at += chunk.length;
      yield chunk;
    }
  }

  #read(at: number, length: number): Uint8Array | undefined {
    const chunk = new Uint8Array(length);
    try {
      const count = readSync(this.#descriptor, chunk, 0, length, at);
      if (count > 0) return chunk.subarray(0, count);
      this.fault = 'became shorter while it was read';
    } catch (error) {
      this.fault = `could not be read to its end: ${messageOf(error)}`;
    }
    return undefined;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Asks Linux where an open file lies: the path as opened, unless a folder on the way was swapped for a symlink. */
function liesAt(descriptor: number, path: Buffer): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' }).equals(path);
  } catch {
    // No /proc: device and inode have to do.
    return true;
  }
}
