import { Failure } from '../../core/failure.ts';
import { toHostClass } from '../registry/address.ts';

/**
 * Everything in a TUF repository is signed; still, whoever sits on the wire of an http connection can hold back what is new
 * until it expires, so http is for this machine only.
 * @returns without a slash at its end
 * @throws Failure USAGE
 */
export function toBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure('USAGE', `${text.slice(0, 200)} is no URL of a TUF repository: https://HOST[/PATH]`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Failure(
      'USAGE',
      `the TUF repository at ${url.host} is named by https://HOST[/PATH] and nothing else`,
    );
  }
  if (url.protocol === 'http:' && toHostClass(url.hostname) !== 'loopback') {
    throw new Failure('USAGE', `the TUF repository at ${url.host} must be reached by https`);
  }
  return url.href.replace(/\/{1,100}$/, '');
}
