import type { TransparencyLogEntry } from '@sigstore/bundle';
import type { TrustMaterial } from '@sigstore/verify';
import type { LogEntry } from '../../../core/vouching.ts';
import { Refusal } from '../refusal.ts';

/*
 * Entries of transparency logs, apart from the proof of inclusion, which is the library's: that none is counted twice, that
 * the log was still one at that time, and what of an entry may be believed.
 */

type Logs = TrustMaterial['tlogs'];

/** @throws Refusal LOG_DUPLICATE */
export function checkDistinct(entries: readonly TransparencyLogEntry[]): void {
  const seen = new Set<string>();
  for (const { logId, logIndex, canonicalizedBody } of entries) {
    const log = logId.keyId.toString('hex');
    // The index stands outside what a proof covers, so the same entry could come under two; the body could not.
    for (const id of [`${log} ${logIndex}`, `${log} ${canonicalizedBody.toString('base64')}`]) {
      if (seen.has(id)) throw new Refusal('LOG_DUPLICATE', `the log entry ${logIndex} is given twice`);
      seen.add(id);
    }
  }
}

/** The log of the trust root that the entry says it is in. */
export function logOf(entry: TransparencyLogEntry, logs: Logs): Logs[number] | undefined {
  return logs.find(({ logID }) => logID.equals(entry.logId.keyId));
}

/**
 * Whether the entry says when it was logged in a way that its log signed: only the promise covers the time, a proof of
 * inclusion does not.
 */
export function isTimed(entry: TransparencyLogEntry): boolean {
  return entry.inclusionPromise !== undefined && Number(entry.integratedTime) > 0;
}

export function timeOf(entry: TransparencyLogEntry): Date {
  return new Date(Number(entry.integratedTime) * 1000);
}

/**
 * The library asks only for entries with a promise whether their log was one at that time.
 * @param times trusted ones
 * @throws Refusal LOG_INVALID
 */
export function checkPeriods(
  entries: readonly TransparencyLogEntry[],
  times: readonly Date[],
  logs: Logs,
): void {
  if (times.length === 0) return;
  for (const entry of entries) {
    const periods = logs
      .filter(({ logID }) => logID.equals(entry.logId.keyId))
      .map(({ validFor }) => validFor);
    if (periods.some(({ start, end }) => times.some((time) => start <= time && time <= end))) continue;
    throw new Refusal('LOG_INVALID', 'the transparency log was none of the trust root when this was signed');
  }
}

/** @param entry verified */
export function toLogEntry(entry: TransparencyLogEntry, logs: Logs): LogEntry {
  const proven = entry.inclusionPromise === undefined ? entry.inclusionProof?.logIndex : undefined;
  return { index: proven ?? entry.logIndex, log: logOf(entry, logs)?.baseURL ?? '' };
}
