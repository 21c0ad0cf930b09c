import { createPublicKey, type KeyObject } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import type { TrustMaterial } from '@sigstore/verify';
import { Failure, messageOf } from '../../../core/failure.ts';

/*
 * Reads a `trusted_root.json` (sigstore/protobuf-specs, sigstore_trustroot.proto): the authorities and logs that a
 * sigstore instance consists of.
 *
 * A root is believed without further proof, so what it leaves open is open for good. A key without a validity start would
 * be good since 1970, which makes any old, leaked key of a log as good as its successor; a list of authorities without
 * members, or a key of a kind that nothing here verifies, would only show when something signed cannot be proven. All of it is
 * refused here, with the name of what is wrong, instead of being filled in as the libraries do.
 */

/** A sigstore trust root, checked and ready to prove with. */
export interface TrustRoot {
  /** As the trust file calls it; `sigstore` for the public instance. */
  readonly name: string;
  readonly material: TrustMaterial;
  /** False only where the trust file says that this instance has no transparency log: then a timestamp authority must speak. */
  readonly requireLog: boolean;
  /** False only where the trust file says that this instance has no certificate log. */
  readonly requireSct: boolean;
}

export interface RootRequirements {
  readonly requireLog: boolean;
  readonly requireSct: boolean;
}

type Authority = TrustMaterial['certificateAuthorities'][number];
type Log = TrustMaterial['tlogs'][number];
type Period = Authority['validFor'];

const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;
/** RFC 3339; what `Date` would read besides is not what the writer meant. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const MAX_MEMBERS = 64;
const MAX_CHAIN = 8;
/** Characters of one string: a certificate with every extension has about 3,000. */
const MAX_TEXT = 32_768;
const END_OF_TIME = new Date(8_640_000_000_000_000);

/** Kinds of keys, and what `node:crypto` must say of such a key. */
const KEY_KINDS: ReadonlyMap<string, string> = new Map([
  ['PKIX_ECDSA_P256_SHA_256', 'prime256v1'],
  ['PKIX_ECDSA_P384_SHA_256', 'secp384r1'],
  ['PKIX_ECDSA_P521_SHA_256', 'secp521r1'],
  ['PKIX_ED25519', 'ed25519'],
  ['PKIX_RSA_PKCS1V5', 'rsa'],
  ['PKCS1_RSA_PKCS1V5', 'rsa'],
  ['PKIX_RSA_PKCS1V15_2048_SHA256', 'rsa'],
  ['PKIX_RSA_PKCS1V15_3072_SHA256', 'rsa'],
  ['PKIX_RSA_PKCS1V15_4096_SHA256', 'rsa'],
]);

/** An SCT names its hash itself (RFC 5246, 7.4.1.4.1), so certificate logs may have these too. */
const CERTIFICATE_LOG_KEY_KINDS: ReadonlyMap<string, string> = new Map([
  ...KEY_KINDS,
  ['PKIX_ECDSA_P384_SHA_384', 'secp384r1'],
  ['PKIX_ECDSA_P521_SHA_512', 'secp521r1'],
]);

/**
 * @param name what the trust file calls it
 * @param json the parsed content of `trusted_root.json`, version 0.1 or 0.2
 * @throws Failure MALFORMED naming the field that is missing or wrong
 */
export function parseTrustRoot(name: string, json: unknown, requirements: RootRequirements): TrustRoot {
  const root = new Field(json, `trust root ${name}`, '');
  root.member('mediaType').text(MEDIA_TYPE);
  const certificateAuthorities = root.member('certificateAuthorities').list(1, MAX_MEMBERS).map(toAuthority);
  const timestampAuthorities = root
    .member('timestampAuthorities')
    .list(requirements.requireLog ? 0 : 1, MAX_MEMBERS)
    .map(toAuthority);
  const tlogs = root.member('tlogs').list(requirements.requireLog ? 1 : 0, MAX_MEMBERS);
  const ctlogs = root.member('ctlogs').list(requirements.requireSct ? 1 : 0, MAX_MEMBERS);
  return {
    name,
    ...requirements,
    material: {
      certificateAuthorities,
      timestampAuthorities,
      tlogs: tlogs.map((log) => toLog(log, KEY_KINDS)),
      ctlogs: ctlogs.map((log) => toLog(log, CERTIFICATE_LOG_KEY_KINDS)),
      publicKey: () => {
        throw new Failure('INTERNAL', `trust root ${name} was asked for a key, it has none`);
      },
    },
  };
}

