import type { PackageFile } from '../../../core/package.ts';

type FileDigest = NonNullable<PackageFile['digest']>;

const BY_LENGTH: Readonly<Record<number, FileDigest['algorithm']>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
  128: 'sha512',
};

/**
 * A `Z:` checksum: `Q1` with base64 of a SHA-1, `Q2` of a SHA-256, `X1` and `X2` with hex, or, from before apk 2.0, bare
 * hex of an MD5. A SHA-256 cut to 160 bits, which apk 3 may write, has no form here and is no digest.
 */
export function parseApkDigest(raw: string): FileDigest | undefined {
  const form = /^(?:([QX])([12]))?([A-Za-z0-9+/=]{20,128})$/.exec(raw);
  if (form?.[3] === undefined) return undefined;
  const hex = form[1] === 'Q' ? Buffer.from(form[3], 'base64').toString('hex') : form[3].toLowerCase();
  const algorithm = BY_LENGTH[hex.length];
  if (algorithm === undefined || !/^[0-9a-f]+$/.test(hex)) return undefined;
  const promised = form[2] === undefined ? algorithm : form[2] === '1' ? 'sha1' : 'sha256';
  return promised === algorithm ? { algorithm, hex } : undefined;
}
