import type { FileRecord } from '../../../../core/file.ts';
import { SETGID, SETUID } from '../../../../core/file.ts';
import { baseNameOf } from '../../../../core/layer-path.ts';
import type { Detector, FindingDraft, ImageView } from '../../../contract.ts';
import { listsFiles } from '../listed.ts';
import { isInterpreter, rootCapabilitiesOf, setidOf } from './privilege.ts';

/*
 * One setuid copy of a shell is all an intruder needs to come back as root, and it outlives every fix of the hole he came
 * through. Distributions ship some setuid programs; all belong to packages, and none of those is a shell, an interpreter
 * or an editor. apk and rpm also record the mode, so a bit set afterwards shows.
 */

const SETID = 'accounts/setuid-file';
const CAPABILITY = 'accounts/capability-file';

/** Where no package lists files, these in the system's folders are taken for what every distribution ships. */
const USUAL =
  /^(?:usr\/)?(?:s?bin|lib(?:exec)?)\/(?:[^/]{1,60}\/){0,3}(?:su|sudo|mount|umount|passwd|chsh|chfn|chage|expiry|gpasswd|newgrp|sg|ping6?|newuidmap|newgidmap|fusermount3?|pkexec|crontab|at|wall|write|unix_chkpwd|pam_timestamp_check|ssh-keysign|ssh-agent|polkit-agent-helper-1|dbus-daemon-launch-helper|utempter|doas|bbsuid|ksu|mount\.nfs|mount\.cifs|busybox|traceroute6?|locate|mlocate|plocate|staprun|userhelper|usernetctl)$/;

export const privilegedFiles: Detector = {
  id: 'accounts/privileged-files',
  rules: [
    {
      id: SETID,
      tier: 'block',
      title: 'A file makes whoever runs it root',
      remedy:
        'Take the setuid or setgid bit away (chmod u-s,g-s), or install the program from a package that needs it.',
      attack: ['T1548.001'],
      controls: ['IAM-09', 'TVM-06'],
      references: ['https://attack.mitre.org/techniques/T1548/001/'],
    },
    {
      id: CAPABILITY,
      tier: 'block',
      title: 'A file has capabilities that amount to root',
      remedy:
        'Take them away (setcap -r), and give the container the capability it needs when it is started.',
      attack: ['T1548.001'],
      controls: ['IAM-09', 'TVM-06'],
      references: [
        'https://attack.mitre.org/techniques/T1548/001/',
        'https://man7.org/linux/man-pages/man7/capabilities.7.html',
      ],
    },
  ],
  *judge(image) {
    for (const [layer, { files }] of image.layers.entries()) {
      for (const record of files.values()) {
        if (record.kind !== 'file') continue;
        if ((record.mode & (SETUID | SETGID)) === 0 && record.xattrs === undefined) continue;
        yield* setidFinding(image, layer, record);
        yield* capabilityFinding(image, layer, record);
      }
    }
  },
};

function* setidFinding(image: ImageView, layer: number, record: FileRecord): Generator<FindingDraft> {
  const privilege = setidOf(record);
  if (privilege === undefined) return;
  const owner = image.owner(record.path, layer);
  const asPackaged =
    owner?.file.mode !== undefined && (owner.file.mode & record.mode & (SETUID | SETGID)) !== 0;
  if (asPackaged) return;
  const place = { rule: SETID, layer, path: record.path };
  if (isInterpreter(record.path) && !isBuiltIn(image, layer, record)) {
    const name = baseNameOf(record.path);
    yield { ...place, evidence: `${privilege.words}: ${name} runs what it is told` };
  } else if (owner !== undefined) {
    // dpkg records no modes: there an owned file passes.
    if (owner.file.mode === undefined) return;
    const evidence = `${privilege.words}, which ${owner.package.name} does not ship it as`;
    yield { ...place, tier: 'review', evidence };
  } else if (!isUsual(image, layer, record)) {
    const evidence = `${privilege.words}, owned by no package`;
    yield { ...place, evidence, ...(!privilege.system && { tier: 'review' as const }) };
  }
}

function* capabilityFinding(image: ImageView, layer: number, record: FileRecord): Generator<FindingDraft> {
  const capabilities = rootCapabilitiesOf(record);
  if (capabilities === undefined) return;
  const owned = image.owner(record.path, layer) !== undefined;
  if (owned && !isInterpreter(record.path)) return;
  const evidence = owned ? capabilities : `${capabilities}, owned by no package`;
  yield { rule: CAPABILITY, layer, path: record.path, evidence };
}

function isUsual(image: ImageView, layer: number, record: FileRecord): boolean {
  return !listsFiles(image, layer) && USUAL.test(record.path);
}

/** Buildroot and its like set busybox setuid: it gives the right up except in applets that need it. */
function isBuiltIn(image: ImageView, layer: number, record: FileRecord): boolean {
  return baseNameOf(record.path) === 'busybox' && isUsual(image, layer, record);
}
