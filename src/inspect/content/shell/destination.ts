/** Where a piece of text says bytes come from or go to. */
export interface Destination {
  /** As written, credentials masked. */
  readonly url: string;
  /** Lower case, without port; may hold an unexpanded variable. */
  readonly host: string;
  /** Empty where the text names none. */
  readonly scheme: string;
  readonly path: string;
}

const URL_PATTERN = /\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s'"`<>()|;\\,]+)/gi;

/** Every URL with a host in a text, one at a time. */
export function* findDestinations(text: string): Generator<Destination> {
  for (const [, scheme = '', rest = ''] of text.matchAll(URL_PATTERN)) yield toDestination(scheme, rest);
}

export function firstDestination(text: string): Destination | undefined {
  return findDestinations(text).find(() => true);
}

/** Reads what stands behind `scheme://`, or a bare `host[:port][/path]`. */
export function toDestination(scheme: string, rest: string): Destination {
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1).replace(/:[^\]:]*$/, '');
  const masked = at < 0 ? rest : `***@${rest.slice(at + 1)}`;
  return {
    scheme: scheme.toLowerCase(),
    host: host.toLowerCase(),
    path: end < 0 ? '' : rest.slice(end),
    url: scheme === '' ? masked : `${scheme}://${masked}`,
  };
}

/** This machine, whatever it is called: what a health check honestly asks. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|ip6-localhost|\S{1,60}\.localhost|127(?:\.\d{1,3}){1,3}|0\.0\.0\.0|\[?::1\]?|\[::\]|0)$/.test(
    host,
  );
}

/** A name only known at run time: `$HOST`, `${HOST:-x}`, `$(hostname)`, `{{ .Host }}`, `%s`. */
export function isVariable(host: string): boolean {
  return host === '' || /^[$%{<]/.test(host);
}

/** A dotted, hexadecimal or decimal IPv4 address, or an IPv6 address, that is not loopback. */
export function isRawAddress(host: string): boolean {
  return (
    !isLoopback(host) &&
    (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ||
      /^(?:0x[0-9a-f]{8}|\d{8,10})$/.test(host) ||
      /^\[[0-9a-f:.]{3,45}\]$/.test(host))
  );
}

/** Not reachable from the internet: a name without a dot, a cluster name, a private address. */
export function isPrivate(host: string): boolean {
  return (
    isLoopback(host) ||
    (/^[a-z0-9_-]+$/.test(host) && !isRawAddress(host)) ||
    /\.(?:local|internal|svc|lan|intranet|corp|home\.arpa)$/.test(host) ||
    /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)/.test(host)
  );
}

const PASTE_HOSTS =
  /^(?:(?:www\.)?(?:pastebin\.(?:com|pl|ai)|paste\.(?:ee|rs|debian\.net|ubuntu\.com|centos\.org|c-net\.org|gg|sh|lol|myst\.rs)|pastie\.org|hastebin\.(?:com|skyra\.pw)|toptal\.com|ghostbin\.(?:com|co)|rentry\.(?:co|org)|ix\.io|sprunge\.us|termbin\.com|clbin\.com|dpaste\.(?:com|org)|0x0\.st|transfer\.sh|file\.io|bashupload\.com|oshi\.at|temp\.sh|controlc\.com|justpaste\.it|pasteio\.com|textbin\.net|privatebin\.net|catbox\.moe|files\.catbox\.moe|litter\.catbox\.moe|anonfiles\.com|gofile\.io)|gist\.githubusercontent\.com|gist\.github\.com|cdn\.discordapp\.com|controlc\.com)$/;

/** A host where anybody can leave text or a file without a name. */
export function isPaste({ host }: Pick<Destination, 'host'>): boolean {
  return PASTE_HOSTS.test(host);
}
