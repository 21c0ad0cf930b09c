import type { ProveContext } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import type { Envelope } from './envelope.ts';
import { checkRevoked } from './revocation/enforce.ts';
import { type TrustedTime, verifyTimeStamp } from './time-stamp.ts';
import type { NotationPolicy } from './trust-policy.ts';
import type { TrustStore } from './trust-store.ts';
import { type Chain, checkValidity } from './x509/chain.ts';

/** Clocks of honest machines differ by minutes. */
const SKEW = 5 * 60_000;

/**
 * That the whole chain was valid when the signature was made, as far as anybody who is trusted says when that was; else now.
 * @param stores of kind `tsa` that the policy names
 * @returns that time, where somebody does
 * @throws Refusal CERTIFICATE_EXPIRED, FROM_THE_FUTURE, TIMESTAMP_MISSING, and as `verifyTimeStamp` and `checkRevoked`
 */
export async function checkSigningTime(
  envelope: Envelope,
  chain: Chain,
  policy: NotationPolicy,
  stores: readonly TrustStore[],
  context: ProveContext,
  notes: string[],
): Promise<TrustedTime | undefined> {
  const { now } = context;
  const { attributes } = envelope;
  if (attributes.scheme === 'notary.x509.signingAuthority') {
    const time = attributes.authenticSigningTime;
    checkNotFuture(time, now);
    checkValidity(chain, time, time);
    return { time, from: time, to: time };
  }
  const hasExpired = chain.some(({ validTo }) => validTo < now);
  if (stores.length === 0 || (policy.verifyTimestamp === 'afterCertExpiry' && !hasExpired)) {
    checkValidity(chain, now, now);
    return undefined;
  }
  if (envelope.timestamp === undefined) {
    throw new Refusal(
      'TIMESTAMP_MISSING',
      `the policy ${policy.name} asks for a time stamp, and there is none`,
    );
  }
  const { chain: stampChain, ...stamp } = verifyTimeStamp(envelope.timestamp, envelope.signature, stores);
  checkNotFuture(stamp.time, now);
  checkValidity(chain, stamp.from, stamp.to);
  await checkAuthority(stampChain, policy, context, notes);
  return stamp;
}

/**
 * A time stamping authority's certificates are as good as the signer's to forge with, so they are asked about too
 * (CVE-2024-56138). Revoked, it stamps nothing at any level; unknown is as grave as the policy makes it.
 */
async function checkAuthority(
  chain: Chain,
  { actions: { revocation } }: NotationPolicy,
  context: ProveContext,
  notes: string[],
): Promise<void> {
  try {
    await checkRevoked(chain, context, notes, revocation, undefined);
  } catch (error) {
    const isNoted = revocation === 'log' && error instanceof Refusal && error.code === 'REVOCATION_UNKNOWN';
    if (!isNoted) throw error;
    notes.push(error.message);
  }
}

function checkNotFuture(time: Date, now: Date): void {
  if (time.getTime() <= now.getTime() + SKEW) return;
  throw new Refusal(
    'FROM_THE_FUTURE',
    `signed at ${time.toISOString()}, and it is ${now.toISOString()}: one of the clocks is wrong`,
  );
}