function toAuthority(field: Field): Authority {
  const certificates = field.member('certChain').member('certificates').list(1, MAX_CHAIN);
  return { certChain: certificates.map(toCertificate), validFor: toPeriod(field.member('validFor')) };
}

function toCertificate(field: Field): X509Certificate {
  const raw = field.member('rawBytes');
  const der = raw.bytes();
  return raw.attempt('is no certificate', () => {
    const certificate = X509Certificate.parse(der);
    // Everything that proving will ask of it, so that it cannot fail there.
    createPublicKey({ key: certificate.publicKey, format: 'der', type: 'spki' });
    if (!(certificate.notBefore <= certificate.notAfter)) throw new Error('it ends before it begins');
    return certificate;
  });
}

function toLog(field: Field, kinds: ReadonlyMap<string, string>): Log {
  const publicKey = field.member('publicKey');
  const checkpointKey = field.member('checkpointKeyId');
  const logId = checkpointKey.isAbsent ? field.member('logId') : checkpointKey;
  return {
    baseURL: field.member('baseUrl').text(),
    logID: logId.member('keyId').bytes(),
    publicKey: toKey(publicKey, kinds),
    validFor: toPeriod(publicKey.member('validFor')),
  };
}

function toKey(field: Field, kinds: ReadonlyMap<string, string>): KeyObject {
  const details = field.member('keyDetails');
  const kind = details.text();
  const expected = kinds.get(kind);
  if (expected === undefined) throw details.wrong(`is of a kind that is not supported: ${kind}`);
  const raw = field.member('rawBytes');
  const type = kind.startsWith('PKCS1_') ? 'pkcs1' : 'spki';
  const der = raw.bytes();
  const key = raw.attempt('is no public key', () => createPublicKey({ key: der, format: 'der', type }));
  const found = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType;
  if (found !== expected) throw raw.wrong(`is a key of another kind than ${kind}: ${found}`);
  return key;
}

function toPeriod(field: Field): Period {
  const start = field.member('start').time();
  const endField = field.member('end');
  const end = endField.isAbsent ? END_OF_TIME : endField.time();
  if (end < start) throw endField.wrong('is before the start');
  return { start, end };
}

/** One place in the document, which knows its name for the message. */
class Field {
  readonly #value: unknown;
  readonly #document: string;
  readonly #path: string;

  constructor(value: unknown, document: string, path: string) {
    this.#value = value;
    this.#document = document;
    this.#path = path;
  }

  get isAbsent(): boolean {
    return this.#value === undefined || this.#value === null;
  }

  member(name: string): Field {
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    if (this.isAbsent) return new Field(undefined, this.#document, path);
    if (typeof this.#value !== 'object' || Array.isArray(this.#value)) throw this.wrong('is no object');
    const value = Object.hasOwn(this.#value ?? {}, name) ? Reflect.get(this.#value ?? {}, name) : undefined;
    return new Field(value, this.#document, path);
  }

  list(min: number, max: number): Field[] {
    const value = this.isAbsent ? [] : this.#value;
    if (!Array.isArray(value)) throw this.wrong('is no list');
    if (value.length < min) throw this.wrong('is empty or missing');
    if (value.length > max) throw this.wrong(`has more than ${max} members`);
    return value.map((item, index) => new Field(item, this.#document, `${this.#path}[${index}]`));
  }

  text(pattern?: RegExp): string {
    if (typeof this.#value !== 'string' || this.#value === '') throw this.wrong('is missing');
    if (this.#value.length > MAX_TEXT) throw this.wrong('is too long');
    if (pattern?.test(this.#value) === false)
      throw this.wrong(`is not understood: ${this.#value.slice(0, 100)}`);
    return this.#value;
  }

  time(): Date {
    const time = new Date(this.text(TIME));
    if (Number.isNaN(time.getTime())) throw this.wrong('is no time');
    return time;
  }

  bytes(): Buffer<ArrayBuffer> {
    const text = this.text(/^[A-Za-z0-9+/_-]{1,32768}={0,2}$/);
    return Buffer.from(text, 'base64');
  }

  attempt<Result>(flaw: string, action: () => Result): Result {
    try {
      return action();
    } catch (cause) {
      throw this.wrong(`${flaw}: ${messageOf(cause)}`, cause);
    }
  }

  wrong(flaw: string, cause?: unknown): Failure {
    return new Failure('MALFORMED', `${this.#document}: ${this.#path || 'it'} ${flaw}`, { cause });
  }
}
