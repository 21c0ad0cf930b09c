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
/** Entries walked behind links, whether or not they give a name: links that lead to links must not multiply. */
const MAX_WALKED = 1_000_000;

/** Folders that distributions replace by links; examiners name both spellings. */
const MERGED: ReadonlySet<string> = new Set([
  ...['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].map((name) => `${name} usr/${name}`),
  'sbin usr/bin',
  'usr/sbin usr/bin',
  'lib64 usr/lib',
  'usr/lib64 usr/lib',
  'var/run run',
  'var/lock run/lock',
]);

/** Links to folders inside linked folders are followed so deep. */
const MAX_DEPTH = 8;

export function findAliases(
  timeline: Timeline,
  layers: readonly LayerView[],
  examiners: readonly AnyExaminer[],
): Aliases {
  const choosy = examiners.filter(({ wants }) => wants.some(({ paths }) => paths !== undefined));
  const found: Alias[] = [];
  const budget: Budget = { left: MAX_WALKED };
  for (const { path, layer, target } of secondNames(timeline, layers, budget)) {
    if (found.length >= MAX_ALIASES) return { found, cut: true };
    const wanting = choosy.filter((one) => wantsAgain(one, path, target.record.path));
    if (wanting.length > 0) found.push({ path, layer, target, examiners: wanting.map(({ id }) => id) });
  }
  return { found, cut: budget.left <= 0 };
}

interface Budget {
  left: number;
}

interface SecondName {
  readonly path: LayerPath;
  readonly layer: number;
  readonly target: TreeEntry;
}

function* secondNames(
  timeline: Timeline,
  layers: readonly LayerView[],
  budget: Budget,
): Generator<SecondName> {
  for (const { path, entry } of timeline.relocated) yield { path, layer: entry.layer, target: entry };
  for (const [layer, { files }] of layers.entries()) {
    for (const record of files.values()) {
      if (record.link === undefined) continue;
      for (const name of namesGiven(record, layer, timeline, budget)) yield { ...name, layer };
    }
  }
}

type Named = Omit<SecondName, 'layer'>;

/** What a link leads to, in the image as a container sees it and as the link's own layer left it. */
function* namesGiven(
  record: FileRecord,
  layer: number,
  timeline: Timeline,
  budget: Budget,
): Generator<Named> {
  const then = timeline.at(layer).resolve(record.path);
  const now = record.kind === 'hardlink' ? then : timeline.final.resolve(record.path);
  for (const target of new Set([now, then])) {
    if (target?.record.kind === 'file') yield { path: record.path, target };
  }
  if (record.kind !== 'symlink' || now?.record.kind === 'file') return;
  const folder = folderAt(record.path, timeline);
  if (folder === record.path || MERGED.has(`${record.path} ${folder}`)) return;
  yield* namesInside({ folder, name: record.path, seen: new Set([record.path]) }, timeline, budget);
}

interface LinkedFolder {
  readonly folder: LayerPath;
  /** The link's name for it. */
  readonly name: LayerPath;
  /** Folders that the way here led through. */
  readonly seen: ReadonlySet<LayerPath>;
}

/** Everything below a linked folder, under the link's name; links in it are followed in turn. */
function* namesInside(
  { folder, name, seen }: LinkedFolder,
  timeline: Timeline,
  budget: Budget,
): Generator<Named> {
  if (seen.has(folder) || seen.size > MAX_DEPTH) return;
  const inside = new Set([...seen, folder]);
  for (const { record } of timeline.namesBelow(folder)) {
    if (budget.left-- <= 0) return;
    const spot = timeline.final.canonical(record.path);
    const path = toLayerPath(`${name}/${spot.slice(folder.length)}`);
    const target = timeline.final.resolve(spot);
    if (target?.record.kind === 'file') yield { path, target };
    else if (record.kind === 'symlink') {
      yield* namesInside({ folder: folderAt(spot, timeline), name: path, seen: inside }, timeline, budget);
    }
  }
}

/** The folder a link leads to. Folders need no entry of their own in a layer, so one is known by what is in it. */
function folderAt(path: LayerPath, timeline: Timeline): LayerPath {
  return toLayerPath(timeline.final.canonical(`${path}/.x`).slice(0, -'/.x'.length));
}

function wantsAgain(examiner: AnyExaminer, path: string, known: string): boolean {
  return wantsPath(examiner, path) && (examiner.namesMatter === true || !wantsPath(examiner, known));
}

function wantsPath(examiner: AnyExaminer, path: string): boolean {
  return examiner.wants.some(({ paths }) => paths?.test(path) === true);
}
