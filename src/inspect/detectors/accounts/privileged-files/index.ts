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
 *
 * A hard link in an archive carries a mode and attributes of its own, which the extractor gives to the one file both
 * names share. So the link is judged as that file, under either name.
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
        if (record.kind !== 'file' && record.kind !== 'hardlink') continue;
        if ((record.mode & (SETUID | SETGID)) === 0 && record.xattrs === undefined) continue;
        const names = namesOf(image, layer, record);
        yield* setidFinding(image, layer, record, names);
        yield* capabilityFinding(image, layer, record, names);
      }
    }
  },
};

/** Its own, and for a hard link last that of the file it leads to. */
function namesOf(image: ImageView, layer: number, { kind, path }: FileRecord): string[] {
  const target = kind === 'hardlink' ? image.treeAt(layer).resolve(path)?.record.path : undefined;
  return target === undefined || target === path ? [path] : [path, target];
}

function* setidFinding(
  image: ImageView,
  layer: number,
  record: FileRecord,
  names: readonly string[],
): Generator<FindingDraft> {
  const privilege = setidOf(record);
  if (privilege === undefined) return;
  const owners = names.map((name) => image.owner(name, layer));
  const asPackaged = owners.some(
    (owner) => ((owner?.file.mode ?? 0) & record.mode & (SETUID | SETGID)) !== 0,
  );
  if (asPackaged) return;
  const owner = owners.find((one) => one !== undefined);
  const place = { rule: SETID, layer, path: record.path };
  const interpreter = names.find(isInterpreter);
  if (interpreter !== undefined && !isBuiltIn(image, layer, names.at(-1) ?? '')) {
    const name = baseNameOf(interpreter);
    yield { ...place, evidence: `${privilege.words}: ${name} runs what it is told` };
  } else if (owner !== undefined) {
    // dpkg records no modes: there an owned file passes.
    if (owner.file.mode === undefined) return;
    const evidence = `${privilege.words}, which ${owner.package.name} does not ship it as`;
    yield { ...place, tier: 'review', evidence };
  } else if (!names.some((name) => isUsual(image, layer, name))) {
    const evidence = `${privilege.words}, owned by no package`;
    yield { ...place, evidence, ...(!privilege.system && { tier: 'review' as const }) };
  }
}

function* capabilityFinding(
  image: ImageView,
  layer: number,
  record: FileRecord,
  names: readonly string[],
): Generator<FindingDraft> {
  const capabilities = rootCapabilitiesOf(record);
  if (capabilities === undefined) return;
  const owned = names.some((name) => image.owner(name, layer) !== undefined);
  if (owned && !names.some(isInterpreter)) return;
  const evidence = owned ? capabilities : `${capabilities}, owned by no package`;
  yield { rule: CAPABILITY, layer, path: record.path, evidence };
}

function isUsual(image: ImageView, layer: number, path: string): boolean {
  return !listsFiles(image, layer) && USUAL.test(path);
}

/** Buildroot and its like set busybox setuid: it gives the right up except in applets that need it. */
function isBuiltIn(image: ImageView, layer: number, path: string): boolean {
  return baseNameOf(path) === 'busybox' && isUsual(image, layer, path);
}
