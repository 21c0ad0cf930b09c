import type { RejectionCode } from '../../../core/vouching.ts';
import type { Proof, TrustedKey } from '../contract.ts';
import type { Requirement } from './rules.ts';

/*
 * Ages are taken from the earliest time that a log or a timestamp authority gave: both give a time to whoever asks, so an
 * old signature can always get a new one, and the newest time proves nothing. Whoever holds an old key signature and drops its
 * early time can still make it look younger; where that matters, ask for a certificate identity, whose certificate lived minutes.
 */

/** How far clocks may be apart, in milliseconds. */
export const SKEW = 5 * 60_000;

/** Milliseconds since 1970. What the signer says of himself is not among them. */
export function trustedTimes({ times }: Proof): number[] {
  return times.filter(({ source }) => source !== 'claimed').map(({ time }) => Date.parse(time));
}

export interface TimeCheck {
  /** The signers of those given whose times allow it. */
  readonly inTime: readonly number[];
  readonly wrongTime?: { readonly code: RejectionCode; readonly message: string };
}

/** @param signers places in `Requirement.by` that signed; at least one */
export function refuseTimes(
  proof: Proof,
  requirement: Requirement,
  signers: readonly number[],
  now: Date,
): TimeCheck {
  const times = trustedTimes(proof);
  const wrong = (code: RejectionCode, message: string): TimeCheck => ({
    inTime: [],
    wrongTime: { code, message },
  });
  if (times.some(Number.isNaN)) return wrong('TIMESTAMP_INVALID', 'its signing time cannot be read');

  const { maxAge, since } = requirement;
  if (maxAge !== undefined || since !== undefined) {
    if (times.length === 0)
      return wrong(
        'TIMESTAMP_MISSING',
        'the rule bounds its age, and nobody trusted says when it was signed',
      );
    const signed = Math.min(...times);
    const when = new Date(signed).toISOString();
    if (maxAge !== undefined && now.getTime() - signed > maxAge) {
      return wrong('TOO_OLD', `it was signed at ${when}, longer ago than the rule allows`);
    }
    if (since !== undefined && signed < since.getTime()) {
      return wrong('TOO_OLD', `it was signed at ${when}, before ${since.toISOString()}`);
    }
  }
  const inTime = signers.filter((index) => {
    const signer = requirement.by[index];
    return signer?.kind !== 'key' || wasValid(signer.key, times);
  });
  if (inTime.length > 0) return { inTime };
  if (times.length === 0)
    return wrong(
      'TIMESTAMP_MISSING',
      'its key counts for a time only, and nobody trusted says when it was signed',
    );
  return wrong(
    'KEY_NOT_VALID_THEN',
    `it was signed at ${new Date(Math.min(...times)).toISOString()}, when its key did not count`,
  );
}

function wasValid({ validFrom, validUntil }: TrustedKey, times: readonly number[]): boolean {
  if (validFrom === undefined && validUntil === undefined) return true;
  const from = validFrom?.getTime() ?? Number.NEGATIVE_INFINITY;
  const until = validUntil?.getTime() ?? Number.POSITIVE_INFINITY;
  return times.length > 0 && times.every((time) => time >= from && time <= until);
}
