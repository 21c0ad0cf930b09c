import type { Digest } from './digest.ts';

/** Something that a registry or layout keeps beside an image: a signature, an attestation, anything. Not believed yet. */
export interface Attachment {
  /** Of the attachment's own manifest. */
  readonly digest: Digest;
  /** The image it was looked up for. Whether it speaks of that image only its verified content tells. */
  readonly subject: Digest;
  readonly via: AttachmentPath;
  /** What the listing says it is: the manifest's artifactType, else its config's media type. A hint, nothing more. */
  readonly artifactType?: string;
  /** Of the listing; a hint. */
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * Fetches the manifest, checked against `digest`.
   * @throws Failure as `open`, MALFORMED, TOO_LARGE
   */
  open(signal: AbortSignal): Promise<OpenedAttachment>;
}

/** How an attachment was found. */
export type AttachmentPath =
  /** Distribution-spec 1.1, "Listing Referrers". */
  | 'referrers'
  /** The tag `sha256-<hex>` of registries without that endpoint ("Referrers Tag Schema"). */
  | 'referrers-tag'
  /** cosign's tags `sha256-<hex>.sig` and `.att`. */
  | 'signature-tag'
  | 'attestation-tag'
  /** A file that the user named. */
  | 'file';

export interface OpenedAttachment {
  /** As `Attachment.artifactType`, from the manifest itself. */
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** What the manifest's `subject` says it is attached to; cosign's tags have none. */
  readonly claimedSubject?: Digest;
  readonly blobs: readonly AttachedBlob[];
}

export interface AttachedBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * The content, checked against `digest` and `size`.
   * @throws Failure as `open`, TOO_LARGE above `AttachmentLimits.blobBytes`, DIGEST_MISMATCH, TRUNCATED
   */
  read(signal: AbortSignal): Promise<Uint8Array>;
}

/** What is attached to one digest. */
export interface AttachmentList {
  /** The newest first, as far as the listing tells. */
  readonly attachments: readonly Attachment[];
  /** A sentence for each thing that a bound or a failure kept out of `attachments`. */
  readonly cut: readonly string[];
}

/** Where an image's attachments are. */
export interface AttachmentSource {
  /** @throws Failure UNREACHABLE, UNAUTHORIZED and their kin; that nothing is attached is an empty list */
  list(subject: Digest, signal: AbortSignal): Promise<AttachmentList>;
}

/** Bounds on what attachments may make us do. */
export interface AttachmentLimits {
  /** Entries of a referrers list, over all its pages. */
  readonly listed: number;
  /** Pages of a referrers list. */
  readonly pages: number;
  /** Blobs of one attachment manifest: signatures of one cosign tag. */
  readonly blobs: number;
  /** Bytes of one blob. */
  readonly blobBytes: number;
  /** Bytes of one manifest or page. */
  readonly documentBytes: number;
  /** Manifests and blobs fetched for one verification. */
  readonly fetches: number;
}

export const DEFAULT_ATTACHMENT_LIMITS: AttachmentLimits = {
  listed: 20_000,
  pages: 200,
  blobs: 20_000,
  blobBytes: 32 * 2 ** 20,
  documentBytes: 16 * 2 ** 20,
  fetches: 2_000,
};
