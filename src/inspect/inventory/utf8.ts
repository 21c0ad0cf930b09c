/** Bytes as text. What is no UTF-8 becomes U+FFFD, as in the paths of a layer. */
export function decodeUtf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
