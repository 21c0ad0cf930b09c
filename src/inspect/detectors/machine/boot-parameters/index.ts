import type { Tier } from '../../../../core/finding.ts';
import { isMachine } from '../../../../core/image.ts';
import type { Detector, FileView } from '../../../contract.ts';
import { commandLineIn } from './command-line-section.ts';
import { wordsOf } from './words.ts';

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

/** What a loader reads is named by its other files and by the firmware: anything in its folders that is called as such a file. */
const CONFIG =
  /^(?:(?:boot|efi|grub2?|loader|extlinux|syslinux|isolinux|limine|live|casper)\/(?:.{1,300}\/)?(?:[^/]{1,100}\.(?:cfg|conf|lst|nsh)|grubenv|cmdline\.txt)|(?:extlinux|syslinux|isolinux|limine|grub)\.(?:cfg|conf)|cmdline\.txt|startup\.nsh)$|^(?:etc|usr\/lib)\/(?:default\/grub(?:\.d\/[^/]{1,100})?|kernel\/cmdline(?:\.d\/[^/]{1,100})?|cmdline\.d\/[^/]{1,100}|sysconfig\/grub|grub\.d\/[^/]{1,100}|dracut\.conf(?:\.d\/[^/]{1,100})?|zipl\.conf)$/i;

/** What firmware starts. */
const PROGRAM = /^(?:boot|efi|usr\/lib\/modules)\/(?:.{1,300}\/)?[^/]{1,100}\.efi$/i;

const MAX_LINES = 50_000;

const USUAL_INIT = /^(?:\/usr)?\/(?:s?bin\/init|lib\/systemd\/systemd|bin\/systemd|sbin\/openrc-init)$/;

interface Tell {
  /** Tested against the parameter, its name with `_` for each `-`, as the kernel and systemd compare them. */
  readonly pattern: RegExp;
  readonly why: string;
  readonly tier: Tier;
}

/** Parameters that change who is in control: kernel-parameters.txt, kernel-command-line(7), dracut.cmdline(7), cloud-init's and others' own. */
const TELLS: readonly Tell[] = [
  { pattern: /^rdinit=/, why: 'starts another program before the system', tier: 'review' },
  { pattern: /^(?:rd\.)?systemd\.(?:run|wants)=/, why: 'starts a command at each boot', tier: 'review' },
  {
    pattern: /^(?:rd\.)?systemd\.debug_shell(?:=1|=y.*|=on|=t.*|=[a-z]+\d*)?$|^rd\.break(?:=|$)|^break=/,
    why: 'opens a root shell without a password',
    tier: 'review',
  },
  {
    pattern: /^(?:rd\.)?systemd\.mount_extra=/,
    why: 'mounts what no table of the system names',
    tier: 'review',
  },
  {
    pattern: /^(?:rd\.)?systemd\.(?:setenv|set_credential|set_credential_binary)=/,
    why: 'hands the system settings that may run a program or let somebody in',
    tier: 'review',
  },
  {
    pattern:
      /^ds=.*(?:^|[;=])(?:s|seedfrom)=|^cloud_config_url=|^cc:|^(?:ignition|coreos|flatcar)\.config\.url=|^(?:inst\.)?ks=[a-z]+:\/\/|^(?:preseed\/)?url=[a-z]+:\/\//,
    why: 'has the first boot take its orders from elsewhere',
    tier: 'review',
  },
  {
    pattern: /^root=(?:live:|nfs|https?:|nbd:|iscsi:|cifs:)|^(?:netroot|nfsroot|nbdroot)=/,
    why: 'takes the system from a file or from another machine',
    tier: 'review',
  },
  {
    pattern:
      /^(?:rd\.live\.(?:dir|squashimg|overlay)|live_media_path|fromiso|findiso|img_loop|iso_scan\/filename|loop)=(?!\$)/,
    why: 'takes the system from a file that the parameter names',
    tier: 'review',
  },
  {
    pattern:
      /^dm_mod\.create=|^blkdevparts=|^rootflags=(?:.*,)?(?:sb|offset|journal_path|journal_dev|logdev|rtdev)=/,
    why: 'makes a volume of places that no table names',
    tier: 'review',
  },
  {
    pattern: /^module\.sig_enforce=(?:0|n|no|off)$/i,
    why: 'lets unsigned kernel modules in',
    tier: 'review',
  },
  { pattern: /^lockdown=none$/, why: 'lets the running kernel be changed', tier: 'note' },
  {
    pattern: /^(?:selinux|apparmor|audit)=(?:0|off)$|^enforcing=0$|^ima_appraise=(?:off|fix|log)$/,
    why: 'takes a protection away',
    tier: 'note',
  },
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
  examiner: {
    id: 'machine/boot-parameters',
    version: 2,
    wants: [{ paths: CONFIG }, { paths: PROGRAM }],
    examine: parametersIn,
  },
  *judge(image, seen) {
    if (!isMachine(image.identity)) return;
    for (const { layer, path, observation } of seen) {
      const { line, parameter, why, tier } = observation;
      yield { rule: RULE, tier, layer, path, line, evidence: `${parameter} ${why}`, yieldsToPackages: true };
    }
  },
};

function* parametersIn(file: FileView): Generator<Parameter> {
  const text = textOf(file);
  if (text === undefined) return;
  for (const { line, word } of wordsOf(text, MAX_LINES, (what) => file.cut(what))) {
    // What a script of the system puts in is told by what it wrote.
    if (/^etc\//.test(file.record.path) && /=\$/.test(word)) continue;
    const tell = tellOf(word);
    if (tell !== undefined) yield { line, parameter: word.slice(0, 100), ...tell };
  }
}

function textOf(file: FileView): string | undefined {
  if (!PROGRAM.test(file.record.path)) return file.text();
  const text = file.base === 0 ? commandLineIn(file.bytes) : undefined;
  if (text === 'beyond') file.cut('the command line in it');
  return text === 'beyond' ? undefined : text;
}

function tellOf(word: string): Omit<Tell, 'pattern'> | undefined {
  const found = tellOfOne(word);
  if (found !== undefined) return found;
  // `GRUB_CMDLINE_LINUX=init=/x`, `kernelopts=…`: the first of the parameters that a variable holds.
  const value = /^[A-Za-z_]\w*\+?=(.+)$/.exec(word)?.[1];
  return value === undefined ? undefined : tellOfOne(value);
}

function tellOfOne(word: string): Omit<Tell, 'pattern'> | undefined {
  const name = word.split('=', 1)[0] ?? '';
  const parameter = name.replaceAll('-', '_') + word.slice(name.length);
  if (parameter.startsWith('init=')) {
    const isUsual = USUAL_INIT.test(word.slice('init='.length));
    return isUsual ? undefined : { why: 'starts another program as the system', tier: 'review' };
  }
  const found = TELLS.find(({ pattern }) => pattern.test(parameter));
  return found === undefined ? undefined : { why: found.why, tier: found.tier };
}
