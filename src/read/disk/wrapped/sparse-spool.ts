import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { toFileFailure } from '../../archive/local-file.ts';
import { openNameless } from '../../archive/spool.ts';
import { isZero } from '../../unpack/stray-bytes.ts';
import type { BlockSource } from '../block-source.ts';
import { requireInside } from '../bounded.ts';
import { Unreadable } from '../unreadable.ts';

/** Zeros of this many bytes are not written. */
const HOLE = 64 * 1024;
/** Reads up to this are made at once: see LocalDisk. */
const SMALL = 256 * 1024;

/** A temporary file without a name that takes a disk, holes left out; then a source to read it from. */
export class SparseSpool {
  readonly #handle: FileHandle;
  readonly #name: string;
  #size = 0;
  #stored = 0;

  private constructor(handle: FileHandle, name: string) {
    this.#handle = handle;
    this.#name = name;
  }

  /** @throws Failure NO_PERMISSION, DISK_FULL */
  static async open(name: string): Promise<SparseSpool> {
    return new SparseSpool(await openNameless(), name);
  }

  /** Bytes taken. */
  get size(): number {
    return this.#size;
  }

  /** Bytes written: those that are not in holes. */
  get stored(): number {
    return this.#stored;
  }

  /** @throws Failure DISK_FULL */
  async add(chunk: Buffer): Promise<void> {
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      const piece = Math.min(chunk.length - at, HOLE - ((this.#size + at) % HOLE));
      if (isZero(chunk.subarray(at, at + piece))) {
        await this.#write(chunk.subarray(from, at), this.#size + from);
        from = at + piece;
      }
      at += piece;
    }
    await this.#write(chunk.subarray(from), this.#size + from);
    this.#size += chunk.length;
  }

  /** Hands the file over. @throws Failure DISK_FULL */
  async finish(): Promise<BlockSource> {
    await this.#handle.truncate(this.#size).catch(refuse);
    return toSource(this.#handle, this.#name, this.#size);
  }

  async discard(): Promise<void> {
    await this.#handle.close();
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const left = bytes.length - written;
      const result = await this.#handle.write(bytes, written, left, position + written).catch(refuse);
      written += result.bytesWritten;
    }
    this.#stored += bytes.length;
  }
}

function refuse(error: unknown): never {
  throw toFileFailure(error, `the temporary copy in ${tmpdir()}`);
}

function toSource(handle: FileHandle, name: string, size: number): BlockSource {
  let isClosed = false;
  const source: BlockSource = {
    name,
    size,
    async read(offset, length) {
      requireInside(source, offset, length);
      const bytes = Buffer.from(new ArrayBuffer(length));
      for (let filled = 0; filled < length; ) {
        const count = await readSome(handle, bytes, filled, offset + filled);
        if (count === 0)
          throw new Unreadable('TRUNCATED', `the temporary copy of ${name} became shorter`, offset + filled);
        filled += count;
      }
      return bytes;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await handle.close();
    },
  };
  return source;
}

async function readSome(handle: FileHandle, bytes: Buffer, from: number, position: number): Promise<number> {
  const length = bytes.length - from;
  try {
    if (length <= SMALL) return readSync(handle.fd, bytes, from, length, position);
    return (await handle.read(bytes, from, length, position)).bytesRead;
  } catch (error) {
    return refuse(error);
  }
}
