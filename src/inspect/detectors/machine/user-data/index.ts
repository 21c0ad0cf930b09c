import type { Detector, FileView } from '../../../contract.ts';
import { findRemoteCode, REMOTE_WORDS, type RemoteCode } from '../../persistence/remote-code.ts';

/*
 * User data is a program that the first boot runs as root. cloud-init keeps it, as do the agents of Azure and OpenStack; whoever makes
 * an image of a running machine takes it along: with the passwords in it for all who get the image, and, as a seed, to be
 * run again on each machine that starts from it.
 */

type UserData =
  | { readonly kind: 'left'; readonly what: string }
  | { readonly kind: 'runs'; readonly line: number; readonly text: string }
  | { readonly kind: 'remote'; readonly code: RemoteCode };

const LEFT = 'machine/user-data-left';
const RUNS = 'machine/first-boot-command';

/** What an instance was given, kept by its agent. */
const KEPT =
  /^(?:var\/lib\/cloud\/(?:instances\/[^/]{1,100}\/|instance\/)(?:user|vendor)-data(?:2)?\.txt(?:\.i)?|var\/lib\/waagent\/(?:CustomData|ovf-env\.xml)|var\/lib\/cloud\/instances\/[^/]{1,100}\/scripts\/[^/]{1,100})$/;
/**
 * What the next instance would be given: seeds on the root, or a seed volume of its own (NoCloud, ConfigDrive, Azure's), where FAT cares for no
 * letter's case; and Ignition's.
 */
const SEED =
  /^(?:var\/lib\/cloud\/seed\/[^/]{1,60}\/(?:user|vendor)-data|(?:user|vendor)-data|ec2\/(?:latest|[0-9-]{10})\/user-data|openstack\/(?:latest|[0-9-]{10})\/(?:user_data|vendor_data\d?\.json)|ovf-env\.xml|(?:boot\/)?ignition\/[^/]{1,100}\.ign|usr\/lib\/ignition\/user\.ign)$/i;
/** What goes with a seed: who may log in is said there too. */
const SEED_KEYS =
  /^(?:(?:var\/lib\/cloud\/seed\/[^/]{1,60}\/)?meta-data|openstack\/(?:latest|[0-9-]{10})\/meta_data\.json)$/i;
const PUBLIC_KEYS = /\bpublic[-_]keys\b.{0,200}/s;
const CONFIG = /^etc\/cloud\/cloud\.cfg(?:\.d\/[^/]{1,100}\.cfg)?$/;
const SCRIPT =
  /^var\/lib\/cloud\/(?:scripts\/(?:per-boot|per-instance|per-once|vendor)|handlers)\/[^/]{1,100}$/;
/** Keys of cloud-config whose values are run, or fetched and run; YAML lets them be indented, quoted and in braces. */
const COMMAND_KEY =
  /^(?:users|ssh_authorized_keys)\s*:|^[^#]{0,200}?(?:^|[\s{,"'])(?:runcmd|bootcmd|power_state|write_files|chpasswd|ansible|chef|puppet|salt_minion|phone_home|seedfrom)["']?\s*:/;
const MAX_LINES = 100_000;

const shared = { attack: ['T1059.004', 'T1525'], controls: ['TVM-06', 'IAM-16', 'UEM-14'] };

export const userData: Detector<UserData> = {
  id: 'machine/user-data',
  rules: [
    {
      id: LEFT,
      tier: 'review',
      title: 'User data of an instance was left in the image',
      remedy:
        'Run `cloud-init clean --logs --seed` (or the agent’s own clean-up) before the image is made, and change every secret in it.',
      attack: ['T1552.001', 'T1525'],
      controls: ['DSP-17', 'TVM-06', 'UEM-14'],
      references: ['https://docs.cloud-init.io/en/latest/reference/cli.html#clean'],
    },
    {
      id: RUNS,
      tier: 'review',
      title: 'The first boot runs a command that was put into the image',
      remedy:
        'Take it out, or ship it as a package: what an image does at boot should be known to who starts it.',
      ...shared,
      references: ['https://docs.cloud-init.io/en/latest/explanation/boot.html'],
    },
  ],
  examiner: {
    id: 'machine/user-data',
    version: 2,
    namesMatter: true,
    wants: [KEPT, SEED, SEED_KEYS, CONFIG, SCRIPT].map((paths) => ({ paths })),
    examine: factsOf,
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      if (observation.kind === 'left') yield { rule: LEFT, layer, path, evidence: observation.what };
      else if (observation.kind === 'runs') {
        const { line, text } = observation;
        yield { rule: RUNS, layer, path, line, evidence: text, yieldsToPackages: true };
      } else {
        const { kind, line, text } = observation.code;
        const evidence = `${REMOTE_WORDS[kind]}: ${text}`;
        yield { rule: RUNS, tier: 'block', layer, path, line, evidence, yieldsToPackages: true };
      }
    }
  },
};

function* factsOf(file: FileView): Generator<UserData> {
  const { path } = file.record;
  const text = file.text();
  for (const code of findRemoteCode(text, (what) => file.cut(what))) yield { kind: 'remote', code };
  if (KEPT.test(path) || SEED.test(path)) {
    if (text.trim() !== '') yield { kind: 'left', what: firstLine(text) };
    return;
  }
  if (SEED_KEYS.test(path)) {
    const [keys] = PUBLIC_KEYS.exec(text) ?? [];
    if (keys !== undefined) yield { kind: 'left', what: firstLine(keys) };
    return;
  }
  const lines = text.split('\n', MAX_LINES + 1);
  if (lines.length > MAX_LINES) file.cut(`lines after the first ${MAX_LINES}`);
  for (const [index, line] of lines.entries()) {
    if (SCRIPT.test(path) ? line.trim() !== '' : COMMAND_KEY.test(line)) {
      yield { kind: 'runs', line: index + 1, text: line.trim() };
      if (SCRIPT.test(path)) return;
    }
  }
}

/** Enough to know it by; never the rest, where the secrets are. */
function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0]?.trim().slice(0, 60) ?? '';
}
