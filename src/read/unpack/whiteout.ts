import type { Whiteout } from '../../core/file.ts';
import { baseNameOf, type LayerPath, parentOf } from '../../core/layer-path.ts';

/**
 * What a name means to a container runtime (OCI image-spec, layer.md "Whiteouts"; moby's pkg/archive and containerd's
 * archive for what the specification leaves open).
 */
export type NameMeaning =
  | { readonly kind: 'file' }
  | { readonly kind: 'whiteout'; readonly whiteout: Whiteout }
  /** Looks like a whiteout and is none that the runtimes agree on: it hides nothing. */
  | { readonly kind: 'near-miss' }
  /** Book-keeping of aufs, which no runtime extracts. */
  | { readonly kind: 'aufs' };

const PREFIX = '.wh.';
const META_PREFIX = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';
const LINK_FOLDER = '.wh..wh.plnk';
const AUFS_NAMES: ReadonlySet<string> = new Set([LINK_FOLDER, '.wh..wh.aufs', '.wh..wh.orph']);
const FILE: NameMeaning = { kind: 'file' };
const NEAR_MISS: NameMeaning = { kind: 'near-miss' };
const AUFS: NameMeaning = { kind: 'aufs' };

/**
 * @param path normalised
 *
 * A file in `.wh..wh.plnk/` is a file: moby keeps it aside as the target of hard links, by which its content reaches
 * the image after all. An empty name, `.` and `..` after the prefix would hide the folder itself or the one above:
 * moby once did so, containerd refuses the layer. Below `.wh..wh.` only the opaque marker is defined; moby passes over
 * other such names at the root and takes them as whiteouts elsewhere.
 */
export function toMeaning(path: LayerPath): NameMeaning {
  if (path.startsWith(META_PREFIX)) {
    const [top = ''] = path.split('/', 1);
    if (top !== path && top === LINK_FOLDER) return FILE;
    if (AUFS_NAMES.has(top)) return AUFS;
  }
  const slash = path.lastIndexOf('/');
  if (path.charCodeAt(slash + 1) !== 0x2e) return FILE;
  const base = baseNameOf(path);
  if (!base.startsWith(PREFIX)) return base.toLowerCase().startsWith(PREFIX) ? NEAR_MISS : FILE;
  const folder = parentOf(path);
  if (base === OPAQUE) return { kind: 'whiteout', whiteout: { path: folder, opaque: true } };
  const name = base.slice(PREFIX.length);
  if (base.startsWith(META_PREFIX) || name === '' || name === '.' || name === '..') return NEAR_MISS;
  const hidden = (folder === '' ? name : `${folder}/${name}`) as LayerPath;
  return { kind: 'whiteout', whiteout: { path: hidden, opaque: false } };
}
