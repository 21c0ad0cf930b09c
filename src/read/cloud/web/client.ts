import { Failure } from '../../../core/failure.ts';
import { Unreadable } from '../../disk/unreadable.ts';
import type { Reach } from '../../registry/address.ts';
import { toConnectionFailure } from '../../registry/connection-failure.ts';
import { DEFAULT_TIMING, type Timing } from '../../registry/options.ts';
import { sendFollowing } from '../../registry/redirect.ts';
import { type Attempt, retrying } from '../../registry/retry.ts';
import { type Incoming, Transport } from '../../registry/transport.ts';
import { TrustStore } from '../../registry/trust.ts';
import { readBody } from './body.ts';
import { type Advice, refuse } from './refusal.ts';

/** A request, tried until it is answered. */
export interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly url: URL;
  /** Names in lower case; made anew for each try: tokens expire. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  readonly body?: string;
  /** How far inside the network it may lead: `any` where the user named the host. */
  readonly reach: Reach;
  /** What is asked for, in messages: never with a query string. */
  readonly what: string;
  readonly advice: Advice;
  /** Statuses that are answers, besides 200. */
  readonly accept?: readonly number[];
  readonly signal: AbortSignal;
  /** For one try as a whole. */
  readonly deadlineMs?: number;
}

/** An answer in JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Incoming['headers'];
  /** Undefined where there is no body. */
  readonly body: unknown;
}

/** Reading a large disk is throttled now and then: that is waited out longer than for a registry. */
const TIMING: Timing = { ...DEFAULT_TIMING, attempts: 7 };
const MAX_DOCUMENT = 4 * 2 ** 20;

/**
 * Talks to a cloud's HTTP APIs as the registry client talks to registries: the same proxies, certificates, redirects, back-off and
 * addresses that are out of reach.
 */
export class WebClient {
  readonly #transport: Transport;
  readonly #timing: Timing;

  /** @param caFile PEM authorities to trust besides the system's */
  constructor(caFile: string | undefined, timing: Partial<Timing> = {}) {
    this.#timing = { ...TIMING, ...timing };
    this.#transport = new Transport(new TrustStore(caFile, []), this.#timing, process.env);
  }

  /**
   * @param take makes something of an accepted answer, whose body it reads; a transient outcome is tried again
   * @throws Failure USAGE, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, RATE_LIMITED, UNREACHABLE, REGISTRY_ERROR, CANCELLED
   */
  async send<T>(ask: Ask, take: (answer: Incoming) => Promise<Attempt<T>>): Promise<T> {
    const { method = 'GET', url, body, reach, what, advice, accept = [] } = ask;
    return retrying(this.#timing, ask.signal, async () => {
      const deadline = ask.deadlineMs === undefined ? [] : [AbortSignal.timeout(ask.deadlineMs)];
      const signal = AbortSignal.any([ask.signal, ...deadline]);
      const headers = (await ask.headers?.()) ?? {};
      const outgoing = { method, url, headers, ...(body !== undefined && { body }), reach, signal };
      try {
        const answer =
          method === 'GET'
            ? await sendFollowing(this.#transport, outgoing)
            : await this.#transport.send(outgoing);
        if (answer.status === 200 || accept.includes(answer.status)) return await take(answer);
        return await refuse(answer, what, advice);
      } catch (error) {
        if (error instanceof Unreadable || (error instanceof Failure && error.code !== 'UNREACHABLE'))
          throw error;
        const { failure, transient } = toConnectionFailure(error, url.host, signal);
        if (transient) return { kind: 'transient', failure };
        throw failure;
      }
    });
  }

  /** Asks for a document in JSON. @throws Failure as `send`, and REGISTRY_ERROR where it is none */
  async json(ask: Ask): Promise<JsonAnswer> {
    return this.send({ deadlineMs: this.#timing.documentMs, ...ask }, async (answer) => {
      const { status, headers, url } = answer;
      const bytes = await readBody(answer, MAX_DOCUMENT);
      const complete = bytes.length <= MAX_DOCUMENT;
      const value = { status, headers, body: parseJson(bytes.toString('utf8'), complete) };
      if (complete && value.body !== INVALID) return { kind: 'done', value };
      throw new Failure(
        'REGISTRY_ERROR',
        `${url.host} answers the question for ${ask.what} with what is no JSON`,
      );
    });
  }

  /** How far inside the network a host lies that was already talked to. */
  reachOf(url: URL): Reach {
    return this.#transport.reachOf(url);
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }
}

const INVALID = Symbol('no JSON');

function parseJson(text: string, complete: boolean): unknown {
  if (text.trim() === '') return undefined;
  try {
    return complete ? JSON.parse(text) : INVALID;
  } catch {
    return INVALID;
  }
}
