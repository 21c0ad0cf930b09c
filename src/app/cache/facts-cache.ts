import { createHash } from 'node:crypto';
import type { Digest } from '../../core/digest.ts';
import { messageOf } from '../../core/failure.ts';
import type { LayerSource, Oddity } from '../../core/image.ts';
import type { AliasFacts } from '../../inspect/collect-aliases.ts';
import type { LayerFacts } from '../../inspect/facts.ts';
import { PrivateFolder } from '../../read/private-folder.ts';

/*
 * Remembers the facts of layers between runs.
 *
 * Facts are keyed by diff id and by the versions of all examiners: what a layer holds does not change, what we look
 * for does. A diff id that an image merely *claims* proves nothing, so a second kind of entry, the link, says which
 * stored bytes were once read whole and found to have that diff id: a blob digest for what a registry or layout
 * holds, or a local file's identity (device, inode, size, times) for archives without digests. Only both together
 * are a hit. What belongs to the stored bytes and not to the layer (data behind the last gzip member) is in the link.
 */

/** Bytes of one entry: what is written was one string, which cannot be longer. */
const MAX_ENTRY = 2 ** 30;

interface Link {
  readonly diffId: Digest;
  readonly bytes: number;
  readonly oddities: readonly Oddity[];
}

export class FactsCache {
  readonly #folder: PrivateFolder;

  /**
   * @param folder made when first written to, for this user only
   * @param limit bytes over which the entries unused for longest go
   */
  constructor(folder: string, limit: number) {
    this.#folder = new PrivateFolder(folder, limit);
  }

  /** The facts of a layer that was read before; undefined when it has to be read. Never throws. */
  async load(layer: LayerSource, examiners: string): Promise<LayerFacts | undefined> {
    try {
      if ((await this.#folder.distrust()) !== undefined) return undefined;
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
    const distrust = await this.#folder.distrust();
    if (distrust !== undefined) return distrust;
    const ofBlob = facts.oddities.filter((oddity) => oddity.kind === 'compression-trailer');
    const ofLayer = facts.oddities.filter((oddity) => oddity.kind !== 'compression-trailer');
    try {
      await this.#write(factsKey(facts.diffId, examiners), { ...facts, oddities: ofLayer });
      await this.#write(linkKey(layer), { diffId: facts.diffId, bytes: facts.bytes, oddities: ofBlob });
      return undefined;
    } catch (error) {
      return `the cache in ${this.#folder.path} could not be written: ${messageOf(error)}`;
    }
  }

  /** What files of a layer showed under the names of links to them. Ask only where `load` was a hit. Never throws. */
  async loadAliases(layer: LayerSource, key: string): Promise<AliasFacts | undefined> {
    return this.#read<AliasFacts>(aliasKey(layer, key)).catch(() => undefined);
  }

  /** Keeps them; a cache that cannot be written was complained about by `save`. */
  async saveAliases(layer: LayerSource, facts: AliasFacts, key: string): Promise<void> {
    if (!layer.cacheable || facts.problems.length > 0 || (await this.#folder.distrust()) !== undefined)
      return;
    await this.#write(aliasKey(layer, key), facts).catch(() => undefined);
  }

  async #read<T>(key: string): Promise<T | undefined> {
    const body = await this.#folder.read(key, MAX_ENTRY);
    return body === undefined ? undefined : (JSON.parse(body.toString('utf8')) as T);
  }

  async #write(key: string, value: unknown): Promise<void> {
    await this.#folder.write(key, Buffer.from(JSON.stringify(value), 'utf8'));
  }
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
