import { Failure, type FailureCode } from '../../../core/failure.ts';
import { type Attempt, parseRetryAfter } from '../../registry/retry.ts';
import type { Incoming } from '../../registry/transport.ts';
import { readBody } from './body.ts';
import { list, text } from './fields.ts';
import { maskText } from './mask.ts';

/** What to do about a failure, by its code: the end of the message. */
export type Advice = Partial<Record<FailureCode, string>>;

const MAX_BODY = 16 * 1024;
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** 409 is what Azure says of a disk that a running machine has. */
const CODES: Readonly<Record<number, FailureCode>> = {
  400: 'USAGE',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'FORBIDDEN',
  410: 'NOT_FOUND',
  429: 'RATE_LIMITED',
};

/**
 * Turns an answer that is no success into a transient outcome, or throws.
 * @param what what was asked for: `image i of project p`
 * @throws Failure USAGE, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, REGISTRY_ERROR
 */
export async function refuse(response: Incoming, what: string, advice: Advice): Promise<Attempt<never>> {
  const { status, url, headers } = response;
  const said = await readWords(response);
  // Google throttles with 403 as well (Compute Engine, "Rate quotas").
  const isThrottled = status === 403 && /\b(?:userR|r)ateLimitExceeded\b/.test(said);
  const code = isThrottled ? 'RATE_LIMITED' : (CODES[status] ?? 'REGISTRY_ERROR');
  const parts = [`${url.host} gave no ${what}: HTTP status ${status}`, said, advice[code] ?? ''];
  const failure = new Failure(code, parts.filter((part) => part !== '').join('; '));
  if (!isThrottled && !TRANSIENT.has(status)) throw failure;
  const after = headers['retry-after'];
  const retryAfterMs = parseRetryAfter(typeof after === 'string' ? after : undefined);
  return { kind: 'transient', failure, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** The cloud's own words: JSON of Google and of Azure's management, XML of Azure's and Amazon's storage. */
async function readWords(response: Incoming): Promise<string> {
  try {
    const bytes = await readBody(response, MAX_BODY);
    return maskText(parseWords(bytes.toString('utf8')));
  } catch {
    // The status says enough; the words are a courtesy.
    return '';
  }
}

function parseWords(body: string): string {
  const xml = [/<Code>([^<]*)<\/Code>/, /<Message>([^<]*)<\/Message>/].map(
    (part) => part.exec(body)?.[1] ?? '',
  );
  if (xml.some((part) => part !== '')) return join(xml);
  let root: unknown;
  try {
    root = JSON.parse(body);
  } catch {
    return '';
  }
  const [first] = list(root, 'error', 'errors');
  return join([text(first, 'reason'), text(root, 'error', 'code'), text(root, 'error', 'message')]);
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(': ');
}
