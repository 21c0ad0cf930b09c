/*
 * What a name looks like, rather than what it is: two names with one skeleton are taken for each other by whoever reads them (the
 * idea of UTS #39, "Confusable Detection"). Only letters that pass for a character of an image name are listed.
 */

/** Letters of other scripts and forms, by the ASCII letter that they pass for. */
const FOREIGN: Readonly<Record<string, string>> = {
  a: 'аɑαａạàáâãäå',
  b: 'Ьƅｂ',
  c: 'сϲⅽｃçć',
  d: 'ԁⅾｄđ',
  e: 'еҽｅèéêëēė',
  f: 'ｆſ',
  g: 'ɡցｇğ',
  h: 'һհｈ',
  i: 'іɩιｉìíîïıⅰ',
  j: 'јϳｊ',
  k: 'кκｋ',
  l: 'ӏⅼｌł',
  m: 'ⅿｍм',
  n: 'ոｎñń',
  o: 'оοօｏòóôõöøσ',
  p: 'рρｐ',
  q: 'ԛｑ',
  r: 'гｒ',
  s: 'ѕｓśš',
  t: 'тｔτ',
  u: 'υսｕùúûüц',
  v: 'νѵⅴｖ',
  w: 'ԝｗω',
  x: 'хⅹｘχ',
  y: 'уγｙýÿ',
  z: 'ｚźżž',
  '-': '‐‑‒–—−',
  '.': '․。',
  '/': '⁄∕',
};
const TO_ASCII = new Map(
  Object.entries(FOREIGN).flatMap(([ascii, foreign]) =>
    [...foreign].map((letter) => [letter, ascii] as const),
  ),
);

/** ASCII that passes for other ASCII: `0` for `o`, `rn` for `m`. */
export function toSkeleton(text: string): string {
  return toAscii(text)
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd')
    .replace(/[01]/g, (digit) => (digit === '0' ? 'o' : 'l'))
    .replaceAll('i', 'l')
    .replaceAll('5', 's');
}

/** Foreign letters replaced by what they pass for; everything in lower case. */
export function toAscii(text: string): string {
  const lower = text.toLowerCase();
  if (isAscii(lower)) return lower;
  // Characters that show as nothing at all.
  const shown = lower.replace(/\p{Cf}/gu, '');
  return [...shown].map((letter) => TO_ASCII.get(letter) ?? letter).join('');
}

export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** Without what people put between words. */
export function withoutSeparators(text: string): string {
  return text.replace(/[._-]/g, '');
}
