import { createHash } from 'node:crypto';

/*
 * Version 3 onion addresses (Tor's rend-spec-v3, "Encoding onion addresses"): base32 of public key, two bytes of
 * SHA3-256(".onion checksum" | key | version) and the version. So a valid one was made, not mistyped or made up.
 */

const SHAPE = /(?<![a-z2-7])([a-z2-7]{56})\.onion(?![\w-])/gi;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const VERSION = 3;

export function* findOnionAddresses(text: string): Generator<{ offset: number; text: string }> {
  for (const match of text.matchAll(SHAPE)) {
    if (isOnionName(match[1] ?? '')) yield { offset: match.index, text: match[0] };
  }
}

function isOnionName(name: string): boolean {
  const bytes = decodeBase32(name.toLowerCase());
  if (bytes[34] !== VERSION) return false;
  const key = bytes.subarray(0, 32);
  const digest = createHash('sha3-256')
    .update('.onion checksum')
    .update(key)
    .update(bytes.subarray(34))
    .digest();
  return digest[0] === bytes[32] && digest[1] === bytes[33];
}

/** RFC 4648 base32 of 56 characters: 35 bytes. */
function decodeBase32(name: string): Uint8Array {
  let value = 0n;
  for (const character of name) value = value * 32n + BigInt(ALPHABET.indexOf(character));
  return Buffer.from(value.toString(16).padStart(70, '0'), 'hex');
}
