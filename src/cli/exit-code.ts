import type { Outcome } from '../core/decision.ts';
import type { Failure } from '../core/failure.ts';

const OUTCOMES: Record<Outcome, number> = { allow: 0, deny: 1, undetermined: 2 };

/** Of `verify`: nobody you trust vouches for it. */
export const EXIT_UNTRUSTED = 1;
export const EXIT_FAILED = 3;
export const EXIT_USAGE = 64;

/** Ends a command: its exit code, given where a result is one and not an error. */
export type SetExitCode = (code: number) => void;

/** Of several platforms the worst: one that is denied denies all. */
export function exitCodeOf(outcomes: readonly Outcome[]): number {
  if (outcomes.includes('deny')) return OUTCOMES.deny;
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'allow')
    ? OUTCOMES.allow
    : OUTCOMES.undetermined;
}

export function exitCodeFor(failure: Failure): number {
  return failure.code === 'USAGE' ? EXIT_USAGE : EXIT_FAILED;
}
