import { Failure } from '../../../core/failure.ts';
import type { TrustedKey } from '../contract.ts';
import { countDifferent } from './link-rules.ts';
import { everyImage } from './name-pattern.ts';
import { predicateRequirement } from './predicate-options.ts';
import { PUBLIC_ROOT, type Requirement, type Signer, type SubjectMatch, type TrustRule } from './rules.ts';
import { parseExact, parseSubjectPattern } from './subject-pattern.ts';

/** Whom a command line trusts. */
export interface TrustOptions {
  readonly keys?: readonly TrustedKey[] | undefined;
  readonly identity?: string | undefined;
  readonly identityPattern?: string | undefined;
  readonly issuer?: string | undefined;
  /** Trust root of the identity; the public one when absent. */
  readonly root?: string | undefined;
  /** Name of the Notation configuration. */
  readonly notation?: string | undefined;
  /** Asks for an attestation of this type, a URI or short name, instead of a signature. */
  readonly predicate?: string | undefined;
  readonly verifier?: string | undefined;
  readonly atLeast?: number | undefined;
  readonly log?: 'required' | 'optional' | undefined;
}

/**
 * What options mean: one rule for whatever is verified, which any of those named may satisfy.
 * @throws Failure USAGE when nobody is named, or somebody only in part
 */
export function toRules(options: TrustOptions): readonly TrustRule[] {
  const { predicate, verifier, atLeast = 1, log = 'optional' } = options;
  const by = signersFrom(options);
  if (by.length === 0)
    throw usage('nobody is named who should have signed: give a key, an identity or a trust file');
  if (verifier !== undefined && predicate === undefined) {
    throw usage('a verifier is who made a VSA: ask for one, by the type vsa');
  }
  const different = countDifferent(by);
  if (atLeast > different) throw usage(`${atLeast} signers cannot sign: only ${different} named`);
  const signature: Requirement = { by, atLeast, log, sameRepository: false };
  return [
    {
      name: 'command line',
      images: [everyImage],
      requirements: [
        predicate === undefined ? signature : { ...signature, predicate: attested(predicate, verifier) },
      ],
    },
  ];
}

function signersFrom({
  keys = [],
  identity,
  identityPattern,
  issuer,
  root,
  notation,
}: TrustOptions): Signer[] {
  const signers: Signer[] = keys.map((key) => ({ kind: 'key', key }));
  if (notation !== undefined) signers.push({ kind: 'notation', trust: notation });
  if (identity !== undefined && identityPattern !== undefined) {
    throw usage('an identity is either exact or a pattern: give one of the two');
  }
  const subject = subjectFrom(identity, identityPattern);
  if (subject !== undefined && issuer === undefined) {
    throw usage('an identity counts only with the issuer that vouched for it: give the issuer');
  }
  if (subject === undefined && issuer !== undefined) {
    throw usage('an issuer vouches for everybody it knows: give the identity');
  }
  if (subject !== undefined && issuer !== undefined) {
    signers.push({
      kind: 'sigstore',
      issuer: parseExact(issuer, 'issuer'),
      subject,
      root: root ?? PUBLIC_ROOT,
    });
  }
  return signers;
}

function subjectFrom(identity: string | undefined, pattern: string | undefined): SubjectMatch | undefined {
  if (identity !== undefined)
    return { kind: 'exact', text: parseExact(identity, 'identity', 'an identity pattern') };
  return pattern === undefined ? undefined : parseSubjectPattern(pattern, 'identity pattern');
}

function attested(predicate: string, verifier: string | undefined): NonNullable<Requirement['predicate']> {
  const asked = predicateRequirement({ predicates: [predicate], verifier });
  if (asked.kind === 'refused') throw usage(`${asked.field}: ${asked.message}`);
  return asked.requirement;
}

function usage(message: string): Failure {
  return new Failure('USAGE', message);
}
