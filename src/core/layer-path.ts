declare const brand: unique symbol;

/** A path inside a layer: `/`-separated, relative, without `.`, `..` or empty parts. The root is `''`. */
export type LayerPath = string & { readonly [brand]: 'LayerPath' };

/** How a raw name from an archive reads as a layer path, and whether it tried to climb above the root. */
export interface NormalisedPath {
  readonly path: LayerPath;
  /** True when a `..` would have left the root; the path is clamped there, as the container runtime does. */
  readonly escaped: boolean;
}

/**
 * Normalises a raw archive name the way a chrooted extraction sees it: leading slashes and `.` fall away,
 * `..` pops a part and stops at the root. Never throws.
 */
export function normalisePath(raw: string): NormalisedPath {
  if (isNormal(raw)) return { path: raw as LayerPath, escaped: false };
  const parts: string[] = [];
  let escaped = false;
  for (const part of raw.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) escaped = true;
  }
  return { path: parts.join('/') as LayerPath, escaped };
}

export function toLayerPath(raw: string): LayerPath {
  return normalisePath(raw).path;
}

/** The folder a path is in; `''` for a path at the root. */
export function parentOf(path: LayerPath): LayerPath {
  const slash = path.lastIndexOf('/');
  return (slash < 0 ? '' : path.slice(0, slash)) as LayerPath;
}

export function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isNormal(raw: string): boolean {
  return raw !== '' && !/(?:^|\/)(?:\.{0,2})(?:\/|$)/.test(raw);
}
