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
   * TOO_LARGE (more than `Limits.documentBytes`), TRUNCATED, CANCELLED; before the first byte also USAGE (a credential
   * file or option that cannot be used), NO_PERMISSION, CREDENTIAL_HELPER_FAILED
   */
  document(reference: string, signal: AbortSignal): Promise<Document>;
  /**
   * A blob's bytes as stored, front to back. Never yields more than `descriptor.size` bytes plus one chunk; whoever
   * reads it checks size and digest.
   * @throws Failure as `document`
   */
  blob(descriptor: Descriptor, signal: AbortSignal): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}
