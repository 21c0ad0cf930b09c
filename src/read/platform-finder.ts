import type { Digest } from '../core/digest.ts';
import { Failure } from '../core/failure.ts';
import type { Platform } from '../core/image.ts';
import type { Descriptor, Document } from './blob-source.ts';
import { type ParsedIndex, parseDocument } from './manifest/document.ts';
import { INDEX_TYPES, MANIFEST_TYPES } from './manifest/media-type.ts';
import { formatPlatform, hostPlatform, isRunnable, suitability } from './manifest/platform.ts';
import type { Selection } from './selection.ts';

/*
 * Picks out of an index the manifest that a runtime would pick.
 *
 * The attack: an index that leads the inspector to one image and the runtime to another. So nothing is skipped here
 * that a runtime would not skip: an entry marked as an attestation counts as an image unless its platform is
 * `unknown/unknown`, and entries without a platform, which some runtimes look into and others pass over, are looked
 * into. Where those could serve beside an entry that states its platform, the runtimes differ, and the index is refused.
 */

/** One manifest of an index, with the platform its index states. */
export interface Leaf {
  readonly descriptor: Descriptor;
  readonly platform?: Platform;
}

export interface Reading {
  /** Fetches and checks what a descriptor promises. */
  document(descriptor: Descriptor): Promise<Document>;
  /** The platform a manifest's config names; undefined for what is no image. */
  platform(descriptor: Descriptor): Promise<Platform | undefined>;
}

/** Documents fetched for one index; also the images that "all platforms" may mean. */
const MAX_DOCUMENTS = 128;
const SHOWN_PLATFORMS = 20;

export class PlatformFinder {
  readonly #selection: Selection;
  readonly #reading: Reading;
  readonly #wanted: Platform;
  readonly #expanded = new Set<Digest>();
  readonly #leaves: Leaf[] = [];
  readonly #passed = new Set<string>();
  #documents = 0;

  constructor(selection: Selection, reading: Reading) {
    this.#selection = selection;
    this.#reading = reading;
    this.#wanted = selection.platform ?? hostPlatform();
  }

  /** @throws Failure NO_SUCH_PLATFORM, TOO_LARGE, MALFORMED, and what reading throws */
  async find(index: ParsedIndex): Promise<Leaf[]> {
    await this.#expand(index, 1);
    const stated = this.#leaves.filter((leaf) => leaf.platform !== undefined);
    const revealed = await this.#reveal(this.#leaves.filter((leaf) => leaf.platform === undefined));
    const found = this.#selection.allPlatforms
      ? distinct([...stated, ...revealed])
      : this.#best(stated, revealed);
    if (found.length === 0) throw this.#noSuchPlatform();
    this.#bound(found.length);
    return found;
  }

  async #expand(index: ParsedIndex, depth: number): Promise<void> {
    for (const descriptor of index.manifests) {
      const { platform } = descriptor;
      if (platform !== undefined && !isRunnable(platform)) continue;
      if (platform !== undefined && !this.#wants(platform)) this.#passed.add(formatPlatform(platform));
      else if (INDEX_TYPES.includes(descriptor.mediaType)) await this.#descend(descriptor, depth + 1);
      else if (MANIFEST_TYPES.includes(descriptor.mediaType))
        this.#leaves.push({ descriptor, ...(platform === undefined ? {} : { platform }) });
    }
  }

  async #descend(descriptor: Descriptor, depth: number): Promise<void> {
    if (this.#expanded.has(descriptor.digest)) return;
    this.#expanded.add(descriptor.digest);
    const most = this.#selection.limits.nesting;
    if (depth > most)
      throw new Failure(
        'TOO_LARGE',
        `${this.#selection.location} nests indexes deeper than ${most} (--max-nesting raises it)`,
      );
    this.#documents++;
    this.#bound(this.#documents);
    const parsed = parseDocument(await this.#reading.document(descriptor));
    if (parsed.kind !== 'index')
      throw new Failure(
        'MEDIA_TYPE_MISMATCH',
        `the index ${descriptor.digest} turned out to be a manifest: refused`,
      );
    await this.#expand(parsed, depth);
  }

  /** Looks up the platform of manifests whose index does not state it; drops what is no image. */
  async #reveal(leaves: readonly Leaf[]): Promise<Leaf[]> {
    const revealed: Leaf[] = [];
    for (const { descriptor } of distinct(leaves)) {
      this.#documents++;
      this.#bound(this.#documents);
      const platform = await this.#reading.platform(descriptor);
      if (platform === undefined) continue;
      if (this.#wants(platform)) revealed.push({ descriptor, platform });
      else this.#passed.add(formatPlatform(platform));
    }
    return revealed;
  }

  #best(stated: readonly Leaf[], revealed: readonly Leaf[]): Leaf[] {
    const [first, second] = [this.#first(stated), this.#first(revealed)];
    if (first !== undefined && second !== undefined && first.descriptor.digest !== second.descriptor.digest)
      throw new Failure(
        'MALFORMED',
        `${this.#selection.location} has two images for ${formatPlatform(this.#wanted)} and runtimes would differ: name one by its digest, ${first.descriptor.digest} or ${second.descriptor.digest}`,
      );
    const best = first ?? second;
    return best === undefined ? [] : [best];
  }

  /** The most suitable; of equals the first, as image-spec image-index.md says. */
  #first(leaves: readonly Leaf[]): Leaf | undefined {
    const scored = leaves.map((leaf) => ({ leaf, score: this.#score(leaf) }));
    const top = Math.max(0, ...scored.map(({ score }) => score));
    return scored.find(({ score }) => score === top)?.leaf;
  }

  #score({ platform }: Leaf): number {
    return platform === undefined ? 0 : suitability(this.#wanted, platform);
  }

  #wants(platform: Platform): boolean {
    return this.#selection.allPlatforms || suitability(this.#wanted, platform) > 0;
  }

  #bound(documents: number): void {
    if (documents > MAX_DOCUMENTS)
      throw new Failure(
        'TOO_LARGE',
        `${this.#selection.location} leads to more than ${MAX_DOCUMENTS} manifests`,
      );
  }

  #noSuchPlatform(): Failure {
    const there = [...this.#passed].slice(0, SHOWN_PLATFORMS).join(', ');
    const wanted = this.#selection.allPlatforms ? 'any platform' : formatPlatform(this.#wanted);
    const advice = there === '' ? 'it holds none at all' : `choose with --platform from ${there}`;
    return new Failure(
      'NO_SUCH_PLATFORM',
      `${this.#selection.location} has no image for ${wanted}: ${advice}`,
    );
  }
}

function distinct(leaves: readonly Leaf[]): Leaf[] {
  return [...new Map(leaves.map((leaf) => [leaf.descriptor.digest, leaf])).values()];
}
