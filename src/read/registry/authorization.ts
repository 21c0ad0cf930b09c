import { Failure } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';
import type { Challenge } from './challenge.ts';
import type { CredentialAnswer, Credentials } from './credentials.ts';
import type { Endpoint } from './mirrors.ts';
import type { Timing } from './options.ts';
import { judgeRealm } from './realm.ts';
import { fetchToken, toBasic } from './token.ts';
import type { Transport } from './transport.ts';

interface AuthorizationContext {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly timing: Timing;
  readonly authRealms: Readonly<Record<string, readonly string[]>>;
  readonly findCredentials: (signal: AbortSignal) => Promise<CredentialAnswer>;
  readonly access: Access;
}

/** What a token is asked for, as `scope` names it (distribution, "Token Scope Documentation"). */
export type Access = 'pull' | 'pull,push';

/**
 * The `Authorization` header for one repository at one host. Nothing is sent before the host asks, credentials are
 * not even looked up; what is asked for is the right to pull this repository, or to push to it where that was opened
 * for pushing, and nothing more, whatever the challenge would like.
 */
export class Authorization {
  readonly #context: AuthorizationContext;
  #header: string | undefined;
  #answer: CredentialAnswer | undefined;
  /** Parallel downloads see their token expire together: one renews, the others wait and use what it got. */
  #turn: Promise<void> = Promise.resolve();

  constructor(context: AuthorizationContext) {
    this.#context = context;
  }

  get header(): string | undefined {
    return this.#header;
  }

  /** What a refusal has to say about the credentials; empty as long as nobody asked for any. */
  get hint(): string {
    const { name } = this.#context.endpoint;
    if (this.#answer === undefined) return '';
    if (this.#answer.credentials !== undefined)
      return `the credentials from ${this.#answer.source} were tried`;
    const { searched } = this.#answer;
    const where = searched.length === 0 ? 'there is no auth file' : `looked in ${searched.join(', ')}`;
    return `no credentials found (${where}); run docker login ${name} if the image is not public`;
  }

  /**
   * Answers a 401.
   * @param used the header that was refused.
   * @throws Failure UNAUTHORIZED, REGISTRY_ERROR, and as `findCredentials` and `fetchToken`
   */
  renew(challenges: readonly Challenge[], used: string | undefined, signal: AbortSignal): Promise<void> {
    const previous = this.#turn;
    const turn = previous
      .catch(() => undefined)
      .then(async () => {
        if (this.#header === used) this.#header = await this.#answerChallenge(challenges, used, signal);
      });
    this.#turn = turn;
    return turn;
  }

  async #answerChallenge(
    challenges: readonly Challenge[],
    used: string | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    this.#answer ??= await this.#context.findCredentials(signal);
    const { credentials } = this.#answer;
    const bearer = challenges.find(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'),
    );
    const header =
      credentials?.kind === 'registry-token'
        ? `Bearer ${credentials.token}`
        : bearer !== undefined
          ? await this.#toBearer(bearer, credentials, signal)
          : this.#toBasic(challenges, credentials);
    // The same again would be refused again; a realm may give one token twice.
    if (header === used) throw this.#unauthorized('refuses what it was shown');
    return header;
  }

  async #toBearer(
    { parameters }: Challenge,
    credentials: Exclude<Credentials, { kind: 'registry-token' }> | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const { endpoint, transport, timing, authRealms, access } = this.#context;
    const { url, trust } = judgeRealm(
      parameters.get('realm') ?? '',
      endpoint.origin,
      endpoint.name,
      authRealms,
    );
    if (trust === 'foreign' && credentials !== undefined) {
      throw this.#unauthorized(
        `sends for a token to ${url.host}, a foreign host, which does not get its credentials: ` +
          `allow ${url.host} as an auth realm of ${endpoint.name} if they belong together`,
      );
    }
    const service = parameters.get('service');
    const request = {
      realm: url,
      scope: `repository:${endpoint.repository}:${access}`,
      reach: trust === 'named' ? 'any' : transport.reachOf(endpoint.origin),
      ...(service === undefined ? {} : { service }),
      ...(credentials === undefined ? {} : { credentials }),
    } as const;
    return `Bearer ${await fetchToken(transport, timing, request, signal)}`;
  }

  #toBasic(challenges: readonly Challenge[], credentials: Credentials | undefined): string {
    if (!challenges.some(({ scheme }) => scheme === 'basic')) {
      const schemes = challenges.map(({ scheme }) => toOneLine(scheme, 20)).join(', ');
      throw this.#unauthorized(
        `asks for credentials in a way that is not known (${schemes || 'no challenge'})`,
      );
    }
    if (credentials === undefined) throw this.#unauthorized('wants credentials');
    if (credentials.kind !== 'password') {
      throw this.#unauthorized('wants a user name and password, and there is only a token');
    }
    return toBasic(credentials);
  }

  #unauthorized(what: string): Failure {
    return new Failure('UNAUTHORIZED', `${this.#context.endpoint.name} ${what}; ${this.hint}`);
  }
}
