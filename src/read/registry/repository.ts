import { Failure } from '../../core/failure.ts';
import { toOuterReach } from './address.ts';
import type { Authorization } from './authorization.ts';
import { parseChallenges } from './challenge.ts';
import { toConnectionFailure } from './connection-failure.ts';
import type { Endpoint } from './mirrors.ts';
import type { Timing } from './options.ts';
import { type Followed, sendFollowing } from './redirect.ts';
import { refuseResponse } from './response-failure.ts';
import type { Attempt } from './retry.ts';
import type { Transport } from './transport.ts';

/** What is asked of a repository: `manifests/latest`, and how to call it in messages. */
export interface Question {
  readonly path: string;
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly body?: Uint8Array;
  /** A status that is an answer too, not a failure. */
  readonly expected?: number;
  /**
   * Instead of `path`: where the registry said to go on. Outside its origin that is somebody else: no authorization is
   * sent there, and none of its challenges is answered.
   */
  readonly at?: URL;
}

/** What a write is answered with (distribution-spec, "Pushing blobs" and "Pushing Manifests"), or a HEAD. */
const WRITTEN: ReadonlySet<number> = new Set([200, 201, 202, 204]);

/** A refused response's body is read this far, so that its connection can be used again. */
const DUMP_BYTES = 16 * 1024;

/** One repository at one endpoint, with the authorization that it has been given there. */
export class Repository {
  readonly endpoint: Endpoint;
  readonly timing: Timing;
  readonly #transport: Transport;
  readonly #authorization: Authorization;

  constructor(endpoint: Endpoint, transport: Transport, authorization: Authorization, timing: Timing) {
    this.endpoint = endpoint;
    this.#transport = transport;
    this.#authorization = authorization;
    this.timing = timing;
  }

  /**
   * Tries once, and once more with fresh authorization after a 401. Only a challenge of the registry itself is
   * answered: one from where a redirect led is not the registry's to make.
   * @throws Failure as `BlobSource.document`
   */
  async ask(question: Question, signal: AbortSignal): Promise<Attempt<Followed>> {
    try {
      const used = this.#authorization.header;
      let response = await this.#send(question, used, signal);
      if (response.status === 401 && !response.crossed) {
        await response.body.dump({ limit: DUMP_BYTES, signal });
        await this.#authorization.renew(parseChallenges(response.headers['www-authenticate']), used, signal);
        response = await this.#send(question, this.#authorization.header, signal);
      }
      if (isAnswer(response.status, question)) return { kind: 'done', value: response };
      return await this.#refuse(response, question.what);
    } catch (error) {
      const { failure, transient } = toConnectionFailure(error, this.endpoint.origin.host, signal);
      if (!transient) throw failure;
      return { kind: 'transient', failure };
    }
  }

  async #send(
    { path, headers, method = 'GET', body, at }: Question,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<Followed> {
    const { origin, repository } = this.endpoint;
    const url = at ?? new URL(`/v2/${repository}/${path}`, origin);
    const crossed = url.origin !== origin.origin;
    const outgoing = {
      method,
      url,
      headers: authorization === undefined || crossed ? headers : { ...headers, authorization },
      ...(body === undefined ? {} : { body }),
      reach: crossed ? toOuterReach('any', this.#transport.reachOf(origin)) : 'any',
      signal,
    } as const;
    if (method === 'GET' || method === 'HEAD') {
      const followed = await sendFollowing(this.#transport, outgoing);
      return { ...followed, crossed: followed.crossed || crossed };
    }
    // What is written goes where it was addressed to: a redirect is refused as any answer that is no success.
    return { ...(await this.#transport.send(outgoing)), crossed };
  }

  async #refuse(response: Followed, what: string): Promise<Attempt<never>> {
    try {
      return await refuseResponse(response, what);
    } catch (error) {
      const { hint } = this.#authorization;
      const isAboutCredentials = response.status === 401 || response.status === 403;
      if (!(error instanceof Failure) || !isAboutCredentials || response.crossed || hint === '') throw error;
      throw new Failure(error.code, `${error.message}; ${hint}`, { cause: error });
    }
  }
}

function isAnswer(status: number, { method = 'GET', expected }: Question): boolean {
  if (status === expected) return true;
  return method === 'GET' ? status === 200 || status === 206 : WRITTEN.has(status);
}
