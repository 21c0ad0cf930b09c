import { isUtf8 } from 'node:buffer';

/** Decodes a name: UTF-8 where it is that, else latin1, so that no two names become one. */
export function decodeName(bytes: Buffer): string {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] ?? 0) >= 0x80) return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
  }
  return bytes.toString('latin1');
}

/** The bytes up to the first NUL. */
export function upToNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
