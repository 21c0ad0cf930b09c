import type { Part } from '../suspicion.ts';
import type { Likeness } from '../word-index.ts';

/** How sure each kind of likeness is that somebody meant it to be one, or mistyped. */
export const LIKENESS_WEIGHTS: Readonly<Record<Likeness['kind'], number>> = {
  homoglyph: 0.5,
  separator: 0.4,
  'swapped-letters': 0.4,
  'doubled-letter': 0.4,
  'neighbouring-key': 0.4,
  'dropped-letter': 0.35,
  'added-letter': 0.3,
  'replaced-letter': 0.3,
};
const WORDS: Readonly<Record<Likeness['kind'], string>> = {
  homoglyph: 'letters that look alike',
  separator: 'separators moved',
  'swapped-letters': 'two letters swapped',
  'doubled-letter': 'a letter doubled',
  'neighbouring-key': 'a neighbouring key',
  'dropped-letter': 'a letter dropped',
  'added-letter': 'a letter added',
  'replaced-letter': 'a letter replaced',
};

/** Long words are alike by accident less often. */
export function likenessParts({ kind, of }: Likeness, word: string): Part[] {
  const parts: Part[] = [[LIKENESS_WEIGHTS[kind], `${word} is ${of} with ${WORDS[kind]}`]];
  if (of.length >= 8) parts.push([0.1, 'it is a long word']);
  return parts;
}
