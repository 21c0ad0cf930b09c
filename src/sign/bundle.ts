import { BUNDLE_V03, IN_TOTO_PAYLOAD, preAuthEncoding, type Statement } from '../core/statement.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * A sigstore bundle (protobuf-specs, sigstore_bundle.proto, v0.3) as cosign 3 writes it: the statement in a DSSE envelope
 * with one signature, and a hint which key to try: the Base64 of the SHA-256 of its SubjectPublicKeyInfo. No
 * transparency log was asked, so none is claimed.
 * @throws Failure as `SigningKey.sign`
 */
export function signStatement(statement: Statement, key: SigningKey): Buffer {
  const payload = Buffer.from(
    JSON.stringify({
      _type: statement.type,
      subject: statement.subjects,
      predicateType: statement.predicateType,
      predicate: statement.predicate,
    }),
  );
  const signature = key.sign(preAuthEncoding(IN_TOTO_PAYLOAD, payload));
  const hint = Buffer.from(key.fingerprint.slice('sha256:'.length), 'hex').toString('base64');
  return Buffer.from(
    JSON.stringify({
      mediaType: BUNDLE_V03,
      verificationMaterial: { publicKey: { hint } },
      dsseEnvelope: {
        payload: payload.toString('base64'),
        payloadType: IN_TOTO_PAYLOAD,
        signatures: [{ sig: signature.toString('base64') }],
      },
    }),
  );
}

/** What cosign 3 notes on the manifest that carries a bundle. */
export function toBundleAnnotations({ predicateType }: Statement, created: Date): Record<string, string> {
  return {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': predicateType,
    'org.opencontainers.image.created': created.toISOString().replace(/\.\d{3}Z$/, 'Z'),
  };
}
