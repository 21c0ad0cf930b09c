import { Refusal } from '../refusal.ts';
import { openTimeStamp, type TimeStampToken } from './time-stamp-token.ts';
import type { TrustStore } from './trust-store.ts';
import { type Certificate, isIssuedBy, isSame } from './x509/certificate.ts';
import { type Chain, checkChain, checkValidity } from './x509/chain.ts';

/** A time that a trusted authority gave. */
export interface TrustedTime {
  readonly time: Date;
  /** No earlier, no later than these, by the authority's own accuracy. */
  readonly from: Date;
  readonly to: Date;
}

interface StampedTime extends TrustedTime {
  /** The authority's certificates, its root last. */
  readonly chain: Chain;
}

const MAX_CHAIN = 10;

/**
 * Verifies a time stamp over a signature (trust-store-trust-policy.md, "Validate Trusted Timestamp").
 * @param stores of kind `tsa`; only their roots are believed
 * @throws Refusal TIMESTAMP_INVALID for the token; CERTIFICATE_UNTRUSTED, CERTIFICATE_USAGE, CERTIFICATE_EXPIRED for its signer
 */
export function verifyTimeStamp(
  token: Uint8Array,
  signature: Uint8Array,
  stores: readonly TrustStore[],
): StampedTime {
  const opened = openTimeStamp(token, signature);
  const { time, accuracy } = opened;
  const chain = buildChain(
    opened,
    stores.flatMap(({ certificates }) => certificates),
  );
  checkChain(chain, 'time-stamping');
  checkValidity(chain, time, time);
  return { time, from: new Date(time.getTime() - accuracy), to: new Date(time.getTime() + accuracy), chain };
}

/** From the signer up to a trusted root, which the token itself rarely has. */
function buildChain({ signer, certificates }: TimeStampToken, roots: readonly Certificate[]): Chain {
  const chain: [Certificate, ...Certificate[]] = [signer];
  for (let last = signer; chain.length <= MAX_CHAIN; ) {
    if (roots.some((root) => isSame(root, last))) return chain;
    const issuer =
      roots.find((root) => isIssuedBy(last, root)) ??
      certificates.find((each) => !chain.some((known) => isSame(known, each)) && isIssuedBy(last, each));
    if (issuer === undefined) break;
    chain.push(issuer);
    last = issuer;
  }
  throw new Refusal(
    'CERTIFICATE_UNTRUSTED',
    'the time stamp leads to no time stamping authority that is trusted',
  );
}
