import { parseJson } from '../../../core/json.ts';
import { ALGORITHMS } from './algorithm.ts';
import { checkChainLength, type Envelope, HEADER, malformed, quote, readAttributes } from './envelope.ts';

/*
 * The JWS envelope (signature-envelope-jws.md; RFC 7515, 7.2.2, flattened). The text that is signed is taken as it stands, never
 * encoded anew, and must be the one way to write its bytes.
 */

const MEMBERS: ReadonlySet<string> = new Set(['payload', 'protected', 'header', 'signature']);
/** An RFC 3339 time; what `Date` reads besides is not what the signer meant. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

type Json = Readonly<Record<string, unknown>>;

/** @throws Refusal MALFORMED, UNSUPPORTED, PAYLOAD_TYPE, TOO_MANY; Failure MALFORMED for what is no JSON */
export function parseJws(bytes: Uint8Array): Envelope {
  const json = toObject(parseJson(bytes, 'the JWS envelope'), 'the envelope');
  const stranger = Object.keys(json).find((name) => !MEMBERS.has(name));
  if (stranger !== undefined) throw malformed(`it has the member ${quote(stranger)}`);
  const payload = toText(json, 'payload');
  const protectedText = toText(json, 'protected');
  const header = toObject(json.header, 'its header');
  const named = readProtected(protectedText);
  const both = Object.keys(header).find((name) => named.has(name));
  if (both !== undefined) throw malformed(`the header ${quote(both)} is given twice`);
  const timestamp = header[HEADER.timestamp];
  return {
    algorithm: toAlgorithm(named.get('alg')),
    signed: Buffer.from(`${protectedText}.${payload}`, 'ascii'),
    signature: decode(toText(json, 'signature'), 'base64url', 'its signature'),
    payload: decode(payload, 'base64url', 'its payload'),
    attributes: readAttributes({
      contentType: named.get('cty'),
      critical: named.get('crit'),
      named,
      toTime: (value) => (typeof value === 'string' && TIME.test(value) ? new Date(value) : undefined),
    }),
    chain: toChain(header.x5c),
    ...(timestamp === undefined ? {} : { timestamp: decode(timestamp, 'base64', 'its time stamp') }),
  };
}

function readProtected(text: string): ReadonlyMap<string, unknown> {
  const what = 'its protected header';
  const json = parseJson(decode(text, 'base64url', what), 'the protected header of the JWS envelope');
  return new Map(Object.entries(toObject(json, what)));
}

function toAlgorithm(name: unknown): Envelope['algorithm'] {
  const algorithm = ALGORITHMS.find(({ jws }) => jws === name);
  if (algorithm === undefined) throw malformed(`${quote(name)} is no algorithm that is allowed`);
  return algorithm;
}

function toChain(value: unknown): readonly Uint8Array[] {
  if (!Array.isArray(value)) throw malformed('it has no x5c');
  checkChainLength(value);
  return value.map((text) => decode(text, 'base64', 'a certificate'));
}

/** Only the canonical text: Node passes over what does not belong, and would read many texts as the same bytes. */
function decode(text: unknown, encoding: 'base64' | 'base64url', what: string): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text, encoding) : Buffer.of();
  if (bytes.length === 0 || bytes.toString(encoding) !== text) throw malformed(`${what} is not ${encoding}`);
  return bytes;
}

function toText(json: Json, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw malformed(`its ${name} is no text`);
  return value;
}

function toObject(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(`${what} is no object`);
  }
  return value as Json;
}
