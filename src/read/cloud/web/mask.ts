import { toOneLine } from '../../../core/one-line.ts';

/*
 * A URL of a cloud is often a credential: whoever has the query string of a SAS or of a presigned URL may read the disk. Reports are kept
 * and sent around, so no query string and no user information gets into a message, a name or a location.
 */

/** What a URL names, without what it allows. */
export function maskUrl(url: URL | string): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : url;
  if (parsed === null) return maskText(String(url));
  return toOneLine(`${parsed.protocol}//${parsed.host}${parsed.pathname}${parsed.search === '' ? '' : '?…'}`);
}

/** A name that a secret has, also at the end of a longer one (`access_token`) and encoded in another URL (`%26sig%3D`), and what follows it. */
const SECRET =
  /((?<![a-z])sig|signature|secret|password|token|bearer(?= ))((?:["']?\s{0,3}(?:[=:]|%3d)|(?<=bearer) )\s{0,3}["']?)[^\s"'<>&]+/gi;

/** Words that a server wrote: it may quote the URL it was asked with. */
export function maskText(text: string, max = 300): string {
  const masked = text
    .slice(0, 16 * 1024)
    .replace(/\?[^\s"'<>]+/g, '?…')
    .replace(SECRET, '$1$2…');
  return toOneLine(masked, max);
}
