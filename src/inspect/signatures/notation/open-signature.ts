import { Refusal } from '../refusal.ts';
import { algorithmOfKey, isSignature } from './algorithm.ts';
import { COSE_MEDIA_TYPE, type Envelope, JWS_MEDIA_TYPE, quote } from './envelope.ts';
import { parseJws } from './jws.ts';
import { parseCertificate } from './x509/certificate.ts';
import { type Chain, checkChain } from './x509/chain.ts';

const MAX_ENVELOPE = 2 ** 20;

/** An envelope whose signature holds, by a chain that holds together. Nobody is trusted yet. */
export interface OpenSignature {
  readonly envelope: Envelope;
  readonly chain: Chain;
}

/**
 * Integrity, before anybody is trusted: the envelope can be read, the key of its own leaf certificate signed it, and the chain is
 * one.
 * @throws Refusal MALFORMED, TOO_LARGE, TOO_MANY, UNSUPPORTED, PAYLOAD_TYPE, SIGNATURE_INVALID, CERTIFICATE_USAGE,
 * CERTIFICATE_UNTRUSTED; Failure MALFORMED
 */
export async function openSignature(bytes: Uint8Array, mediaType: string): Promise<OpenSignature> {
  const envelope = await parseEnvelope(bytes, mediaType);
  const [leaf, ...others] = envelope.chain.map(parseCertificate);
  if (leaf === undefined) throw new Refusal('MALFORMED', 'the envelope has no certificate');
  const algorithm = algorithmOfKey(leaf.key);
  if (algorithm === undefined) {
    throw new Refusal(
      'CERTIFICATE_USAGE',
      'the signing key is of a kind or size that Notation does not allow',
    );
  }
  if (algorithm !== envelope.algorithm) {
    throw new Refusal(
      'SIGNATURE_INVALID',
      `the envelope names another algorithm than its key's, ${algorithm.jws}`,
    );
  }
  if (!isSignature(algorithm, leaf.key, envelope.signed, envelope.signature)) {
    throw new Refusal('SIGNATURE_INVALID', "the signature is not of the certificate's key over this content");
  }
  const chain: Chain = [leaf, ...others];
  checkChain(chain, 'code-signing');
  return { envelope, chain };
}

async function parseEnvelope(bytes: Uint8Array, mediaType: string): Promise<Envelope> {
  if (bytes.length > MAX_ENVELOPE) {
    throw new Refusal('TOO_LARGE', `the envelope has ${bytes.length} bytes, and ${MAX_ENVELOPE} are read`);
  }
  if (mediaType === JWS_MEDIA_TYPE) return parseJws(bytes);
  if (mediaType === COSE_MEDIA_TYPE) return (await import('./cose.ts')).parseCose(bytes);
  throw new Refusal(
    'MALFORMED',
    `a Notation signature is one layer of JWS or COSE, and this is ${quote(mediaType)}`,
  );
}
