import type { FileAspect, FileChange, FileChanges } from '../../core/diff.ts';
import type { FileRecord } from '../../core/file.ts';
import type { ImageView } from '../../inspect/contract.ts';

/**
 * Compares images tree by tree; a container image has one. A machine image's trees are matched by the volume that is their root: one
 * that only one of the two has is added or removed whole.
 */
export function compareTrees(before: readonly ImageView[], after: readonly ImageView[]): FileChanges {
  const roots = new Set([...before, ...after].map(rootOf));
  const parts = [...roots].map((root) => {
    const [old, now] = [before, after].map((views) => views.find((view) => rootOf(view) === root));
    if (old !== undefined && now !== undefined) return compareFiles(old, now);
    return { added: filesOf(now), removed: filesOf(old), changed: [] };
  });
  return {
    added: byPath(parts.flatMap(({ added }) => added)),
    removed: byPath(parts.flatMap(({ removed }) => removed)),
    changed: byPath(parts.flatMap(({ changed }) => changed)),
  };
}

function rootOf({ layers }: ImageView): string {
  return layers[0]?.ref.volume?.name ?? '';
}

function filesOf(view: ImageView | undefined): FileChange[] {
  if (view === undefined) return [];
  return [...view.final.entries()].map(({ record }) => describe(record, view));
}

/** Compares what a container would see, path by path. Times do not count: every build changes them. */
export function compareFiles(before: ImageView, after: ImageView): FileChanges {
  const added: FileChange[] = [];
  const removed: FileChange[] = [];
  const changed: FileChange[] = [];
  const packages = new Set(before.packages.map(({ purl }) => purl));
  for (const { record } of after.final.entries()) {
    const change = describe(record, after);
    const old = before.final.get(change.path)?.record;
    if (old === undefined) {
      added.push(change);
      continue;
    }
    const what = differences(old, record);
    if (what.length === 0) continue;
    const owner = after.owner(change.path);
    const kept = owner !== undefined && packages.has(owner.package.purl);
    const tampered = kept && what.includes('content') && owner.file.config !== true;
    changed.push({ ...change, what, ...(tampered && { suspicious: true }) });
  }
  for (const { record } of before.final.entries()) {
    const change = describe(record, before);
    if (after.final.get(change.path) === undefined) removed.push(change);
  }
  return { added: byPath(added), removed: byPath(removed), changed: byPath(changed) };
}

/** Under the path a container sees it at: a layer may write a file through a linked folder. */
function describe(record: FileRecord, view: ImageView): FileChange {
  const path = view.final.canonical(record.path);
  const owner = view.owner(path)?.package.name;
  return { path, size: record.size, what: [], ...(owner !== undefined && { owner }) };
}

function differences(a: FileRecord, b: FileRecord): FileAspect[] {
  const differs: Record<FileAspect, boolean> = {
    kind: a.kind !== b.kind,
    content: a.kind === b.kind && (a.size !== b.size || a.sha256 !== b.sha256),
    mode: a.mode !== b.mode,
    owner: a.uid !== b.uid || a.gid !== b.gid,
    link: a.link !== b.link,
    xattrs: JSON.stringify(a.xattrs ?? {}) !== JSON.stringify(b.xattrs ?? {}),
  };
  return (Object.keys(differs) as FileAspect[]).filter((aspect) => differs[aspect]);
}

function byPath(changes: readonly FileChange[]): FileChange[] {
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
