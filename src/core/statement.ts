/*
 * The two formats that carry what people sign about images: DSSE (github.com/secure-systems-lab/dsse, protocol.md) and
 * in-toto statements (github.com/in-toto/attestation, spec/v1). Shared by those that verify and those that sign.
 */

export const IN_TOTO_PAYLOAD = 'application/vnd.in-toto+json';
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const STATEMENT_TYPES: readonly string[] = [STATEMENT_TYPE, 'https://in-toto.io/Statement/v0.1'];

/** Predicate type of a plain image signature as cosign 3 makes it. */
export const COSIGN_SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
export const BUNDLE_V03 = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const DSSE_ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

/** An in-toto statement, its outline narrowed; the predicate is whatever it is. */
export interface Statement {
  readonly type: string;
  readonly subjects: readonly StatementSubject[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

export interface StatementSubject {
  readonly name?: string;
  /** Algorithm to lower-case hex: `{ sha256: '…' }`. */
  readonly digest: Readonly<Record<string, string>>;
}

/** What is signed in a DSSE envelope: `DSSEv1 <length> <type> <length> <payload>` (protocol.md, "Signature Definition"). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
