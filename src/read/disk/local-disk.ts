import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { Failure } from '../../core/failure.ts';
import { toFileFailure } from '../archive/local-file.ts';
import type { BlockSource } from './block-source.ts';
import { requireInside } from './bounded.ts';
import { Unreadable } from './unreadable.ts';

/*
 * A disk image in a local file.
 *
 * A file system asks for a few kilobytes a hundred thousand times. Handing each to Node's thread pool costs ten times
 * what the read itself does, so small reads are made at once, here; the workers go on meanwhile. Large ones are handed over, so that
 * the next is under way while one is looked at.
 */

const SMALL = 256 * 1024;

export class LocalDisk implements BlockSource {
  readonly name: string;
  readonly size: number;
  readonly #descriptor: number;
  #closed = false;

  private constructor(descriptor: number, name: string, size: number) {
    this.#descriptor = descriptor;
    this.name = name;
    this.size = size;
  }

  /**
   * @param follow whether a symlink in the last part may lead elsewhere: yes for what the user named, no for what an image names
   * @throws Failure NOT_FOUND, NO_PERMISSION, NOT_AN_IMAGE when it is no regular file, TOO_LARGE from 2^53 bytes
   */
  static open(path: string, { follow }: { readonly follow: boolean }): LocalDisk {
    let descriptor: number;
    try {
      descriptor = openSync(
        path,
        constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW),
      );
    } catch (error) {
      throw toFileFailure(error, path);
    }
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) throw new Failure('NOT_AN_IMAGE', `${path} is no regular file`);
      // A sparse file may say so; no offset in it could be told from the next.
      if (!Number.isSafeInteger(stats.size))
        throw new Failure('TOO_LARGE', `${path} has more than ${Number.MAX_SAFE_INTEGER} bytes`);
      return new LocalDisk(descriptor, path, stats.size);
    } catch (error) {
      closeSync(descriptor);
      throw toFileFailure(error, path);
    }
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requireInside(this, offset, length);
    const bytes = Buffer.from(new ArrayBuffer(length));
    let filled = 0;
    while (filled < length) {
      const count = await this.#readSome(bytes, filled, offset + filled);
      if (count === 0)
        throw new Unreadable('TRUNCATED', `${this.name} became shorter while it was read`, offset + filled);
      filled += count;
    }
    return bytes;
  }

  #readSome(bytes: Buffer, from: number, position: number): number | Promise<number> {
    const length = bytes.length - from;
    if (length > SMALL) return this.#handOver(bytes, from, position);
    try {
      return readSync(this.#descriptor, bytes, from, length, position);
    } catch (error) {
      throw toFileFailure(error, this.name);
    }
  }

  #handOver(bytes: Buffer, from: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#descriptor, bytes, from, bytes.length - from, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(toFileFailure(error, this.name));
      });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
  }
}
