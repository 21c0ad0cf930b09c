import { Failure } from '../../core/failure.ts';
import type { Reach } from './address.ts';
import { readAtMost } from './body.ts';
import { toConnectionFailure } from './connection-failure.ts';
import type { Credentials } from './credentials.ts';
import type { Timing } from './options.ts';
import { sendFollowing } from './redirect.ts';
import { refuseResponse } from './response-failure.ts';
import { type Attempt, retrying } from './retry.ts';
import type { Incoming, Outgoing, Transport } from './transport.ts';

/** What a token is asked for with. */
interface TokenRequest {
  readonly realm: URL;
  readonly service?: string;
  readonly scope: string;
  /** Only where the realm may have them. */
  readonly credentials?: Exclude<Credentials, { kind: 'registry-token' }>;
  readonly reach: Reach;
}

const MAX_BYTES = 1 << 20;
/** It has to fit into a header; undici and most servers take 16 KiB of head. */
const TOKEN = /^[\x21-\x7e]{1,65536}$/;

/**
 * Gets a bearer token: GET with optional basic credentials (distribution, "Token Authentication Specification"), or,
 * with an identity token, POST (ibid., "OAuth2 Token Authentication"; RFC 6749 section 6). The answer's lifetime is
 * not watched: an expired token shows as a 401, which fetches the next.
 * @throws Failure UNAUTHORIZED, UNREACHABLE, RATE_LIMITED, REGISTRY_ERROR, FORBIDDEN, CANCELLED
 */
export function fetchToken(
  transport: Transport,
  timing: Timing,
  request: TokenRequest,
  signal: AbortSignal,
): Promise<string> {
  return retrying(timing, signal, () => tryFetch(transport, timing.documentMs, request, signal));
}

async function tryFetch(
  transport: Transport,
  documentMs: number,
  request: TokenRequest,
  signal: AbortSignal,
): Promise<Attempt<string>> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(documentMs)]);
  const outgoing = toOutgoing(request, deadline);
  try {
    // A POST carries the refresh token in its body: it goes to the realm and nowhere else.
    const send = outgoing.method === 'POST' ? transport.send(outgoing) : sendFollowing(transport, outgoing);
    const response = await send;
    if (response.status !== 200) return await refuseToken(response, request);
    const { bytes, complete } = await readAtMost(response.body, MAX_BYTES);
    if (!complete)
      throw new Failure('REGISTRY_ERROR', `${request.realm.host} gives a token answer without end`);
    return { kind: 'done', value: parseToken(bytes.toString('utf8'), request.realm.host) };
  } catch (error) {
    const { failure, transient } = toConnectionFailure(error, request.realm.host, deadline);
    if (!transient) throw failure;
    return { kind: 'transient', failure };
  }
}

function toOutgoing(
  { realm, service, scope, credentials, reach }: TokenRequest,
  signal: AbortSignal,
): Outgoing {
  if (credentials?.kind === 'identity-token') {
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'pratique', scope });
    if (service !== undefined) form.set('service', service);
    form.set('refresh_token', credentials.token);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    return { method: 'POST', url: realm, headers, body: form.toString(), reach, signal };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const headers = { accept: 'application/json' };
  if (credentials === undefined) return { method: 'GET', url, headers, reach, signal };
  url.searchParams.set('account', credentials.username);
  return { method: 'GET', url, headers: { ...headers, authorization: toBasic(credentials) }, reach, signal };
}

/** RFC 7617. */
export function toBasic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** @throws Failure REGISTRY_ERROR */
function parseToken(text: string, host: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = undefined;
  }
  const { token, access_token: accessToken } = (answer ?? {}) as { token?: unknown; access_token?: unknown };
  const found = token ?? accessToken;
  if (typeof found !== 'string' || !TOKEN.test(found)) {
    throw new Failure('REGISTRY_ERROR', `${host} answers without a usable token`);
  }
  return found;
}

/** Whatever a realm refuses with, the meaning is that there is no token for this. */
async function refuseToken(response: Incoming, { scope }: TokenRequest): Promise<Attempt<never>> {
  try {
    return await refuseResponse(response, `a token for ${scope}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('UNAUTHORIZED', error.message, { cause: error });
  }
}
