import { toOneLine } from '../../../core/one-line.ts';
import type { Identity, RejectionCode } from '../../../core/vouching.ts';
import type { Proof } from '../contract.ts';
import type { Requirement, Signer } from './rules.ts';
import { matchesSubject } from './subject-pattern.ts';
import { describeIdentity } from './wording.ts';

export interface SignerMatch {
  /** Places in `Requirement.by`. */
  readonly signers: readonly number[];
  /** Why there are none, should there be none. */
  readonly mismatch: { readonly code: RejectionCode; readonly message: string };
}

/** Which of the signers asked for this proof is by. Never across kinds: a certificate is no key, however it is called. */
export function signersOf(proof: Proof, { by }: Requirement): SignerMatch {
  const signers = by.flatMap((signer, index) => (isBy(proof, signer) ? [index] : []));
  return { signers, mismatch: mismatchOf(proof.identity, by) };
}

/** What makes an identity the same person again, under whatever name, root, store or certificate it comes. */
export function identityKey(identity: Identity): string {
  switch (identity.kind) {
    case 'key':
      return `key ${identity.fingerprint}`;
    case 'sigstore':
      return `sigstore ${JSON.stringify([identity.issuer, identity.subject])}`;
    case 'x509':
      return `x509 ${identity.subject}`;
  }
}

function isBy({ identity, trust }: Proof, signer: Signer): boolean {
  switch (signer.kind) {
    case 'key':
      return identity.kind === 'key' && identity.fingerprint === signer.key.fingerprint;
    case 'sigstore':
      return (
        identity.kind === 'sigstore' &&
        identity.root === signer.root &&
        identity.issuer === signer.issuer &&
        matchesSubject(signer.subject, identity.subject)
      );
    case 'notation':
      return identity.kind === 'x509' && trust === signer.trust;
  }
}

const SIGNER_KIND = { key: 'key', sigstore: 'sigstore', x509: 'notation' } as const;

function mismatchOf(identity: Identity, by: readonly Signer[]): SignerMatch['mismatch'] {
  const who = toOneLine(describeIdentity(identity), 300);
  if (!by.some(({ kind }) => kind === SIGNER_KIND[identity.kind])) {
    return {
      code: 'WRONG_MATERIAL',
      message: `it is signed by ${who}, and signers of another kind are asked for`,
    };
  }
  if (identity.kind === 'key') {
    return {
      code: 'SIGNER_NOT_TRUSTED',
      message: `it is signed by ${who}, which is not one of the keys asked for`,
    };
  }
  return { code: 'IDENTITY_MISMATCH', message: `it is signed by ${who}, who is not one of those asked for` };
}
