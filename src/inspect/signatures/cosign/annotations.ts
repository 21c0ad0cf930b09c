import type { TransparencyLogEntry } from '@sigstore/bundle';
import * as z from 'zod';
import { parseJson } from '../../../core/json.ts';
import { Refusal } from '../refusal.ts';

/*
 * What cosign's older formats say beside a signature: in annotations of the layer, each a text of its own format (cosign,
 * specs/SIGNATURE_SPEC.md, "Properties"). None of it is covered by the signature; it counts for as much as can be proven of it.
 * The annotation with the rest of the certificate chain is not read: issuers come from the trust root only.
 */

export interface Witnesses {
  /** Of the signer, DER. */
  readonly certificate: Buffer | undefined;
  readonly entry: TransparencyLogEntry | undefined;
  /** RFC 3161 responses, DER. */
  readonly timestamps: readonly Buffer[];
}

type Annotations = Readonly<Record<string, string>>;

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

/** A base64 log entry holds a certificate and a signature, and for attestations also the envelope's hashes. */
const MAX_TEXT = 256 * 2 ** 10;
const MAX_SIGNATURE = 8192;

const BASE64 = /^[A-Za-z0-9+/]{1,262144}={0,2}$/;
const PEM =
  /^\s{0,8}-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]{1,32768})-----END CERTIFICATE-----\s{0,8}$/;

/** @throws Refusal MALFORMED */
export function parseSignature(annotations: Annotations): Buffer {
  const text = annotations[SIGNATURE] ?? '';
  if (text.length > MAX_SIGNATURE || !BASE64.test(text)) {
    throw new Refusal('MALFORMED', `the annotation ${SIGNATURE} is no signature in base64`);
  }
  return Buffer.from(text, 'base64');
}

/**
 * Annotations that are empty are as good as absent: cosign writes some so.
 * @throws Refusal MALFORMED
 * @throws Failure MALFORMED
 */
export function parseWitnesses(annotations: Annotations): Witnesses {
  const certificate = textOf(annotations, CERTIFICATE);
  const entry = textOf(annotations, LOG_ENTRY);
  const timestamp = textOf(annotations, TIMESTAMP);
  return {
    certificate: certificate === undefined ? undefined : parseCertificate(certificate),
    entry: entry === undefined ? undefined : parseEntry(entry),
    timestamps: timestamp === undefined ? [] : [parseTimestamp(timestamp)],
  };
}

function textOf(annotations: Annotations, name: string): string | undefined {
  const text = annotations[name];
  if (text === undefined || text === '') return undefined;
  if (text.length > MAX_TEXT)
    throw new Refusal('TOO_LARGE', `the annotation ${name} has ${text.length} characters`);
  return text;
}

function parseCertificate(text: string): Buffer {
  const base64 = PEM.exec(text)?.[1];
  if (base64 === undefined)
    throw new Refusal('MALFORMED', `the annotation ${CERTIFICATE} is not one certificate in PEM`);
  return Buffer.from(base64, 'base64');
}

const base64 = z.string().regex(BASE64);
const number = z.int().nonnegative();
const logEntry = z.object({
  SignedEntryTimestamp: base64,
  Payload: z.object({
    body: base64,
    integratedTime: number,
    logIndex: number,
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const logBody = z.object({ kind: z.string().max(40), apiVersion: z.string().max(20) });
const stamp = z.object({ SignedRFC3161Timestamp: base64 });

/** Rekor's answer as cosign keeps it: a promise to include the entry, and no proof that it was. */
function parseEntry(text: string): TransparencyLogEntry {
  const { SignedEntryTimestamp, Payload } = narrow(
    logEntry,
    Buffer.from(text),
    `the annotation ${LOG_ENTRY}`,
  );
  const canonicalizedBody = Buffer.from(Payload.body, 'base64');
  const { kind, apiVersion } = narrow(logBody, canonicalizedBody, 'the log entry');
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: Buffer.from(SignedEntryTimestamp, 'base64') },
    inclusionProof: undefined,
    canonicalizedBody,
  };
}

function parseTimestamp(text: string): Buffer {
  const { SignedRFC3161Timestamp } = narrow(stamp, Buffer.from(text), `the annotation ${TIMESTAMP}`);
  return Buffer.from(SignedRFC3161Timestamp, 'base64');
}

const MAX_DEPTH = 16;

function narrow<Shape>(shape: z.ZodType<Shape>, json: Uint8Array, what: string): Shape {
  const { success, data, error } = shape.safeParse(parseJson(json, what, MAX_DEPTH));
  if (success) return data;
  const [issue] = error.issues;
  throw new Refusal(
    'MALFORMED',
    `${what}: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not understood'}`,
  );
}
