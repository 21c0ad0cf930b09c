import type { LayerPath } from '../../../../core/layer-path.ts';
import type { PackageWithFiles } from '../../../../core/package.ts';
import type { Detector, FindingDraft, ImageView } from '../../../contract.ts';

/**
 * Without its package database an image cannot be asked what is in it: no list of packages, no advisories, no digests to
 * hold programs against. Who wants to hide a change deletes it, or just the records that would tell.
 */
const RULE = 'integrity/database';

/** Files of a forgotten package that are looked at, and the share that must still be there. */
const SAMPLE = 20;
const STILL_THERE = 0.8;
const SHOWN = 5;
/** A whole distribution has more files than this; a hand-picked image with an os-release has fewer. */
const MIN_FILES = 1000;
/** Distributions with a database that is read here; `ID_LIKE` brings in their kin. */
const WITH_DATABASE: ReadonlySet<string> = new Set(
  'debian ubuntu alpine fedora rhel centos almalinux rocky ol amzn sles suse opensuse mariner azurelinux photon wolfi chainguard'.split(
    ' ',
  ),
);

export const database: Detector = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'The package database does not tell what is installed',
      remedy: 'Keep the package database in the image; leave out packages rather than their records.',
      attack: ['T1070', 'T1562.001'],
      controls: ['TVM-07', 'CCC-07', 'STA-08'],
      references: [
        'https://attack.mitre.org/techniques/T1070/',
        'https://github.com/GoogleContainerTools/distroless#what-is-distroless',
      ],
    },
  ],
  *judge(image) {
    for (let layer = 1; layer < image.layers.length; layer++) yield* judgeLayer(image, layer);
    yield* judgeWhole(image);
  },
};

function* judgeLayer(image: ImageView, layer: number): Generator<FindingDraft> {
  const before = image.packagesAt(layer - 1);
  const after = image.packagesAt(layer);
  if (before === after || before.length === 0) return;
  const kept = new Map(after.map((one) => [keyOf(one), one]));
  const forgotten = before.filter((one) => {
    const now = kept.get(keyOf(one));
    const lost = now === undefined || (now.files.length === 0 && now.version === one.version);
    return lost && one.files.length > 0 && stays(image, layer, one);
  });
  const [first] = forgotten;
  if (first === undefined) return;
  const names = forgotten.slice(0, SHOWN).map(({ name }) => name);
  const more = forgotten.length > SHOWN ? ` and ${forgotten.length - SHOWN} more` : '';
  const evidence = `the records of ${names.join(', ')}${more} are gone, their files are not`;
  yield { rule: RULE, layer, path: first.database, evidence };
}

function keyOf({ type, name, architecture }: PackageWithFiles): string {
  return `${type} ${name} ${architecture ?? ''}`;
}

/** True when most of a package's files are still what lower layers put there, and are nobody's now. */
function stays(image: ImageView, layer: number, { files }: PackageWithFiles): boolean {
  const below = image.treeAt(layer - 1);
  const tree = image.treeAt(layer);
  const present = files
    .filter(({ path }) => below.get(below.canonical(path))?.record.kind === 'file')
    .slice(0, SAMPLE);
  const left = present.filter(({ path }) => {
    const entry = tree.get(tree.canonical(path));
    return entry !== undefined && entry.layer < layer && image.owner(path, layer) === undefined;
  });
  return left.length > 0 && left.length >= present.length * STILL_THERE;
}

function* judgeWhole(image: ImageView): Generator<FindingDraft> {
  const { distribution, final, packages } = image;
  if (distribution === undefined || packages.length > 0 || final.size < MIN_FILES) return;
  if (![distribution.id, ...distribution.idLike].some((id) => WITH_DATABASE.has(id))) return;
  // Said once: where a layer took the database away, that layer is the better place.
  if (image.layers.some((_, layer) => image.packagesAt(layer).length > 0)) return;
  const path = (final.resolve('etc/os-release') ?? final.resolve('usr/lib/os-release'))?.record.path;
  const where = path ?? ('etc/os-release' as LayerPath);
  const layer = final.get(final.canonical(where))?.layer;
  const evidence = `${distribution.id} with ${final.size} files and not one package`;
  yield { rule: RULE, path: where, evidence, ...(layer !== undefined && { layer }) };
}
