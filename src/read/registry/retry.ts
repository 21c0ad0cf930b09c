import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/failure.ts';
import type { Timing } from './options.ts';

/** What one try of an operation came to. A lasting failure is thrown instead. */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'transient'; readonly failure: Failure; readonly retryAfterMs?: number };

type RetryTiming = Pick<Timing, 'attempts' | 'backoffMs' | 'backoffCapMs' | 'retryAfterCapMs'>;

/**
 * Tries until it is done, at most `attempts` times, waiting between tries as `toWait` says.
 * @throws Failure of the last try; RATE_LIMITED when the other side asks for more patience than there is; CANCELLED
 */
export async function retrying<T>(
  timing: RetryTiming,
  signal: AbortSignal,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    throwIfCancelled(signal);
    const outcome = await attempt();
    if (outcome.kind === 'done') return outcome.value;
    const { failure, retryAfterMs } = outcome;
    if (retryAfterMs !== undefined && retryAfterMs > timing.retryAfterCapMs) {
      const seconds = Math.ceil(retryAfterMs / 1000);
      throw new Failure('RATE_LIMITED', `${failure.message}; it asks to come back in ${seconds} s`, {
        cause: failure,
      });
    }
    if (tries >= timing.attempts) throw failure;
    await pause(toWait(timing, tries, retryAfterMs), signal);
  }
}

/**
 * Exponential back-off with full jitter, so that many clients that failed together do not come back together. What
 * `Retry-After` asks for is the least.
 */
export function toWait(
  { backoffMs, backoffCapMs }: Pick<Timing, 'backoffMs' | 'backoffCapMs'>,
  tries: number,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number {
  return retryAfterMs + random() * Math.min(backoffCapMs, backoffMs * 2 ** (tries - 1));
}

/**
 * `Retry-After` (RFC 9110 section 10.2.3) in milliseconds: seconds, or an IMF-fixdate.
 * @returns undefined when there is none that can be read.
 */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** @throws Failure CANCELLED as soon as `signal` says so; no timer is left behind. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (cause) {
    throw new Failure('CANCELLED', 'cancelled', { cause });
  }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('CANCELLED', 'cancelled', { cause: signal.reason });
}
