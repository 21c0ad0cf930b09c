import type { FileRecord } from '../../core/file.ts';
import { type LayerPath, normalisePath, parentOf } from '../../core/layer-path.ts';
import type { FileTree, LayerView, TreeEntry } from '../contract.ts';

/*
 * The file tree of an image after each of its layers, kept as one tree with its past.
 *
 * Replaying layers for every question would cost layers times files. Instead each path remembers the entries it had
 * and the layer that ended each: the view after layer k is then a look-up. Whiteouts act on lower layers only, an
 * opaque one empties its folder, and anything but a folder put over a folder ends what was below it. An entry whose
 * parent is a symlink in a lower layer lands where the link points, as it does when a runtime extracts the layer onto
 * the mounted image.
 */

const MAX_LINKS = 40;

export interface Relocated {
  readonly path: LayerPath;
  readonly entry: TreeEntry;
}

interface PastEntry extends TreeEntry {
  /** First layer whose view no longer has it. */
  readonly until: number;
  readonly by: 'deleted' | 'replaced';
}

export class Timeline {
  readonly #now = new Map<string, TreeEntry>();
  readonly #children = new Map<string, Set<string>>();
  readonly #past = new Map<string, PastEntry[]>();
  readonly #relocated: Relocated[] = [];
  readonly #layers: number;

  constructor(layers: readonly LayerView[]) {
    this.#layers = layers.length;
    layers.forEach((layer, index) => {
      this.#apply(layer, index);
    });
  }

