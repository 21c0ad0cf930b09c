import { toOneLine } from '../../../core/one-line.ts';
import type { Rejection } from '../../../core/vouching.ts';
import type { ProvenanceFacts, SummaryFacts } from '../attestations/predicate.ts';
import { impliesLevel } from '../attestations/predicates/verification-summary.ts';
import { sourceForms } from '../attestations/source-commit.ts';
import type { PredicateRequirement } from './rules.ts';
import type { Signature } from './signature.ts';
import { matchesSubject } from './subject-pattern.ts';

/** Holds what a statement says against what it must say; its type and its signer are known to be right. */
export function refusePredicate(
  { facts, refuse }: Signature,
  requirement: PredicateRequirement | undefined,
): Rejection | undefined {
  if (requirement === undefined) return undefined;
  if (facts?.kind === 'provenance') return refuseProvenance(facts, requirement, refuse);
  if (facts?.kind === 'summary') return refuseSummary(facts, requirement, refuse);
  const { builder, source, verifier, levels, resource } = requirement;
  const asked = builder ?? source ?? verifier ?? levels ?? resource;
  // The trust file refuses this; whoever makes a rule another way gets no trust from it.
  return asked === undefined
    ? undefined
    : refuse('PREDICATE_REFUSED', 'the rule asks of it what an attestation of its type does not say');
}

type Refuse = Signature['refuse'];

function refuseProvenance(
  { builder, sources }: ProvenanceFacts,
  requirement: PredicateRequirement,
  refuse: Refuse,
): Rejection | undefined {
  if (requirement.builder !== undefined && builder !== requirement.builder) {
    return refuse(
      'PREDICATE_REFUSED',
      `it was built by ${toOneLine(builder)}, not by ${requirement.builder}`,
    );
  }
  const { source } = requirement;
  if (source === undefined) return undefined;
  if (sources.length === 0)
    return refuse('PREDICATE_REFUSED', 'it names no source, and the rule asks for one');
  const other = sources.find(({ uri }) => !sourceForms(uri).some((form) => matchesSubject(source, form)));
  if (other === undefined) return undefined;
  return refuse('PREDICATE_REFUSED', `it was built from ${toOneLine(other.uri)}, not from ${source.text}`);
}

function refuseSummary(
  facts: SummaryFacts,
  { verifier, levels = [], resource }: PredicateRequirement,
  refuse: Refuse,
): Rejection | undefined {
  if (facts.verifier !== verifier) {
    return refuse(
      'VERIFIER_MISMATCH',
      `its verifier is ${toOneLine(facts.verifier)}, not ${verifier ?? 'one that the rule names'}`,
    );
  }
  if (!facts.passed) return refuse('PREDICATE_REFUSED', 'its verifier says FAILED');
  if (resource !== undefined && facts.resource !== resource) {
    return refuse('PREDICATE_REFUSED', `it is about ${toOneLine(facts.resource)}, not about ${resource}`);
  }
  const missing = levels.find((level) => !impliesLevel(facts.levels, level));
  if (missing === undefined) return undefined;
  return refuse(
    'PREDICATE_REFUSED',
    `it does not say ${missing}, only ${toOneLine(facts.levels.join(', ')) || 'nothing'}`,
  );
}
