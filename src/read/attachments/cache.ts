import type { AttachmentLimits } from '../../core/attachment.ts';
import { type Digest, isDigest } from '../../core/digest.ts';
import { Failure, isFailure } from '../../core/failure.ts';
import type { BlobSource, Descriptor, Document, ReferrerList } from '../blob-source.ts';
import { PrivateFolder } from '../private-folder.ts';
import { RepositoryMemory } from './repository-memory.ts';

/*
 * Remembers what registries said of images and their attachments, so that a second verification fetches little, and one
 * without a network is possible.
 *
 * What a digest pins never changes: it is taken from here where it is here, its digest checked again. What a tag leads to and
 * what is attached to an image does change: as long as there is a network it is asked for each time, or who can hold back our
 * view of a registry could keep an old, signed image in it. Everything is kept for each repository apart: that a digest
 * may be read in one says nothing of another (CVE-2024-39897).
 */

/** Bytes that are remembered of attachments, unless something else is asked for. */
export const DEFAULT_CACHE_BYTES = 512 * 2 ** 20;
/** Larger blobs are not signatures. */
const MAX_KEPT_BLOB = 32 * 2 ** 20;

export interface CacheOptions {
  /** Nothing but what is remembered. */
  readonly offline?: boolean;
  /** Bytes over which what was unused for longest is forgotten. */
  readonly limit?: number;
}

export class CachedAttachments {
  readonly offline: boolean;
  readonly #folder: PrivateFolder;
  readonly #notes = new Set<string>();

  /** @param folder for this user only; made when first written to */
  constructor(folder: string, { offline = false, limit = DEFAULT_CACHE_BYTES }: CacheOptions = {}) {
    this.offline = offline;
    this.#folder = new PrivateFolder(folder, limit);
  }

  /** What whoever relies on it should know: from when the lists are, or why nothing is remembered. */
  get notes(): readonly string[] {
    return [...this.#notes];
  }

  /**
   * A registry's repository, with what is remembered of it.
   * @param name registry and repository, as the user means them: the same behind a mirror
   */
  over(source: BlobSource, name: string): BlobSource {
    return new RememberingSource(source, this.#memoryOf(name));
  }

  /** What is remembered of a repository alone. */
  offlineSource(name: string): BlobSource {
    return new OfflineSource(name, this.#memoryOf(name), this.#folder, (note) => this.#notes.add(note));
  }

  #memoryOf(name: string): RepositoryMemory {
    return new RepositoryMemory(this.#folder, name, (note) => this.#notes.add(note));
  }
}

class RememberingSource implements BlobSource {
  readonly #source: BlobSource;
  readonly #memory: RepositoryMemory;

  constructor(source: BlobSource, memory: RepositoryMemory) {
    this.#source = source;
    this.#memory = memory;
  }

  async document(reference: string, signal: AbortSignal, maxBytes?: number): Promise<Document> {
    if (isDigest(reference)) {
      const known = await this.#memory.document(reference, maxBytes);
      if (known !== undefined) return known;
    }
    try {
      const document = await this.#source.document(reference, signal, maxBytes);
      await this.#memory.keepDocument(document);
      if (!isDigest(reference)) await this.#memory.keepTag(reference, document.digest);
      return document;
    } catch (error) {
      if (isFailure(error, 'NOT_FOUND') && !isDigest(reference))
        await this.#memory.keepTag(reference, undefined);
      throw error;
    }
  }

  async *blob(descriptor: Descriptor, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    if (descriptor.size > MAX_KEPT_BLOB) {
      yield* this.#source.blob(descriptor, signal);
      return;
    }
    const known = await this.#memory.blob(descriptor);
    if (known !== undefined) {
      yield known;
      return;
    }
    const parts: Uint8Array[] = [];
    for await (const part of this.#source.blob(descriptor, signal)) {
      parts.push(part);
      yield part;
    }
    await this.#memory.keepBlob(descriptor, parts);
  }

  async referrers(subject: Digest, limits: AttachmentLimits, signal: AbortSignal): Promise<ReferrerList> {
    const list = (await this.#source.referrers?.(subject, limits, signal)) ?? { referrers: [], cut: [] };
    await this.#memory.keepReferrers(subject, list);
    return list;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

class OfflineSource implements BlobSource {
  readonly #name: string;
  readonly #memory: RepositoryMemory;
  readonly #folder: PrivateFolder;
  readonly #note: (note: string) => void;

  constructor(name: string, memory: RepositoryMemory, folder: PrivateFolder, note: (note: string) => void) {
    this.#name = name;
    this.#memory = memory;
    this.#folder = folder;
    this.#note = note;
  }

  /** A tag that the registry once did not have is not there; of one that was never asked for nothing is known. */
  async document(reference: string, _signal: AbortSignal, maxBytes?: number): Promise<Document> {
    await this.#checkTrust();
    const digest = isDigest(reference) ? reference : await this.#resolve(reference);
    const known = await this.#memory.document(digest, maxBytes);
    return known ?? this.#forget(`@${digest}`);
  }

  async *blob(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    await this.#checkTrust();
    yield (await this.#memory.blob(descriptor)) ?? this.#forget(`@${descriptor.digest}`);
  }

  async referrers(subject: Digest): Promise<ReferrerList> {
    await this.#checkTrust();
    const known = await this.#memory.referrers(subject);
    if (known === undefined) return this.#forget(`@${subject} and what is attached to it`);
    this.#note(`offline: what is attached to ${this.#name}@${subject} is known as of ${known.time}`);
    return known.list;
  }

  async close(): Promise<void> {}

  async #resolve(tag: string): Promise<Digest> {
    const known = await this.#memory.tag(tag);
    if (known === undefined) return this.#forget(`:${tag}`);
    if (known.digest !== undefined) return known.digest;
    throw new Failure(
      'NOT_FOUND',
      `${this.#name}:${tag} did not exist on ${known.time}, when it was last looked for`,
    );
  }

  #forget(what: string): never {
    throw new Failure(
      'NOT_FOUND',
      `nothing is remembered of ${this.#name}${what}: verify it once with a network, without --offline`,
    );
  }

  async #checkTrust(): Promise<void> {
    const distrust = await this.#folder.distrust();
    if (distrust !== undefined) throw new Failure('NO_PERMISSION', distrust);
  }
}
