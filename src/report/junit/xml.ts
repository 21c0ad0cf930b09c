import { toPrintable } from '../../core/printable.ts';

/** An element; a child that is a list of strings is text, a line each. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | readonly string[])[];
}

export function element(
  name: string,
  attributes: XmlElement['attributes'] = {},
  children: XmlElement['children'] = [],
): XmlElement {
  return { name, attributes, children };
}

/** Writes an element and what is in it. Text is indented by nothing: it is read as it stands. */
export function toXml({ name, attributes, children }: XmlElement, indent = ''): string {
  const head = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(value)}"`),
  ].join(' ');
  if (children.length === 0) return `${indent}<${head}/>\n`;
  const [first] = children;
  if (isText(first)) return `${indent}<${head}>${first.map(escapeXml).join('\n')}</${name}>\n`;
  const inner = children.map((child) =>
    isText(child) ? child.map(escapeXml).join('\n') : toXml(child, `${indent}  `),
  );
  return `${indent}<${head}>\n${inner.join('')}${indent}</${name}>\n`;
}

function isText(child: XmlElement | readonly string[] | undefined): child is readonly string[] {
  return Array.isArray(child);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * One line of text for an element or attribute. XML 1.0 (section 2.2, Char) has no way to write most control
 * characters, lone surrogates, U+FFFE and U+FFFF, not even as references: they become visible escapes.
 */
function escapeXml(text: string): string {
  return toPrintable(text)
    .toWellFormed()
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
