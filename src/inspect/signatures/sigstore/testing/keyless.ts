// First: it brings the reflection that @peculiar/x509 wants to find.
import '@sigstore/mock';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { SerializedBundle } from '@sigstore/bundle';
import { initializeTSA } from '@sigstore/mock';
import { preAuthEncoding } from '../../../../core/statement.ts';
import {
  authorityExtensions,
  issueCertificate,
  issueLeaf,
  type KeyPair,
  type LeafRequest,
  toSpki,
} from './authority.ts';
import { type LoggedEntry, logIdOf, logV1, logV2, type SerializedEntry } from './log.ts';

/*
 * A whole sigstore in the process: Fulcio with an intermediate, certificate log, Rekor 1 and 2, time stamping. Only for tests.
 * @sigstore/mock gives certificate log, Rekor 1 and time stamps.
 */

export interface SignRequest {
  /** Default: a workflow's URI. More than one, or none, makes a certificate that no Fulcio would issue. */
  readonly identity?: string | readonly string[];
  readonly issuer?: string;
  /** When it is signed, certified, logged and stamped. Default: the clock. */
  readonly at?: Date;
  readonly log?: 'v1' | 'v2' | 'none';
  /** RFC 3161 time stamp; default: only where the log says nothing about time. */
  readonly stamped?: boolean;
  readonly version?: 'v0.1' | 'v0.2' | 'v0.3';
  /** A DSSE envelope's log entry; `intoto` only in log v1. */
  readonly entry?: 'dsse' | 'intoto' | 'hashedrekord';
  /** Signs with this key and no certificate. */
  readonly key?: KeyPair;
  /** How the certificate is bent. */
  readonly leaf?: Partial<LeafRequest>;
}

/** How the whole instance is bent. */
export interface MockRequest {
  readonly clock?: Date;
  /** Usage of the time stamping certificate, and whether it is critical. */
  readonly stamping?: { readonly usages: readonly string[]; readonly critical: boolean };
  /** The intermediate certificate's end. */
  readonly intermediateUntil?: Date;
  /** The time stamping certificate's end. */
  readonly stampingUntil?: Date;
}

export interface MockSigstore {
  /** A `trusted_root.json`, parsed; a copy to change at will. */
  rootJson(): RootJson;
  readonly clock: Date;
  /** Keys of the services, for what this does not do by itself. */
  readonly keys: Readonly<
    Record<'certificateLog' | 'logV1' | 'logV2' | 'stamping' | 'intermediate', KeyPair>
  >;
  signDsse(payload: Uint8Array | string, type: string, request?: SignRequest): Promise<SerializedBundle>;
  signMessage(bytes: Uint8Array, request?: SignRequest): Promise<SerializedBundle>;
  /** A time stamp response over `bytes`, base64. */
  stamp(bytes: Uint8Array, at: Date): Promise<string>;
}

export interface RootJson {
  mediaType: string;
  tlogs: RootLog[];
  ctlogs: RootLog[];
  certificateAuthorities: RootAuthority[];
  timestampAuthorities: RootAuthority[];
}

export interface RootLog {
  baseUrl: string;
  hashAlgorithm: string;
  publicKey: { rawBytes: string; keyDetails: string; validFor?: { start?: string; end?: string } };
  logId: { keyId: string };
}

export interface RootAuthority {
  uri: string;
  certChain: { certificates: { rawBytes: string }[] };
  validFor?: { start?: string; end?: string };
}

export const WORKFLOW = 'https://github.example/acme/app/.github/workflows/release.yml@refs/heads/main';
export const ISSUER = 'https://token.actions.example';
export const LOG_V1 = 'https://rekor.sigstore.example';
export const LOG_V2 = 'https://log2025.rekor.sigstore.example';

const YEAR = 365 * 86_400_000;
const MEDIA_TYPES = {
  'v0.1': 'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'v0.2': 'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'v0.3': 'application/vnd.dev.sigstore.bundle.v0.3+json',
};
const ROOT = 'CN=root,O=sigstore.example';
const INTERMEDIATE = 'CN=intermediate,O=sigstore.example';
/** @sigstore/mock signs time stamps under this name and serial number. */
const STAMP_ISSUER = 'CN=tsa,O=sigstore.mock';
const STAMP_SERIAL = '02';
const SHA256 = '2.16.840.1.101.3.4.2.1';

