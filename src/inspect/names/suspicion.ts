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
  const sum = Math.min(
    1,
    parts.reduce((total, [weight]) => total + weight, 0),
  );
  const score = Math.round(sum * 100) / 100;
  const why = parts.map(([weight, what]) => `${what} (${weight})`).join(', ');
  return {
    trick,
    ...(of === undefined ? {} : { of }),
    tier: score >= REVIEW ? hardest : 'note',
    score,
    why: `${score}: ${why}`,
  };
}
