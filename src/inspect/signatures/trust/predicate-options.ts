import { PREDICATE_TYPES, toPredicateUris } from '../attestations/all.ts';
import { cosignSign } from '../attestations/predicates/cosign.ts';
import { slsaProvenanceV1 } from '../attestations/predicates/slsa-provenance-v1.ts';
import { slsaProvenanceV02 } from '../attestations/predicates/slsa-provenance-v02.ts';
import { verificationSummary } from '../attestations/predicates/verification-summary.ts';
import type { PredicateRequirement, SubjectMatch } from './rules.ts';

const TYPE_URI = /^[a-z][a-z0-9+.-]{0,31}:[\x21-\x7e]{1,512}$/i;

/** What somebody asks of an attestation, as written. */
export interface PredicateOptions {
  /** Type URIs or short names. */
  readonly predicates: readonly string[];
  readonly builder?: string | undefined;
  readonly source?: SubjectMatch | undefined;
  readonly verifier?: string | undefined;
  readonly levels?: readonly string[] | undefined;
  readonly resource?: string | undefined;
}

export type PredicateRequirementResult =
  | { readonly kind: 'asked'; readonly requirement: PredicateRequirement }
  | { readonly kind: 'refused'; readonly field: string; readonly message: string };

const PROVENANCE: readonly string[] = [...slsaProvenanceV02.uris, ...slsaProvenanceV1.uris];
const SUMMARY: readonly string[] = verificationSummary.uris;

/**
 * Checks that what is asked can be answered: only provenance has a builder, only a VSA a verifier. A VSA is somebody's verdict,
 * so whoever trusts one must say whose, besides who may sign it: else one trusted signer could speak for any verifier.
 */
export function predicateRequirement(options: PredicateOptions): PredicateRequirementResult {
  const { predicates, builder, source, verifier, levels, resource } = options;
  const refused = (field: string, message: string): PredicateRequirementResult => ({
    kind: 'refused',
    field,
    message,
  });
  const types: string[] = [];
  for (const predicate of predicates) {
    const uris = toPredicateUris(predicate) ?? (TYPE_URI.test(predicate) ? [predicate] : undefined);
    if (uris === undefined)
      return refused('predicate', `"${predicate}" is neither a type URI nor one of ${aliases()}`);
    types.push(...uris);
  }
  if (types.some((type) => cosignSign.uris.includes(type))) {
    return refused('predicate', 'this is what a plain signature is: ask for it under signed');
  }
  if (types.some((type) => SUMMARY.includes(type)) && verifier === undefined) {
    return refused('verifier', 'a VSA is somebody’s verdict: say whose, by the verifier.id');
  }
  const provenanceOnly = firstSet({ builder, source });
  if (provenanceOnly !== undefined && !types.every((type) => PROVENANCE.includes(type))) {
    return refused(provenanceOnly, 'only SLSA provenance says this: ask for no other predicate with it');
  }
  const summaryOnly = firstSet({ verifier, levels, resource });
  if (summaryOnly !== undefined && !types.every((type) => SUMMARY.includes(type))) {
    return refused(summaryOnly, 'only a VSA says this: ask for no other predicate with it');
  }
  return {
    kind: 'asked',
    requirement: {
      types,
      ...(builder === undefined ? {} : { builder }),
      ...(source === undefined ? {} : { source }),
      ...(verifier === undefined ? {} : { verifier }),
      ...(levels === undefined ? {} : { levels }),
      ...(resource === undefined ? {} : { resource }),
    },
  };
}

function firstSet(fields: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(fields).find((field) => fields[field] !== undefined);
}

function aliases(): string {
  return PREDICATE_TYPES.flatMap((type) => type.aliases).join(', ');
}
