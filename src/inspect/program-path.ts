import type { LayerPath } from '../core/layer-path.ts';

/** Folders where package databases' own digests are compared, so that md5 and sha1 are worth computing. */
export function isProgramPath(path: LayerPath): boolean {
  return /^(?:(?:usr\/(?:local\/)?)?(?:s?bin|lib(?:32|64|x32|exec)?)|boot|efi)\//.test(path);
}
