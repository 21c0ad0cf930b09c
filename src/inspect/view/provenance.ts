import { createHash } from 'node:crypto';
import type { FileRecord } from '../../core/file.ts';
import type { LayerPath } from '../../core/layer-path.ts';
import type { FileView, ImageView } from '../contract.ts';

/** Digests that package databases record, of a file's whole content. */
export type PackagingDigests = Pick<FileRecord, 'md5' | 'sha1' | 'sha256'>;

/**
 * True when the file that layer `layer` put at `path` is, byte for byte, what the package database of that layer's
 * view records for it. Rules that look for strings leave such files alone: manuals, scanners and security tools carry
 * the very strings. Whether the database itself can be believed is for the integrity detectors.
 *
 * @param digests from `packagingDigestsOf`, for files outside program folders, whose record has no MD5 and SHA-1
 */
export function isPristine(
  image: ImageView,
  layer: number,
  path: LayerPath,
  digests: PackagingDigests = {},
): boolean {
  const record = image.layers[layer]?.files.get(path);
  const owner = image.owner(path, layer);
  if (record === undefined || owner === undefined || owner.file.ghost === true) return false;
  const { digest } = owner.file;
  if (digest === undefined || digest.algorithm === 'sha512') return false;
  return (record[digest.algorithm] ?? digests[digest.algorithm]) === digest.hex.toLowerCase();
}

/**
 * What a package database may have recorded of a file and its record lacks: nothing for a file in a program folder,
 * whose record has it, or for a window. To be computed on a hit only, and kept in the observation.
 */
export function packagingDigestsOf(file: FileView): PackagingDigests {
  if (!file.whole || (file.record.md5 !== undefined && file.record.sha1 !== undefined)) return {};
  const hexOf = (algorithm: string) => createHash(algorithm).update(file.bytes).digest('hex');
  return { md5: hexOf('md5'), sha1: hexOf('sha1') };
}