export function newKeyPair(namedCurve = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve });
}

export function toBytes(bundle: SerializedBundle): Uint8Array {
  return Buffer.from(JSON.stringify(bundle));
}

/** Builds the instance. Its certificates are good for a year on either side of the clock. */
export async function mockSigstore(options: MockRequest = {}): Promise<MockSigstore> {
  const clock = toSecond(options.clock ?? new Date());
  const keys = {
    root: newKeyPair(),
    intermediate: newKeyPair(),
    certificateLog: newKeyPair(),
    logV1: newKeyPair(),
    logV2: generateKeyPairSync('ed25519'),
    stamping: newKeyPair(),
  };
  const authority = { name: INTERMEDIATE, keys: keys.intermediate };
  const chain = await issueChain(keys, clock, options);
  const stamping = await issueStampingChain(keys.stamping, clock, options);

  const stamp = async (bytes: Uint8Array, at: Date): Promise<string> => {
    const service = await initializeTSA(keys.stamping, toSecond(at));
    const response = await service.timestamp({
      artifactHash: createHash('sha256').update(bytes).digest(),
      hashAlgorithmOID: SHA256,
      nonce: 1,
      policyOID: '1.3.6.1.4.1.57264.2',
    });
    return Buffer.from(response as Uint8Array).toString('base64');
  };

  const finish = async (
    signature: Buffer,
    request: SignRequest,
    content: BundleContent,
    entryOf: (verifier: Verifier, version: 1 | 2) => LoggedEntry,
    signer: { readonly certificate?: Buffer; readonly keys: KeyPair },
  ): Promise<SerializedBundle> => {
    const at = request.at ?? clock;
    const log = request.log ?? 'v1';
    const verifier = toVerifier(signer);
    const entries: SerializedEntry[] = [];
    if (log === 'v1') entries.push(await logV1(entryOf(verifier, 1), LOG_V1, keys.logV1, at));
    if (log === 'v2') entries.push(logV2(entryOf(verifier, 2), LOG_V2, keys.logV2));
    const stamped = request.stamped ?? log !== 'v1';
    const version = request.version ?? 'v0.3';
    return {
      mediaType: MEDIA_TYPES[version],
      verificationMaterial: {
        ...toMaterial(signer, version),
        tlogEntries: entries.map((entry) =>
          version === 'v0.1' ? { ...entry, inclusionProof: undefined } : entry,
        ),
        timestampVerificationData: {
          rfc3161Timestamps: stamped ? [{ signedTimestamp: await stamp(signature, at) }] : [],
        },
      },
      ...content,
    } as unknown as SerializedBundle;
  };

  const signerFor = async (request: SignRequest) => {
    if (request.key !== undefined) return { keys: request.key };
    const pair = newKeyPair();
    const identities = request.identity ?? WORKFLOW;
    const leaf = {
      publicKey: pair.publicKey,
      identities: typeof identities === 'string' ? [identities] : identities,
      issuer: request.issuer ?? ISSUER,
      at: request.at ?? clock,
      ...request.leaf,
    };
    return { keys: pair, certificate: await issueLeaf(leaf, authority, keys.certificateLog) };
  };

  return {
    clock,
    keys,
    stamp,
    rootJson: () => toRootJson(keys, chain, stamping, clock),
    async signDsse(payload, payloadType, request = {}) {
      const signer = await signerFor(request);
      const bytes = Buffer.from(payload);
      const signed = preAuthEncoding(payloadType, bytes);
      const signature = signWith(signer.keys.privateKey, signed);
      const envelope = {
        payload: bytes.toString('base64'),
        payloadType,
        signatures: [{ sig: signature.toString('base64'), keyid: '' }],
      };
      const entryOf = (verifier: Verifier, version: 1 | 2): LoggedEntry =>
        request.entry === 'hashedrekord'
          ? toHashedRekord(verifier, version, signed, signature)
          : request.entry === 'intoto'
            ? toIntoto(verifier, envelope, bytes)
            : toDsse(verifier, version, bytes, signature);
      return finish(signature, request, { dsseEnvelope: envelope }, entryOf, signer);
    },
    async signMessage(bytes, request = {}) {
      const signer = await signerFor(request);
      const signature = signWith(signer.keys.privateKey, bytes);
      const messageSignature = {
        messageDigest: { algorithm: 'SHA2_256', digest: sha256(bytes, 'base64') },
        signature: signature.toString('base64'),
      };
      const entryOf = (verifier: Verifier, version: 1 | 2): LoggedEntry =>
        toHashedRekord(verifier, version, bytes, signature);
      return finish(signature, request, { messageSignature }, entryOf, signer);
    },
  };
}

