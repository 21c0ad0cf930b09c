import { Failure } from '../../../../core/failure.ts';

/*
 * DER (X.690, 8 and 10), as far as certificates, CRLs, OCSP responses and time stamps need it.
 *
 * Signatures stand over exact bytes, and names are compared as bytes, so what is needed is slices of the input and not
 * objects that encode to something similar. Reading is lazy and without recursion: an element's members are looked at only
 * when somebody asks for them, so nesting costs nothing, and a revocation list of a million entries is walked, not built.
 * What BER allows and DER does not (indefinite lengths, lengths with leading zeros) is refused: two readers must see the same.
 */

export interface Der {
  /** The identifier octet: class, constructed bit and number. */
  readonly tag: number;
  /** With identifier and length. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The identifier of `[number]`, constructed: EXPLICIT, or IMPLICIT over something constructed. */
export function explicitTag(number: number): number {
  return 0xa0 | number;
}

/** The identifier of `[number] IMPLICIT` over something primitive. */
export function implicitTag(number: number): number {
  return 0x80 | number;
}

/** @throws Failure MALFORMED unless the bytes are exactly one element */
export function parseDer(bytes: Uint8Array): Der {
  const der = readElement(bytes, 0);
  if (der.raw.length !== bytes.length) throw malformed('bytes follow its end');
  return der;
}

/** The members of a constructed element, one after the other. @throws Failure MALFORMED, also while iterating */
export function* membersOf({ tag, content }: Der): Generator<Der, void, undefined> {
  if ((tag & 0x20) === 0) throw malformed('an element that must have members has none');
  for (let at = 0; at < content.length; ) {
    const member = readElement(content, at);
    at += member.raw.length;
    yield member;
  }
}

/**
 * Takes the members of a SEQUENCE or SET in order, optional ones by their tags.
 * @throws Failure MALFORMED from each method, when what is there is something else
 */
export class Members {
  readonly #members: readonly Der[];
  #at = 0;

  /** @param max members; more than that is malformed */
  constructor(der: Der, tag: number = TAG.sequence, max = 64) {
    if (der.tag !== tag) throw malformed('a structure has a different type than it must have');
    const members: Der[] = [];
    for (const member of membersOf(der)) {
      if (members.length === max) throw malformed(`a structure has more than ${max} members`);
      members.push(member);
    }
    this.#members = members;
  }

  take(...tags: readonly number[]): Der {
    const member = this.optional(...tags);
    if (member === undefined) throw malformed('a structure lacks a member');
    return member;
  }

  optional(...tags: readonly number[]): Der | undefined {
    const member = this.#members[this.#at];
    if (member === undefined || !tags.includes(member.tag)) return undefined;
    this.#at += 1;
    return member;
  }

  /** Whatever is left. */
  rest(): readonly Der[] {
    const rest = this.#members.slice(this.#at);
    this.#at = this.#members.length;
    return rest;
  }

  end(): void {
    if (this.#at < this.#members.length) throw malformed('a structure has a member too many');
  }
}

/** The one member of an EXPLICIT tag. */
export function onlyMember(der: Der): Der {
  const members = new Members(der, der.tag, 1);
  const [member] = members.rest();
  if (member === undefined) throw malformed('a tag is empty');
  return member;
}

/** Dotted decimal. Arcs beyond 2^53 are of no algorithm known here, and are refused. */
export function toOid({ tag, content }: Der): string {
  if (tag !== TAG.oid || content.length === 0 || content.length > 64) throw malformed('an OID is none');
  const arcs: number[] = [];
  let arc = 0;
  for (const [index, byte] of content.entries()) {
    if (arc === 0 && byte === 0x80) throw malformed('an OID has a padded arc');
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw malformed('an OID has an arc that is too large');
    if ((byte & 0x80) !== 0) {
      if (index === content.length - 1) throw malformed('an OID is cut short');
      continue;
    }
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - first * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** Octets of a BIT STRING that has no unused bits. */
export function toOctets({ tag, content }: Der): Uint8Array {
  if (tag !== TAG.bits || content[0] !== 0) throw malformed('a bit string is none, or not of whole octets');
  return content.subarray(1);
}

/** Whether bit `number` (0 is the first) is set. */
export function hasBit({ tag, content }: Der, number: number): boolean {
  if (tag !== TAG.bits || content.length === 0) throw malformed('a bit string is none');
  return ((content[1 + (number >> 3)] ?? 0) & (0x80 >> (number & 7))) !== 0;
}

export function toBoolean({ tag, content }: Der): boolean {
  if (tag !== TAG.boolean || content.length !== 1) throw malformed('a boolean is none');
  return content[0] !== 0;
}

/** A small number, not negative. */
export function toNumber({ tag, content }: Der): number {
  const isNumber = tag === TAG.integer || tag === TAG.enumerated || (tag & 0xc0) === 0x80;
  if (!isNumber || content.length === 0 || content.length > 6 || (content[0] ?? 0) > 0x7f) {
    throw malformed('a number is none, is negative or too large');
  }
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/;

/** UTCTime or GeneralizedTime (RFC 5280, 4.1.2.5: two digits from 50 on are of the last century; RFC 3161 allows fractions). */
export function toTime({ tag, content }: Der): Date {
  const pattern = tag === TAG.utcTime ? UTC_TIME : GENERALIZED_TIME;
  const text = content.length > 32 ? '' : Buffer.from(content).toString('latin1');
  const match = tag === TAG.utcTime || tag === TAG.generalizedTime ? pattern.exec(text) : null;
  if (match === null) throw malformed('a time is none');
  const [, year = '', month, day, hour, minute, second, fraction = ''] = match;
  const century = year.length === 4 ? '' : Number(year) >= 50 ? '19' : '20';
  const iso = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.${(fraction || '0').slice(0, 3).padEnd(3, '0')}Z`;
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) throw malformed('a time is none');
  return time;
}

function readElement(bytes: Uint8Array, at: number): Der {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw malformed('it is cut short');
  if ((tag & 0x1f) === 0x1f) throw malformed('a tag number is too large');
  const { length, size } =
    first < 0x80 ? { length: first, size: 0 } : readLength(bytes, at + 2, first & 0x7f);
  const start = at + 2 + size;
  if (start + length > bytes.length) throw malformed('it is cut short');
  return { tag, raw: bytes.subarray(at, start + length), content: bytes.subarray(start, start + length) };
}

function readLength(bytes: Uint8Array, at: number, size: number): { length: number; size: number } {
  if (size === 0 || size > 4) throw malformed('a length is indefinite or too large');
  let length = 0;
  for (let index = 0; index < size; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw malformed('it is cut short');
    length = length * 256 + byte;
  }
  if (length < 0x80 || bytes[at] === 0) throw malformed('a length is padded');
  return { length, size };
}

/** The caller knows what "it" is. */
function malformed(what: string): Failure {
  return new Failure('MALFORMED', `not DER as it must be: ${what}`);
}
