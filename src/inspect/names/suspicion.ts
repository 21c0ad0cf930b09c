import type { Tier } from '../../core/finding.ts';
import type { Suspicion } from '../../core/naming.ts';

/** One part of a score, and what it is for. */
export type Part = readonly [weight: number, what: string];

/** From here on a name is called a look-alike. */
const REVIEW = 0.6;

/** Adds up the parts of a score, and says them. */
export function toSuspicion(
  trick: string,
  of: string | undefined,
  parts: readonly Part[],
  hardest: Tier = 'review',
): Suspicion {
  const score = scoreOf(parts);
  const [first, ...more] = parts;
  const why =
    first !== undefined && more.length === 0
      ? first[1]
      : parts.map(([weight, what]) => `${what} (${weight})`).join(', ');
  return {
    trick,
    ...(of === undefined ? {} : { of }),
    tier: score >= REVIEW ? hardest : 'note',
    score,
    why: `${score}: ${why}`,
  };
}

/** 0 to 1, in hundredths. */
export function scoreOf(parts: readonly Part[]): number {
  const sum = parts.reduce((total, [weight]) => total + weight, 0);
  return Math.round(Math.min(1, sum) * 100) / 100;
}
