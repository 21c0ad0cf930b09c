import type { Identity } from '../../../core/vouching.ts';
import type { Requirement, Signer } from './rules.ts';

/** `2 of: key release, key backup` with what must be signed before it. */
export function describeRequirement({ by, atLeast, predicate }: Requirement): string {
  const what = predicate === undefined ? 'a signature' : `an attestation ${predicate.types[0] ?? ''}`;
  const signers = by.slice(0, 5).map(describeSigner).join(' or ');
  const more = by.length > 5 ? ` or ${by.length - 5} more` : '';
  return `${what} by ${atLeast > 1 ? `${atLeast} of ` : ''}${signers}${more}`;
}

function describeSigner(signer: Signer): string {
  if (signer.kind === 'key') return `key ${signer.key.name}`;
  if (signer.kind === 'notation') return `Notation policy ${signer.trust}`;
  return `${signer.subject.text} (${signer.issuer})`;
}

export function describeIdentity(identity: Identity): string {
  if (identity.kind === 'key') return `key ${identity.name}`;
  if (identity.kind === 'x509') return `${identity.subject} (${identity.store})`;
  return `${identity.subject} (${identity.issuer})`;
}
