import type { Rule } from './finding.ts';

export const LOOKUPS_SCHEMA_VERSION = '1.0';

/** Code that looks up a machine image by a name that others can give theirs. */
export interface LookupFinding extends Omit<Rule, 'id'> {
  readonly rule: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What was found, on one line. */
  readonly evidence: string;
}

/** What `pratique ami-lint` says, and its JSON. */
export interface LookupReport {
  readonly schemaVersion: typeof LOOKUPS_SCHEMA_VERSION;
  readonly tool: { readonly name: 'pratique'; readonly version: string };
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Files read. */
  readonly files: number;
  /** Image look-ups seen, sound ones too. */
  readonly lookups: number;
  readonly findings: readonly LookupFinding[];
  /** Files that could not be read or parsed: what they look up is not known. */
  readonly unread: readonly { readonly file: string; readonly message: string }[];
}
