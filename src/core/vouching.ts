import type { Digest } from './digest.ts';

/*
 * Who vouches for an image: what `verify` answers and the report repeats. Everything under `verified` is proven;
 * nothing under `rejected` is.
 */

/** Who signed, proven. */
export type Identity =
  | {
      readonly kind: 'key';
      /** As the trust file or the command line calls it. */
      readonly name: string;
      /** SHA-256 of the key's SubjectPublicKeyInfo in DER. */
      readonly fingerprint: Digest;
    }
  | {
      readonly kind: 'sigstore';
      /** OIDC issuer (Fulcio extension 1.3.6.1.4.1.57264.1.8, else .1). */
      readonly issuer: string;
      /** Subject alternative name of the certificate: a URI or an e-mail address. */
      readonly subject: string;
      /** The trust root's name in the trust file; `sigstore` for the public one. */
      readonly root: string;
    }
  | {
      readonly kind: 'x509';
      /** Subject distinguished name, RFC 4514. */
      readonly subject: string;
      /** SHA-256 of the leaf certificate. */
      readonly fingerprint: Digest;
      /** The trust store that its chain ends in: `ca:acme`. */
      readonly store: string;
    };

export type SignatureFormat = 'cosign' | 'sigstore-bundle' | 'notation';

/** When something was signed, and who says so. */
export interface SigningTime {
  /** RFC 3339, UTC. */
  readonly time: string;
  /** `claimed`: by the signer alone; never believed where an age or a validity is at stake. */
  readonly source: 'log' | 'timestamp-authority' | 'claimed';
}

/** An entry of a transparency log, its proof checked. */
export interface LogEntry {
  /** Decimal. */
  readonly index: string;
  /** Base URL of the log, as the trust root has it. */
  readonly log: string;
}

export interface VerifiedSignature {
  readonly format: SignatureFormat;
  readonly identity: Identity;
  /** What the signature is for. */
  readonly subject: VouchedSubject;
  readonly times: readonly SigningTime[];
  readonly log?: LogEntry;
  /** In-toto predicate type; absent for a plain signature. */
  readonly predicateType?: string;
  /** What a verified statement says, in a few words: `builder: …`, `source: …`. */
  readonly says: readonly string[];
  /** The attachment's manifest; absent for a file. */
  readonly attachment?: Digest;
  /** What was not checked and why: revocation that could not be reached, a log entry without a trust root. */
  readonly notes: readonly string[];
}

export interface VouchedSubject {
  readonly digest: Digest;
  readonly kind: 'index' | 'manifest' | 'file';
}

/** Why a signature does not count. docs/signatures.md explains each; a test holds the two together. */
export const REJECTION_CODES = [
  'NO_SIGNATURE',
  'NO_MATCHING_RULE',
  'NOT_ENOUGH_SIGNATURES',
  'SIGNER_NOT_TRUSTED',
  'IDENTITY_MISMATCH',
  'WRONG_MATERIAL',
  'SIGNATURE_INVALID',
  'SUBJECT_MISMATCH',
  'PAYLOAD_TYPE',
  'PREDICATE_TYPE',
  'PREDICATE_MALFORMED',
  'PREDICATE_REFUSED',
  'VERIFIER_MISMATCH',
  'LOG_MISSING',
  'LOG_INVALID',
  'LOG_ENTRY_MISMATCH',
  'LOG_DUPLICATE',
  'SCT_INVALID',
  'TIMESTAMP_MISSING',
  'TIMESTAMP_INVALID',
  'CERTIFICATE_UNTRUSTED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_USAGE',
  'KEY_NOT_VALID_THEN',
  'REVOKED',
  'REVOCATION_UNKNOWN',
  'SIGNATURE_EXPIRED',
  'TOO_OLD',
  'FROM_THE_FUTURE',
  'TOO_MANY',
  'TOO_LARGE',
  'MALFORMED',
  'UNSUPPORTED',
  'UNREADABLE',
  'SKIPPED_BY_POLICY',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

export interface Rejection {
  readonly code: RejectionCode;
  /** One sentence: what, and why. Text of the attachment's author is quoted raw: escape before showing it. */
  readonly message: string;
  readonly format?: SignatureFormat;
  readonly subject?: VouchedSubject;
  readonly attachment?: Digest;
}

/** One rule of the trust configuration that the name matches, and how it went. */
export interface RuleVerdict {
  readonly rule: string;
  readonly satisfied: boolean;
  /** For each requirement that failed, why. */
  readonly reasons: readonly Rejection[];
}

export interface Vouching {
  /**
   * `trusted`: at least one rule matches, and all that match are satisfied. `untrusted`: anything else.
   * `unchecked`: nobody said whom to trust (`inspect` without a trust file), or there is nothing a signature could be for.
   */
  readonly outcome: 'trusted' | 'untrusted' | 'unchecked';
  /** Why, each with its code; empty when trusted. */
  readonly reasons: readonly Rejection[];
  readonly rules: readonly RuleVerdict[];
  readonly verified: readonly VerifiedSignature[];
  readonly rejected: readonly Rejection[];
}
