import type { Suspicion } from '../../../core/naming.ts';
import type { NameBook } from '../book.ts';
import { type Mark, markOf } from '../confusion-index.ts';
import type { SplitName } from '../split-name.ts';
import { toSuspicion } from '../suspicion.ts';

/*
 * Dependency confusion: a name of ours, in a registry where anybody may take it. `docker.io/acme-internal/x` where
 * `registry.acme.example/x` is ours; a build that forgets the registry, or a mirror that falls back, fetches the stranger's.
 */

const TRICK = 'dependency-confusion';

/** @param isKnown whether the namespace is a known publisher's: then only the very path of an internal image is confusing */
export function suspectConfusion(name: SplitName, book: NameBook, isKnown: boolean): Suspicion[] {
  const { confusion } = book;
  const { host, path } = name;
  if (confusion.isEmpty || book.isOurs(name)) return [];
  const same = confusion.withPath(path);
  if (same !== undefined && same.host !== host) {
    const what = `${path.join('/')} is the path of ${same.text}, here in ${host}`;
    return [toSuspicion(TRICK, same.text, [[0.9, what]], 'block')];
  }
  if (isKnown) return [];
  const [namespace = ''] = path;
  const repository = path.at(-1) ?? '';
  const named = confusion.withMarkAndName(namespace, repository);
  const marked = confusion.withMark(namespace);
  const isNamed = named !== undefined && (named.isWord || marked?.isWord !== true);
  const found = isNamed ? named : marked;
  // Whose host has the word has the word: another registry of the same house.
  if (found === undefined || markOf(host) === found.word) return [];
  return [toSuspicionOf(found, isNamed ? repository : undefined, name, book)];
}

function toSuspicionOf(
  { word, pattern, isWord }: Mark,
  repository: string | undefined,
  { host, path }: SplitName,
  book: NameBook,
): Suspicion {
  const what = `the namespace ${path[0]} has "${word}" of your registry ${pattern.host} in it`;
  const same = [0.4, `${repository} is the name of ${pattern.text}`] as const;
  if (!isWord) {
    const within = [0.3, `${what}, inside a word`] as const;
    return toSuspicion(TRICK, pattern.text, repository === undefined ? [within] : [within, same]);
  }
  const alone = [0.5, what] as const;
  if (repository !== undefined) return toSuspicion(TRICK, pattern.text, [alone, same], 'block');
  if (!book.isShared(host)) return toSuspicion(TRICK, pattern.text, [alone, [0.15, 'as a word of its own']]);
  const anybody = [0.35, `as a word of its own, and anybody may register a namespace in ${host}`] as const;
  return toSuspicion(TRICK, pattern.text, [alone, anybody], 'block');
}
