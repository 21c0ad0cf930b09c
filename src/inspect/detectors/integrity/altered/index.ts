import type { FileRecord } from '../../../../core/file.ts';
import type { Tier } from '../../../../core/finding.ts';
import type { LayerPath } from '../../../../core/layer-path.ts';
import type { PackageFile } from '../../../../core/package.ts';
import type { Detector, FindingDraft, ImageView, Owner } from '../../../contract.ts';
import { isProgram, isSelfUpdating, SYSTEM_FOLDER } from '../programs.ts';

/**
 * The package databases record a digest for nearly every file that a package installs, and an image carries them along.
 * So an image can be asked whether its own programs are still the ones its packages brought. It is the most direct
 * way to find a trojanised `ls` or `sshd`, and no other scanner asks.
 *
 * A file is held against the records of the layer that put it there and against those of the finished image: some
 * builders write the database in another layer than the files. Equal to either is unaltered.
 */
const RULE = 'integrity/altered';

export const altered: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A program differs from what its package installed',
      remedy:
        'Rebuild on a fresh base image. If the change is meant, divert the file or install a package of your own.',
      attack: ['T1554', 'T1036.005'],
      controls: ['TVM-02', 'CCC-07', 'UEM-09'],
      references: [
        'https://attack.mitre.org/techniques/T1554/',
        'https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html',
      ],
    },
  ],
  *judge(image) {
    for (const [layer, { files }] of image.layers.entries()) {
      const harmless = new Map<string, Alteration[]>();
      for (const record of files.values()) {
        const alteration = SYSTEM_FOLDER.test(record.path) ? alterationOf(image, layer, record) : undefined;
        if (alteration === undefined) continue;
        const { tier, path, owner, evidence } = alteration;
        if (tier !== 'note') yield { rule: RULE, tier, layer, path, evidence };
        else harmless.set(owner, [...(harmless.get(owner) ?? []), alteration]);
      }
      yield* notesOf(layer, harmless);
    }
  },
};

interface Alteration {
  readonly tier: Tier;
  readonly path: LayerPath;
  /** Name and version of the package. */
  readonly owner: string;
  readonly evidence: string;
}

/** One note a package: an update of npm alters hundreds of files. */
function* notesOf(
  layer: number,
  harmless: ReadonlyMap<string, readonly Alteration[]>,
): Generator<FindingDraft> {
  for (const alterations of harmless.values()) {
    const [first] = alterations;
    if (first === undefined) continue;
    const more =
      alterations.length === 1 ? '' : `, and so for ${alterations.length - 1} more files of the package`;
    yield { rule: RULE, tier: 'note', layer, path: first.path, evidence: `${first.evidence}${more}` };
  }
}

function alterationOf(image: ImageView, layer: number, record: FileRecord): Alteration | undefined {
  if (record.kind === 'file') return judgeFile(image, layer, record);
  return record.link === undefined ? undefined : judgeLink(image, layer, record);
}

function judgeFile(image: ImageView, layer: number, record: FileRecord): Alteration | undefined {
  const { path } = record;
  const claims = [image.owner(path, layer), image.owner(path)].filter((owner) => owner !== undefined);
  const verdicts = claims.map(({ file }) => compare(record, file));
  const claim = claims[verdicts.indexOf('different')];
  if (claim?.file.digest === undefined || verdicts.includes('equal')) return undefined;
  const { algorithm, hex } = claim.file.digest;
  const tier = isProgram(record) && !isSelfUpdating(path) ? 'block' : 'note';
  const has = digestOf(record, algorithm);
  const evidence = `${nameOf(claim)} records ${algorithm} ${hex}, the file has ${has}`;
  return { tier, path, owner: nameOf(claim), evidence };
}

/** A recorded file that gave way to a link: to another packaged program is a choice, to one of no package is not. */
function judgeLink(image: ImageView, layer: number, { path, kind }: FileRecord): Alteration | undefined {
  const owner = image.owner(path, layer);
  const target = image.treeAt(layer).resolve(path)?.record;
  if (owner === undefined || !isComparable(owner.file) || target === undefined) return undefined;
  if (!isProgram(target) || image.owner(target.path, layer) !== undefined) return undefined;
  if (compare(target, owner.file) === 'equal') return undefined;
  const tier = isSelfUpdating(path) ? 'note' : kind === 'hardlink' ? 'block' : 'review';
  const evidence = `${nameOf(owner)} records a file; this is a link to ${target.path}, of no package`;
  return { tier, path, owner: nameOf(owner), evidence };
}

/** Configuration is for editing and ghosts are made on the machine: neither is compared. */
function isComparable({ digest, config, ghost }: PackageFile): boolean {
  return digest !== undefined && config !== true && ghost !== true;
}

function compare(record: FileRecord, file: PackageFile): 'equal' | 'different' | 'unknown' {
  if (file.digest === undefined || !isComparable(file)) return 'unknown';
  const own = digestOf(record, file.digest.algorithm);
  if (own === undefined) return 'unknown';
  return own === file.digest.hex.toLowerCase() ? 'equal' : 'different';
}

type Algorithm = NonNullable<PackageFile['digest']>['algorithm'];

/** No SHA-512 is computed while reading: no database of an image that anybody has seen records one. */
function digestOf(record: FileRecord, algorithm: Algorithm): string | undefined {
  return algorithm === 'sha512' ? undefined : record[algorithm];
}

function nameOf({ package: { name, version } }: Owner): string {
  return `${name} ${version}`;
}
