import type { FileRecord } from '../../../../core/file.ts';
import type { Detector, ImageView } from '../../../contract.ts';
import { listsFiles } from '../listed.ts';

/*
 * Every login loads the PAM modules, and nearly every program the NSS libraries: a file of the right name in the right
 * folder is code in all of them. Distributions ship them all in packages, so one that no package owns was put there.
 */

const RULE = 'accounts/unowned-auth-module';

const MODULE =
  /^(?:usr\/)?lib(?:32|64|x32)?\/(?:[a-z0-9_]{1,20}-linux-[a-z0-9]{1,20}\/)?(?:security\/pam_[^/]{1,100}\.so|libnss_[^/]{1,100}\.so(?:\.[0-9.]{1,20})?)$/;

export const pamModules: Detector = {
  id: 'accounts/pam-modules',
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A PAM module or NSS library belongs to no package',
      remedy:
        'Remove the file, or install the module from a package; treat passwords typed in such a container as known.',
      attack: ['T1556.003', 'T1574.006'],
      controls: ['IAM-14', 'TVM-06'],
      references: ['https://attack.mitre.org/techniques/T1556/003/'],
    },
  ],
  *judge(image) {
    for (const [layer, { files }] of image.layers.entries()) {
      for (const record of files.values()) {
        if (!MODULE.test(record.path) || !listsFiles(image, layer)) continue;
        if (!isCode(image, layer, record) || isOwned(image, layer, record)) continue;
        const evidence = record.link === undefined ? 'owned by no package' : `link to ${record.link}`;
        yield { rule: RULE, layer, path: record.path, evidence };
      }
    }
  },
};

function isCode(image: ImageView, layer: number, record: FileRecord): boolean {
  const target = record.link === undefined ? record : image.treeAt(layer).resolve(record.path)?.record;
  return target?.kind === 'file' && (target.content === 'elf' || target.content === undefined);
}

/** ldconfig makes links to owned libraries; what a link leads to decides. */
function isOwned(image: ImageView, layer: number, record: FileRecord): boolean {
  if (image.owner(record.path, layer) !== undefined) return true;
  if (record.link === undefined) return false;
  const target = image.treeAt(layer).resolve(record.path)?.record;
  return target !== undefined && image.owner(target.path, layer) !== undefined;
}
