import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { AttachmentLimits } from '../../core/attachment.ts';
import { algorithmOf, type Digest, isDigest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { Image } from '../../core/image.ts';
import { parseJson } from '../../core/json.ts';
import type { Limits } from '../../core/limits.ts';
import type { BlobSource, Descriptor, Document, ReferrerList } from '../blob-source.ts';
import { checkPromise, parseDocument } from '../manifest/document.ts';
import { narrow, struct } from '../manifest/narrow.ts';
import { isRunnable } from '../manifest/platform.ts';
import { readOciImages } from '../oci-image.ts';
import type { Selection } from '../selection.ts';
import { findLayoutReferrers, isAttachment, REF_NAME } from './layout-referrers.ts';
import { type FileStore, readStored } from './stored-file.ts';

/*
 * The OCI image layout (image-spec 1.1, image-layout.md): `oci-layout`, `index.json`, and blobs named by their
 * digest. A folder and a tar of one are read alike.
 */

const SHOWN_NAMES = 20;

const layoutMarker = struct({ imageLayoutVersion: z.string() });

/**
 * @param reference a tag (`org.opencontainers.image.ref.name`) or digest; undefined where the layout has one image
 * @throws Failure USAGE when several images are there and none was chosen, and as `readOciImages`. The store is
 * closed with the last image, or when this throws.
 */
export async function openLayout(
  store: FileStore,
  kind: 'oci-layout' | 'oci-archive',
  reference: string | undefined,
  selection: Selection,
): Promise<Image[]> {
  const { source, ...choice } = await openLayoutSource(store, reference, selection, () => true);
  return readOciImages(
    { kind, source, ...choice, fingerprint: (digest) => source.fingerprint(digest) },
    selection,
  );
}

/**
 * Opens the layout for the image that is meant, of those listed that are no attachments of others.
 * @throws Failure as `openLayout`; the store is closed then
 */
export function openLayoutSubject(
  store: FileStore,
  reference: string | undefined,
  selection: Selection,
): Promise<OpenedLayout> {
  return openLayoutSource(store, reference, selection, (descriptor) => !isAttachment(descriptor));
}

/** Owns the store. */
export interface OpenedLayout {
  readonly source: LayoutSource;
  /** As the source understands it. */
  readonly reference: string;
  readonly tags: readonly string[];
}

async function openLayoutSource(
  store: FileStore,
  reference: string | undefined,
  selection: Selection,
  isCandidate: (descriptor: Descriptor) => boolean,
): Promise<OpenedLayout> {
  try {
    const listed = await readLayoutIndex(store, selection);
    const { promised, ...choice } = choose(store, reference, listed.filter(isCandidate));
    return { source: new LayoutSource(store, selection.limits, promised, listed), ...choice };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The name by which `LayoutSource.document` gives `index.json` itself. */
const WHOLE_INDEX = 'index.json';

class LayoutSource implements BlobSource {
  readonly #store: FileStore;
  readonly #limits: Limits;
  readonly #promised: readonly Descriptor[];
  readonly #listed: readonly Descriptor[];
  readonly #fingerprints = new Map<Digest, string>();

  /**
   * @param promised what `index.json` says of the document chosen in it
   * @param listed all that it lists
   */
  constructor(
    store: FileStore,
    limits: Limits,
    promised: readonly Descriptor[],
    listed: readonly Descriptor[],
  ) {
    this.#store = store;
    this.#limits = limits;
    this.#promised = promised;
    this.#listed = listed;
  }

  async document(
    reference: string,
    signal: AbortSignal,
    maxBytes = this.#limits.documentBytes,
  ): Promise<Document> {
    const digest = reference === WHOLE_INDEX ? undefined : this.#toDigest(reference);
    const name = digest === undefined ? WHOLE_INDEX : blobName(digest);
    const bytes = await readStored(this.#store, name, maxBytes, signal);
    const actual = digestOf(bytes, digest === undefined ? 'sha256' : algorithmOf(digest));
    if (digest !== undefined && actual !== digest)
      throw new Failure('DIGEST_MISMATCH', `${name} in ${this.#store.name} has the digest ${actual}`);
    return { bytes, digest: actual, ...this.#announced(bytes, actual) };
  }

  /** @throws Failure NOT_FOUND, MALFORMED when two manifests have the name */
  #toDigest(reference: string): Digest {
    if (isDigest(reference)) return reference;
    const named = this.#listed.filter(({ annotations }) => annotations[REF_NAME] === reference);
    const [digest, second] = new Set(named.map((one) => one.digest));
    if (digest === undefined)
      throw new Failure(
        'NOT_FOUND',
        `${this.#store.name} holds no ${JSON.stringify(reference.slice(0, 100))}`,
      );
    if (second === undefined) return digest;
    throw new Failure('MALFORMED', `${this.#store.name} calls ${digest} and ${second} by the same name`);
  }

  /** What `index.json` says of a document it lists, which must be true and, if said twice, the same. */
  #announced(bytes: Uint8Array, digest: Digest): { mediaType?: string } {
    const promises = this.#promised.filter((one) => one.digest === digest);
    for (const promise of promises) checkPromise(bytes, digest, promise, `the manifest ${digest}`);
    const types = new Set(promises.map(({ mediaType }) => mediaType));
    if (types.size > 1)
      throw new Failure('MEDIA_TYPE_MISMATCH', `${this.#store.name} lists ${digest} as two types: refused`);
    const [mediaType] = types;
    return mediaType === undefined ? {} : { mediaType };
  }

  async *blob(descriptor: Descriptor, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const name = blobName(descriptor.digest);
    const file = await this.#store.find(name);
    if (file === undefined)
      throw new Failure('NOT_FOUND', `${this.#store.name} holds no ${name}: it is incomplete`);
    const known = this.#fingerprints.get(descriptor.digest);
    if (known !== undefined && known !== file.fingerprint)
      throw new Failure(
        'DIGEST_MISMATCH',
        `${name} in ${this.#store.name} was changed while it was inspected`,
      );
    let left = descriptor.size;
    // One chunk too many is enough for the reader to see that the size lies.
    for await (const chunk of file.stream(signal)) {
      yield chunk;
      left -= chunk.length;
      if (left < 0) return;
    }
  }

  referrers(subject: Digest, limits: AttachmentLimits, signal: AbortSignal): Promise<ReferrerList> {
    const read = async (descriptor: Descriptor): Promise<Document> => {
      const document = await this.document(descriptor.digest, signal, limits.documentBytes);
      checkPromise(document.bytes, document.digest, descriptor, `the manifest ${descriptor.digest}`);
      return { mediaType: descriptor.mediaType, ...document };
    };
    return findLayoutReferrers(this.#listed, read, subject, limits);
  }

  /** Remembered: what is read later must be the file that it vouches for. */
  async fingerprint(digest: Digest): Promise<string | undefined> {
    const fingerprint = (await this.#store.find(blobName(digest)))?.fingerprint;
    if (fingerprint !== undefined) this.#fingerprints.set(digest, fingerprint);
    return fingerprint;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

function blobName(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function digestOf(bytes: Uint8Array, algorithm: 'sha256' | 'sha512'): Digest {
  return toDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
}

/** The descriptors that `index.json` lists. */
export async function readLayoutIndex(
  store: FileStore,
  { limits, signal }: Pick<Selection, 'limits' | 'signal'>,
): Promise<readonly Descriptor[]> {
  if ((await store.find('oci-layout')) === undefined)
    throw new Failure('NOT_AN_IMAGE', `${store.name} is no OCI layout: it holds no file oci-layout`);
  const marker = await readStored(store, 'oci-layout', limits.documentBytes, signal);
  const { imageLayoutVersion } = narrow(layoutMarker, parseJson(marker, 'oci-layout'), 'oci-layout');
  if (!/^1\.\d{1,3}\.\d{1,3}$/.test(imageLayoutVersion))
    throw new Failure(
      'UNSUPPORTED',
      `${store.name} is an OCI layout of version ${JSON.stringify(imageLayoutVersion.slice(0, 20))}: only 1.x is known`,
    );
  const bytes = await readStored(store, WHOLE_INDEX, limits.documentBytes, signal);
  const parsed = parseDocument({ bytes, digest: digestOf(bytes, 'sha256') });
  if (parsed.kind === 'index') return parsed.manifests;
  throw new Failure('MALFORMED', `index.json in ${store.name} is no index`);
}

interface Choice extends Omit<OpenedLayout, 'source'> {
  readonly promised: readonly Descriptor[];
}

function choose(store: FileStore, reference: string | undefined, candidates: readonly Descriptor[]): Choice {
  const listed = candidates.filter(({ platform }) => platform === undefined || isRunnable(platform));
  const meant = listed.filter((one) => {
    if (reference === undefined) return true;
    return isDigest(reference) ? one.digest === reference : one.annotations[REF_NAME] === reference;
  });
  // A digest may name what an index in the layout lists, not the layout itself.
  if (isDigest(reference)) return { reference, tags: namesOf(meant), promised: meant };
  const [first] = meant;
  if (first === undefined) throw nothingMeant(store, reference, listed);
  const tags = namesOf(meant);
  if (new Set(meant.map((one) => one.digest)).size === 1)
    return { reference: first.digest, tags, promised: meant };
  // One image for several platforms, listed flat: index.json is its index.
  if (meant.length === listed.length && tags.length <= 1 && meant.every((one) => one.platform !== undefined))
    return { reference: WHOLE_INDEX, tags, promised: [] };
  throw new Failure('USAGE', `${store.name} holds several images: choose one as ${choices(store, listed)}`);
}

function nothingMeant(
  store: FileStore,
  reference: string | undefined,
  listed: readonly Descriptor[],
): Failure {
  if (reference === undefined || listed.length === 0)
    return new Failure('NOT_AN_IMAGE', `${store.name} is an OCI layout that lists no image`);
  const named = JSON.stringify(reference.slice(0, 100));
  return new Failure('NOT_FOUND', `${store.name} holds no ${named}: there is ${choices(store, listed)}`);
}

function choices(store: FileStore, listed: readonly Descriptor[]): string {
  const names = listed.map(({ digest, annotations }) => {
    const name = annotations[REF_NAME];
    return name === undefined || name === ''
      ? `${store.name}@${digest}`
      : `${store.name}:${name.slice(0, 100)}`;
  });
  return [...new Set(names)].slice(0, SHOWN_NAMES).join(', ');
}

function namesOf(descriptors: readonly Descriptor[]): string[] {
  const names = descriptors.map(({ annotations }) => annotations[REF_NAME] ?? '');
  return [...new Set(names)].filter((name) => name !== '');
}
