import type { Certificate } from '../x509/certificate.ts';

/** What is known of one certificate. Only `good` is good: what cannot be found out is `unknown`, never that. */
export type RevocationStatus =
  | { readonly kind: 'good'; readonly until: Date }
  | {
      readonly kind: 'revoked';
      readonly until: Date;
      readonly since: Date;
      /** From when on the key must be thought to be in other hands; absent: always (RFC 5280, 5.3.2). */
      readonly invalidSince?: Date;
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** A certificate, and who issued it: the one that speaks of its revocation. */
export interface IssuedCertificate {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

export function unknown(why: string): RevocationStatus {
  return { kind: 'unknown', why };
}

/** Clocks of honest machines differ by minutes. */
const SKEW = 5 * 60_000;

/** Why a list or response does not speak of now; undefined when it does. */
export function staleness(thisUpdate: Date, nextUpdate: Date | undefined, now: Date): string | undefined {
  if (thisUpdate.getTime() > now.getTime() + SKEW)
    return `it is of ${thisUpdate.toISOString()}, which is yet to come`;
  if (nextUpdate === undefined) return 'it does not say until when it holds';
  return nextUpdate <= now ? `it holds until ${nextUpdate.toISOString()} only` : undefined;
}
