import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  utimesSync,
} from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../core/failure.ts';

/*
 * A folder of remembered things that only its owner may write to. Each entry is a magic, the SHA-256 of the body and the
 * body, written to a name that nobody else uses and renamed into place: two processes never see half of one, the last
 * writer wins, and a body that is not what its hash says (a crash, a bad disk) is thrown away on reading. The hash
 * is no signature: what an entry says is believed as far as the folder is. In one that others can write, a stranger could
 * say anything, so whoever relies on it asks `distrust` first.
 */

const SUFFIX = '.entry';
const MAGIC = Buffer.from('PRATIQUE-CACHE-1\n', 'latin1');
const HEADER_BYTES = MAGIC.length + 32;
/** Drafts older than this belong to a process that died. */
const STALE_MS = 60 * 60 * 1000;

/**
 * Up to this size an entry is read at once. A signature is a handful of entries of some kilobytes: five trips to another thread
 * for each take longer than all that is done with them.
 */
const SMALL_BYTES = 256 * 1024;

/** How full a folder is; sizes in bytes. */
export interface FolderUsage {
  readonly entries: number;
  readonly bytes: number;
  readonly limit: number;
}

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly used: number;
}

export class PrivateFolder {
  readonly path: string;
  readonly #limit: number;
  /** Bytes written since the folder was last measured; undefined before the first time. */
  #written: number | undefined;

  /**
   * @param path made when first written to, for this user only
   * @param limit bytes over which the entries unused for longest go
   */
  constructor(path: string, limit: number) {
    this.path = path;
    this.#limit = limit;
  }

  /** Why the folder must not be used, in words; undefined when it may. A folder that is not there yet may. */
  async distrust(): Promise<string | undefined> {
    const info = this.#look();
    if (info instanceof Error) return `the cache in ${this.path} is not used: ${info.message}`;
    const user = process.getuid?.();
    if (info === undefined || user === undefined) return undefined;
    const foreign = info.uid !== user && info.uid !== 0;
    if (!foreign && (info.mode & 0o022) === 0) return undefined;
    const why = foreign ? 'belongs to another user' : 'can be written by other users';
    return `the cache in ${this.path} is not used: the folder ${why}`;
  }

  /**
   * The body of an entry; undefined when there is none, it has more than `most` bytes or cannot be read. A damaged one is removed.
   * @param name letters, digits and dashes
   * @param most below 2 GiB
   */
  async read(name: string, most: number): Promise<Buffer | undefined> {
    const path = this.#pathOf(name);
    try {
      const bytes = await readFileUpTo(path, HEADER_BYTES + most);
      if (bytes === undefined) return undefined;
      const body = bytes.subarray(HEADER_BYTES);
      if (!bytes.subarray(0, HEADER_BYTES).equals(headerOf([body]))) {
        await rm(path, { force: true });
        return undefined;
      }
      noteUsed(path);
      return body;
    } catch {
      return undefined;
    }
  }

  /** @throws what the file system throws; nothing is left behind then */
  async write(name: string, ...body: readonly Uint8Array[]): Promise<void> {
    await makeFolder(this.path);
    const draft = join(this.path, `.draft-${process.pid}-${randomBytes(6).toString('hex')}`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        for (const part of [headerOf(body), ...body]) await file.writeFile(part);
      } finally {
        await file.close();
      }
      await rename(draft, this.#pathOf(name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await this.#pruneWhenDue(body.reduce((sum, part) => sum + part.length, HEADER_BYTES));
  }

  async usage(): Promise<FolderUsage> {
    const entries = await this.#entries();
    return { entries: entries.length, bytes: sizeOf(entries), limit: this.#limit };
  }

  /** Removes what was unused for longest until the limit holds; the number of entries removed. */
  async prune(): Promise<number> {
    const entries = (await this.#entries()).sort((a, b) => a.used - b.used);
    let bytes = sizeOf(entries);
    let removed = 0;
    for (const { path, size } of entries) {
      if (bytes <= this.#limit) break;
      await rm(path, { force: true });
      bytes -= size;
      removed++;
    }
    return removed;
  }

  /** Removes every entry, and nothing else that the folder may hold; the number of entries that were there. */
  async clear(): Promise<number> {
    const entries = await this.#entries();
    for (const { path } of entries) await rm(path, { force: true });
    return entries.length;
  }

  /** Once in every process that writes, and then now and again: many small runs must not add up. */
  async #pruneWhenDue(size: number): Promise<void> {
    const isDue = this.#written === undefined || this.#written + size >= this.#limit / 16;
    this.#written = isDue ? 0 : (this.#written ?? 0) + size;
    if (isDue) await this.prune();
  }

  async #entries(): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const name of await namesIn(this.path)) {
      const path = join(this.path, name);
      const info = await stat(path).catch(() => undefined);
      if (info === undefined) continue;
      if (name.endsWith(SUFFIX)) entries.push({ path, size: info.size, used: info.mtimeMs });
      else if (name.startsWith('.draft-') && Date.now() - info.mtimeMs > STALE_MS)
        await rm(path, { force: true });
    }
    return entries;
  }

  /** What stands there; not to be allowed to know is no reason to stop. */
  #look(): Stats | Error | undefined {
    try {
      return statSync(this.path, { throwIfNoEntry: false });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #pathOf(name: string): string {
    return join(this.path, name + SUFFIX);
  }
}

/** Of parts that are never joined: a body may have tens of megabytes. */
function headerOf(body: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of body) hash.update(part);
  return Buffer.concat([MAGIC, hash.digest()]);
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0);
}

/** In one piece of the size that the file has, where `readFile` gathers and joins many; undefined when that is over `most`. */
async function readFileUpTo(path: string, most: number): Promise<Buffer | undefined> {
  const small = readSmall(path, most);
  if (small !== 'large') return small;
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const info = await file.stat();
    if (!info.isFile() || info.size > most) return undefined;
    return await fill(Buffer.allocUnsafeSlow(info.size), file);
  } finally {
    await file.close();
  }
}

function readSmall(path: string, most: number): Buffer | 'large' | undefined {
  // Opening a pipe would wait for its writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const info = fstatSync(file);
    if (!info.isFile() || info.size > most) return undefined;
    if (info.size > SMALL_BYTES) return 'large';
    const bytes = Buffer.allocUnsafeSlow(info.size);
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** Where that may not be noted (a read-only disk), it only goes sooner. */
function noteUsed(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {}
}

async function fill(bytes: Buffer, file: FileHandle): Promise<Buffer> {
  let end = 0;
  while (end < bytes.length) {
    const { bytesRead } = await file.read(bytes, end, bytes.length - end);
    if (bytesRead === 0) break;
    end += bytesRead;
  }
  return bytes.subarray(0, end);
}

/** @throws Failure USAGE when there is something else than a folder */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    if (isCode(error, 'ENOTDIR'))
      throw new Failure('USAGE', `${folder} is not a folder to remember things in`);
    throw error;
  }
}

/** Not `recursive`: Node never returns from that below folders that cannot have new ones, as `/proc`. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (isCode(error, 'EEXIST')) return;
    if (!isCode(error, 'ENOENT') || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
  }
}

function ignoreExisting(error: unknown): void {
  if (!isCode(error, 'EEXIST')) throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
