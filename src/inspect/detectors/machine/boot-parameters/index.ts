import type { Tier } from '../../../../core/finding.ts';
import { isMachine } from '../../../../core/image.ts';
import type { Detector, FileView } from '../../../contract.ts';

/*
 * The kernel's command line decides what is started first and what is watched. `init=` puts another program before the system;
 * `module.sig_enforce=0` and its kin take away what would have stopped a rootkit. An image brings it along in its boot loader's files.
 */

interface Parameter {
  readonly line: number;
  readonly parameter: string;
  readonly why: string;
  readonly tier: Tier;
}

const RULE = 'machine/boot-parameter';

const CONFIG =
  /^(?:boot\/|efi\/|boot\/efi\/)?(?:(?:EFI\/[^/]{1,60}|grub2?|extlinux|syslinux|isolinux)\/(?:grub|menu|extlinux|syslinux|isolinux|custom|user)\.(?:cfg|conf|lst)|loader\/entries\/[^/]{1,100}\.conf)$|^etc\/(?:default\/grub(?:\.d\/[^/]{1,100})?|kernel\/cmdline|sysconfig\/grub)$/i;

const MAX_LINES = 50_000;

const USUAL_INIT = /^(?:\/usr)?\/(?:s?bin\/init|lib\/systemd\/systemd|bin\/systemd|sbin\/openrc-init)$/;

/** Parameters that change who is in control: kernel-parameters.txt, kernel-command-line(7), dracut.cmdline(7). */
const TELLS: readonly { readonly pattern: RegExp; readonly why: string; readonly tier: Tier }[] = [
  { pattern: /^rdinit=/, why: 'starts another program before the system', tier: 'review' },
  { pattern: /^systemd\.(?:run|wants)=/, why: 'starts a command at each boot', tier: 'review' },
  {
    pattern: /^systemd\.debug[-_]shell(?:=1|=y.*)?$/,
    why: 'opens a root shell without a password',
    tier: 'review',
  },
  { pattern: /^module\.sig_enforce=0$/, why: 'lets unsigned kernel modules in', tier: 'review' },
  { pattern: /^lockdown=none$/, why: 'lets the running kernel be changed', tier: 'note' },
  { pattern: /^(?:selinux|apparmor|audit)=0$|^enforcing=0$/, why: 'takes a protection away', tier: 'note' },
];

export const bootParameters: Detector<Parameter> = {
  id: 'machine/boot-parameters',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'The boot loader gives the kernel a parameter that hands over control',
      remedy:
        'Take the parameter out and make the boot loader’s files anew from the distribution’s defaults.',
      attack: ['T1542.003', 'T1562.001'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://docs.kernel.org/admin-guide/kernel-parameters.html'],
    },
  ],
  examiner: { id: 'machine/boot-parameters', version: 1, wants: [{ paths: CONFIG }], examine: parametersIn },
  *judge(image, seen) {
    if (!isMachine(image.identity)) return;
    for (const { layer, path, observation } of seen) {
      const { line, parameter, why, tier } = observation;
      yield { rule: RULE, tier, layer, path, line, evidence: `${parameter} ${why}`, yieldsToPackages: true };
    }
  },
};

function* parametersIn(file: FileView): Generator<Parameter> {
  const lines = file.text().split('\n', MAX_LINES + 1);
  if (lines.length > MAX_LINES) file.cut(`lines after the first ${MAX_LINES}`);
  for (const [index, line] of lines.slice(0, MAX_LINES).entries()) {
    if (line.trimStart().startsWith('#')) continue;
    for (const word of line.split(/[\s"']+/)) {
      const tell = tellOf(word);
      if (tell !== undefined) yield { line: index + 1, parameter: word.slice(0, 100), ...tell };
    }
  }
}

function tellOf(word: string): { readonly why: string; readonly tier: Tier } | undefined {
  if (word.startsWith('init=')) {
    const program = word.slice('init='.length);
    return USUAL_INIT.test(program)
      ? undefined
      : { why: 'starts another program as the system', tier: 'review' };
  }
  const found = TELLS.find(({ pattern }) => pattern.test(word));
  return found === undefined ? undefined : { why: found.why, tier: found.tier };
}
