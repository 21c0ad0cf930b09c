import type { TransparencyLogEntry } from '@sigstore/bundle';
import { Bundle, HashAlgorithm } from '@sigstore/protobuf-specs';
import { messageOf } from '../../../core/failure.ts';
import { parseJson } from '../../../core/json.ts';
import { Refusal } from '../refusal.ts';

/*
 * Narrows a bundle (sigstore/protobuf-specs, sigstore_bundle.proto) before anything is computed with it. @sigstore/bundle
 * reads it leniently: of two contents it takes one, of a media type it reads the beginning, and a list may be as long as it
 * likes, each member costing a signature check; and it refuses what cosign writes for Ed25519, a signature without a digest.
 * Here a bundle says one thing, and not too much of it.
 */

export type HashName = 'sha256' | 'sha384' | 'sha512';

export type BundleContent =
  | {
      readonly kind: 'envelope';
      readonly payloadType: string;
      readonly payload: Buffer;
      readonly signature: Buffer;
    }
  | {
      readonly kind: 'message';
      /** Absent where the key signs the bytes themselves: Ed25519. */
      readonly signed?: SignedDigest;
      readonly signature: Buffer;
    };

export interface SignedDigest {
  readonly algorithm: HashName;
  readonly digest: Buffer;
}

export interface SigstoreBundle {
  readonly content: BundleContent;
  readonly signer:
    | { readonly kind: 'certificate'; readonly der: Buffer }
    | { readonly kind: 'key'; readonly hint: string };
  readonly entries: readonly TransparencyLogEntry[];
  /** RFC 3161 responses in DER. */
  readonly timestamps: readonly Buffer[];
}

/** What each version demands of a log entry, and whether it still carries chains (sigstore_bundle.proto, comments). */
const VERSIONS: ReadonlyMap<
  string,
  { readonly entry: 'inclusionPromise' | 'inclusionProof'; readonly chain: boolean }
> = new Map([
  ['application/vnd.dev.sigstore.bundle+json;version=0.1', { entry: 'inclusionPromise', chain: true }],
  ['application/vnd.dev.sigstore.bundle+json;version=0.2', { entry: 'inclusionProof', chain: true }],
  ['application/vnd.dev.sigstore.bundle+json;version=0.3', { entry: 'inclusionProof', chain: false }],
  ['application/vnd.dev.sigstore.bundle.v0.3+json', { entry: 'inclusionProof', chain: false }],
]);

/** Attestations carry whole SBOMs. */
const MAX_BYTES = 32 * 2 ** 20;
const MAX_DEPTH = 16;
const MAX_ENTRIES = 8;
const MAX_TIMESTAMPS = 8;
const MAX_CHAIN = 8;
const MAX_CERTIFICATE_BYTES = 32 * 2 ** 10;
const MAX_TIMESTAMP_BYTES = 64 * 2 ** 10;
/** A log of 2^64 leaves has proofs of 64. */
const MAX_PROOF_HASHES = 64;
const MAX_CHECKPOINT = 16_384;
const MAX_SIGNATURE_BYTES = 4096;
const MAX_HINT = 1024;
const MAX_PAYLOAD_TYPE = 256;

const DIGITS = /^\d{1,15}$/;

/**
 * @throws Refusal UNSUPPORTED for another version, TOO_LARGE, TOO_MANY, MALFORMED
 * @throws Failure MALFORMED for what is not JSON
 */
export function parseBundle(json: Uint8Array): SigstoreBundle {
  if (json.length > MAX_BYTES) throw new Refusal('TOO_LARGE', `the bundle has more than ${MAX_BYTES} bytes`);
  const outline = toObject(parseJson(json, 'the bundle', MAX_DEPTH), 'it');
  const { mediaType } = outline;
  const version = typeof mediaType === 'string' ? VERSIONS.get(mediaType) : undefined;
  if (version === undefined) {
    const given = typeof mediaType === 'string' ? `it is ${mediaType.slice(0, 100)}` : 'it has no mediaType';
    throw new Refusal('UNSUPPORTED', `not a sigstore bundle of version 0.1 to 0.3: ${given}`);
  }
  checkOutline(outline);
  const { content, verificationMaterial: material } = toMessage(outline);
  const signer = material?.content;
  if (content === undefined || material === undefined || signer === undefined) {
    throw new Refusal('MALFORMED', 'the bundle is incomplete');
  }
  if (signer.$case === 'x509CertificateChain' && !version.chain) {
    throw new Refusal('MALFORMED', 'the bundle has a certificate chain, which its version does not know');
  }
  return {
    content: toContent(content),
    signer: toSigner(signer),
    entries: material.tlogEntries.map((entry) => toEntry(entry, version.entry)),
    timestamps: (material.timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) =>
      bounded(signedTimestamp, MAX_TIMESTAMP_BYTES, 'a time stamp'),
    ),
  };
}

type ProtoContent = NonNullable<Bundle['content']>;
type ProtoMaterial = NonNullable<Bundle['verificationMaterial']>;
type ProtoSigner = NonNullable<ProtoMaterial['content']>;
type ProtoEntry = ProtoMaterial['tlogEntries'][number];

