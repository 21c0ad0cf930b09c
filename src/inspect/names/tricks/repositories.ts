import type { Suspicion } from '../../../core/naming.ts';
import type { NameBook } from '../book.ts';
import { HUB, type SplitName } from '../split-name.ts';
import { type Part, toSuspicion } from '../suspicion.ts';
import { likenessParts } from './likeness-parts.ts';
import { claimsToBeReal, withoutAffix } from './namespaces.ts';

/*
 * A name without a namespace can only be an official image: what is like one is a slip, or a trap in a script that some other
 * tool will resolve elsewhere (`ngnix`, `node-js`, `alpine2`). In a stranger's namespace a slip in an official name is
 * what imitators upload.
 */

/** Said of what something is: `node-js`, `alpine-linux`, `mongo-db`. */
const KINDS: ReadonlySet<string> = new Set([
  'js',
  'db',
  'sql',
  'linux',
  'os',
  'lang',
  'server',
  'app',
  'base',
  'core',
  'web',
]);

export function suspectRepository(name: SplitName, book: NameBook): Suspicion[] {
  const { host, path } = name;
  const repository = path.at(-1) ?? '';
  if (host !== HUB || path.length !== 2 || book.official.has(repository)) return [];
  const isBare = path[0] === 'library';
  const like = book.officialWords.likeness(repository);
  if (like !== undefined) {
    const parts: Part[] = [...likenessParts(like, repository)];
    if (isBare) parts.push([0.3, 'no official image has this name']);
    // A project that is named for itself imitates nobody.
    else if (like.of.length > 4 && path[0] !== repository)
      parts.push([0.2, `${path[0]} is nobody who is known`]);
    return [toSuspicion(like.kind, `${HUB}/library/${like.of}`, parts)];
  }
  if (!isBare) return claimedOfficial(name, book);
  const affixed =
    withoutAffix(repository, (word) => book.officialWords.has(word), KINDS) ?? numbered(repository, book);
  if (affixed !== undefined) {
    const parts: Part[] = [
      [0.4, `${repository} is ${affixed.known} with "${affixed.affix}" added`],
      [0.3, 'no official image has this name'],
    ];
    return [toSuspicion('affix', `${HUB}/library/${affixed.known}`, parts)];
  }
  return [toSuspicion('no-such-official', undefined, [[0.2, 'no official image has this name']])];
}

/** `someone/nginx-official`. */
function claimedOfficial({ path }: SplitName, book: NameBook): Suspicion[] {
  const [namespace = '', repository = ''] = path;
  if (!claimsToBeReal(repository)) return [];
  const affixed = withoutAffix(repository, (word) => book.officialWords.has(word));
  if (affixed === undefined) return [];
  const what = `${repository} claims to be the real ${affixed.known}, and ${namespace} is nobody who is known`;
  return [toSuspicion('affix', `${HUB}/library/${affixed.known}`, [[0.5, what]])];
}

/** `alpine2`, `python3`. */
function numbered(repository: string, book: NameBook): { known: string; affix: string } | undefined {
  const [, known = '', affix = ''] = /^([a-z-]+?)-?(\d{1,4})$/.exec(repository) ?? [];
  return book.officialWords.has(known) ? { known, affix } : undefined;
}
