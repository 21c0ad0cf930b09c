import { createHash } from 'node:crypto';
import type { AttachmentLimits } from '../../core/attachment.ts';
import { algorithmOf, type Digest, toDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';
import type { BlobSource, Descriptor, Document } from '../blob-source.ts';
import { checkPromise } from '../manifest/document.ts';

/** Blobs kept in memory, in bytes: thousands of signatures of one image often share one small payload. */
const KEPT_BYTES = 64 * 2 ** 20;
/** For one blob: a registry that drips must not hold a verification for hours. */
const BLOB_MS = 120_000;

/**
 * Fetches manifests and blobs for all attachments of one source within one budget, and each blob once. The attack: a
 * thousand attachments, each of them a gigabyte (CVE-2024-29902), or more of them than can be fetched in a day.
 */
export class AttachmentFetcher {
  readonly #source: BlobSource;
  readonly #limits: AttachmentLimits;
  readonly #blobMs: number;
  readonly #blobs = new Map<Digest, Promise<Buffer>>();
  #keptBytes = 0;
  #fetches = 0;

  constructor(source: BlobSource, limits: AttachmentLimits, blobMs = BLOB_MS) {
    this.#source = source;
    this.#limits = limits;
    this.#blobMs = blobMs;
  }

  /** @throws Failure as `BlobSource.document`; TOO_LARGE when the budget is spent */
  async document(reference: string, signal: AbortSignal): Promise<Document> {
    this.#spend();
    return this.#source.document(reference, signal, this.#limits.documentBytes);
  }

  /**
   * The blob, checked against its descriptor. Callers share the bytes.
   * @throws Failure as `AttachedBlob.read`
   */
  async blob(descriptor: Descriptor, signal: AbortSignal): Promise<Buffer> {
    const { digest, size } = descriptor;
    const pending = this.#blobs.get(digest);
    const known = pending === undefined ? undefined : await pending.catch(() => undefined);
    if (known !== undefined && known.length === size) return known;
    const { blobBytes } = this.#limits;
    if (size > blobBytes) {
      throw new Failure('TOO_LARGE', `the blob ${digest} has ${size} bytes: only ${blobBytes} are read`);
    }
    this.#spend();
    const fetched = this.#fetch(descriptor, signal);
    if (this.#keptBytes + size <= KEPT_BYTES) this.#keep(digest, size, fetched);
    return fetched;
  }

  async #fetch(descriptor: Descriptor, signal: AbortSignal): Promise<Buffer> {
    const deadline = AbortSignal.timeout(this.#blobMs);
    try {
      const bytes = await this.#collect(descriptor, AbortSignal.any([signal, deadline]));
      const algorithm = algorithmOf(descriptor.digest);
      const actual = toDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
      checkPromise(bytes, actual, descriptor, `the blob ${descriptor.digest}`);
      return bytes;
    } catch (cause) {
      // Below this, a deadline looks like the user's wish.
      if (!deadline.aborted || signal.aborted) throw cause;
      const seconds = this.#blobMs / 1000;
      throw new Failure('UNREACHABLE', `the blob ${descriptor.digest} did not arrive within ${seconds} s`, {
        cause,
      });
    }
  }

  /** Everything the source gives, cut one piece after the promised size. */
  async #collect(descriptor: Descriptor, signal: AbortSignal): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.#source.blob(descriptor, signal)) {
      parts.push(part);
      length += part.length;
      if (length > descriptor.size) break;
    }
    return Buffer.concat(parts);
  }

  /** A fetch that failed is not remembered: the next one may do better. */
  #keep(digest: Digest, size: number, fetched: Promise<Buffer>): void {
    this.#keptBytes += size;
    this.#blobs.set(digest, fetched);
    fetched.catch(() => {
      this.#keptBytes -= size;
      this.#blobs.delete(digest);
    });
  }

  #spend(): void {
    const { fetches } = this.#limits;
    if (this.#fetches >= fetches) {
      throw new Failure(
        'TOO_LARGE',
        `more than ${fetches} manifests and blobs would be fetched for attachments`,
      );
    }
    this.#fetches++;
  }
}
