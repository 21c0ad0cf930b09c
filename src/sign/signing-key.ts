import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type Digest, toDigest } from '../core/digest.ts';
import { Failure } from '../core/failure.ts';

/** A private key that can sign, with what others need to know of it. */
export interface SigningKey {
  readonly publicKey: KeyObject;
  /** SHA-256 of the SubjectPublicKeyInfo in DER. */
  readonly fingerprint: Digest;
  /**
   * RSA: PKCS #1 v1.5; ECDSA: DER (RFC 3279 section 2.2.3); Ed25519: RFC 8032, not pre-hashed.
   * @throws Failure MALFORMED when the two halves of the key do not belong together
   */
  sign(data: Uint8Array): Buffer;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16_384;

/** As cosign 3 pairs them, so that it verifies what we sign. */
const HASH_OF_CURVE: Readonly<Record<string, string>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

const ACCEPTED = 'RSA of 2048 to 16384 bits, ECDSA P-256, P-384, P-521, Ed25519';

/** @throws Failure UNSUPPORTED for a kind of key, curve or size that nobody should sign with */
export function toSigningKey(privateKey: KeyObject): SigningKey {
  const hash = toHash(privateKey);
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    publicKey,
    fingerprint: toDigest('sha256', createHash('sha256').update(spki).digest('hex')),
    sign: (data) => {
      const signature = sign(hash, data, privateKey);
      // A file may carry a public half of another key, and a computer may miscalculate: such a signature can give a
      // private key away, and in any case convinces nobody.
      if (!verify(hash, data, publicKey, signature)) {
        throw new Failure(
          'MALFORMED',
          'the key signs what its own public half does not verify: make a new one',
        );
      }
      return signature;
    },
  };
}

/** What `node:crypto` is to hash with; null where the algorithm does it by itself. */
function toHash({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string | null {
  if (asymmetricKeyType === 'ed25519') return null;
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'rsa') {
    if (modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS) return 'sha256';
    throw new Failure('UNSUPPORTED', `an RSA key of ${modulusLength} bits cannot sign: use ${ACCEPTED}`);
  }
  const hash = asymmetricKeyType === 'ec' ? HASH_OF_CURVE[namedCurve] : undefined;
  if (hash !== undefined) return hash;
  const kind = [asymmetricKeyType, namedCurve].filter((word) => word !== '').join(' ');
  throw new Failure('UNSUPPORTED', `a key of the kind ${kind} cannot sign: use ${ACCEPTED}`);
}
