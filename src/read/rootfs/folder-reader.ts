import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { readlinkSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { type Digest, toDigest } from '../../core/digest.ts';
import type { FileKind, FileRecord } from '../../core/file.ts';
import type { LayerSink, LayerSummary } from '../../core/image.ts';
import { type LayerPath, toLayerPath } from '../../core/layer-path.ts';
import type { Limits } from '../../core/limits.ts';
import type { Problem } from '../../core/problem.ts';
import { throwIfCancelled } from '../archive/local-file.ts';
import { decodeName } from '../unpack/tar-text.ts';
import { readCapabilities } from './capabilities.ts';
import { RootFile } from './root-file.ts';
import { absolute, type Found, toProblem, unreadable, walk } from './walk.ts';

/** So many entries are taken before signals are let through. */
const BREATH = 256;

/** @throws Failure CANCELLED */
export async function digestOfListing(root: Buffer, limits: Limits, signal: AbortSignal): Promise<Digest> {
  const listing = new Listing();
  let count = 0;
  for (const step of walk(root, limits.pathLength)) {
    if (++count > limits.files) break;
    if (count % BREATH === 0) await breathe();
    throwIfCancelled(signal);
    if (step.kind === 'found') listing.add(step.found);
  }
  return listing.digest();
}

/** What a folder holds, in one digest that changes when anything in it does. */
class Listing {
  readonly #hash = createHash('sha256');

  add({ path, stats }: Found): void {
    const { mode, uid, gid, size, mtimeNs, ctimeNs, ino } = stats;
    const length = stats.isDirectory() ? 0n : size;
    this.#hash.update(path).update(`\0${[mode, uid, gid, length, mtimeNs, ctimeNs, ino].join(' ')}\0`);
  }

  digest(): Digest {
    return toDigest('sha256', this.#hash.digest('hex'));
  }
}

/** Reads a folder as a layer, once. */
export class FolderReader {
  readonly #root: Buffer;
  readonly #limits: Limits;
  readonly #sink: LayerSink;
  readonly #signal: AbortSignal;
  readonly #problems: Problem[] = [];
  /** First path of each file that has several, by device and inode. */
  readonly #linked = new Map<string, LayerPath>();
  #capabilities: ReadonlyMap<LayerPath, string> = new Map();
  #bytes = 0;

  constructor(root: Buffer, limits: Limits, sink: LayerSink, signal: AbortSignal) {
    this.#root = root;
    this.#limits = limits;
    this.#sink = sink;
    this.#signal = signal;
  }

  /** @throws Failure CANCELLED */
  async run(expected: Digest): Promise<LayerSummary> {
    const { found, problems } = await readCapabilities(this.#root, this.#signal);
    throwIfCancelled(this.#signal);
    this.#capabilities = found;
    this.#problems.push(...problems);
    const listing = new Listing();
    let count = 0;
    for (const step of walk(this.#root, this.#limits.pathLength)) {
      if (++count > this.#limits.files || this.#bytes > this.#limits.bytes) {
        this.#complain(
          count > this.#limits.files ? 'LIMIT_FILES' : 'LIMIT_BYTES',
          `only ${count - 1} entries were read`,
        );
        break;
      }
      if (count % BREATH === 0) await breathe();
      throwIfCancelled(this.#signal);
      if (step.kind === 'problem') this.#problems.push(step.problem);
      else {
        listing.add(step.found);
        await this.#take(step.found);
      }
    }
    const diffId = listing.digest();
    if (diffId !== expected)
      this.#complain('DIGEST_MISMATCH', 'the folder was changed while it was inspected');
    return { diffId, bytes: this.#bytes, problems: this.#problems };
  }

  #complain(code: Problem['code'], message: string): void {
    this.#problems.push({ code, message, effect: 'incomplete' });
  }

  async #take({ path, stats }: Found): Promise<void> {
    const kind = kindOf(stats);
    if (kind === undefined) return;
    const record = this.#withCapability(toRecord(path, kind, stats));
    if (kind === 'symlink') return this.#takeSymlink(path, record);
    if (kind !== 'file') return this.#sink.entry(record);
    if (stats.nlink > 1n) {
      const key = `${stats.dev}:${stats.ino}`;
      const first = this.#linked.get(key);
      if (first !== undefined) return this.#sink.entry({ ...record, kind: 'hardlink', size: 0, link: first });
      this.#linked.set(key, record.path);
    }
    if (record.size === 0) return this.#sink.entry(record);
    await this.#takeContent({ path, stats }, record);
  }

  #withCapability(record: FileRecord): FileRecord {
    const capability = this.#capabilities.get(record.path);
    return capability === undefined ? record : { ...record, xattrs: { 'security.capability': capability } };
  }

  #takeSymlink(path: Buffer, record: FileRecord): void {
    try {
      const link = decodeName(readlinkSync(absolute(this.#root, path), { encoding: 'buffer' }));
      this.#sink.entry({ ...record, link });
    } catch (error) {
      this.#problems.push(unreadable(path, error));
    }
  }

  async #takeContent(found: Found, record: FileRecord): Promise<void> {
    let file: RootFile;
    try {
      file = RootFile.open(this.#root, found);
    } catch (error) {
      this.#problems.push(unreadable(found.path, error));
      return;
    }
    try {
      await this.#sink.file(record, file.content(this.#signal));
      this.#bytes += record.size;
      this.#sink.progress(this.#bytes);
      if (file.fault !== undefined)
        this.#problems.push(toProblem('TRUNCATED', 'incomplete', found.path, file.fault));
    } finally {
      file.close();
    }
  }
}

/** Sockets are what a running program left behind: an archive holds none either. */
function kindOf(stats: BigIntStats): FileKind | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isCharacterDevice()) return 'character';
  if (stats.isBlockDevice()) return 'block';
  return stats.isFIFO() ? 'fifo' : undefined;
}

function toRecord(path: Buffer, kind: FileKind, stats: BigIntStats): FileRecord {
  return {
    path: toLayerPath(decodeName(path)),
    kind,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: kind === 'file' ? Number(stats.size) : 0,
    mtime: Number(stats.mtimeNs / 1_000_000_000n),
  };
}
