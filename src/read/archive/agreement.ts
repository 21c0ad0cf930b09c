import { createHash } from 'node:crypto';
import { type Digest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { Descriptor } from '../blob-source.ts';
import { checkPromise, parseDocument } from '../manifest/document.ts';
import { CONFIG_TYPES, INDEX_TYPES, MANIFEST_TYPES } from '../manifest/media-type.ts';
import { hostPlatform, isRunnable, suitability } from '../manifest/platform.ts';
import type { Selection } from '../selection.ts';
import { readLayoutIndex } from './oci-layout.ts';
import { type FileStore, readStored } from './stored-file.ts';

/*
 * Since Docker 25 one archive says twice what it holds: `manifest.json` for `docker load` of old, `index.json` for
 * everybody who reads OCI layouts, containerd among them. An archive whose two tables name different images shows the
 * inspector the one and starts the other. So `index.json` must lead to every image that `manifest.json` names, and
 * every image it leads to for the platform wanted must be one of those. Honest archives of several platforms name
 * only one of them in `manifest.json`, and list manifests that were not saved: what is not there, nobody can start.
 */

const MAX_DOCUMENTS = 256;

/**
 * @param named the digests of all configs that `manifest.json` names
 * @throws Failure MALFORMED when the OCI layout in the same archive, if there is one, leads elsewhere; and what
 * reading the layout throws
 */
export async function agreeWithLayout(
  store: FileStore,
  named: ReadonlySet<Digest>,
  selection: Selection,
): Promise<void> {
  const isLayout =
    (await store.find('oci-layout')) !== undefined && (await store.find('index.json')) !== undefined;
  if (!isLayout) return;
  const leads = new Leads(store, selection);
  await leads.follow(await readLayoutIndex(store, selection), 1);
  if (
    [...named].every((digest) => leads.all.has(digest)) &&
    [...leads.wanted].every((digest) => named.has(digest))
  )
    return;
  throw new Failure(
    'MALFORMED',
    `${store.name} names other images in manifest.json than in index.json: refused, as runtimes would differ`,
  );
}

/** The configs that the index of a layout leads to. */
class Leads {
  readonly all = new Set<Digest>();
  /** Those that a runtime could pick for the platform wanted. */
  readonly wanted = new Set<Digest>();
  readonly #store: FileStore;
  readonly #selection: Selection;
  readonly #seen = new Set<string>();

  constructor(store: FileStore, selection: Selection) {
    this.#store = store;
    this.#selection = selection;
  }

  async follow(descriptors: readonly Descriptor[], depth: number): Promise<void> {
    if (depth > this.#selection.limits.nesting)
      throw new Failure(
        'TOO_LARGE',
        `${this.#store.name} nests indexes too deep (--max-nesting raises the limit)`,
      );
    for (const descriptor of descriptors) {
      const { platform, mediaType } = descriptor;
      if (platform !== undefined && !isRunnable(platform)) continue;
      if (![...INDEX_TYPES, ...MANIFEST_TYPES].includes(mediaType)) continue;
      const parsed = await this.#parse(descriptor);
      if (parsed?.kind === 'index') await this.follow(parsed.manifests, depth + 1);
      if (parsed?.kind !== 'manifest' || !CONFIG_TYPES.includes(parsed.config.mediaType)) continue;
      this.all.add(parsed.config.digest);
      const wanted = this.#selection.platform ?? hostPlatform();
      if (platform === undefined || suitability(wanted, platform) > 0) this.wanted.add(parsed.config.digest);
    }
  }

  /** Undefined for what is not in the archive, or was followed before. */
  async #parse(descriptor: Descriptor): Promise<ReturnType<typeof parseDocument> | undefined> {
    const { digest, mediaType, platform } = descriptor;
    const name = `blobs/${digest.replace(':', '/')}`;
    const key = `${digest} ${JSON.stringify(platform)}`;
    if (this.#seen.has(key) || (await this.#store.find(name)) === undefined) return undefined;
    this.#seen.add(key);
    if (this.#seen.size > MAX_DOCUMENTS)
      throw new Failure('TOO_LARGE', `${this.#store.name} leads to more than ${MAX_DOCUMENTS} manifests`);
    const { limits, signal } = this.#selection;
    const bytes = await readStored(this.#store, name, limits.documentBytes, signal);
    const algorithm = digest.startsWith('sha256:') ? 'sha256' : 'sha512';
    const actual = toDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
    checkPromise(bytes, actual, descriptor, `the manifest ${digest}`);
    return parseDocument({ bytes, digest, mediaType });
  }
}
