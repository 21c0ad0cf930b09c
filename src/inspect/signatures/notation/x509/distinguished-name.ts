import { Failure } from '../../../../core/failure.ts';
import type { Certificate } from './certificate.ts';
import { type Der, Members, parseDer, TAG, toOid } from './der.ts';

/*
 * Distinguished names, both ways: out of a certificate's DER, and as people write them (RFC 4514). Compared is text, attribute
 * by attribute, exactly. A value whose kind of string is not one of the two that are unambiguous is kept as its bytes in
 * hexadecimal: it then equals nothing that anybody wrote, instead of something that it looks like.
 */

interface Attribute {
  readonly type: string;
  readonly value: string;
}

/** RFC 4514, 3, and what X.520 certificates have besides. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.17', 'POSTALCODE'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
]);
const KNOWN: ReadonlySet<string> = new Set(NAMES.values());

const UTF8_STRING = 0x0c;
const PRINTABLE_STRING = 0x13;
const IA5_STRING = 0x16;
const MAX_ATTRIBUTES = 64;
const MAX_TEXT = 4096;

/** A certificate's subject as RFC 4514 writes it: the last part first. @throws Failure MALFORMED */
export function describeSubject({ subject }: Certificate): string {
  return readName(subject)
    .toReversed()
    .map((parts) => parts.map(({ type, value }) => `${type}=${escapeValue(value)}`).join('+'))
    .join(',');
}

/** What a trusted identity asks of a subject: attribute types and their values. */
export type AskedSubject = ReadonlyMap<string, string>;

/**
 * Whether the subject has every attribute that is asked for, once, with exactly that value. An attribute given twice could be
 * read either way, so it matches nothing.
 */
export function matchesSubject({ subject }: Certificate, asked: AskedSubject): boolean {
  const attributes = readName(subject).flat();
  return [...asked].every(([type, value]) => {
    const own = attributes.filter((attribute) => attribute.type === type);
    return own.length === 1 && own[0]?.value === value;
  });
}

/** Whether every subject that `b` accepts is accepted by `a` too. */
export function covers(a: AskedSubject, b: AskedSubject): boolean {
  return [...a].every(([type, value]) => b.get(type) === value);
}

/**
 * What follows `x509.subject:`, as Notation has it: single attributes, each once, with C, ST and O among them.
 * @throws Failure MALFORMED
 */
export function parseAskedSubject(text: string): AskedSubject {
  const asked = new Map<string, string>();
  if (text.length > MAX_TEXT) throw malformed('it is too long');
  for (const part of splitParts(text)) {
    const equals = part.indexOf('=');
    const written = part.slice(0, Math.max(0, equals)).trim().toUpperCase();
    const type = written === 'S' ? 'ST' : written;
    if (!KNOWN.has(type))
      throw malformed(`${JSON.stringify(part.trim().slice(0, 40))} is no known attribute`);
    if (asked.has(type)) throw malformed(`${type} is given twice`);
    const value = unescapeValue(part.slice(equals + 1));
    if (value === '') throw malformed(`${type} is empty`);
    asked.set(type, value);
  }
  const missing = ['C', 'ST', 'O'].filter((type) => !asked.has(type));
  if (missing.length > 0) throw malformed(`it must have C, ST and O, and lacks ${missing.join(', ')}`);
  return asked;
}

/** At commas that no backslash stands before. */
function splitParts(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '+') throw malformed('parts of several attributes are not supported');
    else if (/[;"<>]/.test(text[at] ?? '')) throw malformed(`${text[at]} needs a backslash before it`);
    else if (text[at] === ',') {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Escapes away, spaces around the value too unless they are escaped (RFC 4514, 2.4 and 3). */
function unescapeValue(text: string): string {
  const bytes: Buffer[] = [];
  let kept = 0;
  const chars = [...text.trimStart()];
  if (chars[0] === '#') throw malformed('values as # and hexadecimal are not supported');
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char !== '\\') {
      bytes.push(Buffer.from(char));
      if (char !== ' ') kept = bytes.length;
      continue;
    }
    const pair = chars.slice(at + 1, at + 3).join('');
    const isHex = /^[0-9a-fA-F]{2}$/.test(pair);
    if (!isHex && !/^[ "#+,;<=>\\]/.test(pair)) throw malformed('a backslash stands before what needs none');
    bytes.push(isHex ? Buffer.from(pair, 'hex') : Buffer.from(pair.slice(0, 1)));
    kept = bytes.length;
    at += isHex ? 2 : 1;
  }
  return Buffer.concat(bytes.slice(0, kept)).toString('utf8');
}

function escapeValue(value: string): string {
  return value.replace(/[,+"\\<>;=]|^[ #]| $/g, '\\$&');
}

function readName(der: Uint8Array): Attribute[][] {
  return new Members(parseDer(der), TAG.sequence, MAX_ATTRIBUTES)
    .rest()
    .map((part) => new Members(part, TAG.set, MAX_ATTRIBUTES).rest().map(readAttribute));
}

function readAttribute(der: Der): Attribute {
  const members = new Members(der);
  const oid = toOid(members.take(TAG.oid));
  const [value] = members.rest();
  if (value === undefined) throw malformed('an attribute has no value');
  return { type: NAMES.get(oid) ?? oid, value: toText(value) };
}

function toText({ tag, content, raw }: Der): string {
  const bytes = Buffer.from(content);
  if (tag === UTF8_STRING) {
    const text = bytes.toString('utf8');
    if (Buffer.from(text).equals(bytes)) return text;
  }
  const ascii = tag === PRINTABLE_STRING || tag === IA5_STRING;
  if (ascii && bytes.every((byte) => byte < 0x80)) return bytes.toString('latin1');
  return `#${Buffer.from(raw).toString('hex')}`;
}

function malformed(what: string): Failure {
  return new Failure('MALFORMED', `not a distinguished name as it must be: ${what}`);
}
