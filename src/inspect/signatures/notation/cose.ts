import { decode, encode, Tagged, Tokenizer, Type } from 'cborg';
import { messageOf } from '../../../core/failure.ts';
import { ALGORITHMS } from './algorithm.ts';
import { checkChainLength, type Envelope, HEADER, malformed, quote, readAttributes } from './envelope.ts';

/*
 * The COSE envelope (signature-envelope-cose.md; RFC 9052, 4.2: COSE_Sign1_Tagged). CBOR lets one thing be written in many ways;
 * read here is the deterministic one only, each label once, and no deeper than such an envelope goes, since the decoder
 * calls itself for every level.
 */

const SIGN1_TAG = 18;
const EPOCH_TAG = 1;
/** RFC 9052, 3.1; RFC 9360, 2. */
const LABEL = { algorithm: 1, critical: 2, contentType: 3, chain: 33 } as const;
const MAX_DEPTH = 8;

type Labels = ReadonlyMap<unknown, unknown>;

/** @throws Refusal MALFORMED, UNSUPPORTED, PAYLOAD_TYPE, TOO_MANY */
export function parseCose(bytes: Uint8Array): Envelope {
  const outer = decodeStrictly(bytes, 'it');
  const parts: unknown = outer instanceof Tagged && outer.tag === SIGN1_TAG ? outer.value : undefined;
  if (!Array.isArray(parts) || parts.length !== 4) throw malformed('it is no tagged COSE_Sign1');
  const protectedBytes = toBytes(parts[0], 'its protected header');
  const labels = toLabels(decodeStrictly(protectedBytes, 'its protected header'), 'its protected header');
  const unprotected = toLabels(parts[1], 'its unprotected header');
  const both = [...unprotected.keys()].find((label) => labels.has(label));
  if (both !== undefined) throw malformed(`the header ${quote(both)} is given twice`);
  const payload = toBytes(parts[2], 'its payload');
  const timestamp = unprotected.get(HEADER.timestamp);
  return {
    algorithm: toAlgorithm(labels.get(LABEL.algorithm)),
    // Sig_structure (RFC 9052, 4.4) without external data.
    signed: encode(['Signature1', protectedBytes, new Uint8Array(0), payload]),
    signature: toBytes(parts[3], 'its signature'),
    payload,
    attributes: readAttributes({
      contentType: labels.get(LABEL.contentType),
      critical: labels.get(LABEL.critical),
      named: namedOf(labels),
      toTime,
    }),
    chain: toChain(labels.get(LABEL.chain) ?? unprotected.get(LABEL.chain)),
    ...(timestamp === undefined ? {} : { timestamp: toBytes(timestamp, 'its time stamp') }),
  };
}

function toAlgorithm(label: unknown): Envelope['algorithm'] {
  const algorithm = ALGORITHMS.find(({ cose }) => cose === label);
  if (algorithm === undefined) throw malformed(`${quote(label)} is no algorithm that is allowed`);
  return algorithm;
}

function toChain(value: unknown): readonly Uint8Array[] {
  // RFC 9360, 2: a single certificate stands alone.
  const chain: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  checkChainLength(chain);
  return chain.map((certificate) => toBytes(certificate, 'a certificate'));
}

/** Seconds since 1970, tagged as such (RFC 8949, 3.4.2). */
function toTime(value: unknown): Date | undefined {
  if (!(value instanceof Tagged) || value.tag !== EPOCH_TAG || typeof value.value !== 'number')
    return undefined;
  return new Date(value.value * 1000);
}

function namedOf(labels: Labels): ReadonlyMap<string, unknown> {
  return new Map([...labels].filter((entry): entry is [string, unknown] => typeof entry[0] === 'string'));
}

function toLabels(value: unknown, what: string): Labels {
  if (!(value instanceof Map)) throw malformed(`${what} is no map`);
  const labels: Labels = value;
  for (const label of labels.keys()) {
    if (typeof label !== 'string' && typeof label !== 'number')
      throw malformed(`${what} has a label that is none`);
  }
  return labels;
}

function toBytes(value: unknown, what: string): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0) throw malformed(`${what} is no bytes`);
  return value;
}

function decodeStrictly(bytes: Uint8Array, what: string): unknown {
  const options = {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    useMaps: true,
    rejectDuplicateMapKeys: true,
    tags: Tagged.preserve(EPOCH_TAG, SIGN1_TAG),
  };
  try {
    const plain = Uint8Array.from(bytes);
    return decode(plain, { ...options, tokenizer: new BoundedTokenizer(plain, options) });
  } catch (cause) {
    throw malformed(`${what} is not CBOR: ${messageOf(cause)}`);
  }
}

/** Counts what is open: the library's decoder recurses as deep as the bytes tell it to. */
class BoundedTokenizer extends Tokenizer {
  /** For each open array, map or tag, the items still to come. */
  readonly #open: number[] = [];

  override next(): ReturnType<Tokenizer['next']> {
    const token = super.next();
    const last = this.#open.length - 1;
    if (last >= 0) this.#open[last] = (this.#open[last] ?? 0) - 1;
    const items = itemsOf(token);
    if (items > 0) this.#open.push(items);
    while (this.#open.at(-1) === 0) this.#open.pop();
    if (this.#open.length > MAX_DEPTH) throw new Error(`nested deeper than ${MAX_DEPTH}`);
    return token;
  }
}

function itemsOf({ type, value }: ReturnType<Tokenizer['next']>): number {
  if (Type.equals(type, Type.tag)) return 1;
  if (Type.equals(type, Type.array)) return Number(value);
  return Type.equals(type, Type.map) ? 2 * Number(value) : 0;
}
