import { algorithmOf, type Digest } from '../core/digest.ts';
import { Failure } from '../core/failure.ts';
import { toOneLine } from '../core/one-line.ts';
import {
  COSIGN_SIGN_PREDICATE,
  STATEMENT_TYPE,
  type Statement,
  type StatementSubject,
} from '../core/statement.ts';

/** What a plain signature of an image says, in the words of cosign 3: this digest, and nothing about it. */
export function toSignStatement(digest: Digest): Statement {
  return toStatement(digest, COSIGN_SIGN_PREDICATE, {});
}

/**
 * What an attestation says (in-toto attestation, spec/v1/statement.md).
 * @param predicateType a URI.
 * @param predicate a JSON object.
 * @param name of the subject, for people: nobody verifies it.
 * @throws Failure USAGE
 */
export function toAttestation(
  digest: Digest,
  predicateType: string,
  predicate: unknown,
  name?: string,
): Statement {
  checkPredicateType(predicateType);
  if (typeof predicate !== 'object' || predicate === null || Array.isArray(predicate)) {
    throw new Failure('USAGE', 'the predicate must be a JSON object');
  }
  return toStatement(digest, predicateType, predicate, name);
}

/** @throws Failure USAGE for what is no URI, or no attestation */
export function checkPredicateType(predicateType: string): void {
  if (predicateType.length > 1024 || !/^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(predicateType)) {
    throw new Failure(
      'USAGE',
      `"${toOneLine(predicateType, 100)}" is no predicate type: it is a URI such as https://slsa.dev/provenance/v1`,
    );
  }
  if (predicateType === COSIGN_SIGN_PREDICATE) {
    throw new Failure('USAGE', `${predicateType} is a plain signature and attests nothing: use sign`);
  }
}

function toStatement(digest: Digest, predicateType: string, predicate: object, name?: string): Statement {
  const algorithm = algorithmOf(digest);
  const subject: StatementSubject = {
    ...(name === undefined ? {} : { name }),
    digest: { [algorithm]: digest.slice(algorithm.length + 1) },
  };
  return { type: STATEMENT_TYPE, subjects: [subject], predicateType, predicate };
}
