import { createHash, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { SignedEntity } from '@sigstore/verify';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from '../../../core/statement.ts';
import { parseStatement } from '../attestations/statement.ts';
import type { FileContent, Proof, SignedContent } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import type { BundleContent } from './bundle-json.ts';
import { compareDigests, isMessageSignature } from './message.ts';
import { isSignatureOf } from './public-key.ts';

/*
 * What a bundle signs, seen from its three sides: against a key, against a log entry, and as what it says.
 */

/** What the library asks of signed content. */
export type LibraryContent = SignedEntity['signature'];

/** What a proof says besides its content. */
export type Signing = Pick<Proof, 'identity' | 'times' | 'log' | 'notes'>;

export interface SignedThing {
  readonly kind: BundleContent['kind'];
  /**
   * Undefined when the key did not sign it; else what the library wants to see of it, whose own reading knows fewer hashes and
   * needs a file's bytes in memory.
   */
  signedBy(key: KeyObject): Promise<LibraryContent | undefined>;
  /** Only to be asked for once the signature holds. @throws Failure MALFORMED */
  read(): SignedContent;
}

/**
 * @throws Refusal PAYLOAD_TYPE, SUBJECT_MISMATCH when the file is another, UNSUPPORTED
 * @throws Failure when the file cannot be read
 */
export async function openContent(
  content: BundleContent,
  file: FileContent | undefined,
  signal: AbortSignal,
): Promise<SignedThing> {
  return content.kind === 'envelope' ? openEnvelope(content) : openMessage(content, file, signal);
}

type Envelope = Extract<BundleContent, { kind: 'envelope' }>;
type Message = Extract<BundleContent, { kind: 'message' }>;

function openEnvelope({ kind, payloadType, payload, signature }: Envelope): SignedThing {
  // Nothing but a statement says what it is about.
  if (payloadType !== IN_TOTO_PAYLOAD) {
    throw new Refusal(
      'PAYLOAD_TYPE',
      `the envelope holds ${payloadType || 'nothing named'}, not ${IN_TOTO_PAYLOAD}`,
    );
  }
  const signed = preAuthEncoding(payloadType, payload);
  return {
    kind,
    signedBy: async (key) =>
      (await isSignatureOf(key, signed, signature))
        ? {
            signature,
            compareSignature: (other) => isEqual(signature, other),
            compareDigest: (digest) => isDigestOf(payload, digest),
            compareSignedDigest: (digest) => isDigestOf(signed, digest),
            verifySignature: (asked) => asked.equals(key),
          }
        : undefined,
    read: () => ({ kind: 'statement', statement: parseStatement(payload) }),
  };
}

async function openMessage(
  message: Message,
  file: FileContent | undefined,
  signal: AbortSignal,
): Promise<SignedThing> {
  if (file === undefined) {
    throw new Refusal('UNSUPPORTED', "the bundle signs a file's bytes; an image is signed by a statement");
  }
  const { kind, signature, signed } = message;
  if (signed !== undefined) await compareDigests(signed, file, signal);
  const isSigned = (digest: Uint8Array): boolean => signed !== undefined && isEqual(signed.digest, digest);
  return {
    kind,
    signedBy: async (key) =>
      (await isMessageSignature(key, message, file, signal))
        ? {
            signature,
            compareSignature: (other) => isEqual(signature, other),
            compareDigest: isSigned,
            compareSignedDigest: isSigned,
            verifySignature: (asked) => asked.equals(key),
          }
        : undefined,
    read: () => ({ kind: 'file', digest: file.digest }),
  };
}

const HASHES_BY_LENGTH: ReadonlyMap<number, string> = new Map([
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
]);

function isDigestOf(bytes: Uint8Array, digest: Uint8Array): boolean {
  const algorithm = HASHES_BY_LENGTH.get(digest.length);
  return algorithm !== undefined && isEqual(createHash(algorithm).update(bytes).digest(), digest);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
