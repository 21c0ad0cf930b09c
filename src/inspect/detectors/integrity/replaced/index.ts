import type { FileRecord } from '../../../../core/file.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import type { Detector, FindingDraft, ImageView, TreeEntry } from '../../../contract.ts';
import { isCore, isProgram, SYSTEM_FOLDER } from '../programs.ts';

/**
 * A package manager that replaces a shell or libc writes its database in the same step. A layer that brings another
 * shell and leaves the database alone was not made by one. Unlike a digest this also speaks where the package records
 * none, and it does not depend on what the records say.
 */
const RULE = 'integrity/replaced';

export const replaced: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A core program was replaced behind the back of the package manager',
      remedy:
        'Remove the layer that replaced it, and install another version only through the package manager.',
      attack: ['T1554', 'T1556.003'],
      controls: ['TVM-02', 'CCC-07', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1554/',
        'https://attack.mitre.org/techniques/T1556/003/',
      ],
    },
  ],
  *judge(image) {
    for (let layer = 1; layer < image.layers.length; layer++) {
      const suspects = [...(image.layers[layer]?.files.values() ?? [])].filter(
        ({ path }) => SYSTEM_FOLDER.test(path) && isCore(baseNameOf(path)),
      );
      if (suspects.length === 0 || changesPackages(image, layer)) continue;
      for (const record of suspects) {
        const draft = judgeFile(image, layer, record);
        if (draft !== undefined) yield draft;
      }
    }
  },
};

function judgeFile(image: ImageView, layer: number, { path }: FileRecord): FindingDraft | undefined {
  const below = image.treeAt(layer - 1);
  const before = below.resolve(path);
  const owner = image.owner(path, layer - 1) ?? ownerOf(image, before, layer - 1);
  const now = image.treeAt(layer).resolve(path);
  if (owner === undefined || before === undefined || now === undefined || !isProgram(now.record))
    return undefined;
  if (owner.file.config === true || owner.file.ghost === true || sameContent(before, now)) return undefined;
  // A link turned to another packaged program (`sh` to bash, `busybox` applets) is an administrator's choice.
  if (now.layer !== layer && ownerOf(image, now, layer) !== undefined) return undefined;
  if (isRecorded(image, layer, now)) return undefined;
  const { name, version } = owner.package;
  return {
    rule: RULE,
    layer,
    path,
    evidence: `of ${name} ${version}; the layer changes no package database`,
  };
}

function ownerOf(image: ImageView, entry: TreeEntry | undefined, layer: number) {
  return entry === undefined ? undefined : image.owner(entry.record.path, layer);
}

function sameContent(before: TreeEntry, now: TreeEntry): boolean {
  return before.record.sha256 !== undefined && before.record.sha256 === now.record.sha256;
}

/** What the database already calls for, or calls for in the finished image, is a repair. */
function isRecorded(image: ImageView, layer: number, { record }: TreeEntry): boolean {
  return [image.owner(record.path, layer), image.owner(record.path)].some((owner) => {
    const digest = owner?.file.digest;
    if (digest === undefined || digest.algorithm === 'sha512') return false;
    return record[digest.algorithm] === digest.hex.toLowerCase();
  });
}

/** True when the layer writes a database file of any package known before or after it. */
function changesPackages(image: ImageView, layer: number): boolean {
  const files = image.layers[layer]?.files;
  const packages = [...image.packagesAt(layer - 1), ...image.packagesAt(layer)];
  return packages.some(({ database }) => files?.has(database) === true);
}
