import { domainToUnicode } from 'node:url';
import type { Suspicion } from '../../../core/naming.ts';
import type { NameBook } from '../book.ts';
import { isAscii, toAscii } from '../skeleton.ts';
import { repositoryOf, type SplitName, splitName } from '../split-name.ts';
import { type Part, toSuspicion } from '../suspicion.ts';

/*
 * Letters of other alphabets, and punycode that shows as them: no reference may have the first, and the second is read as
 * something else than it is wherever it is shown decoded.
 */

/** What a name says, and in which scripts. */
export function suspectLetters(name: SplitName, book: NameBook): Suspicion[] {
  const shown = name.host.includes('xn--') ? domainToUnicode(name.host.replace(/:\d{1,5}$/, '')) : name.host;
  const text = [shown, ...name.path].join('/');
  const isPunycode = shown !== name.host;
  if (isAscii(text)) return isPunycode || name.host.includes('xn--') ? [brokenPunycode(name)] : [];
  const of = known(splitName(toAscii(text)), isAscii(shown), book);
  if (!isPunycode) return [foreignLetters(text, of)];
  const parts: Part[] = [[0.7, `the host ${name.host} is shown as ${shown}`]];
  if (of !== undefined) parts.push([0.3, `it looks like ${of}`]);
  return [toSuspicion('punycode', of, parts, of === undefined ? 'review' : 'block')];
}

/**
 * @param text with other letters than ASCII has
 * @param of what it would be in plain letters, where that is known
 */
export function foreignLetters(text: string, of: string | undefined): Suspicion {
  const alphabets = scriptsOf(text);
  const parts: Part[] = [
    [0.7, `it mixes ${alphabets.join(' and ')}, and no image name may have other letters than ASCII`],
  ];
  if (of !== undefined) parts.push([0.3, `it looks like ${of}`]);
  return toSuspicion(alphabets.length > 1 ? 'mixed-scripts' : 'homoglyph', of, parts, 'block');
}

function brokenPunycode({ host }: SplitName): Suspicion {
  return toSuspicion('punycode', undefined, [
    [0.6, `the host ${host} claims to be punycode, and decodes to nothing`],
  ]);
}

/** What it would be in plain letters, if that is something known. */
function known(plain: SplitName, isHostPlain: boolean, book: NameBook): string | undefined {
  if (book.official.has(plain.path.at(-1) ?? '')) return repositoryOf(plain);
  if (book.publisherOf(plain) !== undefined) return repositoryOf(plain);
  return isHostPlain ? undefined : book.hosts.twinOf(plain.host);
}

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Han', 'Hebrew', 'Arabic'].map(
  (name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const,
);

function scriptsOf(text: string): string[] {
  const found = SCRIPTS.filter(([, script]) => script.test(text)).map(([name]) => name);
  return found.length > 0 ? found : ['unusual characters'];
}
