import { RFC3161Timestamp } from '@sigstore/core';
import type { TrustMaterial } from '@sigstore/verify';
import { messageOf } from '../../../core/failure.ts';
import { Refusal } from '../refusal.ts';
import { stampingFlaw } from './certificate.ts';

/*
 * RFC 3161 time stamps, and times in general. The library verifies the stamp against an authority of the trust root whose chain
 * holds at that time; whether that authority's certificate is one for time stamping it does not ask, and a stamp given twice it
 * notices only sometimes.
 */

type Authorities = TrustMaterial['timestampAuthorities'];

export interface ParsedStamp {
  readonly stamp: RFC3161Timestamp;
  readonly time: Date;
  /** Name and number of the certificate that it says it is signed with. */
  readonly signer: { readonly issuer: Buffer; readonly serial: Buffer };
}

/** Clocks of honest machines differ by seconds. */
const MAX_SKEW = 5 * 60_000;

/** @throws Refusal TIMESTAMP_INVALID, LOG_DUPLICATE */
export function parseStamps(stamps: readonly Buffer[]): ParsedStamp[] {
  const parsed = stamps.map(parseStamp);
  const seen = new Set<string>();
  for (const { signer, time } of parsed) {
    const id = `${signer.issuer.toString('hex')} ${signer.serial.toString('hex')} ${time.getTime()}`;
    if (seen.has(id)) throw new Refusal('LOG_DUPLICATE', 'the same time stamp is given twice');
    seen.add(id);
  }
  return parsed;
}

function parseStamp(der: Buffer): ParsedStamp {
  try {
    const stamp = RFC3161Timestamp.parse(Buffer.from(der));
    const time = stamp.signingTime;
    if (Number.isNaN(time.getTime())) throw new Error('it has no time');
    // 0 granted, 1 granted with modifications (RFC 3161, 2.4.2).
    if (stamp.status > 1n) throw new Error('the authority refused it');
    return { stamp, time, signer: { issuer: stamp.signerIssuer, serial: stamp.signerSerialNumber } };
  } catch (cause) {
    throw new Refusal('TIMESTAMP_INVALID', `a time stamp cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** The authorities of the trust root whose certificate the stamp says it is signed with. */
export function authoritiesOf({ signer }: ParsedStamp, authorities: Authorities): Authorities {
  return authorities.filter(
    ({ certChain: [certificate] }) =>
      certificate?.serialNumber.equals(signer.serial) && certificate.issuer.equals(signer.issuer),
  );
}

/** @throws Refusal TIMESTAMP_INVALID when an authority that may have signed one is none for time stamping */
export function checkAuthorities(stamps: readonly ParsedStamp[], authorities: Authorities): void {
  for (const stamp of stamps) {
    for (const { certChain } of authoritiesOf(stamp, authorities)) {
      const flaw = certChain[0] === undefined ? undefined : stampingFlaw(certChain[0]);
      if (flaw === undefined) continue;
      throw new Refusal('TIMESTAMP_INVALID', `the time stamping authority's certificate ${flaw}`);
    }
  }
}

/** @throws Refusal FROM_THE_FUTURE */
export function checkNotFuture(times: readonly Date[], now: Date): void {
  const future = times.find((time) => time.getTime() > now.getTime() + MAX_SKEW);
  if (future === undefined) return;
  throw new Refusal(
    'FROM_THE_FUTURE',
    `signed at ${future.toISOString()}, and it is ${now.toISOString()}: one of the clocks is wrong`,
  );
}