  /** What a container sees. */
  get final(): FileTree {
    return new PresentTree(this.#now, this);
  }

  /** The view after layer `index`. */
  at(index: number): FileTree {
    return index >= this.#layers - 1 ? this.final : new PastTree(this.#now, this.#past, index, this);
  }

  /** Files that a link on the way put elsewhere than their layer says, with the path they are at. */
  get relocated(): readonly Relocated[] {
    return this.#relocated;
  }

  /** What ended the entry that layer `index` put at `path`: undefined while a container still sees it. */
  hiddenBy(path: LayerPath, index: number): { by: 'deleted' | 'replaced'; layer: number } | undefined {
    const spot = this.at(index).canonical(path);
    const ended = this.#past.get(spot)?.find((entry) => entry.layer === index);
    return ended === undefined ? undefined : { by: ended.by, layer: ended.until };
  }

  /** Files and links that a container sees below a folder, links not followed. */
  *namesBelow(folder: LayerPath): Generator<TreeEntry> {
    const folders: string[] = [folder];
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      for (const child of this.#children.get(next) ?? []) {
        const entry = this.#now.get(child);
        if (entry !== undefined && (entry.record.kind === 'file' || entry.record.link !== undefined))
          yield entry;
        if (this.#children.has(child)) folders.push(child);
      }
    }
  }

  #apply(layer: LayerView, index: number): void {
    for (const whiteout of layer.whiteouts) {
      const path = canonicalIn(this.#now, whiteout.path);
      if (!whiteout.opaque) this.#end(path, index, 'deleted');
      else for (const child of [...(this.#children.get(path) ?? [])]) this.#end(child, index, 'deleted');
    }
    for (const record of layer.files.values()) this.#put(record, index);
  }

  #put(record: FileRecord, layer: number): void {
    const path = canonicalIn(this.#now, record.path);
    if (path !== record.path && record.kind === 'file')
      this.#relocated.push({ path, entry: { record, layer } });
    const before = this.#now.get(path);
    const keepsChildren = record.kind === 'directory' && before?.record.kind === 'directory';
    if (before !== undefined && keepsChildren) this.#remember(path, before, layer, 'replaced');
    else if (before !== undefined) this.#end(path, layer, 'replaced');
    this.#now.set(path, { record, layer });
    if (path !== '') this.#adopt(path);
  }

  #adopt(path: LayerPath): void {
    const parent = parentOf(path);
    const siblings = this.#children.get(parent);
    if (siblings !== undefined) {
      siblings.add(path);
      return;
    }
    this.#children.set(parent, new Set([path]));
    if (parent !== '') this.#adopt(parent);
  }

  /** What a layer both adds and takes away was never in any view. */
  #remember(path: string, entry: TreeEntry, until: number, by: 'deleted' | 'replaced'): void {
    if (entry.layer === until) return;
    const past = this.#past.get(path) ?? [];
    past.push({ ...entry, until, by });
    this.#past.set(path, past);
  }

  /** Iterative: nesting is the image author's. */
  #end(root: string, layer: number, by: 'deleted' | 'replaced'): void {
    const doomed = [root];
    this.#children.get(parentOf(root as LayerPath))?.delete(root);
    for (let path = doomed.pop(); path !== undefined; path = doomed.pop()) {
      const entry = this.#now.get(path);
      if (entry !== undefined) this.#remember(path, entry, layer, path === root ? by : 'deleted');
      this.#now.delete(path);
      doomed.push(...(this.#children.get(path) ?? []));
      this.#children.delete(path);
    }
  }
}

type Lookup = { get(path: string): TreeEntry | undefined };

class PresentTree implements FileTree {
  readonly #entries: Map<string, TreeEntry>;
  readonly #timeline: Timeline;

  constructor(entries: Map<string, TreeEntry>, timeline: Timeline) {
    this.#entries = entries;
    this.#timeline = timeline;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(path: string): TreeEntry | undefined {
    return this.#entries.get(path);
  }

  resolve(path: string): TreeEntry | undefined {
    return resolveIn(this, path, this.#timeline);
  }

  canonical(path: string): LayerPath {
    return canonicalIn(this, path);
  }

  entries(): IterableIterator<TreeEntry> {
    return this.#entries.values();
  }
}

class PastTree implements FileTree {
  readonly #now: Map<string, TreeEntry>;
  readonly #past: Map<string, PastEntry[]>;
  readonly #index: number;
  readonly #timeline: Timeline;

  constructor(
    now: Map<string, TreeEntry>,
    past: Map<string, PastEntry[]>,
    index: number,
    timeline: Timeline,
  ) {
    this.#now = now;
    this.#past = past;
    this.#index = index;
    this.#timeline = timeline;
  }

  get size(): number {
    let count = 0;
    for (const _ of this.entries()) count++;
    return count;
  }

  get(path: string): TreeEntry | undefined {
    const now = this.#now.get(path);
    if (now !== undefined && now.layer <= this.#index) return now;
    return this.#past.get(path)?.find((entry) => entry.layer <= this.#index && this.#index < entry.until);
  }

  resolve(path: string): TreeEntry | undefined {
    return resolveIn(this, path, this.#timeline);
  }

  canonical(path: string): LayerPath {
    return canonicalIn(this, path);
  }

  *entries(): IterableIterator<TreeEntry> {
    for (const entry of this.#now.values()) if (entry.layer <= this.#index) yield entry;
    for (const past of this.#past.values()) {
      const entry = past.find((candidate) => candidate.layer <= this.#index && this.#index < candidate.until);
      if (entry !== undefined) yield entry;
    }
  }
}

/** A hard link is the file its target was when the link was made, whatever has that name now. */
function resolveIn(tree: FileTree, path: string, timeline: Timeline): TreeEntry | undefined {
  let view = tree;
  let spot = view.canonical(path);
  for (let links = 0; links <= MAX_LINKS; links++) {
    const entry = view.get(spot);
    if (entry?.record.link === undefined) return entry;
    if (entry.record.kind === 'hardlink') view = timeline.at(entry.layer);
    spot = view.canonical(targetOf(spot, entry.record));
  }
  return undefined;
}

/** Resolves the folders of a path, the last part left as it is; after `MAX_LINKS` links it takes links for folders. */
function canonicalIn(tree: Lookup, raw: string): LayerPath {
  const { path } = normalisePath(raw);
  if (!raw.includes('..') && !hasLinkedFolder(tree, path)) return path;
  const todo = partsOf(raw).reverse();
  const done: string[] = [];
  for (let links = 0; todo.length > 0; ) {
    const part = todo.pop() as string;
    // As the kernel: `..` leaves the folder that a link before it led to.
    if (part === '..') {
      done.pop();
      continue;
    }
    done.push(part);
    if (todo.length === 0) break;
    const { kind, link = '' } = tree.get(done.join('/'))?.record ?? {};
    if (kind !== 'symlink' || ++links > MAX_LINKS) continue;
    done.pop();
    if (link.startsWith('/')) done.length = 0;
    todo.push(...partsOf(link).reverse());
  }
  return done.join('/') as LayerPath;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function hasLinkedFolder(tree: Lookup, path: string): boolean {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (tree.get(path.slice(0, slash))?.record.kind === 'symlink') return true;
  }
  return false;
}

function targetOf(path: LayerPath, { kind, link = '' }: FileRecord): string {
  return kind === 'hardlink' || link.startsWith('/') ? link : `${parentOf(path)}/${link}`;
}
