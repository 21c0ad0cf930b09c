import { Unreadable } from '../unreadable.ts';

/*
 * Enough of XML 1.0 for an OVF descriptor: elements and their attributes. Text is passed over. A document type is refused, because
 * its entities would make another document for who expands them; so is what is not well-formed, because programs differ on it.
 */

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly children: readonly XmlElement[];
}

const DEEPEST = 100;
/** Markup that holds none. The loops in it advance with each byte: it is linear. */
const PASSED_OVER = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const NAME = /[A-Za-z_\u0080-\uffff][\w.\-:\u0080-\uffff]*/y;
const ATTRIBUTE = /\s+([A-Za-z_\u0080-\uffff][\w.\-:\u0080-\uffff]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;

type Building = XmlElement & { readonly children: XmlElement[]; readonly written: string };

/** @throws Unreadable MALFORMED_DISK, UNSUPPORTED */
export function parseXml(text: string, what: string): XmlElement {
  const top: Building = { name: '', written: '', attributes: [], children: [] };
  const open: Building[] = [top];
  const fail = (at: number): never => {
    throw new Unreadable('MALFORMED_DISK', `${what} is no XML, at its character ${at}`);
  };
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const parent = open.at(-1) ?? top;
    const over = PASSED_OVER.find(([start]) => text.startsWith(start, at));
    const isClosing = text.startsWith('</', at);
    const tag = over === undefined && !isClosing ? parseTag(text, at, what) : undefined;
    const end =
      over !== undefined
        ? endOfPassedOver(text, at, over)
        : isClosing
          ? endOfClosing(text, at, parent)
          : tag?.end;
    if (end === undefined || open.length > DEEPEST) return fail(at);
    if (isClosing) open.pop();
    if (tag !== undefined) {
      parent.children.push(tag.element);
      if (!tag.isEmpty) open.push(tag.element);
    }
    at = end;
  }
  const [root, ...more] = top.children;
  return root === undefined || more.length > 0 || open.length > 1 ? fail(text.length) : root;
}

function endOfPassedOver(
  text: string,
  start: number,
  [opening, closing]: readonly [string, string],
): number | undefined {
  const end = text.indexOf(closing, start + opening.length);
  return end < 0 ? undefined : end + closing.length;
}

/** Undefined where it closes something else: the top has no name. */
function endOfClosing(text: string, start: number, { written }: Building): number | undefined {
  if (match(NAME, text, start + 2)?.[0] !== written) return undefined;
  const at = start + 2 + written.length;
  const end = match(TAG_END, text, at);
  return end?.[1] === '' ? at + end[0].length : undefined;
}

interface Tag {
  readonly element: Building;
  readonly isEmpty: boolean;
  readonly end: number;
}

/** @throws Unreadable UNSUPPORTED for a document type */
function parseTag(text: string, start: number, what: string): Tag | undefined {
  if (text.startsWith('<!', start))
    throw new Unreadable('UNSUPPORTED', `${what} has a document type, which programs read differently`);
  const written = match(NAME, text, start + 1)?.[0];
  if (written === undefined) return undefined;
  const attributes: { name: string; value: string }[] = [];
  let at = start + 1 + written.length;
  for (let found = match(ATTRIBUTE, text, at); found !== undefined; found = match(ATTRIBUTE, text, at)) {
    attributes.push({ name: local(found[1] ?? ''), value: decodeEntities(found[2] ?? found[3] ?? '') });
    at += found[0].length;
  }
  const end = match(TAG_END, text, at);
  if (end === undefined) return undefined;
  const element = { name: local(written), written, attributes, children: [] };
  return { element, isEmpty: end[1] === '/', end: at + end[0].length };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decodeEntities(value: string): string {
  return value.replace(/&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(\w{1,8}));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES.get(name) ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
