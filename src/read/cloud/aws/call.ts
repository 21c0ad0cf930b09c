import { Unreadable } from '../../disk/unreadable.ts';
import { DEFAULT_TIMING, type Timing } from '../../registry/options.ts';
import { type Attempt, retrying } from '../../registry/retry.ts';
import { isPassing, toAwsFailure } from './failures.ts';

/** Throttling is answered with back-off; a snapshot of a terabyte meets it often. */
export const AWS_TIMING: Timing = { ...DEFAULT_TIMING, attempts: 9 };

/**
 * Asks AWS until it answers, or refuses for good.
 * @param what what is asked for: `ami-0abc in eu-west-1`
 * @throws Failure of the last try, CANCELLED as soon as the signal says so; Unreadable, which is not tried again
 */
export function callAws<T>(
  what: string,
  signal: AbortSignal,
  timing: Timing,
  ask: () => Promise<T>,
): Promise<T> {
  return retrying(timing, signal, async (): Promise<Attempt<T>> => {
    try {
      return { kind: 'done', value: await ask() };
    } catch (error) {
      if (error instanceof Unreadable) throw error;
      const failure = toAwsFailure(error, what, signal);
      if (isPassing(error, failure)) return { kind: 'transient', failure };
      throw failure;
    }
  });
}
