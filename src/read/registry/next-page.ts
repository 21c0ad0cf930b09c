/** Links that one header is searched for; a header's length is bounded by the HTTP parser. */
const MAX_LINKS = 16;

export type NextPage =
  /** Of the URL asked before, with another query. */
  | { readonly kind: 'query'; readonly query: string }
  /** Another host or path. */
  | { readonly kind: 'elsewhere' };

/**
 * The next page that a `Link` header names (RFC 8288, relation `next`), told by its query alone: a link with another
 * scheme, as registries behind a proxy write it, is the same page, while one to another host or path is not.
 */
export function nextQuery(header: string | string[] | undefined, asked: URL): NextPage | undefined {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ');
  const links = text.matchAll(/<([^<>]{0,4096})>([^<>]{0,1024})/g);
  for (const [, target = '', parameters = ''] of links.take(MAX_LINKS)) {
    if (
      !/;\s{0,8}rel\s{0,8}=\s{0,8}(?:"(?:[^"]{0,100} )?next(?: [^"]{0,100})?"|next(?:\s|[;,]|$))/i.test(
        parameters,
      )
    )
      continue;
    const url = URL.parse(target, asked.href);
    if (url === null || url.host !== asked.host || url.pathname !== asked.pathname)
      return { kind: 'elsewhere' };
    return { kind: 'query', query: url.search };
  }
  return undefined;
}
