import { createHash } from 'node:crypto';
import type { IssuedCertificate, RevocationStatus } from './status.ts';

/*
 * Remembers, inside this process, what responders and lists said. It can only ever save a request: what it holds was signed
 * and current when it was put in, it is asked with the time that the question is about, and what was not found out stays not
 * found out, for a minute, so that a thousand copies of one signature do not wait for a silent responder a thousand times.
 */

/** A long-lived process must hear of a revocation, however far ahead a list was made. */
const LONGEST = 60 * 60_000;
const UNKNOWN_FOR = 60_000;
const MAX_ENTRIES = 1_000;

interface Remembered {
  readonly status: RevocationStatus;
  readonly from: number;
  readonly until: number;
}

export class RevocationMemory {
  readonly #entries = new Map<string, Remembered>();

  recall(subject: IssuedCertificate, now: Date): RevocationStatus | undefined {
    const key = keyOf(subject);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const time = now.getTime();
    if (time >= entry.from && time < entry.until) return entry.status;
    this.#entries.delete(key);
    return undefined;
  }

  remember(subject: IssuedCertificate, status: RevocationStatus, now: Date): void {
    const from = now.getTime();
    const until =
      status.kind === 'unknown' ? from + UNKNOWN_FOR : Math.min(status.until.getTime(), from + LONGEST);
    if (until <= from) return;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(keyOf(subject), { status, from, until });
  }
}

/** By both certificates whole: nothing that an issuer could have given out twice. */
function keyOf({ certificate, issuer }: IssuedCertificate): string {
  return createHash('sha256').update(certificate.raw).update(issuer.raw).digest('base64');
}
