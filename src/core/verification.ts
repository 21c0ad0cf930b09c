import type { Digest } from './digest.ts';
import type { Vouching } from './vouching.ts';

export const VERIFICATION_SCHEMA_VERSION = '1.0';

/** What `verify` answers. Its JSON is this, field for field; docs/schema holds the schema. */
export interface Verification {
  readonly schemaVersion: typeof VERIFICATION_SCHEMA_VERSION;
  readonly tool: { readonly name: 'pratique'; readonly version: string };
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly subject: VerifiedSubject;
  readonly vouching: Vouching;
  /** What whoever relies on the answer should know: how old remembered lists are, what the trust file says in vain. */
  readonly notes: readonly string[];
}

/** What was verified: use the image by this digest, as its tag may lead elsewhere a moment later. */
export interface VerifiedSubject {
  /** As the user named it. */
  readonly location: string;
  /** Registry and repository that rules were looked up for. */
  readonly name?: string;
  readonly kind: 'index' | 'manifest' | 'file';
  readonly digest: Digest;
  /** The platform asked for, and its manifest, where `digest` is an index that leads to it. */
  readonly platform?: { readonly name: string; readonly digest: Digest };
}
