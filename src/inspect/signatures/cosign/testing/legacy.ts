import { sign } from 'node:crypto';
import type { SerializedBundle } from '@sigstore/bundle';
import type { Digest } from '../../../../core/digest.ts';
import { parseDigest } from '../../../../core/digest.ts';
import { IN_TOTO_PAYLOAD } from '../../../../core/statement.ts';
import type { Found, Materials, Proof } from '../../contract.ts';
import type { KeyPair } from '../../sigstore/testing/authority.ts';
import type { MockSigstore, SignRequest } from '../../sigstore/testing/keyless.ts';
import { proveCosign } from '../prove.ts';

/* What cosign attached before version 3, made here: what a bundle holds, spread over annotations. Only for tests. */

export const IMAGE = parseDigest(`sha256:${'ab'.repeat(32)}`);
export const TYPE = 'cosign container image signature';
export const PREDICATE = 'https://example.invalid/predicate/v1';

export type Annotations = Record<string, string>;

/** One signature, as the tag's layer has it. */
export interface Layer {
  readonly kind: 'simple-signing' | 'envelope';
  bytes: Buffer;
  annotations: Annotations;
}

export function toPayload(digest: string = IMAGE, type = TYPE, name = 'registry.example/app'): Buffer {
  const critical = {
    identity: { 'docker-reference': name },
    image: { 'docker-manifest-digest': digest },
    type,
  };
  return Buffer.from(JSON.stringify({ critical, optional: null }));
}

export function signWithKey({ privateKey }: KeyPair, bytes: Buffer = toPayload(), hash = 'sha256'): Layer {
  const algorithm = privateKey.asymmetricKeyType === 'ed25519' ? null : hash;
  const signature = sign(algorithm, bytes, privateKey).toString('base64');
  return { kind: 'simple-signing', bytes, annotations: { 'dev.cosignproject.cosign/signature': signature } };
}

/** Keyless, or with `request.key` by a key that is logged. */
export async function signWithSigstore(
  sigstore: MockSigstore,
  bytes: Buffer = toPayload(),
  request: SignRequest = {},
): Promise<Layer> {
  const bundle = await sigstore.signMessage(bytes, { ...request, version: 'v0.1' });
  const signature = bundle.messageSignature?.signature ?? '';
  return {
    kind: 'simple-signing',
    bytes,
    annotations: { 'dev.cosignproject.cosign/signature': signature, ...toAnnotations(bundle) },
  };
}

/** A tag `.att`: its time stamps are over the whole envelope. */
export async function attestWithSigstore(
  sigstore: MockSigstore,
  request: SignRequest = {},
  payload = toStatement(),
  payloadType = IN_TOTO_PAYLOAD,
): Promise<Layer> {
  const bundle = await sigstore.signDsse(payload, payloadType, {
    ...request,
    version: 'v0.1',
    stamped: false,
  });
  const bytes = Buffer.from(JSON.stringify(bundle.dsseEnvelope));
  const annotations: Annotations = { 'dev.cosignproject.cosign/signature': '', ...toAnnotations(bundle) };
  if (request.stamped === true) {
    annotations['dev.sigstore.cosign/rfc3161timestamp'] = toStamp(
      await sigstore.stamp(bytes, request.at ?? sigstore.clock),
    );
  }
  return { kind: 'envelope', bytes, annotations };
}

export function toStatement(digest: string = IMAGE, predicateType = PREDICATE): string {
  const subject = [{ name: 'app', digest: { sha256: digest.replace('sha256:', '') } }];
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v0.1',
    subject,
    predicateType,
    predicate: {},
  });
}

export function toFound({ kind, bytes, annotations }: Layer, subject: Digest = IMAGE): Found {
  const body =
    kind === 'envelope' ? { kind, envelope: bytes, annotations } : { kind, payload: bytes, annotations };
  return { format: 'cosign', subject, body };
}

/** How proving went: the first code, and all proofs. */
export interface Outcome {
  readonly code: string | undefined;
  readonly message: string;
  readonly proofs: readonly Proof[];
}

export async function prove(layer: Layer, materials: Partial<Materials>, now = new Date()): Promise<Outcome> {
  const context = { now, signal: new AbortController().signal, name: undefined };
  const all = { keys: [], roots: [], notation: [], ...materials };
  const results = await proveCosign(toFound(layer), all, context);
  const rejection = results.flatMap((result) => (result.kind === 'rejected' ? [result.rejection] : []))[0];
  return {
    code: rejection?.code,
    message: rejection?.message ?? '',
    proofs: results.flatMap((result) => (result.kind === 'proven' ? [result.proof] : [])),
  };
}

export const toStamp = (der: string): string => JSON.stringify({ SignedRFC3161Timestamp: der });

function toAnnotations({ verificationMaterial: material }: SerializedBundle): Annotations {
  const annotations: Annotations = {};
  const certificate = material.x509CertificateChain?.certificates[0]?.rawBytes;
  if (certificate !== undefined) annotations['dev.sigstore.cosign/certificate'] = toPem(certificate);
  const [entry] = material.tlogEntries;
  if (entry !== undefined) annotations['dev.sigstore.cosign/bundle'] = JSON.stringify(toEntry(entry));
  const [stamp] = material.timestampVerificationData?.rfc3161Timestamps ?? [];
  if (stamp !== undefined)
    annotations['dev.sigstore.cosign/rfc3161timestamp'] = toStamp(stamp.signedTimestamp);
  return annotations;
}

type Entry = SerializedBundle['verificationMaterial']['tlogEntries'][number];

function toEntry(entry: Entry) {
  return {
    SignedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
    Payload: {
      body: entry.canonicalizedBody,
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex),
      logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
    },
  };
}

export function toPem(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
