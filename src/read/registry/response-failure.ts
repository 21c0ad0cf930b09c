import { Failure, type FailureCode } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';
import { readAtMost } from './body.ts';
import { type Attempt, parseRetryAfter } from './retry.ts';
import type { Incoming } from './transport.ts';

const MAX_ERROR_BODY = 16 * 1024;
const MAX_ERRORS = 3;
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

const CODES: Readonly<Record<number, FailureCode>> = {
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  429: 'RATE_LIMITED',
};

const WORDS: Readonly<Record<number, string>> = {
  401: 'wants other credentials for',
  403: 'does not give access to',
  404: 'does not have',
  429: 'allows no more requests for now for',
};

/**
 * Turns a response that is no success into a transient outcome, or throws.
 * @param what the thing asked for, in messages: `docker.io/library/alpine:nope`.
 * @throws Failure NOT_FOUND, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, REGISTRY_ERROR
 */
export async function refuseResponse(response: Incoming, what: string): Promise<Attempt<never>> {
  const { status, url } = response;
  const said = await readErrors(response);
  const words = WORDS[status] ?? `answers with HTTP status ${status} to`;
  const message = `${url.host} ${words} ${what}${said === '' ? '' : `; it says: ${said}`}`;
  const failure = new Failure(CODES[status] ?? 'REGISTRY_ERROR', message);
  if (!TRANSIENT.has(status)) throw failure;
  const header = response.headers['retry-after'];
  const retryAfterMs = parseRetryAfter(typeof header === 'string' ? header : undefined);
  return { kind: 'transient', failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The registry's own words (distribution-spec, "Error Codes"), at most `MAX_ERRORS` of them, on one line. */
async function readErrors({ body }: Incoming): Promise<string> {
  let text: string;
  try {
    text = (await readAtMost(body, MAX_ERROR_BODY)).bytes.toString('utf8');
  } catch {
    // The status says enough; the words are a courtesy.
    return '';
  }
  return parseErrors(text);
}

function parseErrors(text: string): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return '';
  }
  if (typeof root !== 'object' || root === null || !('errors' in root) || !Array.isArray(root.errors))
    return '';
  const errors: unknown[] = root.errors.slice(0, MAX_ERRORS);
  return errors
    .map((error) => (typeof error === 'object' && error !== null ? error : {}))
    .map((error: { code?: unknown; message?: unknown }) =>
      [error.code, error.message].filter((part) => typeof part === 'string' && part !== '').join(': '),
    )
    .map((line) => toOneLine(line))
    .filter((line) => line !== '')
    .join('; ');
}
