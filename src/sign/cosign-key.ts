import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';
import { Failure } from '../core/failure.ts';

/*
 * The format that `cosign generate-key-pair` writes (go-securesystemslib, package encrypted): JSON with scrypt's
 * parameters and a NaCl secretbox of a PKCS #8 key. Whoever writes the file chooses how much memory scrypt takes, so only
 * the three settings that were ever written are accepted.
 */

const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
/** CPU and memory cost N; r is 8 and p is 1. 128 * N * r bytes: 32, 64 and 128 MiB. */
const COSTS: readonly number[] = [2 ** 15, 2 ** 16, 2 ** 17];
const MAX_MEMORY = 160 * 2 ** 20;

const base64 = z
  .string()
  .max(64 * 1024)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/)
  .transform((text) => Buffer.from(text, 'base64'));

const boxSchema = z.object({
  kdf: z.object({
    name: z.string().max(100),
    params: z.object({ N: z.number(), r: z.number(), p: z.number() }),
    salt: base64,
  }),
  cipher: z.object({ name: z.string().max(100), nonce: base64 }),
  ciphertext: base64,
});

type Box = z.output<typeof boxSchema>;

/** An encrypted key, its outline checked; the password was not tried yet. */
export interface LockedKey {
  /**
   * The PKCS #8 key in DER, if that is what was put in.
   * @returns undefined when the password is wrong, or the file was changed: the two look the same.
   */
  unlock(password: string): Promise<Buffer | undefined>;
}

/**
 * Reads what stands between the lines of an `ENCRYPTED SIGSTORE PRIVATE KEY` or `ENCRYPTED COSIGN PRIVATE KEY`.
 * @throws Failure MALFORMED, UNSUPPORTED (another cipher, or other costs than cosign's)
 */
export function parseCosignKey(json: Uint8Array): LockedKey {
  const box = parseBox(json);
  const { name, params } = box.kdf;
  if (name !== 'scrypt' || box.cipher.name !== 'nacl/secretbox') {
    throw new Failure(
      'UNSUPPORTED',
      'the key is encrypted in another way than cosign does: scrypt, nacl/secretbox',
    );
  }
  if (!COSTS.includes(params.N) || params.r !== 8 || params.p !== 1) {
    throw new Failure(
      'UNSUPPORTED',
      'the key asks for costs of scrypt that cosign never asks for: make a new one',
    );
  }
  if (box.cipher.nonce.length !== NONCE_BYTES || box.ciphertext.length < TAG_BYTES) {
    throw new Failure('MALFORMED', 'the encrypted key has a nonce or content of the wrong length');
  }
  return { unlock: (password) => openBox(box, password) };
}

function parseBox(json: Uint8Array): Box {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(json).toString('utf8'));
  } catch (cause) {
    throw new Failure('MALFORMED', 'the encrypted key holds no JSON where cosign writes some', { cause });
  }
  const parsed = boxSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it').slice(0, 5);
  throw new Failure('MALFORMED', `the encrypted key is not as cosign writes it: ${fields.join(', ')}`);
}

async function openBox({ kdf, cipher, ciphertext }: Box, password: string): Promise<Buffer | undefined> {
  const { xsalsa20poly1305 } = await import('@noble/ciphers/salsa.js');
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  const key = await derive(password, kdf.salt, KEY_BYTES, { ...kdf.params, maxmem: MAX_MEMORY });
  try {
    return Buffer.from(xsalsa20poly1305(key, cipher.nonce).decrypt(ciphertext));
  } catch {
    // Only the tag can fail here: the lengths were checked.
    return undefined;
  } finally {
    key.fill(0);
  }
}
