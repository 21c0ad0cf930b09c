import type { Suspicion } from '../../../core/naming.ts';
import type { NameBook } from '../book.ts';
import { HUB, type SplitName } from '../split-name.ts';
import { type Part, toSuspicion } from '../suspicion.ts';
import { likenessParts } from './likeness-parts.ts';
import { randomness } from './random-looking.ts';

/*
 * Anybody may register a namespace, so that is where imitators live: an official name in a stranger's namespace
 * (`vibersastra/ubuntu`), a publisher's name with one letter off (`bitnarni/redis`) or with a word of trust added
 * (`nginx-official/nginx`). Thousands of honest people publish their own `someone/nginx`: that alone is worth a note, and
 * more only together with something else.
 */

/** Words that claim to be the real one. */
const CLAIMS: ReadonlySet<string> = new Set([
  'official',
  'original',
  'real',
  'verified',
  'trusted',
  'genuine',
  'secure',
  'safe',
  'legit',
]);
/** Words that say nothing. */
const FILLERS: ReadonlySet<string> = new Set([
  'docker',
  'hub',
  'dockerhub',
  'image',
  'images',
  'img',
  'library',
  'container',
  'containers',
  'registry',
  'repo',
  'inc',
  'org',
  'io',
  'team',
  'latest',
  'prod',
  'release',
  'releases',
  'free',
  'pro',
  'plus',
  'new',
  'v2',
  '2',
]);

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

function isOfficialTag({ tag, path }: SplitName, { official }: NameBook): boolean {
  if (tag === undefined || tag === 'latest') return false;
  return official.get(path.at(-1) ?? '')?.tags.includes(tag) === true;
}

export function suspectNamespace(name: SplitName, book: NameBook): Suspicion[] {
  const { host, path } = name;
  const [namespace = ''] = path;
  const repository = path.at(-1) ?? '';
  if (path.length < 2 || namespace === 'library') return [];
  const found: Suspicion[] = [];
  const isOfficialName = book.official.get(repository)?.retired === false;
  const random = randomness(namespace);
  const near = nearPublisher(host, namespace, repository, book) ?? claimed(host, namespace, repository, book);
  if (near !== undefined) found.push(near);
  if (host === HUB && isOfficialName) {
    const parts: Part[] = [
      [0.3, `${repository} is the name of an official image, and ${namespace} is nobody who is known`],
    ];
    if (BASES.has(repository)) parts.push([0.15, 'others build on it']);
    if (isOfficialTag(name, book)) parts.push([0.1, 'it has a tag of the official image']);
    if (random !== undefined) parts.push([0.3, random]);
    found.push(toSuspicion('stranger-namespace', `${HUB}/library/${repository}`, parts));
  } else if (random !== undefined) found.push(toSuspicion('random-namespace', undefined, [[0.3, random]]));
  return found;
}

/** `bitnarni/redis`: one slip or look-alike letter from a publisher's namespace. */
function nearPublisher(
  host: string,
  namespace: string,
  repository: string,
  book: NameBook,
): Suspicion | undefined {
  const like = book.namespaceWords.get(host)?.likeness(namespace) ?? undefined;
  if (like === undefined) return undefined;
  const publisher = book.publisherCalled(host, like.of);
  const isTheirs = publisher?.repositories.some((known) => known === repository) === true;
  const isOfficial = book.official.has(repository);
  const parts: Part[] = [...likenessParts(like, namespace)];
  if (isTheirs) parts.push([0.35, `${like.of} publishes ${repository}`]);
  else if (isOfficial) parts.push([0.2, `${repository} is the name of an official image`]);
  const score = parts.reduce((sum, [weight]) => sum + weight, 0);
  const isSure = like.kind === 'homoglyph' && score >= 0.8;
  return toSuspicion(like.kind, `${host}/${like.of}`, parts, isSure ? 'block' : 'review');
}

/** `nginx-official/nginx`, `docker-library/ubuntu`, `alpinehub/alpine`: a known name and a word of trust. */
function claimed(host: string, namespace: string, repository: string, book: NameBook): Suspicion | undefined {
  const of = withoutAffix(
    namespace,
    (word) => book.officialWords.has(word) || book.namespaceWords.get(host)?.has(word) === true,
  );
  const words = namespace.split(/[._-]/);
  const claims = words.some((word) => CLAIMS.has(word)) || (words.length > 1 && words.every(isEmptyWord));
  if (of === undefined && !claims) return undefined;
  const parts: Part[] = [];
  if (claims) parts.push([0.35, `${namespace} claims to be the real one`]);
  if (of !== undefined) parts.push([0.2, `it is ${of.known} with "${of.affix}" added`]);
  if (of?.known === repository || book.official.has(repository)) {
    parts.push([0.3, `${repository} is the name of an official image`]);
  }
  const trick = 'affix';
  const isOfficials =
    book.official.has(repository) && (of === undefined || of.known === repository || FILLERS.has(of.known));
  const meant = isOfficials ? `${HUB}/library/${repository}` : of && `${host}/${of.known}`;
  return toSuspicion(trick, meant, parts);
}

/** Whether a name claims to be the real one. */
export function claimsToBeReal(name: string): boolean {
  return name.split(/[._-]/).some((word) => CLAIMS.has(word));
}

function isEmptyWord(word: string): boolean {
  return CLAIMS.has(word) || FILLERS.has(word);
}

/**
 * A known word with something added that says nothing, before or after it.
 * @param more words that say nothing here, besides those that never do
 */
export function withoutAffix(
  text: string,
  isKnown: (word: string) => boolean,
  more: ReadonlySet<string> = new Set(),
): { readonly known: string; readonly affix: string } | undefined {
  const words = text.split(/[._-]/);
  for (let cut = 1; cut < words.length; cut++) {
    const [front, back] = [words.slice(0, cut).join('-'), words.slice(cut).join('-')];
    if (isKnown(front) && words.slice(cut).every((word) => isEmptyWord(word) || more.has(word)))
      return { known: front, affix: back };
    if (isKnown(back) && words.slice(0, cut).every((word) => isEmptyWord(word) || more.has(word)))
      return { known: back, affix: front };
  }
  for (const affix of [...CLAIMS, ...FILLERS]) {
    if (text.length - affix.length < 4) continue;
    const front = text.slice(0, -affix.length);
    if (text.endsWith(affix) && isKnown(front)) return { known: front, affix };
    const back = text.slice(affix.length);
    if (text.startsWith(affix) && isKnown(back)) return { known: back, affix };
  }
  return undefined;
}
