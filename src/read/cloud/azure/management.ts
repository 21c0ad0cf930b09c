import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../core/failure.ts';
import type { Reach } from '../../registry/address.ts';
import { parseRetryAfter } from '../../registry/retry.ts';
import { type Bearer, type Service, toBearer, toService, under } from '../web/bearer.ts';
import type { JsonAnswer, WebClient } from '../web/client.ts';
import { text } from '../web/fields.ts';
import { maskText } from '../web/mask.ts';

/*
 * Azure Resource Manager, as far as reading a disk needs it (REST reference: Compute, Disks and Snapshots).
 *
 * `beginGetAccess` makes a URL with a signature (SAS) of a disk or snapshot, which reads it as a VHD for some hours. It is an operation that
 * goes on after its answer: one looks in the place that the answer names until it is done. The place must be of the same
 * service, as the token goes there.
 */

const USUAL = 'https://management.azure.com';
const DISK_VERSION = '2023-10-02';
/** A large disk takes hours to be inspected. */
const SAS_SECONDS = 12 * 3600;
const LEAST_POLL_MS = 500;
/** Giving the access back must not hold up the end. */
const END_MS = 20_000;

const ADVICE = {
  UNAUTHORIZED: 'sign in as for the Azure command line (az account show must work)',
  FORBIDDEN: 'docs/clouds.md has the role that is needed',
  NOT_FOUND: 'check the resource id and the subscription',
  RATE_LIMITED: 'try again later',
  UNREACHABLE: 'check the endpoint and the network',
};

/** How long an operation is waited for, in milliseconds. */
export interface Patience {
  readonly pollMs: number;
  readonly longestMs: number;
}

export const PATIENCE: Patience = { pollMs: 2_000, longestMs: 10 * 60_000 };

export class Management {
  readonly isOverridden: boolean;
  readonly #service: Service;
  readonly #client: WebClient;
  readonly #bearer: Bearer;
  readonly #signal: AbortSignal;
  readonly #patience: Patience;

  /** @throws Failure USAGE */
  constructor(
    client: WebClient,
    endpoint: string | undefined,
    signal: AbortSignal,
    patience: Patience = PATIENCE,
  ) {
    this.#service = toService(USUAL, endpoint, 'management');
    this.isOverridden = this.#service.isOverridden;
    this.#client = client;
    // For another service a token of its own: one for Azure would let whoever is there act in Azure.
    this.#bearer = toAzureBearer(this.#service, `${this.#service.base.origin}/.default`);
    this.#signal = signal;
    this.#patience = patience;
  }

  /**
   * How far inside the network a place may lie that was named by an answer, or by whoever made an image: private links are honest, this
   * machine is so only where the service itself is on it, and what gives out credentials of machines (169.254.169.254) never.
   */
  get reach(): Reach {
    const isHere = this.isOverridden && this.#client.reachOf(this.#service.base) === 'loopback';
    return isHere ? 'loopback' : 'private';
  }

  /** What Azure says of a resource. @throws Failure */
  async get(path: string, apiVersion: string): Promise<unknown> {
    const { body } = await this.#ask('GET', under(this.#service, `${path}?api-version=${apiVersion}`), path);
    return body;
  }

