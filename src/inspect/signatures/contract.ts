import type { KeyObject } from 'node:crypto';
import type { AttachedBlob, Attachment, OpenedAttachment } from '../../core/attachment.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { Statement } from '../../core/statement.ts';
import type { Identity, LogEntry, Rejection, SignatureFormat, SigningTime } from '../../core/vouching.ts';
import type { NotationTrust } from './notation/trust.ts';
import type { TrustRoot } from './sigstore/trust-root.ts';

/*
 * How a signature comes to count, in three steps that do not know each other.
 *
 * 1. `find`: an attachment's blobs become `Found` signatures of one format. Nothing is believed.
 * 2. `prove`: cryptography only. Out comes a `Proof`: this identity signed this content, then. Whether anybody asked for
 *    that identity, and whether the content speaks of the image at hand, is not its business.
 * 3. `openJudgement` (trust/judge.ts): policy only, a pure fold over proofs: subject, predicate, identity, number, age.
 */

/** One signature as found. */
export interface Found {
  readonly format: SignatureFormat;
  /** The image that the attachment was looked up for. */
  readonly subject: Digest;
  /** The attachment's manifest; absent for a file. */
  readonly attachment?: Digest;
  readonly body: FoundBody;
}

export type FoundBody =
  /** cosign's tag `.sig`: the payload and its signature stand apart (cosign specs/SIGNATURE_SPEC.md). */
  | {
      readonly kind: 'simple-signing';
      readonly payload: Uint8Array;
      readonly annotations: Readonly<Record<string, string>>;
    }
  /** cosign's tag `.att`: a DSSE envelope, certificate and log entry in the blob's annotations. */
  | {
      readonly kind: 'envelope';
      readonly envelope: Uint8Array;
      readonly annotations: Readonly<Record<string, string>>;
    }
  /** A sigstore bundle, v0.1 to v0.3, as JSON. */
  | { readonly kind: 'bundle'; readonly json: Uint8Array }
  | { readonly kind: 'notation'; readonly mediaType: string; readonly envelope: Uint8Array };

/**
 * Takes the signatures of one format out of an attachment, the newest first; none of that format is nothing. Lazily, so that what
 * lies behind the one that is enough is not fetched. A part that cannot be read comes as its failure, and the rest goes on.
 * @throws Failure CANCELLED and its kin; whatever concerns one part only is yielded
 */
export type Find = (
  attachment: Attachment,
  opened: OpenedAttachment,
  read: (blob: AttachedBlob) => Promise<Uint8Array>,
) => AsyncIterable<Found | Failure>;

/** A public key that may vouch. */
export interface TrustedKey {
  readonly name: string;
  readonly key: KeyObject;
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly fingerprint: Digest;
  /** Signatures count only when a trusted time lies within. */
  readonly validFrom?: Date;
  readonly validUntil?: Date;
}

/** Everything that a signature can be proven with. */
export interface Materials {
  readonly keys: readonly TrustedKey[];
  /** By the name that the trust file gives; looked at in order. */
  readonly roots: readonly TrustRoot[];
  readonly notation: readonly NotationTrust[];
}

export interface ProveContext {
  readonly now: Date;
  readonly signal: AbortSignal;
  /** Reference without tag, `registry.acme.example/app`: Notation's policies choose by it. */
  readonly name: string | undefined;
  /** For revocation lists and OCSP; absent means offline. */
  readonly fetch?: RevocationFetch;
  /** For a file: its bytes, or only their digest, as `messageSignature` bundles need them. */
  readonly file?: FileContent;
}

/** GET without a body, POST with one. Bounded and guarded by whoever provides it. @throws Failure */
export type RevocationFetch = (
  url: string,
  body: Uint8Array | undefined,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** A file whose bundle is verified. */
export interface FileContent {
  /** SHA-256, always known. */
  readonly digest: Digest;
  /** Absent where only the digest is known. */
  readonly bytes?: () => AsyncIterable<Uint8Array>;
}

export type ProofResult =
  | { readonly kind: 'proven'; readonly proof: Proof }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** This identity signed this content. */
export interface Proof {
  readonly format: SignatureFormat;
  readonly identity: Identity;
  readonly content: SignedContent;
  /** Trusted ones first. */
  readonly times: readonly SigningTime[];
  /** Set when an entry's inclusion and its binding to this signature were verified. */
  readonly log?: LogEntry;
  /** For `x509` identities: name of the `NotationTrust` whose policy accepted. It counts where a rule names that one only. */
  readonly trust?: string;
  readonly notes: readonly string[];
}

export type SignedContent =
  /** A plain signature over an image digest: simple signing, Notation. */
  | {
      readonly kind: 'image';
      readonly digest: Digest;
      /** The name the signer gave the image: `critical.identity.docker-reference`. */
      readonly claimedName?: string;
    }
  | { readonly kind: 'statement'; readonly statement: Statement }
  /** A signature over a file's digest. */
  | { readonly kind: 'file'; readonly digest: Digest };

/** Step 2 for one format: tries what the materials hold, never throws for what an attacker wrote. */
export type Prove = (
  found: Found,
  materials: Materials,
  context: ProveContext,
) => Promise<readonly ProofResult[]>;