type BundleContent = Pick<SerializedBundle, 'dsseEnvelope'> | Pick<SerializedBundle, 'messageSignature'>;

/** Who signed, as each kind of log entry writes it. */
interface Verifier {
  readonly pem: string;
  readonly version2: unknown;
}

function toVerifier(signer: { readonly certificate?: Buffer; readonly keys: KeyPair }): Verifier {
  const keyDetails = 'PKIX_ECDSA_P256_SHA_256';
  if (signer.certificate !== undefined) {
    const rawBytes = signer.certificate.toString('base64');
    return {
      pem: `-----BEGIN CERTIFICATE-----\n${rawBytes.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
      version2: { keyDetails, x509Certificate: { rawBytes } },
    };
  }
  return {
    pem: String(signer.keys.publicKey.export({ format: 'pem', type: 'spki' })),
    version2: { keyDetails, publicKey: { rawBytes: toSpki(signer.keys.publicKey).toString('base64') } },
  };
}

function toMaterial(signer: { readonly certificate?: Buffer; readonly keys: KeyPair }, version: string) {
  if (signer.certificate === undefined) {
    return { publicKey: { hint: sha256(toSpki(signer.keys.publicKey), 'base64') } };
  }
  const certificate = { rawBytes: signer.certificate.toString('base64') };
  return version === 'v0.3' ? { certificate } : { x509CertificateChain: { certificates: [certificate] } };
}

/** rekor, pkg/types/hashedrekord/v0.0.1; rekor-tiles, hashedrekord v0.0.2. */
function toHashedRekord(
  verifier: Verifier,
  version: 1 | 2,
  signed: Uint8Array,
  signature: Buffer,
): LoggedEntry {
  const content = signature.toString('base64');
  if (version === 1) {
    const publicKey = { content: Buffer.from(verifier.pem).toString('base64') };
    const data = { hash: { algorithm: 'sha256', value: sha256(signed, 'hex') } };
    return { apiVersion: '0.0.1', kind: 'hashedrekord', spec: { data, signature: { content, publicKey } } };
  }
  const data = { algorithm: 'SHA2_256', digest: sha256(signed, 'base64') };
  const spec = { hashedRekordV002: { data, signature: { content, verifier: verifier.version2 } } };
  return { apiVersion: '0.0.2', kind: 'hashedrekord', spec };
}

/** rekor, pkg/types/dsse/v0.0.1; rekor-tiles, dsse v0.0.2. */
function toDsse(verifier: Verifier, version: 1 | 2, payload: Buffer, signature: Buffer): LoggedEntry {
  if (version === 1) {
    const signatures = [
      { signature: signature.toString('base64'), verifier: Buffer.from(verifier.pem).toString('base64') },
    ];
    const payloadHash = { algorithm: 'sha256', value: sha256(payload, 'hex') };
    return { apiVersion: '0.0.1', kind: 'dsse', spec: { payloadHash, signatures } };
  }
  const signatures = [{ content: signature.toString('base64'), verifier: verifier.version2 }];
  const payloadHash = { algorithm: 'SHA2_256', digest: sha256(payload, 'base64') };
  return { apiVersion: '0.0.2', kind: 'dsse', spec: { dsseV002: { payloadHash, signatures } } };
}

/** rekor, pkg/types/intoto/v0.0.2: the signature is in base64 twice. */
function toIntoto(
  verifier: Verifier,
  envelope: { payloadType: string; signatures: { sig: string }[] },
  payload: Buffer,
): LoggedEntry {
  const signatures = envelope.signatures.map(({ sig }) => ({
    sig: Buffer.from(sig).toString('base64'),
    publicKey: Buffer.from(verifier.pem).toString('base64'),
  }));
  const content = {
    envelope: { payloadType: envelope.payloadType, signatures },
    payloadHash: { algorithm: 'sha256', value: sha256(payload, 'hex') },
  };
  return { apiVersion: '0.0.2', kind: 'intoto', spec: { content } };
}

async function issueChain(
  keys: { readonly root: KeyPair; readonly intermediate: KeyPair },
  clock: Date,
  options: MockRequest,
): Promise<Buffer[]> {
  const period = { notBefore: new Date(clock.getTime() - YEAR), notAfter: new Date(clock.getTime() + YEAR) };
  const root = await issueCertificate({
    ...period,
    subject: ROOT,
    issuer: ROOT,
    publicKey: keys.root.publicKey,
    signer: keys.root,
    serial: '01',
    extensions: authorityExtensions(),
  });
  const intermediate = await issueCertificate({
    ...period,
    notAfter: options.intermediateUntil ?? period.notAfter,
    subject: INTERMEDIATE,
    issuer: ROOT,
    publicKey: keys.intermediate.publicKey,
    signer: keys.root,
    serial: '03',
    extensions: authorityExtensions(0),
  });
  return [intermediate, root];
}

/** The mock's own certificates begin now and cannot be bent, so its name and number are certified once more. */
async function issueStampingChain(keys: KeyPair, clock: Date, options: MockRequest): Promise<Buffer[]> {
  const period = { notBefore: new Date(clock.getTime() - YEAR), notAfter: new Date(clock.getTime() + YEAR) };
  const authority = { ...period, issuer: STAMP_ISSUER, publicKey: keys.publicKey, signer: keys };
  const { usages, critical } = options.stamping ?? {
    usages: [x509.ExtendedKeyUsage.timeStamping],
    critical: true,
  };
  const leaf = await issueCertificate({
    ...authority,
    notAfter: options.stampingUntil ?? period.notAfter,
    subject: 'CN=tsa signing,O=sigstore.mock',
    serial: STAMP_SERIAL,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension([...usages], critical)] : []),
    ],
  });
  const root = await issueCertificate({
    ...authority,
    subject: STAMP_ISSUER,
    serial: '01',
    extensions: authorityExtensions(),
  });
  return [leaf, root];
}

function toRootJson(
  keys: { readonly logV1: KeyPair; readonly logV2: KeyPair; readonly certificateLog: KeyPair },
  chain: readonly Buffer[],
  stamping: readonly Buffer[],
  clock: Date,
): RootJson {
  const validFor = { start: new Date(clock.getTime() - YEAR).toISOString() };
  const log = (baseUrl: string, pair: KeyPair, keyDetails: string): RootLog => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: toSpki(pair.publicKey).toString('base64'), keyDetails, validFor: { ...validFor } },
    logId: { keyId: logIdOf(pair) },
  });
  const authority = (uri: string, certificates: readonly Buffer[]): RootAuthority => ({
    uri,
    certChain: { certificates: certificates.map((der) => ({ rawBytes: der.toString('base64') })) },
    validFor: { ...validFor },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(LOG_V1, keys.logV1, 'PKIX_ECDSA_P256_SHA_256'), log(LOG_V2, keys.logV2, 'PKIX_ED25519')],
    ctlogs: [log('https://ctfe.sigstore.example', keys.certificateLog, 'PKIX_ECDSA_P256_SHA_256')],
    certificateAuthorities: [authority('https://fulcio.sigstore.example', chain)],
    timestampAuthorities: [authority('https://timestamp.sigstore.example', stamping)],
  };
}

/** The library reads no fraction of a second but one of three digits, and the mock leaves out trailing zeros. */
function toSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

function signWith(key: KeyObject, bytes: Uint8Array): Buffer {
  return sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, key);
}

function sha256(bytes: Uint8Array, encoding: 'hex' | 'base64'): string {
  return createHash('sha256').update(bytes).digest(encoding);
}
