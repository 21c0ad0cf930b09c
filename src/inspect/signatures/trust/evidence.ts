import type { Rejection, VouchedSubject } from '../../../core/vouching.ts';
import type { Found, Proof } from '../contract.ts';
import type { TrustRule } from './rules.ts';

export interface FoundProof {
  readonly proof: Proof;
  readonly found: Found;
}

/** What is asked, before any signature is seen. */
export interface TrustQuestion {
  /** Those that match the name. */
  readonly rules: readonly TrustRule[];
  /** Registry and repository; absent for what has no name. */
  readonly name: string | undefined;
  /** Digests that a signature may count for: the index and the manifest reached through it, or just the one. */
  readonly subjects: readonly VouchedSubject[];
  readonly now: Date;
}

/** What came of the rest. */
export interface Unproven {
  /** What step 2 could not prove. */
  readonly rejected: readonly Rejection[];
  /** A sentence for each thing that a bound kept from being looked at. */
  readonly cut: readonly string[];
}
