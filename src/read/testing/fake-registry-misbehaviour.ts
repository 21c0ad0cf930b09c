import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a fake registry wrongs its readers; what is absent it does right. Keys are the last part of a path: a tag, a digest. */
export interface Misbehaviour {
  /** Other content than what the key names, each time it is asked for; honest about type and length. */
  substitute?: Readonly<Record<string, { readonly bytes: Uint8Array; readonly mediaType?: string }>>;
  /** Right the first time, and this from the second time on. */
  changeAfterFirst?: Readonly<Record<string, Uint8Array>>;
  /** A body of this many zeros. */
  huge?: Readonly<Record<string, number>>;
  /** A body that starts and never ends. */
  neverEnding?: readonly string[];
  /** This status instead. */
  status?: Readonly<Record<string, number>>;
  /** Each referrers page says that there is another one: a fresh one, or the same again. */
  endlessPages?: 'fresh' | 'same';
  /** `Link` header of referrers pages, as it is. */
  link?: string;
  /** Entries of a referrers page, whatever is stored. */
  referrers?: readonly unknown[];
  /** Media type of referrers pages. */
  referrersType?: string;
}

const seen = new WeakMap<Misbehaviour, Map<string, number>>();

/** Answers wrongly if `wrong` says so; false: nothing was answered. */
export function serveBadly(
  wrong: Misbehaviour,
  { method }: IncomingMessage,
  response: ServerResponse,
  url: URL,
): boolean {
  if (method !== 'GET') return false;
  const key = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  const status = wrong.status?.[key];
  if (status !== undefined) {
    response.writeHead(status).end();
    return true;
  }
  if (wrong.neverEnding?.includes(key) === true) {
    response.writeHead(200).write('{');
    return true;
  }
  return serveContent(wrong, key, response, url) || servePage(wrong, response, url);
}

function serveContent(wrong: Misbehaviour, key: string, response: ServerResponse, url: URL): boolean {
  const huge = wrong.huge?.[key];
  if (huge !== undefined) {
    response.writeHead(200);
    sendZeros(response, huge);
    return true;
  }
  const changed = wrong.changeAfterFirst?.[key];
  const other = wrong.substitute?.[key];
  const bytes =
    other?.bytes ?? (changed !== undefined && times(wrong, url.pathname) > 1 ? changed : undefined);
  if (bytes === undefined) return false;
  response.writeHead(200, {
    'content-type': other?.mediaType ?? 'application/vnd.oci.image.manifest.v1+json',
    'content-length': bytes.length,
  });
  response.end(bytes);
  return true;
}

function servePage(wrong: Misbehaviour, response: ServerResponse, url: URL): boolean {
  const { endlessPages, link, referrers, referrersType } = wrong;
  const asked = [endlessPages, link, referrers, referrersType].some((knob) => knob !== undefined);
  if (!url.pathname.includes('/referrers/') || !asked) return false;
  const page = Number(url.searchParams.get('page') ?? 0);
  const next = `<${url.pathname}?page=${endlessPages === 'same' ? 1 : page + 1}>; rel="next"`;
  const header = link ?? (endlessPages === undefined ? undefined : next);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  response.writeHead(200, {
    'content-type': referrersType ?? mediaType,
    ...(header === undefined ? {} : { link: header }),
  });
  response.end(JSON.stringify({ schemaVersion: 2, mediaType, manifests: referrers ?? [] }));
  return true;
}

function times(wrong: Misbehaviour, path: string): number {
  const counts = seen.get(wrong) ?? new Map<string, number>();
  seen.set(wrong, counts);
  const count = (counts.get(path) ?? 0) + 1;
  counts.set(path, count);
  return count;
}

/** As fast as the reader takes them, with no more than one piece in memory. */
function sendZeros(response: ServerResponse, length: number): void {
  const piece = Buffer.alloc(64 * 1024);
  let left = length;
  const send = (): void => {
    while (left > 0 && !response.destroyed) {
      const part = piece.subarray(0, Math.min(left, piece.length));
      left -= part.length;
      if (!response.write(part)) {
        response.once('drain', send);
        return;
      }
    }
    response.end();
  };
  send();
}
