import type { LayerPath } from '../../core/layer-path.ts';
import type { PackageFile, PackageWithFiles } from '../../core/package.ts';
import type { FileTree, Owner } from '../contract.ts';

/** Which package claims which path, in one view of an image. Paths are held with their folder symlinks resolved. */
export class Ownership {
  readonly #owners = new Map<LayerPath, Owner>();

  constructor(packages: readonly PackageWithFiles[], tree: FileTree) {
    const folders = new Map<string, string>();
    for (const owner of packages) {
      for (const file of owner.files) {
        const path = throughFolder(file.path, tree, folders);
        const known = this.#owners.get(path);
        if (known === undefined || weightOf(file) > weightOf(known.file)) {
          this.#owners.set(path, { package: owner, file });
        }
      }
    }
  }

  get(canonicalPath: LayerPath): Owner | undefined {
    return this.#owners.get(canonicalPath);
  }
}

/** Several packages may claim one path: a digest says more than none, and a ghost or a diverted path least. */
function weightOf({ ghost, digest }: PackageFile): number {
  if (ghost === true) return 0;
  return digest === undefined ? 1 : 2;
}

function throughFolder(path: LayerPath, tree: FileTree, folders: Map<string, string>): LayerPath {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return path;
  const folder = path.slice(0, slash);
  let resolved = folders.get(folder);
  if (resolved === undefined) {
    resolved = tree.canonical(`${folder}/.x`).slice(0, -3);
    folders.set(folder, resolved);
  }
  return (resolved === '' ? path.slice(slash + 1) : `${resolved}/${path.slice(slash + 1)}`) as LayerPath;
}
