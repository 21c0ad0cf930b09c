/**
 * Text that a registry, proxy or helper wrote, made fit for one line of a message: control characters, line
 * separators and direction overrides become spaces, and no more than `max` characters are kept.
 */
export function toOneLine(text: string, max = 200): string {
  return text
    .slice(0, max * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, max);
}
