import { algorithmOf, type Digest } from '../../../core/digest.ts';
import { Failure } from '../../../core/failure.ts';
import { COSIGN_SIGN_PREDICATE, type StatementSubject } from '../../../core/statement.ts';
import type { Rejection, RejectionCode, VerifiedSignature, VouchedSubject } from '../../../core/vouching.ts';
import { readPredicate } from '../attestations/all.ts';
import type { PredicateFacts } from '../attestations/predicate.ts';
import type { Found, Proof, SignedContent } from '../contract.ts';
import type { FoundProof, TrustQuestion } from './evidence.ts';
import { SKEW, trustedTimes } from './signing-time.ts';

/** A proven signature that is for the image at hand, and its statement read. */
export interface Signature {
  readonly proof: Proof;
  readonly verified: VerifiedSignature;
  readonly facts: PredicateFacts | undefined;
  /** What the signer called the image, one for each subject that is meant. */
  readonly claimedNames: readonly string[];
  refuse(code: RejectionCode, message: string): Rejection;
}

/** Why a signature does not count. */
export interface Refused {
  readonly kind: 'refused';
  readonly rejection: Rejection;
  /** How many of the checks it passed: the one that came furthest explains best. */
  readonly closeness: number;
}

/** What holds for every requirement: it is for this image, not from the future, and its statement can be read. */
export function examine(
  { proof, found }: FoundProof,
  question: TrustQuestion,
): { readonly kind: 'examined'; readonly signature: Signature } | Refused {
  const lookedUp = question.subjects.find(({ digest }) => digest === found.subject);
  const about = { ...at(found), format: proof.format };
  const refused = (code: RejectionCode, message: string): Refused => ({
    kind: 'refused',
    rejection: { code, message, ...about, ...(lookedUp === undefined ? {} : { subject: lookedUp }) },
    closeness: 2,
  });
  const subject = question.subjects.find((one) => isFor(proof.content, one));
  if (subject === undefined) return refused(...describeMismatch(proof.content, question));
  const future = trustedTimes(proof).find((time) => time > question.now.getTime() + SKEW);
  if (future !== undefined) {
    return refused(
      'FROM_THE_FUTURE',
      `it was signed at ${new Date(future).toISOString()}, which is still to come`,
    );
  }
  const { content } = proof;
  try {
    const facts = content.kind === 'statement' ? readPredicate(content.statement) : undefined;
    const verified = toVerified(proof, found, subject, facts);
    const refuse = (code: RejectionCode, message: string): Rejection => ({
      code,
      message,
      ...about,
      subject,
    });
    return {
      kind: 'examined',
      signature: { proof, verified, facts, claimedNames: claimedNames(content, subject), refuse },
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return refused('PREDICATE_MALFORMED', error.message);
  }
}

/** Digests are compared whole. What speaks of an image does not speak of a file, nor the reverse; a statement does of both. */
function isFor(content: SignedContent, subject: VouchedSubject): boolean {
  switch (content.kind) {
    case 'image':
      return subject.kind !== 'file' && content.digest === subject.digest;
    case 'file':
      return subject.kind === 'file' && content.digest === subject.digest;
    case 'statement':
      return content.statement.subjects.some((one) => isSubject(one, subject.digest));
  }
}

function isSubject({ digest }: StatementSubject, wanted: Digest): boolean {
  const algorithm = algorithmOf(wanted);
  return Object.hasOwn(digest, algorithm) && `${algorithm}:${digest[algorithm]}` === wanted;
}

function claimedNames(content: SignedContent, subject: VouchedSubject): string[] {
  if (content.kind === 'image') return content.claimedName === undefined ? [] : [content.claimedName];
  if (content.kind === 'file') return [];
  return content.statement.subjects
    .filter((one) => isSubject(one, subject.digest))
    .flatMap(({ name }) => (name === undefined || name === '' ? [] : [name]));
}

function describeMismatch(content: SignedContent, { subjects }: TrustQuestion): [RejectionCode, string] {
  const wanted = subjects.map(({ digest, kind }) => `the ${kind} ${digest}`).join(' or ');
  if (content.kind === 'statement') {
    const [first, ...others] = content.statement.subjects;
    const [digest = 'nothing that can be compared'] = Object.entries(first?.digest ?? {}).map((one) =>
      one.join(':'),
    );
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return ['SUBJECT_MISMATCH', `its statement is about ${digest}${more}, not about ${wanted}`];
  }
  const isOtherKind = subjects.some(({ digest }) => digest === content.digest);
  return [
    isOtherKind ? 'PAYLOAD_TYPE' : 'SUBJECT_MISMATCH',
    `it is a signature on the ${content.kind} ${content.digest}, not on ${wanted}`,
  ];
}

function toVerified(
  proof: Proof,
  found: Found,
  subject: VouchedSubject,
  facts: PredicateFacts | undefined,
): VerifiedSignature {
  const { format, identity, content, times, log, notes } = proof;
  const isPlain = content.kind !== 'statement' || content.statement.predicateType === COSIGN_SIGN_PREDICATE;
  return {
    format,
    identity,
    subject,
    times,
    ...(log === undefined ? {} : { log }),
    ...(isPlain ? {} : { predicateType: content.statement.predicateType }),
    says: facts?.says ?? [],
    ...at(found),
    notes,
  };
}

function at({ attachment }: Found): { attachment?: Digest } {
  return attachment === undefined ? {} : { attachment };
}
