import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { Failure } from '../../core/failure.ts';
import { type AddressClass, isWithinReach, type Reach, toHostClass, toOuterReach } from './address.ts';
import { toConnectionFailure } from './connection-failure.ts';
import { outOfReach, toGuardedLookup } from './guarded-lookup.ts';
import type { Timing } from './options.ts';
import { readProxies } from './proxies.ts';
import type { TrustStore } from './trust.ts';

export interface Outgoing {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly reach: Reach;
  readonly signal: AbortSignal;
}

export interface Incoming {
  /** The URL that answered. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Must be read to its end or destroyed. */
  readonly body: Dispatcher.ResponseData['body'];
}

type TransportTiming = Pick<Timing, 'connectMs' | 'headersMs' | 'idleMs'>;

/**
 * One request, one response: no redirects, no retries, no credentials of its own. It holds the connections, verifies
 * TLS always (also where NODE_TLS_REJECT_UNAUTHORIZED says no), goes through the proxies of the environment, and keeps
 * requests within their reach: the addresses are judged where the socket is opened, so that a name which
 * resolves differently the second time (DNS rebinding) gains nothing. Behind a proxy the proxy resolves names, and
 * only what a host name itself says can be judged.
 */
export class Transport {
  readonly #trust: TrustStore;
  readonly #timing: TransportTiming;
  readonly #env: NodeJS.ProcessEnv;
  readonly #dispatchers = new Map<string, Dispatcher>();
  /** How far out the addresses of a host were ever seen to lie. */
  readonly #seen = new Map<string, Reach>();
  #closed = false;

  constructor(trust: TrustStore, timing: TransportTiming, env: NodeJS.ProcessEnv) {
    this.#trust = trust;
    this.#timing = timing;
    this.#env = env;
  }

  /** @throws Failure UNREACHABLE, FORBIDDEN (out of reach), USAGE (unusable certificates or proxy), CANCELLED */
  async send({ method, url, headers, body, reach, signal }: Outgoing): Promise<Incoming> {
    const named = toHostClass(url.hostname);
    if (named !== undefined && !isWithinReach(named, reach)) throw outOfReach(url.hostname, named);
    const dispatcher = await this.#dispatcherFor(url, reach);
    const response = await request(url, {
      dispatcher,
      method,
      headers: { 'user-agent': 'pratique', 'accept-encoding': 'identity', ...headers },
      body: body ?? null,
      signal,
    }).catch((error: unknown) => {
      throw toConnectionFailure(error, url.host, signal).failure;
    });
    // A body may break while nobody listens (before its reader starts, or after it left): not a crash.
    response.body.on('error', () => undefined);
    return { url, status: response.statusCode, headers: response.headers, body: response.body };
  }

  /** How far inside the network a host lies that was already talked to. */
  reachOf({ hostname }: URL): Reach {
    const named = toHostClass(hostname);
    if (named === 'forbidden') return 'public';
    return named ?? this.#seen.get(hostname) ?? 'public';
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#dispatchers.values().map((dispatcher) => dispatcher.destroy()));
    this.#dispatchers.clear();
  }

  async #dispatcherFor(url: URL, reach: Reach): Promise<Dispatcher> {
    const trust = url.protocol === 'https:' ? await this.#trust.forHost(url.host) : undefined;
    if (this.#closed) throw new Failure('CANCELLED', 'the client was closed');
    const key = `${url.protocol} ${reach} ${trust?.own === true ? url.host : ''}`;
    const known = this.#dispatchers.get(key);
    if (known !== undefined) return known;
    const tls = {
      ...(trust === undefined ? {} : { secureContext: trust.context }),
      rejectUnauthorized: true,
    };
    const { connectMs, headersMs, idleMs } = this.#timing;
    const made = new EnvHttpProxyAgent({
      ...readProxies(this.#env, url.protocol),
      proxyTunnel: false,
      connect: {
        ...tls,
        timeout: connectMs,
        lookup: toGuardedLookup(reach, (hostname, kind) => this.#remember(hostname, kind)),
      },
      requestTls: { ...tls, timeout: connectMs },
      proxyTls: { rejectUnauthorized: true, timeout: connectMs },
      headersTimeout: headersMs,
      bodyTimeout: idleMs,
    });
    this.#dispatchers.set(key, made);
    return made;
  }

  #remember(hostname: string, kind: AddressClass): void {
    const reach = kind === 'forbidden' ? 'public' : kind;
    this.#seen.set(hostname, toOuterReach(this.#seen.get(hostname) ?? 'any', reach));
  }
}
