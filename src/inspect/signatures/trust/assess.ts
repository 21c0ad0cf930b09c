import { toOneLine } from '../../../core/one-line.ts';
import { parseReference, toPlainRepository } from '../../../core/reference.ts';
import { COSIGN_SIGN_PREDICATE } from '../../../core/statement.ts';
import type { Rejection } from '../../../core/vouching.ts';
import type { TrustQuestion } from './evidence.ts';
import { refusePredicate } from './predicate-requirement.ts';
import type { Requirement } from './rules.ts';
import type { Refused, Signature } from './signature.ts';
import { identityKey, signersOf } from './signer-match.ts';
import { refuseTimes } from './signing-time.ts';

/** How a signature stands to a requirement. */
export type Assessment =
  | {
      readonly kind: 'counts';
      readonly identity: string;
      /** Places in `Requirement.by` that it counts for. */
      readonly signers: readonly number[];
    }
  | Refused;

/** Holds one signature against one requirement; the order of the checks is the order of `closeness`. */
export function assess(signature: Signature, requirement: Requirement, question: TrustQuestion): Assessment {
  const { proof, refuse } = signature;
  const refused = (rejection: Rejection, closeness: number): Refused => ({
    kind: 'refused',
    rejection,
    closeness,
  });

  const wrongContent = refuseContent(signature, requirement);
  if (wrongContent !== undefined) return refused(wrongContent, 1);

  const { signers, mismatch } = signersOf(proof, requirement);
  if (signers.length === 0) return refused(refuse(mismatch.code, mismatch.message), 3);

  const wrongPredicate = refusePredicate(signature, requirement.predicate);
  if (wrongPredicate !== undefined) return refused(wrongPredicate, 4);

  if (requirement.log === 'required' && proof.log === undefined) {
    return refused(
      refuse('LOG_MISSING', 'it has no proven entry in a transparency log, and the rule asks for one'),
      5,
    );
  }
  const { inTime, wrongTime } = refuseTimes(proof, requirement, signers, question.now);
  if (wrongTime !== undefined) return refused(refuse(wrongTime.code, wrongTime.message), 6);

  if (
    requirement.sameRepository &&
    !signature.claimedNames.some((name) => isSameRepository(name, question.name))
  ) {
    return refused(refuse('SUBJECT_MISMATCH', describeOtherName(signature.claimedNames, question.name)), 7);
  }
  return { kind: 'counts', identity: identityKey(proof.identity), signers: inTime };
}

/** A plain signature where one is asked for, an attestation of the type asked for where that is. */
function refuseContent({ proof, refuse }: Signature, { predicate }: Requirement): Rejection | undefined {
  const { content } = proof;
  if (predicate === undefined) {
    if (content.kind !== 'statement' || content.statement.predicateType === COSIGN_SIGN_PREDICATE)
      return undefined;
    const type = toOneLine(content.statement.predicateType, 120);
    return refuse('PREDICATE_TYPE', `it is an attestation of type ${type}; a plain signature is asked for`);
  }
  const asked = predicate.types.join(' or ');
  if (content.kind !== 'statement') {
    return refuse('PAYLOAD_TYPE', `it is a plain signature; an attestation of type ${asked} is asked for`);
  }
  if (predicate.types.includes(content.statement.predicateType)) return undefined;
  const type = toOneLine(content.statement.predicateType, 120);
  return refuse('PREDICATE_TYPE', `it is an attestation of type ${type}; ${asked} is asked for`);
}

function isSameRepository(claimed: string, name: string | undefined): boolean {
  try {
    const { registry, repository } = parseReference(claimed);
    return name !== undefined && toPlainRepository(`${registry}/${repository}`) === toPlainRepository(name);
  } catch {
    return false;
  }
}

function describeOtherName(claimed: readonly string[], name: string | undefined): string {
  const [first] = claimed;
  if (first === undefined)
    return 'the rule asks for the repository that it was signed in, and the signature names none';
  return `it was signed as ${toOneLine(first, 120)}, not as ${name ?? 'something without a name'}`;
}
