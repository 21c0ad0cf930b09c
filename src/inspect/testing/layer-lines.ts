import { toDigest } from '../../core/digest.ts';
import type { FileKind, FileRecord } from '../../core/file.ts';
import { type LayerPath, toLayerPath } from '../../core/layer-path.ts';
import type { LayerView } from '../contract.ts';

const digest = toDigest('sha256', '0'.repeat(64));

/** `name` a file, `name/` a folder, `name -> target` a symlink, `name => target` a hard link, `-name` a whiteout. */
export function layerOfLines(index: number, ...lines: string[]): LayerView {
  const files = new Map<LayerPath, FileRecord>();
  const whiteouts: { path: LayerPath; opaque: boolean }[] = [];
  for (const line of lines) {
    if (line.startsWith('-')) {
      const opaque = line.endsWith('/*');
      whiteouts.push({ path: toLayerPath(line.slice(1).replace(/\/\*$/, '')), opaque });
      continue;
    }
    const [name = '', arrow, link] = line.split(' ');
    const path = toLayerPath(name);
    const kind: FileKind =
      arrow === '->' ? 'symlink' : arrow === '=>' ? 'hardlink' : name.endsWith('/') ? 'directory' : 'file';
    const record = { path, kind, mode: 0o644, uid: 0, gid: 0, size: 0, mtime: index };
    files.set(path, link === undefined ? record : { ...record, link });
  }
  return { ref: { index, digest, diffId: digest }, files, whiteouts, oddities: [] };
}
