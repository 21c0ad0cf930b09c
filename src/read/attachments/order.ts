import type { Referrer } from '../blob-source.ts';

const CREATED = 'org.opencontainers.image.created';
/** RFC 3339, as image-spec annotations.md demands. */
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * The newest first, each digest once. Dates are what attachers claim: they decide what is looked at first, never what counts,
 * and one that lies in the future is no date. Without a date an entry is as old as the newest listed before it.
 */
export function toNewestFirst(referrers: readonly Referrer[], now: Date): Referrer[] {
  let latest = Number.NEGATIVE_INFINITY;
  const dated = referrers.map((referrer, place) => {
    const created = toTime(referrer.descriptor.annotations[CREATED], now);
    latest = Math.max(latest, created ?? latest);
    return { referrer, place, time: created ?? latest };
  });
  // Infinities do not subtract.
  dated.sort((a, b) => (a.time === b.time ? b.place - a.place : a.time < b.time ? 1 : -1));
  const byDigest = new Map<string, Referrer>();
  for (const { referrer } of dated) {
    if (!byDigest.has(referrer.descriptor.digest)) byDigest.set(referrer.descriptor.digest, referrer);
  }
  return [...byDigest.values()];
}

function toTime(text: string | undefined, now: Date): number | undefined {
  if (text === undefined || !RFC3339.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) || time > now.getTime() ? undefined : time;
}
