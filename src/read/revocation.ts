import { Failure, isFailure } from '../core/failure.ts';
import { toOneLine } from '../core/one-line.ts';
import type { Reach } from './registry/address.ts';
import { readAtMost } from './registry/body.ts';
import { toConnectionFailure } from './registry/connection-failure.ts';
import { DEFAULT_TIMING } from './registry/options.ts';
import { toRedirectTarget } from './registry/redirect.ts';
import { type Incoming, Transport } from './registry/transport.ts';
import { TrustStore } from './registry/trust.ts';

/*
 * Fetches revocation lists and OCSP responses. The addresses stand in certificates, so they are an authority's words at best and an
 * attacker's at worst: nothing is sent but the request itself, no address further inside the network than the reach is
 * connected to, and what comes back is bounded in bytes and time. It is believed only for its signature, so http will do.
 */

const MAX_REDIRECTS = 3;
const MAX_URL = 2_048;
const MAX_LIST = 32 * 2 ** 20;
const MAX_RESPONSE = 2 ** 18;
const MAX_MS = 10_000;
const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * GET for a list; POST with a body, which is an OCSP request (RFC 6960, appendix A.1).
 * @param reach how far inside the network the address may lie; default: only outside
 * @param env for proxies
 * @throws Failure USAGE (no http or https address), FORBIDDEN (out of reach), UNREACHABLE, REGISTRY_ERROR (an answer other than
 * 200), TOO_LARGE, CANCELLED
 */
export async function fetchRevocation(
  url: string,
  body: Uint8Array | undefined,
  signal: AbortSignal,
  reach: Reach = 'public',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Uint8Array> {
  const address = toAddress(url);
  const timed = AbortSignal.any([signal, AbortSignal.timeout(MAX_MS)]);
  const transport = new Transport(new TrustStore(undefined, []), DEFAULT_TIMING, env);
  try {
    const response = await send(transport, address, body, reach, timed);
    return await readBody(response, body === undefined ? MAX_LIST : MAX_RESPONSE, timed);
  } catch (error) {
    if (isFailure(error, 'FORBIDDEN')) {
      throw new Failure('FORBIDDEN', `${address.host} is or leads to an address that is not asked: refused`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    await transport.close();
  }
}

function toAddress(url: string): URL {
  const address = url.length > MAX_URL ? null : URL.parse(url);
  const isPlain = address !== null && address.username === '' && address.password === '';
  if (!isPlain || !/^https?:$/.test(address.protocol)) {
    throw new Failure('USAGE', `${toOneLine(url, 80)} is no http or https address to ask about revocation`);
  }
  return address;
}

async function send(
  transport: Transport,
  address: URL,
  body: Uint8Array | undefined,
  reach: Reach,
  signal: AbortSignal,
): Promise<Incoming> {
  const outgoing =
    body === undefined
      ? ({ method: 'GET', headers: { accept: 'application/pkix-crl, */*' } } as const)
      : ({
          method: 'POST',
          headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
          body,
        } as const);
  let url = address;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await transport.send({ ...outgoing, url, reach, signal });
    // A request with a body is not sent on: whoever asks to is not the one that was named.
    if (!STATUSES.has(response.status) || body !== undefined) return response;
    response.body.destroy();
    url = toRedirectTarget(url, response.headers.location);
  }
  throw new Failure('REGISTRY_ERROR', `${address.host} redirects more than ${MAX_REDIRECTS} times`);
}

async function readBody(
  { url, status, body }: Incoming,
  max: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (status !== 200) {
    body.destroy();
    throw new Failure('REGISTRY_ERROR', `${url.host} answers ${status} when asked about revocation`);
  }
  const { bytes, complete } = await readAtMost(body, max).catch((error: unknown) => {
    throw toConnectionFailure(error, url.host, signal).failure;
  });
  if (!complete)
    throw new Failure('TOO_LARGE', `${url.host} answers with more than ${max} bytes about revocation`);
  return bytes;
}
