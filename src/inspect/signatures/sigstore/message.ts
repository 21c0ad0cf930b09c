import { constants, createHash, createVerify, type KeyObject } from 'node:crypto';
import { Failure } from '../../../core/failure.ts';
import type { FileContent } from '../contract.ts';
import { Refusal } from '../refusal.ts';
import type { BundleContent, HashName, SignedDigest } from './bundle-json.ts';
import { isSignatureOf, isSignatureOfDigest } from './public-key.ts';

/*
 * Signatures over a file (`cosign sign-blob`). The file's SHA-256 is known from reading it once, and nearly every signature is
 * over just that. Only where it is not is the file read again: in chunks, and its SHA-256 is computed once more on the
 * way, because a file that changes between two readings could be proven under the digest of another.
 */

type Message = Extract<BundleContent, { kind: 'message' }>;

/** Ed25519 signs the bytes themselves, which must so be in memory at once. */
const MAX_ED25519_BYTES = 64 * 2 ** 20;

/**
 * @throws Refusal SUBJECT_MISMATCH when the bundle signs another file; UNSUPPORTED when only bytes that are not there can tell
 * @throws Failure as reading the file does; DIGEST_MISMATCH when it changed
 */
export async function compareDigests(
  { algorithm, digest }: SignedDigest,
  file: FileContent,
  signal: AbortSignal,
): Promise<void> {
  const found = algorithm === 'sha256' ? sha256Of(file) : await hashFile(algorithm, file, signal);
  if (found.equals(digest)) return;
  throw new Refusal(
    'SUBJECT_MISMATCH',
    `the bundle signs ${algorithm}:${digest.toString('hex')}, the file is ${algorithm}:${found.toString('hex')}`,
  );
}

/** Where a digest is signed, call it after `compareDigests`. @throws as it; Refusal MALFORMED when a digest is lacking */
export async function isMessageSignature(
  key: KeyObject,
  { signed, signature }: Message,
  file: FileContent,
  signal: AbortSignal,
): Promise<boolean> {
  if (key.asymmetricKeyType === 'ed25519') {
    return isSignatureOf(key, await readWhole(file, signal), signature);
  }
  if (signed === undefined) throw new Refusal('MALFORMED', 'the bundle does not say what digest it signs');
  const { algorithm, digest } = signed;
  if (await isSignatureOfDigest(key, algorithm, digest, signature)) return true;
  const mayBePss =
    key.asymmetricKeyType === 'rsa-pss' || (key.asymmetricKeyType === 'rsa' && file.bytes !== undefined);
  return mayBePss && isPssSignature(key, algorithm, signature, file, signal);
}

async function isPssSignature(
  key: KeyObject,
  algorithm: HashName,
  signature: Buffer,
  file: FileContent,
  signal: AbortSignal,
): Promise<boolean> {
  const verifier = createVerify(algorithm);
  await readChecked(file, signal, (chunk) => verifier.update(chunk));
  return verifier.verify({ key, padding: constants.RSA_PKCS1_PSS_PADDING }, signature);
}

async function hashFile(algorithm: HashName, file: FileContent, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash(algorithm);
  await readChecked(file, signal, (chunk) => hash.update(chunk));
  return hash.digest();
}

async function readWhole(file: FileContent, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  await readChecked(file, signal, (chunk) => {
    size += chunk.length;
    if (size > MAX_ED25519_BYTES) {
      throw new Refusal(
        'UNSUPPORTED',
        `Ed25519 signs whole files, and this one has more than ${MAX_ED25519_BYTES} bytes`,
      );
    }
    chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

async function readChecked(
  file: FileContent,
  signal: AbortSignal,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  if (file.bytes === undefined) {
    throw new Refusal(
      'UNSUPPORTED',
      'this kind of signature is checked against the file itself, and only its digest is given',
    );
  }
  const hash = createHash('sha256');
  for await (const chunk of file.bytes()) {
    if (signal.aborted) throw new Failure('CANCELLED', 'verification was cancelled while the file was read');
    hash.update(chunk);
    take(chunk);
  }
  if (hash.digest().equals(sha256Of(file))) return;
  throw new Failure(
    'DIGEST_MISMATCH',
    'the file changed while it was verified; verify a copy that nobody writes to',
  );
}

function sha256Of({ digest }: FileContent): Buffer {
  if (!digest.startsWith('sha256:')) {
    throw new Refusal('UNSUPPORTED', `files are known by their SHA-256 here, not by ${digest.slice(0, 20)}`);
  }
  return Buffer.from(digest.slice('sha256:'.length), 'hex');
}
