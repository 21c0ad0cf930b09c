import type { Suspicion } from '../../../core/naming.ts';
import { claimsToBeReal, saysNothing, withoutAffix } from '../affix.ts';
import type { NameBook } from '../book.ts';
import { HUB, type SplitName } from '../split-name.ts';
import { type Part, scoreOf, toSuspicion } from '../suspicion.ts';
import { likenessBetween } from '../word-index.ts';
import { likenessParts } from './likeness-parts.ts';
import { randomness } from './random-looking.ts';

/*
 * Anybody may register a namespace, so that is where imitators live: an official name in a stranger's namespace
 * (`vibersastra/ubuntu`), a publisher's name with one letter off (`bitnarni/redis`) or with a word of trust added
 * (`nginx-official/nginx`). Thousands of honest people publish their own `someone/nginx`: that alone is worth a note, and
 * more only together with something else. In a registry where strangers have no part (`harbor.corp.example/docker-hub/…`), what
 * stands there is the owner's business.
 */

/** Images that are built on: one of them in the wrong hands is in everything. */
const BASES: ReadonlySet<string> = new Set([
  'alpine',
  'ubuntu',
  'debian',
  'centos',
  'fedora',
  'busybox',
  'rockylinux',
  'almalinux',
  'amazonlinux',
  'python',
  'node',
  'golang',
]);

export function suspectNamespace(name: SplitName, book: NameBook): Suspicion[] {
  const { host, path } = name;
  const [namespace = ''] = path;
  if (path.length < 2 || namespace === 'library' || !book.isShared(host)) return [];
  const near = surest(nearPublisher(name, book), nearProduct(namespace, path.at(-1) ?? '', book));
  const stranger = strangersOfficial(name, book);
  return [near ?? claimed(name, book), stranger].filter((found) => found !== undefined);
}

function surest(one: Suspicion | undefined, other: Suspicion | undefined): Suspicion | undefined {
  return one === undefined || (other !== undefined && other.score > one.score) ? other : one;
}

/** `someone/redis`. */
function strangersOfficial(name: SplitName, { official }: NameBook): Suspicion | undefined {
  const { host, path, tag } = name;
  const [namespace = ''] = path;
  const repository = path.at(-1) ?? '';
  const random = randomness(namespace);
  const image = host === HUB ? official.get(repository) : undefined;
  if (image === undefined || image.retired)
    return random === undefined ? undefined : toSuspicion('random-namespace', undefined, [[0.3, random]]);
  const parts: Part[] = [
    [0.3, `${repository} is the name of an official image, and ${namespace} is nobody who is known`],
  ];
  if (BASES.has(repository)) parts.push([0.15, 'others build on it']);
  if (tag !== undefined && tag !== 'latest' && image.tags.includes(tag))
    parts.push([0.1, 'it has a tag of the official image']);
  if (random !== undefined) parts.push([0.3, random]);
  return toSuspicion('stranger-namespace', `${HUB}/library/${repository}`, parts);
}

/** `bitnarni/redis`: one slip or look-alike letter from a publisher's namespace, here or in another registry. */
function nearPublisher({ host, path }: SplitName, book: NameBook): Suspicion | undefined {
  const [namespace = ''] = path;
  const repository = path.at(-1) ?? '';
  const near = book.namespaces.near(host, namespace);
  if (near === undefined) return undefined;
  const { like, of, isOfficial } = near;
  const parts: Part[] = [...likenessParts(like, namespace)];
  if (near.publishes(repository)) parts.push([0.35, `${like.of} publishes ${repository}`]);
  else if (book.official.has(repository)) {
    parts.push([0.2, `${repository} is the name of an official image`]);
    if (isOfficial) parts.push([0.15, `the official images are in ${of}`]);
  }
  const isSure = like.kind === 'homoglyph' && !isOfficial && scoreOf(parts) >= 0.8;
  return toSuspicion(like.kind, of, parts, isSure ? 'block' : 'review');
}

/** `promethues/prometheus`: a namespace that is like the product itself. */
function nearProduct(namespace: string, repository: string, book: NameBook): Suspicion | undefined {
  const isOfficial = book.official.get(repository)?.retired === false;
  const publisher = book.products.get(repository);
  if (!isOfficial && publisher === undefined) return undefined;
  const like = likenessBetween(namespace, repository);
  // Projects are named for themselves, with separators or without.
  if (like === undefined || like.kind === 'separator') return undefined;
  const of = isOfficial
    ? `${HUB}/library/${repository}`
    : [publisher?.registry, publisher?.namespace, repository].filter(Boolean).join('/');
  return toSuspicion(like.kind, of, [
    ...likenessParts(like, namespace),
    [0.3, `${repository} is a well-known image`],
  ]);
}

/** `nginx-official/nginx`, `dockerlibrary/ubuntu`, `alpine22/alpine`: a known name and a word of trust. */
function claimed({ host, path }: SplitName, book: NameBook): Suspicion | undefined {
  const [namespace = ''] = path;
  const repository = path.at(-1) ?? '';
  const of = withoutAffix(
    namespace,
    (word) => book.officialWords.has(word) || book.namespaces.has(host, word),
  );
  const isNumbered = of !== undefined && /^\d/.test(of.affix);
  const claims =
    claimsToBeReal(namespace) || saysNothing(namespace) || (of !== undefined && claimsToBeReal(of.affix));
  // Anybody may be the second of a name; with its very image it is more than that.
  if (isNumbered ? of.known !== repository && of.known !== 'library' : of === undefined && !claims)
    return undefined;
  const isOfficial = book.official.has(repository);
  const parts: Part[] = [];
  if (claims) parts.push([0.35, `${namespace} claims to be the real one`]);
  if (of !== undefined) parts.push([isNumbered ? 0.35 : 0.2, `it is ${of.known} with "${of.affix}" added`]);
  if (of?.known === repository || isOfficial) {
    parts.push([0.3, `${repository} is the name of an official image`]);
  }
  const isOfAny = of === undefined || of.known === 'library' || saysNothing(namespace);
  const isMeant = isOfficial && (isOfAny || of.known === repository);
  const meant = isMeant ? `${HUB}/library/${repository}` : of && `${host}/${of.known}`;
  return toSuspicion('affix', meant, parts);
}
