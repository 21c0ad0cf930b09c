/** A text file of Windows: UTF-16 by its mark or by its zeros, else UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  const data = Buffer.from(buffer, byteOffset, byteLength);
  if (data[0] === 0xff && data[1] === 0xfe) return data.toString('utf16le', 2);
  if (data[0] === 0xfe && data[1] === 0xff) {
    const even = data.length - (data.length % 2);
    return Buffer.from(data.subarray(2, even)).swap16().toString('utf16le');
  }
  if (data.length >= 4 && data[1] === 0 && data[3] === 0) return data.toString('utf16le');
  return data.toString('utf8', data[0] === 0xef && data[1] === 0xbb ? 3 : 0);
}

/** An XML element without elements in it. */
export interface XmlText {
  /** Without its namespace. */
  readonly name: string;
  readonly text: string;
  /** Names of the elements around it, the outermost first. */
  readonly within: readonly string[];
}

const TAG = /<(\/?)(?:[\w.-]{1,64}:)?([\w.-]{1,128})(?:\s[^<>]{0,4000})?>/g;
/** Deeper than any file that Windows reads so. */
const MAX_DEPTH = 64;

/**
 * The texts of an XML document, without a parser: what Windows reads as XML is found, and what is none costs no more. Comments are left
 * out, CDATA and entities are read.
 */
export function* xmlTexts(source: string): Generator<XmlText> {
  const text = plainXml(source);
  const open: string[] = [];
  let opened: { name: string; end: number } | undefined;
  for (const match of text.matchAll(TAG)) {
    const [tag, slash, name = ''] = match;
    if (tag.endsWith('/>')) {
      opened = undefined;
    } else if (slash === '') {
      opened = { name, end: match.index + tag.length };
      if (open.length < MAX_DEPTH) open.push(name);
    } else {
      if (open.at(-1) === name) open.pop();
      if (opened?.name === name)
        yield { name, text: unescapeXml(text.slice(opened.end, match.index)), within: [...open] };
      opened = undefined;
    }
  }
}

/** Comments taken out, CDATA made text. */
function plainXml(source: string): string {
  let plain = '';
  let at = 0;
  while (at < source.length) {
    const next = source.indexOf('<!', at);
    if (next < 0) break;
    plain += source.slice(at, next);
    if (source.startsWith('<!--', next)) {
      const end = source.indexOf('-->', next + 4);
      at = end < 0 ? source.length : end + 3;
    } else if (source.startsWith('<![CDATA[', next)) {
      const end = source.indexOf(']]>', next);
      const stop = end < 0 ? source.length : end;
      plain += source
        .slice(next + 9, stop)
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;');
      at = stop + 3;
    } else {
      plain += '<!';
      at = next + 2;
    }
  }
  return plain + source.slice(at);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, decimal, hex, name) => {
      if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
