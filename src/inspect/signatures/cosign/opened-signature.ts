import type { BundleContent } from '../sigstore/bundle-json.ts';
import type { SignedThing } from '../sigstore/signed-content.ts';

/** What is signed: as a bundle would hold it, and as what can be asked of it. */
export interface OpenedSignature {
  readonly content: BundleContent;
  readonly thing: SignedThing;
}
