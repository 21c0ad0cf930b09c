import type { Finding } from './finding.ts';
import type { Problem } from './problem.ts';

export type Outcome = 'allow' | 'deny' | 'undetermined';

export interface Decision {
  readonly outcome: Outcome;
  readonly reasons: readonly string[];
}

/**
 * The decision where no policy says otherwise: a `block` finding denies; a `review` finding, or anything that
 * could not be read, leaves it undetermined; else allow.
 */
export function decide(findings: readonly Finding[], problems: readonly Problem[]): Decision {
  const blocking = findings.filter((finding) => finding.tier === 'block');
  const reviewing = findings.filter((finding) => finding.tier === 'review');
  const unread = problems.filter((problem) => problem.effect === 'incomplete');
  const reasons = [
    ...blocking.map(reasonOf),
    ...reviewing.map(reasonOf),
    ...unread.map((problem) => `could not be read: ${problem.message}`),
  ];
  if (blocking.length > 0) return { outcome: 'deny', reasons };
  if (reasons.length > 0) return { outcome: 'undetermined', reasons };
  return { outcome: 'allow', reasons: ['nothing above a note was found, and everything could be read'] };
}

function reasonOf(finding: Finding): string {
  const where = finding.location.path ?? finding.location.config;
  return where === undefined ? finding.title : `${finding.title}: ${where}`;
}
