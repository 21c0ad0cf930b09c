import { isMachine } from '../../../../core/image.ts';
import type { LayerPath } from '../../../../core/layer-path.ts';
import type { Detector, FindingDraft, ImageView, Seen } from '../../../contract.ts';
import { isPristine } from '../../../view/provenance.ts';
import { examineInitramfs, type InitramfsObservation } from './examine.ts';
import { judgeInside } from './inside.ts';
import { foreignModules, isModule } from './kernel-modules.ts';

/*
 * An initramfs runs as root before the system and everything that watches it, and no package manager knows what is in it: it is made on the
 * machine. So its own archives are opened, and its files looked at as those of an image are; a script that fetches code or opens a
 * connection before the system is up has no honest reason.
 */

const RULE = 'machine/initramfs';

/** Where boot loaders find it, on a system's own volume or one of its own; also what processors' vendors have put before it. */
const IMAGE =
  /^(?!(?:bin|dev|etc|home|lib\w{0,4}|media|mnt|opt|proc|root|run|s?bin|srv|sys|tmp|usr|var)\/)(?:[^/]{1,100}\/){0,4}(?:(?:initrd|initramfs)\d{0,2}(?:[-.][^/]{0,200})?|(?:(?:amd|intel|early)[-_])?ucode\.(?:img|cpio))$|^(?:usr\/)?lib\/modules\/[^/]{1,100}\/initr(?:d|amfs(?:\.img)?)$/i;

/** Rescue images hold every driver there is: 60 to 120 MiB. */
const MAX_PACKED = 192 * 2 ** 20;

export const initramfs: Detector<InitramfsObservation> = {
  id: 'machine/initramfs',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'The initramfs holds something that has no place before the system',
      remedy:
        'Make it anew from the distribution’s packages (update-initramfs -u, dracut -f) and look for the hook that put it there.',
      attack: ['T1542.003', 'T1037'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://attack.mitre.org/techniques/T1542/003/'],
    },
  ],
  examiner: {
    id: 'machine/initramfs',
    version: 2,
    wants: [{ paths: IMAGE, content: ['archive', 'binary', 'text'], whole: true, maxSize: MAX_PACKED }],
    examine: examineInitramfs,
  },
  *judge(image, seen) {
    if (!isMachine(image.identity)) return;
    const whole = Map.groupBy(seen, ({ layer, path }) => `${layer}:${path}`);
    const packaged = packagedIn(image, seen);
    for (const observed of whole.values()) yield* judgeOne(image, observed, packaged);
  },
};

/** One initramfs. */
function* judgeOne(
  image: ImageView,
  observed: readonly Seen<InitramfsObservation>[],
  packaged: ReadonlySet<string>,
): Generator<FindingDraft> {
  const [{ layer, path } = { layer: 0, path: '' as LayerPath }] = observed;
  const ref = image.layers[layer]?.ref;
  if (ref === undefined) return;
  const observations = observed.map(({ observation }) => observation);
  const files = observations.flatMap((one) => (one.kind === 'holds' ? one.files : []));
  // Of one name the first counts.
  const digests = new Map(files.toReversed().map((file) => [file.path as string, file.sha256]));
  const isCopy = (file: string): boolean => packaged.has(digests.get(file) ?? '');
  const place = { rule: RULE, layer, path };
  const lines = new Set<string>();
  for (const one of observations) {
    if (one.kind !== 'planted') continue;
    if (one.line !== undefined) lines.add(`${one.file}:${one.line}`);
    const yields = one.line !== undefined && isCopy(one.file);
    const tier = gradeOf(one.grave ? 'block' : 'review', yields);
    if (tier !== undefined) yield { ...place, tier, evidence: `${one.file} ${one.what}` };
  }
  const inside = observations.filter((one) => one.kind === 'seen');
  for (const { rule, path: file = '', line, tier: own, yieldsToPackages, evidence } of judgeInside(
    image,
    ref,
    files,
    inside,
  )) {
    // What is only noted in a system, an initramfs may do: dracut's own script loads SELinux's rules with enforcing off.
    if (own === 'note' || lines.has(`${file}:${line}`)) continue;
    const tier = gradeOf(own, yieldsToPackages === true && isCopy(file));
    if (tier !== undefined) yield { ...place, tier, evidence: `${file} (${rule}): ${evidence}` };
  }
  const modules = files.map((file) => file.path).filter(isModule);
  for (const module of foreignModules(image, modules))
    yield {
      ...place,
      tier: 'review',
      evidence: `${module} is a kernel module that the machine does not have`,
    };
}

type Tier = NonNullable<FindingDraft['tier']>;

/** `FindingDraft.yieldsToPackages`, for a copy: the file that the package brought lies elsewhere. */
function gradeOf(tier: Tier, yields: boolean): Tier | undefined {
  if (!yields) return tier;
  return tier === 'block' ? 'review' : undefined;
}

/** Digests of what is in an initramfs and in the machine as its package brought it: the machine is gone through once. */
function packagedIn(image: ImageView, seen: readonly Seen<InitramfsObservation>[]): Set<string> {
  const wanted = new Set<string | undefined>();
  for (const { observation } of seen)
    if (observation.kind === 'holds') for (const { sha256 } of observation.files) wanted.add(sha256);
  const packaged = new Set<string>();
  if (wanted.size === 0) return packaged;
  for (const [layer, { files }] of image.layers.entries())
    for (const { path, sha256 } of files.values())
      if (sha256 !== undefined && wanted.has(sha256) && isPristine(image, layer, path)) packaged.add(sha256);
  return packaged;
}