  /**
   * The URL that reads a disk or a snapshot, until `endAccess`.
   * @throws Failure FORBIDDEN (not allowed; a running machine has it), NOT_FOUND, UNREACHABLE (not done in time), REGISTRY_ERROR, …
   */
  async beginAccess(path: string): Promise<URL> {
    const what = `access to ${path}`;
    const begin = under(this.#service, `${path}/beginGetAccess?api-version=${DISK_VERSION}`);
    const body = JSON.stringify({ access: 'Read', durationInSeconds: SAS_SECONDS });
    const done = await this.#finish(await this.#ask('POST', begin, what, body), what);
    const sas = text(done, 'accessSAS') ?? text(done, 'properties', 'output', 'accessSAS');
    const url = URL.parse(sas ?? '');
    if (url?.protocol === 'https:' || (url?.protocol === 'http:' && this.isOverridden)) return url;
    throw new Failure('REGISTRY_ERROR', `${this.#service.base.host} gave no URL to read for ${what}`);
  }

  /** Takes the URL back. A failure is left alone: the URL ends by itself. */
  async endAccess(path: string): Promise<void> {
    const url = under(this.#service, `${path}/endGetAccess?api-version=${DISK_VERSION}`);
    // Also when the user gave up: the signal of the run does not count here.
    const signal = AbortSignal.timeout(END_MS);
    await this.#ask('POST', url, `end of access to ${path}`, undefined, signal).catch(() => undefined);
  }

  async #finish(first: JsonAnswer, what: string): Promise<unknown> {
    const until = performance.now() + this.#patience.longestMs;
    let place: URL | undefined;
    for (let answer = first; ; ) {
      const { status: code, body } = answer;
      const status = text(body, 'status') ?? (code === 200 ? 'Succeeded' : 'InProgress');
      if (status === 'Failed' || status === 'Canceled') {
        const why = maskText(
          `${text(body, 'error', 'code') ?? status} ${text(body, 'error', 'message') ?? ''}`,
        );
        throw new Failure('FORBIDDEN', `${this.#service.base.host} gave no ${what}: ${why}`);
      }
      if (status === 'Succeeded') return body;
      place = this.#placeOf(answer, what) ?? place;
      if (place === undefined)
        throw new Failure('REGISTRY_ERROR', `${what}: Azure does not say where it goes on`);
      await this.#wait(answer, until, what);
      answer = await this.#ask('GET', place, what);
    }
  }

  async #wait({ headers }: JsonAnswer, until: number, what: string): Promise<void> {
    const asked = headers['retry-after'];
    const { pollMs } = this.#patience;
    // "At once" is not taken at its word.
    const ms = Math.max(
      parseRetryAfter(typeof asked === 'string' ? asked : undefined) ?? pollMs,
      Math.min(pollMs, LEAST_POLL_MS),
    );
    if (performance.now() + ms > until) {
      const minutes = Math.round(this.#patience.longestMs / 60_000);
      throw new Failure(
        'UNREACHABLE',
        `Azure did not finish ${what} within ${minutes} minutes: try again later`,
      );
    }
    await sleep(ms, undefined, { signal: this.#signal }).catch((cause: unknown) => {
      throw new Failure('CANCELLED', 'cancelled', { cause });
    });
  }

  /** @throws Failure REGISTRY_ERROR */
  #placeOf({ headers }: JsonAnswer, what: string): URL | undefined {
    const place = headers.location ?? headers['azure-asyncoperation'];
    if (typeof place !== 'string') return undefined;
    const url = URL.parse(place, this.#service.base.href);
    if (url?.origin === this.#service.base.origin) return url;
    throw new Failure(
      'REGISTRY_ERROR',
      `${what} goes on at another host: refused, as the token would go there`,
    );
  }

  #ask(
    method: 'GET' | 'POST',
    url: URL,
    what: string,
    body?: string,
    signal = this.#signal,
  ): Promise<JsonAnswer> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.#client.json({
      method,
      url,
      what,
      signal,
      advice: ADVICE,
      accept: [202, 204],
      reach: this.isOverridden ? 'any' : 'private',
      headers: async () => ({ accept: 'application/json', ...type, ...(await this.#bearer()) }),
      ...(body !== undefined && { body }),
    });
  }
}

/** Azure's own chain: environment, workload and managed identity, command line, and more. */
export function toAzureBearer(service: Service, scope: string): Bearer {
  let credential: Promise<import('@azure/identity').TokenCredential> | undefined;
  const read = async () => {
    credential ??= import('@azure/identity').then(
      ({ DefaultAzureCredential }) => new DefaultAzureCredential(),
    );
    const token = await (await credential).getToken(scope);
    if (token === null) throw new Error('no credential gives a token');
    return { authorization: `Bearer ${token.token}` };
  };
  return toBearer(service, read, ADVICE.UNAUTHORIZED);
}
