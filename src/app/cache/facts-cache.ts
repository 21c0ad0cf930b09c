import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../core/digest.ts';
import type { LayerSource, Oddity } from '../../core/image.ts';
import type { AliasFacts } from '../../inspect/collect-aliases.ts';
import type { LayerFacts } from '../../inspect/facts.ts';
import { isAbsence, readEntry, writeEntry } from './entry-file.ts';

/*
 * Remembers the facts of layers between runs.
 *
 * Facts are keyed by diff id and by the versions of all examiners: what a layer holds does not change, what we look
 * for does. A diff id that an image merely *claims* proves nothing, so a second kind of entry, the link, says which
 * stored bytes were once read whole and found to have that diff id: a blob digest for what a registry or layout
 * holds, or a local file's identity (device, inode, size, times) for archives without digests. Only both together
 * are a hit. What belongs to the stored bytes and not to the layer (data behind the last gzip member) is in the link.
 */

const SUFFIX = '.entry';
/** Drafts older than this belong to a process that died. */
const STALE_MS = 60 * 60 * 1000;

interface Link {
  readonly diffId: Digest;
  readonly bytes: number;
  readonly oddities: readonly Oddity[];
}

/** How full the cache is. */
export interface CacheUsage {
  readonly folder: string;
  readonly entries: number;
  readonly bytes: number;
  readonly limit: number;
}

export class FactsCache {
  readonly #folder: string;
  readonly #limit: number;
  #written = 0;
  /** Once in every process that writes, and then now and again: many small runs must not add up. */
  #pruned = false;

  /**
   * @param folder made when first written to, for this user only
   * @param limit bytes over which the entries unused for longest go
   */
  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** The facts of a layer that was read before; undefined when it has to be read. Never throws. */
  async load(layer: LayerSource, examiners: string): Promise<LayerFacts | undefined> {
    try {
      if ((await this.#distrust()) !== undefined) return undefined;
      const link = await this.#read<Link>(linkKey(layer));
      if (link === undefined || link.diffId !== layer.ref.diffId) return undefined;
      const facts = await this.#read<LayerFacts>(factsKey(link.diffId, examiners));
      if (facts === undefined) return undefined;
      return { ...facts, bytes: link.bytes, oddities: [...facts.oddities, ...link.oddities] };
    } catch {
      return undefined;
    }
  }

  /**
   * Keeps the facts of a layer that was read whole and without problems; others are read again next time.
   * Returns what went wrong, in words; an unwritable cache does not stop an inspection.
   */
  async save(layer: LayerSource, facts: LayerFacts, examiners: string): Promise<string | undefined> {
    const whole = facts.problems.every((problem) => problem.effect === 'notice');
    if (!layer.cacheable || !whole || facts.diffId !== layer.ref.diffId) return undefined;
    const distrust = await this.#distrust();
    if (distrust !== undefined) return distrust;
    const ofBlob = facts.oddities.filter((oddity) => oddity.kind === 'compression-trailer');
    const ofLayer = facts.oddities.filter((oddity) => oddity.kind !== 'compression-trailer');
    try {
      await this.#write(factsKey(facts.diffId, examiners), { ...facts, oddities: ofLayer });
      await this.#write(linkKey(layer), { diffId: facts.diffId, bytes: facts.bytes, oddities: ofBlob });
      return undefined;
    } catch (error) {
      return `the cache in ${this.#folder} could not be written: ${error instanceof Error ? error.message : error}`;
    }
  }

  /** What files of a layer showed under the names of links to them. Ask only where `load` was a hit. Never throws. */
  async loadAliases(layer: LayerSource, key: string): Promise<AliasFacts | undefined> {
    return this.#read<AliasFacts>(aliasKey(layer, key)).catch(() => undefined);
  }

  /** Keeps them; a cache that cannot be written was complained about by `save`. */
  async saveAliases(layer: LayerSource, facts: AliasFacts, key: string): Promise<void> {
    if (!layer.cacheable || facts.problems.length > 0 || (await this.#distrust()) !== undefined) return;
    await this.#write(aliasKey(layer, key), facts).catch(() => undefined);
  }

  async usage(): Promise<CacheUsage> {
    const entries = await this.#entries();
    const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
    return { folder: this.#folder, entries: entries.length, bytes, limit: this.#limit };
  }

  /** Removes every entry, and nothing else that the folder may hold; the number of entries that were there. */
  async clear(): Promise<number> {
    const entries = await this.#entries();
    for (const { path } of entries) await rm(path, { force: true });
    return entries.length;
  }

  /** Removes what was unused for longest until the limit holds; the number of entries removed. */
  async prune(): Promise<number> {
    const entries = (await this.#entries()).sort((a, b) => a.used - b.used);
    let bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
    let removed = 0;
    for (const entry of entries) {
      if (bytes <= this.#limit) break;
      await rm(entry.path, { force: true });
      bytes -= entry.size;
      removed++;
    }
    return removed;
  }

  /** Facts that somebody else can write are somebody else's: why the folder is not used, in words. */
  async #distrust(): Promise<string | undefined> {
    const info = await stat(this.#folder).catch(() => undefined);
    const user = process.getuid?.();
    if (info === undefined || user === undefined) return undefined;
    const foreign = info.uid !== user && info.uid !== 0;
    if (!foreign && (info.mode & 0o022) === 0) return undefined;
    const why = foreign ? 'belongs to another user' : 'can be written by other users';
    return `the cache in ${this.#folder} is not used: the folder ${why}`;
  }

  async #read<T>(key: string): Promise<T | undefined> {
    const path = join(this.#folder, key + SUFFIX);
    const body = await readEntry(path);
    if (body === undefined) return undefined;
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return JSON.parse(body.toString('utf8')) as T;
  }

  async #write(key: string, value: unknown): Promise<void> {
    await makeFolder(this.#folder);
    const body = Buffer.from(JSON.stringify(value), 'utf8');
    await writeEntry(join(this.#folder, key + SUFFIX), body);
    this.#written += body.length;
    if (this.#written < this.#limit / 16 && this.#pruned) return;
    this.#written = 0;
    this.#pruned = true;
    await this.prune();
  }

  async #entries(): Promise<{ path: string; size: number; used: number }[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isAbsence(error)) return [];
      throw error;
    });
    const found: { path: string; size: number; used: number }[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      const info = await stat(path).catch(() => undefined);
      if (info === undefined) continue;
      if (name.endsWith(SUFFIX)) found.push({ path, size: info.size, used: info.mtimeMs });
      else if (name.startsWith('.draft-') && Date.now() - info.mtimeMs > STALE_MS)
        await rm(path, { force: true });
    }
    return found;
  }
}

/** Not `recursive`: Node never returns from that below folders that cannot have new ones, as `/proc`. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    if (!isAbsence(error) || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

function factsKey(diffId: Digest, examiners: string): string {
  return `facts-${nameOf(`${diffId} ${examiners}`)}`;
}

function aliasKey({ ref }: LayerSource, key: string): string {
  return `alias-${nameOf(`${ref.diffId} ${key}`)}`;
}

function linkKey({ ref, fingerprint }: LayerSource): string {
  return `link-${nameOf(fingerprint === undefined ? ref.digest : `${fingerprint} ${ref.diffId}`)}`;
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
