import { toPrintable } from '../../core/printable.ts';

/** Text that is markup already. Made by `html` and `trusted` only, so that nothing gets into a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Markup | undefined | readonly Content[];

/**
 * A template whose holes are escaped, in text and in quoted attributes alike. Control characters and bidirectional
 * overrides become visible escapes.
 */
export function html(parts: TemplateStringsArray, ...holes: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => part + write(holes[index])).join(''));
}

/** Our own constant text, as it is. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function write(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(write).join('');
  return escapeHtml(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeHtml(text: string): string {
  return toPrintable(text)
    .toWellFormed()
    .replace(/[&<>"'`]/g, (char) => ENTITIES[char] ?? char);
}
