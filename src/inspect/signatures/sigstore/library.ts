import type { KeyObject } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import type { X509Certificate } from '@sigstore/core';
import { type SignedEntity, type TrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import type { RejectionCode, SigningTime } from '../../../core/vouching.ts';
import { Refusal } from '../refusal.ts';
import { isTimed, timeOf } from './log-entries.ts';
import type { ParsedStamp } from './timestamps.ts';

/*
 * The library's part of a proof: certificate chain, SCT, time stamps, inclusion in the log. Its verdict is taken as it is; its
 * codes are too few to say why, so where one code has several causes the caller looks for the cause afterwards.
 */

export interface Evidence {
  readonly content: SignedEntity['signature'];
  readonly entries: readonly TransparencyLogEntry[];
  readonly stamps: readonly ParsedStamp[];
}

/** What must be there at least; never left to the library's defaults. */
export interface Thresholds {
  readonly logs: 0 | 1;
  readonly scts: 0 | 1;
  readonly times: 0 | 1;
}

/** @throws VerificationError; Refusal for all but CERTIFICATE_ERROR */
export function verifyWithCertificate(
  evidence: Evidence,
  certificate: X509Certificate,
  material: TrustMaterial,
  thresholds: Thresholds,
): void {
  run(material, thresholds, { ...toEntity(evidence), key: { $case: 'certificate', certificate } });
}

/** The signature itself is `content`'s word. @throws Refusal */
export function verifyWitnesses(evidence: Evidence, key: KeyObject, material: TrustMaterial): void {
  const publicKey = () => ({ publicKey: key, validFor: () => true });
  const none: Thresholds = { logs: 0, scts: 0, times: 0 };
  run({ ...material, publicKey }, none, { ...toEntity(evidence), key: { $case: 'public-key', hint: '' } });
}

/** The times that `evidence` proves, once the library has verified it. */
export function timesOf({ entries, stamps }: Pick<Evidence, 'entries' | 'stamps'>): SigningTime[] {
  return [
    ...entries.filter(isTimed).map((entry) => toSigningTime(timeOf(entry), 'log')),
    ...stamps.map(({ time }) => toSigningTime(time, 'timestamp-authority')),
  ];
}

function toSigningTime(time: Date, source: SigningTime['source']): SigningTime {
  return { time: time.toISOString(), source };
}

function toEntity({ content, entries, stamps }: Evidence): Omit<SignedEntity, 'key'> {
  const timestamps: SignedEntity['timestamps'] = [
    ...entries.filter(isTimed).map((tlogEntry) => ({ $case: 'transparency-log' as const, tlogEntry })),
    ...stamps.map(({ stamp }) => ({ $case: 'timestamp-authority' as const, timestamp: stamp })),
  ];
  return { signature: content, tlogEntries: [...entries], timestamps };
}

function run(material: TrustMaterial, { logs, scts, times }: Thresholds, entity: SignedEntity): void {
  const verifier = new Verifier(material, {
    tlogThreshold: logs,
    ctlogThreshold: scts,
    timestampThreshold: times,
  });
  try {
    verifier.verify(entity);
  } catch (error) {
    throw toRefusal(error);
  }
}

/** One sentence for each code of the library that has one cause only. */
const CAUSES: ReadonlyMap<string, readonly [RejectionCode, string]> = new Map([
  [
    'TIMESTAMP_ERROR',
    ['TIMESTAMP_INVALID', 'a time stamp is not of an authority of the trust root, or not of this signature'],
  ],
  ['TLOG_ERROR', ['LOG_MISSING', 'the signature is in no transparency log']],
  [
    'TLOG_INCLUSION_PROOF_ERROR',
    ['LOG_INVALID', 'the proof that the transparency log has this does not hold'],
  ],
  ['TLOG_INCLUSION_PROMISE_ERROR', ['LOG_INVALID', "the transparency log's promise does not hold"]],
  ['TLOG_MISSING_INCLUSION_ERROR', ['LOG_INVALID', 'the log entry comes with neither a promise nor a proof']],
  ['TLOG_BODY_ERROR', ['LOG_ENTRY_MISMATCH', 'the log entry is of another signature']],
  ['SIGNATURE_ERROR', ['SIGNATURE_INVALID', 'the signature does not fit']],
]);

function toRefusal(error: unknown): unknown {
  if (!(error instanceof VerificationError)) return error;
  const [code, message] = CAUSES.get(String(error.code)) ?? [];
  return code === undefined ? error : new Refusal(code, `${message} (${error.message})`, { cause: error });
}
