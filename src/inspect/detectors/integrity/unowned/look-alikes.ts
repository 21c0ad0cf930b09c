import type { FileRecord } from '../../../../core/file.ts';
import { baseNameOf, type LayerPath, parentOf } from '../../../../core/layer-path.ts';
import type { FindingDraft, ImageView } from '../../../contract.ts';
import { searchOrder } from './packaged-commands.ts';
import { LOOK_ALIKE } from './rules.ts';

/**
 * A path that a person reads as a packaged program's, and that is another: with blanks or invisible characters in it, or
 * with letters of another alphabet (Unicode TR 39 calls them confusables; these are the ones that lower-case Latin
 * command names can be written with).
 */
const CONFUSABLE: Readonly<Record<string, string>> = {
  a: 'аɑα',
  b: 'ЬḄ',
  c: 'сϲ',
  d: 'ԁ',
  e: 'еҽ',
  g: 'ɡց',
  h: 'һհ',
  i: 'іıι',
  j: 'ј',
  k: 'кκ',
  l: 'ӏⅼ',
  m: 'м',
  n: 'ոռ',
  o: 'оοօ',
  p: 'рρ',
  q: 'ԛզ',
  r: 'гᴦ',
  s: 'ѕ',
  t: 'тτ',
  u: 'սυ',
  v: 'ѵν',
  w: 'ԝա',
  x: 'хχ',
  y: 'уγ',
  z: 'ᴢ',
};
const FOREIGN = new Map(
  Object.entries(CONFUSABLE).flatMap(([latin, letters]) =>
    [...letters].map((letter) => [letter, latin] as const),
  ),
);
const SUSPICIOUS = /[^\x21-\x7e]/;

export function* lookAlikesIn(
  image: ImageView,
  commands: ReadonlyMap<string, LayerPath>,
): Generator<FindingDraft> {
  const order = searchOrder(image);
  for (const [layer, { files }] of image.layers.entries()) {
    for (const record of files.values()) {
      const { path } = record;
      if (!SUSPICIOUS.test(path) || !mayRun(record) || image.owner(path, layer) !== undefined) continue;
      const folded = fold(path);
      const inPath = order.includes(parentOf(image.treeAt(layer).canonical(path)));
      const command = inPath ? commands.get(baseNameOf(folded)) : undefined;
      const posed = image.owner(folded, layer) === undefined ? command : folded;
      if (folded === path || posed === undefined) continue;
      yield { rule: LOOK_ALIKE, layer, path, evidence: `looks like ${posed}: ${escaped(path)}` };
    }
  }
}

function mayRun({ kind, content }: FileRecord): boolean {
  if (kind === 'file') return content === 'elf' || content === 'script';
  return kind === 'symlink' || kind === 'hardlink';
}

/** The path as it looks: invisible characters and blanks gone, compatible forms and foreign letters as Latin ones. */
function fold(path: string): string {
  return [...path.normalize('NFKC').replace(/[\p{Cf}\p{Cc}\p{Z}\p{M}]/gu, '')]
    .map((letter) => FOREIGN.get(letter) ?? letter)
    .join('');
}

function escaped(path: string): string {
  return path.replace(/[^\x21-\x7e]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}
