import { isFailure, messageOf } from '../../../core/failure.ts';
import type { Rejection, RejectionCode, SigningTime } from '../../../core/vouching.ts';
import type { Found, Proof, ProofResult, Prove, ProveContext } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import type { Envelope } from './envelope.ts';
import { type OpenSignature, openSignature } from './open-signature.ts';
import { parseTarget } from './payload.ts';
import { checkRevoked } from './revocation/enforce.ts';
import { checkSigningTime } from './signing-time.ts';
import type { TrustedTime } from './time-stamp.ts';
import { type NotationTrust, selectPolicy, storesOf } from './trust.ts';
import type { NotationPolicy } from './trust-policy.ts';
import type { TrustStore } from './trust-store.ts';
import { type Certificate, isSame } from './x509/certificate.ts';
import type { Chain } from './x509/chain.ts';
import { describeSubject, matchesSubject } from './x509/distinguished-name.ts';

/*
 * Proves Notation signatures (trust-store-trust-policy.md, "Signature Verification"): integrity, authenticity, expiry, time,
 * revocation, in that order.
 *
 * The envelope brings its own certificates, so a signature that holds says nothing yet; it begins to once the chain leads into a
 * trust store that the policy for this very repository names. Those two are never negotiable. What a policy's level only
 * logs of the rest becomes a note of the proof, and `skip` proves nothing at all.
 */

/** Step 2 of verification for Notation. An empty array for other formats. @throws Failure CANCELLED */
export const proveNotation: Prove = async (found, { notation }, context) => {
  if (found.body.kind !== 'notation') return [];
  const { body } = found;
  if (notation.length === 0) {
    return [
      rejected(new Refusal('WRONG_MATERIAL', 'signed with Notation, and no Notation policy is asked'), found),
    ];
  }
  const results: ProofResult[] = [];
  for (const trust of notation) {
    try {
      const policy = choosePolicy(trust, context.name);
      const signature = await openSignature(body.envelope, body.mediaType);
      results.push({ kind: 'proven', proof: await proveUnder(policy, trust, signature, context) });
    } catch (error) {
      results.push(rejected(error, found));
    }
  }
  return results;
};

function choosePolicy(trust: NotationTrust, name: string | undefined): NotationPolicy {
  const policy = selectPolicy(trust, name);
  if (policy === undefined) {
    const what = name ?? 'what has no name';
    throw new Refusal(
      'NO_MATCHING_RULE',
      `no policy of Notation's configuration ${trust.name} covers ${what}`,
    );
  }
  if (policy.skip) {
    throw new Refusal('SKIPPED_BY_POLICY', `the policy ${policy.name} of ${trust.name} skips verification`);
  }
  return policy;
}

async function proveUnder(
  policy: NotationPolicy,
  trust: NotationTrust,
  { envelope, chain }: OpenSignature,
  context: ProveContext,
): Promise<Proof> {
  const { attributes } = envelope;
  const store = findAnchor(policy, trust, envelope, chain);
  checkIdentity(policy, chain[0]);
  const digest = parseTarget(envelope.payload);
  const notes: string[] = [];
  const { actions } = policy;
  await enforceOrNote(actions.expiry, notes, () => checkExpiry(attributes.expiry, context.now));
  let trusted: TrustedTime | undefined;
  await enforceOrNote(actions.authenticTimestamp, notes, async () => {
    trusted = await checkSigningTime(envelope, chain, policy, storesOf(trust, policy, 'tsa'), context, notes);
  });
  // A signing authority's time is given by the very key that may be in other hands: it excuses no revocation.
  const signedAt = attributes.scheme === 'notary.x509' ? trusted?.to : undefined;
  await enforceOrNote(actions.revocation, notes, () =>
    checkRevoked(chain, context, notes, actions.revocation, signedAt),
  );
  return {
    format: 'notation',
    identity: {
      kind: 'x509',
      subject: describeSubject(chain[0]),
      fingerprint: chain[0].fingerprint,
      store: `${store.kind}:${store.name}`,
    },
    content: { kind: 'image', digest },
    times: timesOf(envelope, trusted),
    trust: trust.name,
    notes,
  };
}

/** The store that the chain leads into: one of its certificates must lie there, byte for byte. @throws Refusal CERTIFICATE_UNTRUSTED */
function findAnchor(
  policy: NotationPolicy,
  trust: NotationTrust,
  { attributes: { scheme } }: Envelope,
  chain: Chain,
): TrustStore {
  const kind = scheme === 'notary.x509' ? 'ca' : 'signingAuthority';
  const store = storesOf(trust, policy, kind).find(({ certificates }) =>
    certificates.some((trusted) => chain.some((certificate) => isSame(certificate, trusted))),
  );
  if (store !== undefined) return store;
  throw new Refusal(
    'CERTIFICATE_UNTRUSTED',
    `${describeSubject(chain[0])} leads to no certificate of kind ${kind} that the policy ${policy.name} of ${trust.name} trusts`,
  );
}

function checkIdentity({ identities, name }: NotationPolicy, leaf: Certificate): void {
  if (identities.length === 0 || identities.some((asked) => matchesSubject(leaf, asked))) return;
  throw new Refusal(
    'IDENTITY_MISMATCH',
    `signed by ${describeSubject(leaf)}, who is none of the trusted identities of the policy ${name}`,
  );
}

function checkExpiry(expiry: Date | undefined, now: Date): void {
  if (expiry === undefined || now < expiry) return;
  throw new Refusal('SIGNATURE_EXPIRED', `the signer let the signature expire at ${expiry.toISOString()}`);
}

/** Runs a check; what it refuses is thrown on, or only noted. */
async function enforceOrNote(
  action: 'enforce' | 'log' | 'skip',
  notes: string[],
  check: () => void | Promise<void>,
): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (action === 'enforce' || !(error instanceof Refusal)) throw error;
    notes.push(error.message);
  }
}

function timesOf({ attributes }: Envelope, trusted: TrustedTime | undefined): SigningTime[] {
  const given: SigningTime[] =
    trusted === undefined ? [] : [{ time: trusted.time.toISOString(), source: 'timestamp-authority' }];
  if (attributes.scheme === 'notary.x509') {
    return [...given, { time: attributes.signingTime.toISOString(), source: 'claimed' }];
  }
  return given.length > 0
    ? given
    : [{ time: attributes.authenticSigningTime.toISOString(), source: 'claimed' }];
}

const REFUSING: ReadonlySet<string> = new Set<RejectionCode>(['MALFORMED', 'TOO_LARGE', 'UNSUPPORTED']);

function rejected(error: unknown, { format, attachment }: Found): ProofResult {
  // What broke on our side (a cancelled run) is nobody's forged signature.
  if (isFailure(error) && !REFUSING.has(error.code)) throw error;
  const rejection: Rejection = {
    code: error instanceof Refusal ? error.code : 'MALFORMED',
    message: messageOf(error),
    format,
    ...(attachment === undefined ? {} : { attachment }),
  };
  return { kind: 'rejected', rejection };
}
