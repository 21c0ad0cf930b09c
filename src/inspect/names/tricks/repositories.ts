import type { Suspicion } from '../../../core/naming.ts';
import { claimsToBeReal, isOfBuild, withoutAffix, withoutKind } from '../affix.ts';
import type { NameBook } from '../book.ts';
import { OTHER_NAMES } from '../other-names.ts';
import { HUB, type SplitName } from '../split-name.ts';
import { type Part, toSuspicion } from '../suspicion.ts';
import type { Likeness } from '../word-index.ts';
import { likenessParts } from './likeness-parts.ts';

/*
 * A name without a namespace can only be an official image: what is like one is a slip, or a trap in a script that some other
 * tool will resolve elsewhere (`ngnix`, `node-js`, `alpine2`). In a stranger's namespace a slip in an official name, or in that of a
 * well-known product, is what imitators upload.
 */

const NO_SUCH = [0.3, 'no official image has this name'] as const;

export function suspectRepository(name: SplitName, book: NameBook): Suspicion[] {
  const { host, path } = name;
  const [namespace = ''] = path;
  const repository = path.at(-1) ?? '';
  if (path.length < 2 || !book.isShared(host) || (host === HUB && path.length > 2)) return [];
  if (book.official.has(repository)) return [];
  return host === HUB && namespace === 'library'
    ? suspectBare(repository, book)
    : suspectStrangers(namespace, repository, book);
}

/** `ngnix`, `mongodb`, `nginx-official`. */
function suspectBare(repository: string, book: NameBook): Suspicion[] {
  const like = book.officialWords.likeness(repository);
  const meant = OTHER_NAMES.get(repository);
  if (meant !== undefined) {
    const parts: Part[] = [NO_SUCH, [0.4, `meant is ${meant}, which many call ${repository}`]];
    return [toSuspicion('other-name', `${HUB}/library/${meant}`, parts)];
  }
  if (like !== undefined) {
    return [
      toSuspicion(like.kind, `${HUB}/library/${like.of}`, [...likenessParts(like, repository), NO_SUCH]),
    ];
  }
  const affixed = withoutKind(repository, (word) => book.officialWords.has(word));
  if (affixed !== undefined) {
    const what = `${repository} is ${affixed.known} with "${affixed.affix}" added`;
    // `docker build -t node-app`.
    const parts: Part[] = isOfBuild(affixed.affix)
      ? [[0.2, `${what}, as people name their own builds`], NO_SUCH]
      : [[0.4, what], NO_SUCH];
    return [toSuspicion('affix', `${HUB}/library/${affixed.known}`, parts)];
  }
  const product = productLike(repository, book);
  if (product !== undefined) {
    const parts: Part[] = [...likenessParts(product.like, repository), [productWeight(product), NO_SUCH[1]]];
    return [toSuspicion(product.like.kind, product.of, parts)];
  }
  return [toSuspicion('no-such-official', undefined, [[0.2, NO_SUCH[1]]])];
}

/** `someone/ngnix`, `someone/promethues`. */
function suspectStrangers(namespace: string, repository: string, book: NameBook): Suspicion[] {
  const official = book.officialWords.likeness(repository);
  const found =
    official === undefined
      ? productLike(repository, book)
      : { like: official, of: `${HUB}/library/${official.of}` };
  if (found === undefined) return claimedOfficial(namespace, repository, book);
  const { like, of } = found;
  const parts: Part[] = [...likenessParts(like, repository)];
  // A project that is named for itself imitates nobody.
  const weight = official === undefined ? productWeight(found) : 0.2;
  if (like.of.length > 4 && namespace !== repository)
    parts.push([weight, `${namespace} is nobody who is known`]);
  return [toSuspicion(like.kind, of, parts)];
}

/** Likenesses that no fork or plural has, nor a name that is near by accident (`paperless-ng`, `ai-server`). */
const SLIPS: ReadonlySet<Likeness['kind']> = new Set([
  'homoglyph',
  'swapped-letters',
  'doubled-letter',
  'neighbouring-key',
  'dropped-letter',
]);

/** The well-known product that a name is like. */
function productLike(repository: string, { products, productWords }: NameBook): Near | undefined {
  const like = products.has(repository) ? undefined : productWords.likeness(repository);
  if (like === undefined || !SLIPS.has(like.kind) || like.of.startsWith(repository)) return undefined;
  const publisher = products.get(like.of);
  return { like, of: [publisher?.registry, publisher?.namespace, like.of].filter(Boolean).join('/') };
}

/** One letter less is another word often enough. */
function productWeight({ like }: Near): number {
  return like.kind === 'dropped-letter' ? 0.1 : 0.2;
}

interface Near {
  readonly like: Likeness;
  readonly of: string;
}

/** `someone/nginx-official`. */
function claimedOfficial(namespace: string, repository: string, book: NameBook): Suspicion[] {
  if (!claimsToBeReal(repository)) return [];
  const affixed = withoutAffix(repository, (word) => book.officialWords.has(word));
  if (affixed === undefined) return [];
  const what = `${repository} claims to be the real ${affixed.known}, and ${namespace} is nobody who is known`;
  return [toSuspicion('affix', `${HUB}/library/${affixed.known}`, [[0.5, what]])];
}
