import type { Statement } from '../../../core/statement.ts';
import type { PredicateFacts, PredicateType } from './predicate.ts';
import { cosignCustom, cosignSign } from './predicates/cosign.ts';
import { cyclonedx } from './predicates/cyclonedx.ts';
import { link } from './predicates/link.ts';
import { openvex } from './predicates/openvex.ts';
import { slsaProvenanceV1 } from './predicates/slsa-provenance-v1.ts';
import { slsaProvenanceV02 } from './predicates/slsa-provenance-v02.ts';
import { spdx } from './predicates/spdx.ts';
import { verificationSummary } from './predicates/verification-summary.ts';
import { vulnerability } from './predicates/vulnerability.ts';

/*
 * Every kind of statement that is looked into. A type is known by its exact URI and by nothing else: not by a prefix, not
 * by what the listing or an annotation calls it, and not by what the content looks like.
 */

export const PREDICATE_TYPES: readonly PredicateType[] = [
  slsaProvenanceV02,
  slsaProvenanceV1,
  verificationSummary,
  spdx,
  cyclonedx,
  vulnerability,
  openvex,
  link,
  cosignSign,
  cosignCustom,
];

/**
 * What a verified statement says.
 * @returns nothing for a type that is not known here: such a statement counts for its type alone
 * @throws Failure MALFORMED when its predicate breaks the format of its type
 */
export function readPredicate({ predicateType, predicate }: Statement): PredicateFacts | undefined {
  const known = PREDICATE_TYPES.find(({ uris }) => uris.includes(predicateType));
  return known?.parse(predicate);
}

/** The type URIs that a short name stands for; nothing where there is no such name. */
export function toPredicateUris(alias: string): readonly string[] | undefined {
  return PREDICATE_TYPES.find(({ aliases }) => aliases.includes(alias))?.uris;
}
