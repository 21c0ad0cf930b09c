import { isMachine } from '../../../../core/image.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import type { Detector, FindingDraft, ImageView, TreeEntry } from '../../../contract.ts';
import { type Copies, copiesOf, originalsIn } from './originals.ts';

/*
 * What runs before the system: kernels, boot loaders, their modules. Most of it lies where a package put it and has a digest on record. The
 * rest are copies, as an EFI partition has no owners: a package brings the original and a script copies it there, and the copy is held
 * against the original.
 */

const RULE = 'machine/boot-file';

/** In `boot` and on an EFI partition: kernels, EFI programs, modules and stages of GRUB. Not what is made on the machine. */
const BOOT_FILE =
  /^(?:boot\/(?:.*\/)?(?:vmlinu[xz][^/]*|[^/]*\.(?:efi|mod|img|c32))|(?:boot\/efi|efi)\/.*\.efi)$/i;
const MADE_HERE = /\/(?:initrd|initramfs|core)[^/]*$/i;

export const bootFiles: Detector = {
  id: 'machine/boot-files',
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A kernel or boot loader differs from what its package brought',
      remedy:
        'Do not start the image. Install the package again and write the boot loader anew, or build the image on a fresh base.',
      attack: ['T1542.003', 'T1554'],
      controls: ['TVM-02', 'CCC-07', 'UEM-09'],
      references: ['https://attack.mitre.org/techniques/T1542/003/'],
    },
  ],
  *judge(image) {
    if (!isMachine(image.identity)) return;
    let originals: ReturnType<typeof originalsIn> | undefined;
    for (const entry of image.final.entries()) {
      const { record } = entry;
      if (record.kind !== 'file' || record.size === 0 || !BOOT_FILE.test(record.path)) continue;
      if (MADE_HERE.test(record.path)) continue;
      originals ??= originalsIn(image);
      const draft = judgeOwn(image, entry) ?? judgeCopy(entry, copiesOf(record.path, originals));
      if (draft !== undefined) yield draft;
    }
  },
};

/** Held against the package's record of this very file. */
function judgeOwn(image: ImageView, { layer, record }: TreeEntry): FindingDraft | undefined {
  const owner = image.owner(record.path);
  const { digest, config, ghost } = owner?.file ?? {};
  if (owner === undefined || digest === undefined || config === true || ghost === true) return undefined;
  const own = digest.algorithm === 'sha512' ? undefined : record[digest.algorithm];
  if (own === undefined || own === digest.hex.toLowerCase()) return undefined;
  const { name, version } = owner.package;
  const evidence = `${name} ${version} records ${digest.algorithm} ${digest.hex}, the file has ${own}`;
  return { rule: RULE, layer, path: record.path, evidence };
}

/** Held against what it would be a copy of. Somebody may have signed a copy anew, so a person is to look. */
function judgeCopy({ layer, record }: TreeEntry, { first, sha256s }: Copies): FindingDraft | undefined {
  const { sha256 } = record;
  if (first === undefined || sha256 === undefined) return undefined;
  if (sha256s.some((digests) => digests.has(sha256))) return undefined;
  const evidence = `${baseNameOf(record.path)} is not ${first.record.path} of ${first.package.name} ${first.package.version}`;
  return { rule: RULE, tier: 'review', layer, path: record.path, evidence };
}
