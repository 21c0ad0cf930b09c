import type { AttachmentLimits, AttachmentPath } from '../core/attachment.ts';
import type { Digest } from '../core/digest.ts';

/** An OCI descriptor (image-spec, descriptor.md), narrowed. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes; the content must have exactly this many. */
  readonly size: number;
  readonly urls: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly artifactType?: string;
}

/** A manifest or index as a transport delivered it, its digest computed from the bytes. */
export interface Document {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** What the transport (a `Content-Type`, a descriptor) said it is; absent where the transport says nothing. */
  readonly mediaType?: string;
}

/**
 * Where the parts of an OCI image come from: a registry, a layout folder, an archive. `oci-image.ts` makes an
 * `Image` of any of them.
 */
export interface BlobSource {
  /**
   * The manifest or index behind a tag or digest. Where `reference` is a digest, or the transport states one, the
   * bytes were checked against it.
   * @throws Failure NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNREACHABLE, RATE_LIMITED, REGISTRY_ERROR, DIGEST_MISMATCH,
   * TOO_LARGE (more than `maxBytes`), TRUNCATED, CANCELLED; before the first byte also USAGE (a credential
   * file or option that cannot be used), NO_PERMISSION, CREDENTIAL_HELPER_FAILED
   * @param maxBytes default: `Limits.documentBytes`
   */
  document(reference: string, signal: AbortSignal, maxBytes?: number): Promise<Document>;
  /**
   * A blob's bytes as stored, front to back. Never yields more than `descriptor.size` bytes plus one chunk; whoever
   * reads it checks size and digest.
   * @throws Failure as `document`
   */
  blob(descriptor: Descriptor, signal: AbortSignal): AsyncGenerator<Uint8Array>;
  /**
   * What says of itself that it is attached to `subject`; absent where such a thing cannot be.
   * @throws Failure as `document`; that nothing is attached is an empty list
   */
  referrers?(subject: Digest, limits: AttachmentLimits, signal: AbortSignal): Promise<ReferrerList>;
  close(): Promise<void>;
}

/** A listing of attachments, oldest first where it tells. Descriptors are promises: nothing of them was fetched. */
export interface ReferrerList {
  readonly referrers: readonly Referrer[];
  /** A sentence for each thing that a bound or a flaw kept out of `referrers`. */
  readonly cut: readonly string[];
}

export interface Referrer {
  readonly via: AttachmentPath;
  readonly descriptor: Descriptor;
}