function toMessage(outline: unknown): Bundle {
  try {
    return Bundle.fromJSON(outline);
  } catch (cause) {
    throw new Refusal('MALFORMED', `the bundle cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** What must hold before the library turns text into bytes: one content, one signer, short lists. */
function checkOutline(outline: Readonly<Record<string, unknown>>): void {
  exactlyOne(outline, ['dsseEnvelope', 'messageSignature'], 'content');
  const material = toObject(outline.verificationMaterial, 'verificationMaterial');
  exactlyOne(material, ['certificate', 'x509CertificateChain', 'publicKey'], 'signer');
  atMost(material.tlogEntries, MAX_ENTRIES, 'log entries');
  const stamps = toOptionalObject(material.timestampVerificationData, 'timestampVerificationData');
  atMost(stamps.rfc3161Timestamps, MAX_TIMESTAMPS, 'time stamps');
  const chain = toOptionalObject(material.x509CertificateChain, 'x509CertificateChain');
  atMost(chain.certificates, MAX_CHAIN, 'certificates');
  const envelope = toOptionalObject(outline.dsseEnvelope, 'dsseEnvelope');
  if (Array.isArray(envelope.signatures) && envelope.signatures.length !== 1) {
    throw new Refusal(
      'MALFORMED',
      `the envelope has ${envelope.signatures.length} signatures, a bundle's has one`,
    );
  }
}

function toEntry(entry: ProtoEntry, demanded: 'inclusionPromise' | 'inclusionProof'): TransparencyLogEntry {
  const { logId, kindVersion, inclusionProof: proof } = entry;
  if (logId === undefined || kindVersion === undefined || entry[demanded] === undefined) {
    throw new Refusal('MALFORMED', "a log entry lacks what the bundle's version demands");
  }
  if (proof !== undefined && proof.checkpoint === undefined) {
    throw new Refusal('MALFORMED', "a log entry's proof comes without a checkpoint");
  }
  const numbers = [entry.logIndex, entry.integratedTime, proof?.logIndex ?? '0', proof?.treeSize ?? '0'];
  if (!numbers.every((number) => DIGITS.test(number))) {
    throw new Refusal('MALFORMED', 'a log entry has an index, size or time that is no number');
  }
  if ((proof?.hashes.length ?? 0) > MAX_PROOF_HASHES) {
    throw new Refusal('TOO_MANY', `a log entry's proof has more than ${MAX_PROOF_HASHES} hashes`);
  }
  if ((proof?.checkpoint?.envelope.length ?? 0) > MAX_CHECKPOINT) {
    throw new Refusal('TOO_LARGE', `a log entry's checkpoint is longer than ${MAX_CHECKPOINT} characters`);
  }
  return { ...entry, logId, kindVersion };
}

function toContent(content: ProtoContent): BundleContent {
  if (content.$case === 'dsseEnvelope') {
    const { payloadType, payload, signatures } = content.dsseEnvelope;
    if (payloadType.length > MAX_PAYLOAD_TYPE)
      throw new Refusal('PAYLOAD_TYPE', 'the payload type is too long');
    const [signature] = signatures;
    if (signature === undefined) throw new Refusal('MALFORMED', 'the envelope has no signature');
    return {
      kind: 'envelope',
      payloadType,
      payload: toBuffer(payload),
      signature: bounded(signature.sig, MAX_SIGNATURE_BYTES, 'the signature'),
    };
  }
  const { messageDigest, signature: bytes } = content.messageSignature;
  const signature = bounded(bytes, MAX_SIGNATURE_BYTES, 'the signature');
  if (messageDigest === undefined || messageDigest.digest.length === 0) return { kind: 'message', signature };
  const algorithm = HASH_NAMES.get(messageDigest.algorithm);
  if (algorithm === undefined) throw new Refusal('UNSUPPORTED', 'the signed digest is no SHA-2 digest');
  const digest = bounded(messageDigest.digest, 64, 'the signed digest');
  return { kind: 'message', signature, signed: { algorithm, digest } };
}

const HASH_NAMES: ReadonlyMap<HashAlgorithm, HashName> = new Map([
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_384, 'sha384'],
  [HashAlgorithm.SHA2_512, 'sha512'],
]);

function toSigner(content: ProtoSigner): SigstoreBundle['signer'] {
  switch (content.$case) {
    case 'publicKey':
      return { kind: 'key', hint: content.publicKey.hint.slice(0, MAX_HINT) };
    case 'certificate':
      return toCertificateSigner(content.certificate.rawBytes);
    case 'x509CertificateChain':
      // The rest of the chain is the attacker's word: issuers are looked up in the trust root only.
      return toCertificateSigner(content.x509CertificateChain.certificates[0]?.rawBytes ?? Buffer.of());
  }
}

function toCertificateSigner(der: Uint8Array): SigstoreBundle['signer'] {
  return { kind: 'certificate', der: bounded(der, MAX_CERTIFICATE_BYTES, 'the certificate') };
}

function bounded(bytes: Uint8Array, max: number, what: string): Buffer {
  if (bytes.length > max) throw new Refusal('TOO_LARGE', `${what} has more than ${max} bytes`);
  return toBuffer(bytes);
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function exactlyOne(object: Readonly<Record<string, unknown>>, names: readonly string[], what: string): void {
  const given = names.filter((name) => object[name] !== undefined && object[name] !== null);
  if (given.length === 1) return;
  throw new Refusal('MALFORMED', `the bundle needs one ${what}, it has ${given.join(' and ') || 'none'}`);
}

function atMost(list: unknown, max: number, what: string): void {
  if (list === undefined || list === null) return;
  if (!Array.isArray(list)) throw new Refusal('MALFORMED', `the bundle's ${what} are no list`);
  if (list.length > max)
    throw new Refusal('TOO_MANY', `the bundle has ${list.length} ${what}, ${max} are read`);
}

function toObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('MALFORMED', `the bundle: ${what} is no object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function toOptionalObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  return value === undefined || value === null ? {} : toObject(value, what);
}
