import type { Tier } from './finding.ts';

/** What is known of an image's name. */
export interface Naming {
  /** As it was judged. */
  readonly name: string;
  readonly standing: Standing;
  /** Whose it is: `Docker official image`, `Bitnami (Broadcom)`; absent where that is not known. */
  readonly publisher?: string;
  /** Reasons to think that it imitates another name; the gravest first. */
  readonly suspicions: readonly Suspicion[];
}

export type Standing = 'official' | 'known-publisher' | 'internal' | 'unknown';

export interface Suspicion {
  /** `dropped-letter`, `homoglyph`, `stranger-namespace`, … */
  readonly trick: string;
  /** The name that it imitates; absent where it imitates none (a tag, a list). */
  readonly of?: string;
  /** What it weighs: see `Finding`. A look-alike is what is more than a note. */
  readonly tier: Tier;
  /** 0 to 1. */
  readonly score: number;
  /** The score explained, part by part, in a sentence. */
  readonly why: string;
}

export const NAMES_SCHEMA_VERSION = '1.0';

/** What `name` answers. Its JSON is this, field for field; docs/schema holds the schema. */
export interface NamesReport {
  readonly schemaVersion: typeof NAMES_SCHEMA_VERSION;
  readonly tool: { readonly name: 'pratique'; readonly version: string };
  readonly names: readonly Naming[];
}
