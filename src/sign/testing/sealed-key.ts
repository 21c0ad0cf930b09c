import { randomBytes, scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';

/** What `cosign generate-key-pair` writes between the lines of a key file. */
export function sealAsCosign(content: Uint8Array, password: string, cost = 2 ** 15) {
  const [salt, nonce] = [randomBytes(32), randomBytes(24)];
  const params = { N: cost, r: 8, p: 1 };
  const key = scryptSync(password, salt, 32, { ...params, maxmem: 2 ** 28 });
  return {
    kdf: { name: 'scrypt', params, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(xsalsa20poly1305(key, nonce).encrypt(content)).toString('base64'),
  };
}

/** RFC 7468. */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
