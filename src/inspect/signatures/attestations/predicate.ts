import type * as z from 'zod';
import { Failure } from '../../../core/failure.ts';
import { toOneLine } from '../../../core/one-line.ts';

/** One kind of statement: how its type is written, and what its content says. */
export interface PredicateType {
  /** The exact type URIs, the usual one first. */
  readonly uris: readonly string[];
  /** Short names, as cosign's `--type` has them. */
  readonly aliases: readonly string[];
  /** @throws Failure MALFORMED naming the field: content that breaks its format is never passed over */
  parse(predicate: unknown): PredicateFacts;
}

export type PredicateFacts = ProvenanceFacts | SummaryFacts | OtherFacts;

/** SLSA provenance of either version. */
export interface ProvenanceFacts {
  readonly kind: 'provenance';
  readonly builder: string;
  readonly sources: readonly ProvenanceSource[];
  readonly says: readonly string[];
}

/** Where a build took its source from, by the parameters that it was started with. */
export interface ProvenanceSource {
  /** As it is written: `git+https://github.com/acme/app@refs/tags/v1`. */
  readonly uri: string;
  readonly commit?: string;
}

/** SLSA verification summary. */
export interface SummaryFacts {
  readonly kind: 'summary';
  readonly verifier: string;
  readonly resource: string;
  readonly passed: boolean;
  readonly levels: readonly string[];
  readonly says: readonly string[];
}

/** A statement that no requirement looks into. */
export interface OtherFacts {
  readonly kind: 'other';
  /** What it says in a few words, each on one line. */
  readonly says: readonly string[];
}

/** Longest text or URI of a predicate that is compared or shown. */
export const MAX_TEXT = 4096;

/** @throws Failure MALFORMED naming the first field that is wrong */
export function narrowPredicate<T extends z.ZodType>(
  schema: T,
  predicate: unknown,
  what: string,
): z.output<T> {
  const parsed = schema.safeParse(predicate);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue === undefined ? '' : issue.path.map(String).join('.');
  const at = path === '' ? '' : `: ${toOneLine(path, 120)}`;
  throw new Failure('MALFORMED', `the ${what} breaks its format${at}: ${toOneLine(issue?.message ?? '')}`);
}

/** `label: text` for each text there is. */
export function toSays(entries: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(entries).flatMap(([label, text]) =>
    text === undefined || text === '' ? [] : [`${label}: ${toOneLine(text, 300)}`],
  );
}
