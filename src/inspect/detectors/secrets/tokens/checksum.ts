import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * GitHub's and npm's tokens end in six base-62 digits, the CRC-32 of the random part before them
 * (github.blog, "Behind GitHub's new authentication token formats").
 */
export function hasChecksum(random: string): boolean {
  return random.slice(-6) === checksumOf(random.slice(0, -6));
}

export function checksumOf(random: string): string {
  let rest = crc32(random);
  let digits = '';
  while (rest > 0) {
    digits = (DIGITS[rest % 62] as string) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits.padStart(6, '0');
}
