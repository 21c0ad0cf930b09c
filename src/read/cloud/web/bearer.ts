import { Failure, messageOf } from '../../../core/failure.ts';
import { maskText } from './mask.ts';

/** Headers that prove who asks; asked before each request, as tokens expire. */
export type Bearer = () => Promise<Readonly<Record<string, string>>>;

/** A service of a cloud: where it is, and how far one may go without credentials. */
export interface Service {
  readonly base: URL;
  /** Whether its address was given by the user: then there may be no credentials. */
  readonly isOverridden: boolean;
}

/**
 * The address of a service, or the one that stands in for it.
 * @throws Failure USAGE
 */
export function toService(usual: string, override: string | undefined, name: string): Service {
  const base = URL.parse(override ?? usual);
  if (base === null || !/^https?:$/.test(base.protocol) || base.username !== '' || base.search !== '')
    throw new Failure('USAGE', `the endpoint ${name}= is no URL such as ${usual}`);
  return { base, isOverridden: override !== undefined };
}

/** Below the address of a service, whose own path stays in front. `path` begins with a slash. */
export function under({ base }: Service, path: string): URL {
  return new URL(`${base.origin}${base.pathname.replace(/\/$/, '')}${path}`);
}

/**
 * Asks a chain of credentials for each request. A token is never sent over plain http, and a service whose address was given may
 * do without one.
 * @param read the chain: the headers, from its own cache while they are valid
 * @param advice how to sign in
 */
export function toBearer({ base, isOverridden }: Service, read: Bearer, advice: string): Bearer {
  let isAnonymous = base.protocol === 'http:';
  return async () => {
    if (isAnonymous) return {};
    try {
      return await read();
    } catch (cause) {
      isAnonymous = isOverridden;
      if (isAnonymous) return {};
      const message = `no credentials for ${base.host}: ${maskText(firstSentence(messageOf(cause)), 200)}; ${advice}`;
      throw new Failure('UNAUTHORIZED', message, { cause });
    }
  };
}

/** The chains go on with every place they looked in, and with addresses of manuals. */
function firstSentence(text: string): string {
  const end = /[.!](?=\s|$)/.exec(text);
  return end === null ? text : text.slice(0, end.index);
}
