declare const brand: unique symbol;

/** A content digest as in OCI image-spec "Digests": `sha256:<64 lower-case hex>` or `sha512:<128>`. */
export type Digest = string & { readonly [brand]: 'Digest' };

const SHAPE = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && SHAPE.test(value);
}

/** @throws TypeError when `value` is no digest of a registered algorithm. */
export function parseDigest(value: string): Digest {
  if (!isDigest(value)) throw new TypeError(`not a sha256 or sha512 digest: ${value.slice(0, 80)}`);
  return value;
}

/** `sha256` or `sha512`, as `node:crypto` names them too. */
export function algorithmOf(digest: Digest): 'sha256' | 'sha512' {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}

/** Wraps bare hex (what `createHash().digest('hex')` gives) as a digest. */
export function toDigest(algorithm: 'sha256' | 'sha512', hex: string): Digest {
  return parseDigest(`${algorithm}:${hex}`);
}
