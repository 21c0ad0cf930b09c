import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { toDigest } from '../../core/digest.ts';
import { Failure, messageOf } from '../../core/failure.ts';
import type { TrustedKey } from './contract.ts';

/*
 * Reads the public keys that people trust: PEM, one key a file. What stands around the block is refused, because a file
 * with two keys would silently be one of them.
 */

const MAX_CHARACTERS = 32_768;
const MIN_RSA_BITS = 2048;
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

const BLOCK =
  /^\s{0,64}-----BEGIN ((?:RSA )?PUBLIC KEY)-----\r?\n([A-Za-z0-9+/=\r\n]{1,32768})-----END ((?:RSA )?PUBLIC KEY)-----\s{0,64}$/;
const LABELS = /-----BEGIN ([A-Z0-9 ]{1,64})-----/g;
const MANAGED = /^(?:awskms|gcpkms|azurekms|hashivault|k8s|pkcs11):/;

/**
 * @param name what the trust file calls the key, or the path on the command line
 * @param pem SubjectPublicKeyInfo (`PUBLIC KEY`) or PKCS #1 (`RSA PUBLIC KEY`): RSA from 2048 bits, ECDSA on P-256, P-384 or
 *   P-521, Ed25519
 * @throws Failure USAGE for a private key or a certificate, UNSUPPORTED for a key in a KMS or of another kind, MALFORMED
 */
export function parsePublicKey(name: string, pem: string): TrustedKey {
  checkManaged(name);
  checkManaged(pem.trimStart());
  if (pem.length > MAX_CHARACTERS) {
    throw new Failure(
      'MALFORMED',
      `the key ${name} has more than ${MAX_CHARACTERS} characters: no public key has`,
    );
  }
  const key = toPlainForm(toKey(name, pem));
  checkKind(name, key);
  const spki = key.export({ format: 'der', type: 'spki' });
  return { name, key, fingerprint: toDigest('sha256', createHash('sha256').update(spki).digest('hex')) };
}

function checkManaged(text: string): void {
  const scheme = MANAGED.exec(text)?.[0];
  if (scheme === undefined) return;
  throw new Failure(
    'UNSUPPORTED',
    `keys in a KMS (${scheme}//…) are not supported yet; export the public key to a PEM file and name that`,
  );
}

function toKey(name: string, pem: string): KeyObject {
  const [, label, base64, end] = BLOCK.exec(pem) ?? [];
  if (base64 === undefined || label !== end) throw explain(name, pem);
  const type = label === 'PUBLIC KEY' ? 'spki' : 'pkcs1';
  try {
    return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type });
  } catch (cause) {
    throw new Failure('MALFORMED', `the key ${name} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/**
 * A point on a curve can be written compressed, whole or both ways at once, and a curve by name or by its parameters. One key
 * written in two of these ways would have two fingerprints, and so count as two signers.
 */
function toPlainForm(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ec' || !CURVES.has(key.asymmetricKeyDetails?.namedCurve ?? '')) return key;
  return createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
}

/** Quotes nothing of the text: it may be a secret. */
function explain(name: string, pem: string): Failure {
  const labels = Array.from(pem.matchAll(LABELS), ([, label = '']) => label);
  if (labels.some((label) => label.endsWith('PRIVATE KEY'))) {
    return new Failure(
      'USAGE',
      `the key ${name} is a private key: keep it secret and name its public half (openssl pkey -in KEY -pubout)`,
    );
  }
  if (labels.includes('CERTIFICATE')) {
    return new Failure(
      'USAGE',
      `${name} is a certificate, whose period and issuer would not be looked at; ` +
        'if its key alone is trusted, name that (openssl x509 -in CERTIFICATE -pubkey -noout)',
    );
  }
  if (labels.length > 1)
    return new Failure('MALFORMED', `${name} holds ${labels.length} keys; name one file a key`);
  return new Failure(
    'MALFORMED',
    `${name} holds no public key in PEM: a block from "-----BEGIN PUBLIC KEY-----" to its end and nothing else`,
  );
}

function checkKind(name: string, key: KeyObject): void {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return;
    case 'ec':
      if (CURVES.has(namedCurve ?? '')) return;
      throw unsupported(name, `on the curve ${namedCurve ?? 'without a name'}`);
    case 'rsa':
    case 'rsa-pss':
      if ((modulusLength ?? 0) >= MIN_RSA_BITS) return;
      throw unsupported(name, `RSA with ${modulusLength} bits`);
    default:
      throw unsupported(name, String(key.asymmetricKeyType));
  }
}

function unsupported(name: string, kind: string): Failure {
  return new Failure(
    'UNSUPPORTED',
    `the key ${name} is ${kind}; supported are RSA from ${MIN_RSA_BITS} bits, ECDSA on P-256, P-384 or P-521, and Ed25519`,
  );
}
