import type { ImageView } from '../../contract.ts';

/** True when a package lists its files after this layer. Where none does, nothing is owned, and that says nothing. */
export function listsFiles(image: ImageView, layer: number): boolean {
  return image.packagesAt(layer).some(({ files }) => files.length > 0);
}
