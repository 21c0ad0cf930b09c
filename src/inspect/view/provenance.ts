import type { LayerPath } from '../../core/layer-path.ts';
import type { ImageView } from '../contract.ts';

/**
 * True when the file that layer `layer` put at `path` is, byte for byte, what the package database of that layer's
 * view records for it. False where the digest to compare was not computed, which happens to large files outside program
 * folders only. The database is the image's own and can be forged: see `FindingDraft.yieldsToPackages`.
 */
export function isPristine(image: ImageView, layer: number, path: LayerPath): boolean {
  const record = image.layers[layer]?.files.get(path);
  const owner = image.owner(path, layer);
  if (record === undefined || owner === undefined || owner.file.ghost === true) return false;
  const { digest } = owner.file;
  if (digest === undefined || digest.algorithm === 'sha512') return false;
  return record[digest.algorithm] === digest.hex.toLowerCase();
}
