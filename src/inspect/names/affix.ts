/*
 * Known names with something added that says nothing (`nginx-official`, `dockerlibrary`, `alpine2`): what imitators add to a name
 * that is taken, and what honest people add to their own.
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
const FILLERS: ReadonlySet<string> = new Set(
  (
    'docker hub dockerhub image images img library container containers registry repo inc org io team latest prod release releases ' +
    'free pro plus new v2 2'
  ).split(' '),
);
/** Said of what something is: `node-js`, `alpine-linux`, `mongo-db`. */
const KINDS: ReadonlySet<string> = new Set(['js', 'db', 'sql', 'linux', 'os', 'lang']);
/** What people call their own builds after: `node-app`, `redis-prod`. */
const BUILDS: ReadonlySet<string> = new Set(['app', 'server', 'web', 'base', 'core', 'prod']);
const KINDS_AND_BUILDS: ReadonlySet<string> = new Set([...KINDS, ...BUILDS]);
const NONE: ReadonlySet<string> = new Set();

export interface Affixed {
  readonly known: string;
  readonly affix: string;
}

/** A known word with something added that says nothing, before or after it. */
export function withoutAffix(text: string, isKnown: (word: string) => boolean): Affixed | undefined {
  return split(text, isKnown, NONE) ?? numbered(text, isKnown);
}

/** The same for a name without a namespace, where `js` and `server` say nothing either. */
export function withoutKind(text: string, isKnown: (word: string) => boolean): Affixed | undefined {
  return split(text, isKnown, KINDS_AND_BUILDS) ?? numbered(text, isKnown);
}

function split(
  text: string,
  isKnown: (word: string) => boolean,
  more: ReadonlySet<string>,
): Affixed | undefined {
  const words = text.split(/[._-]/);
  const isEmpty = (word: string): boolean => isEmptyWord(word) || more.has(word);
  for (let cut = 1; cut < words.length; cut++) {
    const [front, back] = [words.slice(0, cut), words.slice(cut)];
    if (back.every(isEmpty) && isKnown(front.join('-')))
      return { known: front.join('-'), affix: back.join('-') };
    if (front.every(isEmpty) && isKnown(back.join('-')))
      return { known: back.join('-'), affix: front.join('-') };
  }
  return joined(text, (word) => word.length >= 4 && isKnown(word));
}

/** The same without a separator: `nginxofficial`. */
function joined(text: string, isKnown: (word: string) => boolean): Affixed | undefined {
  for (const affix of EMPTY_WORDS) {
    if (affix.length >= text.length) continue;
    if (text.endsWith(affix)) {
      const known = text.slice(0, -affix.length);
      if (isKnown(known)) return { known, affix };
    }
    if (text.startsWith(affix)) {
      const known = text.slice(affix.length);
      if (isKnown(known)) return { known, affix };
    }
  }
  return undefined;
}

/** `alpine2`, `python-33`. */
function numbered(text: string, isKnown: (word: string) => boolean): Affixed | undefined {
  const [, known = '', affix = ''] = /^([a-z][a-z-]{0,62}?)-?(\d{1,4})$/.exec(text) ?? [];
  return affix !== '' && isKnown(known) ? { known, affix } : undefined;
}

/** Whether a name has a word in it that claims to be the real one. */
export function claimsToBeReal(name: string): boolean {
  return wordsOf(name).some((word) => CLAIMS.has(word));
}

/** Whether a name is made of words that say nothing, of two at least: `docker-hub`, `dockerlibrary`. */
export function saysNothing(name: string): boolean {
  const words = wordsOf(name);
  return words.length > 1
    ? words.every(isEmptyWord)
    : joined(name, (rest) => rest.length >= 3 && isEmptyWord(rest)) !== undefined;
}

/** Whether what is added only tells a build of one's own from another. */
export function isOfBuild(affix: string): boolean {
  return wordsOf(affix).every((word) => BUILDS.has(word));
}

const EMPTY_WORDS: readonly string[] = [...CLAIMS, ...FILLERS];

function isEmptyWord(word: string): boolean {
  return CLAIMS.has(word) || FILLERS.has(word);
}

function wordsOf(text: string): string[] {
  return text.split(/[._-]/);
}
