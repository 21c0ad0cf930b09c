import type { FileRecord } from '../core/file.ts';
import { type LayerPath, toLayerPath } from '../core/layer-path.ts';
import type { AnyExaminer, LayerView, TreeEntry } from './contract.ts';
import type { Timeline } from './view/timeline.ts';

/*
 * Finds files that an examiner would want under the name of a link to them.
 *
 * Examiners choose files by path, but an image can keep the content elsewhere: `etc/ld.so.preload` as a link to
 * `opt/x`, `etc/cron.d` as a link to a folder. The pass over a layer cannot know: links may lead to later files and to
 * other layers. So once all layers are read, every link is followed, and where it gives a file a name that some
 * examiner wants and the file's own name does not have, that file is looked at again under this name.
 */

/** A file's content under another name. */
export interface Alias {
  /** The link's name for it. */
  readonly path: LayerPath;
  /** The layer that has the link. */
  readonly layer: number;
  readonly target: TreeEntry;
  /** Ids of the examiners that want it under this name only. */
  readonly examiners: readonly string[];
}

export interface Aliases {
  readonly found: readonly Alias[];
  /** True when there were more links or files behind them than are looked at. */
  readonly cut: boolean;
}

const MAX_ALIASES = 2000;
const MAX_FILES_BEHIND_LINKS = 200_000;

/** Folders that merged-usr distributions replace by links; examiners name both spellings. */
const MERGED = /^(?:s?bin|lib(?:32|64|x32)?|usr\/lib64|var\/run|var\/lock)$/;

export function findAliases(
  timeline: Timeline,
  layers: readonly LayerView[],
  examiners: readonly AnyExaminer[],
): Aliases {
  const choosy = examiners.filter(({ wants }) => wants.some(({ paths }) => paths !== undefined));
  const found: Alias[] = [];
  let budget = MAX_FILES_BEHIND_LINKS;
  for (const { record, layer } of linksOf(layers)) {
    for (const { path, target } of namesGiven(record, layer, timeline, budget)) {
      budget--;
      const wanting = choosy.filter((one) => wantsPath(one, path) && !wantsPath(one, target.record.path));
      if (wanting.length > 0) found.push({ path, layer, target, examiners: wanting.map(({ id }) => id) });
    }
    if (found.length > MAX_ALIASES || budget <= 0) return { found: found.slice(0, MAX_ALIASES), cut: true };
  }
  return { found, cut: false };
}

function* linksOf(layers: readonly LayerView[]): Generator<{ record: FileRecord; layer: number }> {
  for (const [layer, { files }] of layers.entries()) {
    for (const record of files.values()) if (record.link !== undefined) yield { record, layer };
  }
}

/** The files a link leads to in the image as a container sees it, or else as its own layer left it. */
function namesGiven(
  record: FileRecord,
  layer: number,
  timeline: Timeline,
  limit: number,
): { path: LayerPath; target: TreeEntry }[] {
  const target = timeline.final.resolve(record.path) ?? timeline.at(layer).resolve(record.path);
  if (target?.record.kind === 'file') return [{ path: record.path, target }];
  if (record.kind !== 'symlink' || MERGED.test(record.path)) return [];
  // Folders need no entry of their own in a layer, so the folder is known by what is in it.
  const inside = '/.';
  const folder = toLayerPath(timeline.final.canonical(`${record.path}${inside}x`).slice(0, -inside.length));
  if (folder === record.path) return [];
  return timeline.filesBelow(folder, limit).map((below) => ({
    path: toLayerPath(`${record.path}/${timeline.final.canonical(below.record.path).slice(folder.length)}`),
    target: below,
  }));
}

function wantsPath(examiner: AnyExaminer, path: string): boolean {
  return examiner.wants.some(({ paths }) => paths?.test(path) === true);
}
