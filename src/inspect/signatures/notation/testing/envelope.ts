import { constants, type KeyObject, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import type { Digest } from '../../../../core/digest.ts';
import { ALGORITHMS, algorithmOfKey } from '../algorithm.ts';
import { type Holder, NOW } from './authority.ts';

/*
 * Notation envelopes as its tools make them, and bent ones. Each part can be replaced before it is signed, so that an
 * envelope can be wrong and well signed at once.
 */

export const IMAGE = `sha256:${'ab'.repeat(32)}` as Digest;

export interface EnvelopeRequest {
  readonly payload?: unknown;
  /** Over, or instead of, what a good protected header has; undefined removes. */
  readonly protected?: Readonly<Record<string, unknown>>;
  readonly unprotected?: Readonly<Record<string, unknown>>;
  readonly scheme?: 'notary.x509' | 'notary.x509.signingAuthority';
  readonly signingTime?: Date;
  readonly expiry?: Date;
  /** What becomes of the signature before it is put in: to break it, or to stamp it. */
  readonly timestamp?: (signature: Uint8Array) => Uint8Array;
}

const PREFIX = 'io.cncf.notary.';

/** As Notation writes it. */
export const PAYLOAD = {
  targetArtifact: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: IMAGE, size: 528 },
};

export function signJws({ keys, chain }: Holder, request: EnvelopeRequest = {}): Buffer {
  const time = (date: Date): string => date.toISOString().replace('.000Z', 'Z');
  const header = withoutUndefined({
    alg: algorithmOf(keys.publicKey).jws,
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    ...attributes(request, time),
    ...request.protected,
  });
  const protectedText = encodeText(JSON.stringify(header));
  const payload = encodeText(JSON.stringify(request.payload ?? PAYLOAD));
  const signature = signBytes(keys, Buffer.from(`${protectedText}.${payload}`));
  const unprotected = withoutUndefined({
    x5c: chain.map((certificate) => certificate.toString('base64')),
    ...(request.timestamp === undefined
      ? {}
      : { [`${PREFIX}timestampSignature`]: Buffer.from(request.timestamp(signature)).toString('base64') }),
    [`${PREFIX}signingAgent`]: 'pratique-tests/1',
    ...request.unprotected,
  });
  const parts = {
    payload,
    protected: protectedText,
    header: unprotected,
    signature: signature.toString('base64url'),
  };
  return Buffer.from(JSON.stringify(parts));
}

export function signCose({ keys, chain }: Holder, request: EnvelopeRequest = {}): Buffer {
  const time = (date: Date): Tagged => new Tagged(1, Math.floor(date.getTime() / 1000));
  const { crit, ...named } = attributes(request, time);
  const labels = toMap({
    1: algorithmOf(keys.publicKey).cose,
    2: crit,
    3: 'application/vnd.cncf.notary.payload.v1+json',
    ...named,
    ...request.protected,
  });
  const protectedBytes = encode(labels);
  const payload = Buffer.from(JSON.stringify(request.payload ?? PAYLOAD));
  const signature = signBytes(
    keys,
    encode(['Signature1', protectedBytes, new Uint8Array(0), Uint8Array.from(payload)]),
  );
  const unprotected = toMap({
    33: chain.map((certificate) => Uint8Array.from(certificate)),
    ...(request.timestamp === undefined
      ? {}
      : { [`${PREFIX}timestampSignature`]: Uint8Array.from(request.timestamp(signature)) }),
    [`${PREFIX}signingAgent`]: 'pratique-tests/1',
    ...request.unprotected,
  });
  const parts = [protectedBytes, unprotected, Uint8Array.from(payload), Uint8Array.from(signature)];
  return Buffer.from(encode(new Tagged(18, parts)));
}

function attributes<T>(request: EnvelopeRequest, time: (date: Date) => T) {
  const { scheme = 'notary.x509', signingTime = NOW, expiry } = request;
  const timeName = scheme === 'notary.x509' ? `${PREFIX}signingTime` : `${PREFIX}authenticSigningTime`;
  return {
    crit: [
      `${PREFIX}signingScheme`,
      ...(scheme === 'notary.x509' ? [] : [timeName]),
      ...(expiry === undefined ? [] : [`${PREFIX}expiry`]),
    ],
    [`${PREFIX}signingScheme`]: scheme,
    [timeName]: time(signingTime),
    ...(expiry === undefined ? {} : { [`${PREFIX}expiry`]: time(expiry) }),
  };
}

/** Notation's algorithm of a key, or the nearest for keys that it does not allow. */
function algorithmOf(key: KeyObject): (typeof ALGORITHMS)[number] {
  const algorithm = algorithmOfKey(key) ?? ALGORITHMS.find((each) => each.key.type === key.asymmetricKeyType);
  if (algorithm === undefined) throw new Error(`no algorithm for ${key.asymmetricKeyType}`);
  return algorithm;
}

function signBytes({ publicKey, privateKey }: Holder['keys'], bytes: Uint8Array): Buffer {
  const { hash, key } = algorithmOf(publicKey);
  if (key.type === 'ec') return sign(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return sign(hash, bytes, { key: privateKey, padding, saltLength });
}

function withoutUndefined(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Names that are numbers become labels that are. */
function toMap(object: Readonly<Record<string, unknown>>): Map<number | string, unknown> {
  const entries = Object.entries(withoutUndefined(object));
  return new Map(entries.map(([name, value]) => [/^-?\d+$/.test(name) ? Number(name) : name, value]));
}

function encodeText(text: string): string {
  return Buffer.from(text).toString('base64url');
}
