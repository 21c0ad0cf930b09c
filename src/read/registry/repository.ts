import { Failure } from '../../core/failure.ts';
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
}

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
      if (response.status === 200 || response.status === 206) return { kind: 'done', value: response };
      return await this.#refuse(response, question.what);
    } catch (error) {
      const { failure, transient } = toConnectionFailure(error, this.endpoint.origin.host, signal);
      if (!transient) throw failure;
      return { kind: 'transient', failure };
    }
  }

  #send(
    { path, headers }: Question,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<Followed> {
    const url = new URL(`/v2/${this.endpoint.repository}/${path}`, this.endpoint.origin);
    const all = authorization === undefined ? headers : { ...headers, authorization };
    return sendFollowing(this.#transport, { method: 'GET', url, headers: all, reach: 'any', signal });
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
