import type { Detector, FileView } from '../../../contract.ts';
import type { Hive, HiveKey } from '../../../registry/hive.ts';
import { controlSets, type HiveKind, readHive, textOf, wantHives } from '../hives.ts';
import { type Told, toFindings } from '../told.ts';

/*
 * Settings that open a door or shut an eye: remote desktop without authentication before the session, logon without anybody, passwords
 * kept where they can be read, an antivirus that is off. In an image of somebody else's, each is there on every machine
 * that starts from it.
 */

const REMOTE = 'windows/remote-desktop';
const LOGON = 'windows/automatic-logon';
const WEAK = 'windows/weak-setting';
const DEFENDER = 'windows/defender-off';
const ACCOUNT = 'windows/hidden-account';
const KINDS: readonly HiveKind[] = ['system', 'software', 'sam'];

const shared = { controls: ['IAM-16', 'UEM-14'] };

export const remoteAccess: Detector<Told> = {
  id: 'windows/remote-access',
  rules: [
    {
      id: REMOTE,
      tier: 'note',
      title: 'Remote desktop is on, without authentication at the network level',
      remedy: 'Require network level authentication (UserAuthentication = 1), or turn remote desktop off.',
      attack: ['T1021.001'],
      ...shared,
      references: ['https://attack.mitre.org/techniques/T1021/001/'],
    },
    {
      id: LOGON,
      tier: 'review',
      title: 'Windows logs on by itself, with a password kept in the registry',
      remedy: 'Delete AutoAdminLogon and DefaultPassword, and change the password wherever it is used.',
      attack: ['T1552.002', 'T1078.003'],
      ...shared,
      references: ['https://attack.mitre.org/techniques/T1552/002/'],
    },
    {
      id: WEAK,
      tier: 'note',
      title: 'A setting lowers what Windows guards passwords and privileges with',
      remedy: 'Set it back to what Windows comes with.',
      attack: ['T1112', 'T1548.002'],
      ...shared,
      references: ['https://attack.mitre.org/techniques/T1112/'],
    },
    {
      id: DEFENDER,
      tier: 'review',
      title: 'Windows Defender is off, or told to look away',
      remedy: 'Turn it on again and delete the exclusions, unless another scanner takes its place.',
      attack: ['T1562.001', 'T1564.012'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://attack.mitre.org/techniques/T1562/001/'],
    },
    {
      id: ACCOUNT,
      tier: 'review',
      title: 'A local account is named so that lists leave it out',
      remedy: 'Delete the account, and look for what it was used for.',
      attack: ['T1136.001', 'T1564.002'],
      ...shared,
      references: ['https://attack.mitre.org/techniques/T1564/002/'],
    },
  ],
  examiner: {
    id: 'windows/remote-access',
    version: 2,
    namesMatter: true,
    wants: wantHives(...KINDS),
    examine: (file: FileView) => readHive(file, KINDS, told),
  },
  judge: (_image, seen) => toFindings(seen),
};

function* told(hive: Hive, kind: HiveKind): Generator<Told> {
  if (kind === 'system') {
    for (const set of controlSets(hive)) {
      yield* remoteDesktop(set);
      yield* lowered(set, 'Control\\SecurityProviders\\WDigest', 'UseLogonCredential', '1', 'review');
      yield* lowered(set, 'Control\\Lsa', 'NoLMHash', '0', 'note');
      yield* lowered(set, 'Control\\Lsa', 'DisableRestrictedAdmin', '0', 'note');
    }
  } else if (kind === 'software') {
    yield* logon(hive);
    const system = 'Microsoft\\Windows\\CurrentVersion\\Policies\\System';
    yield* lowered(hive.root, system, 'LocalAccountTokenFilterPolicy', '1', 'note');
    yield* lowered(hive.root, system, 'EnableLUA', '0', 'note');
    yield* defender(hive);
  } else yield* accounts(hive);
}

/** A policy comes before the setting; it lies in the other hive, so the setting is judged as it is. */
function* remoteDesktop(set: HiveKey): Generator<Told> {
  const server = set.key('Control\\Terminal Server');
  const listener = server?.key('WinStations\\RDP-Tcp');
  if (textOf(server, 'fDenyTSConnections') !== '0' || textOf(listener, 'UserAuthentication') !== '0') return;
  const evidence = `${set.name}\\Control\\Terminal Server: fDenyTSConnections = 0, UserAuthentication = 0`;
  yield { rule: REMOTE, tier: 'note', evidence };
}

function* lowered(
  root: HiveKey | undefined,
  path: string,
  name: string,
  low: string,
  tier: 'review' | 'note',
): Generator<Told> {
  if (textOf(root?.key(path), name) === low) yield { rule: WEAK, tier, evidence: `${path} ${name} = ${low}` };
}

function* logon(hive: Hive): Generator<Told> {
  const path = 'Microsoft\\Windows NT\\CurrentVersion\\Winlogon';
  const key = hive.key(path);
  const password = textOf(key, 'DefaultPassword') ?? '';
  const user = textOf(key, 'DefaultUserName') ?? '';
  const automatic = textOf(key, 'AutoAdminLogon')?.trim() === '1';
  if (password !== '')
    yield {
      rule: LOGON,
      tier: 'review',
      evidence: `${path} DefaultPassword of ${user || 'an account'}: *** (${password.length} characters)`,
    };
  else if (automatic && user !== '')
    yield { rule: LOGON, tier: 'review', evidence: `${path} AutoAdminLogon = 1 as ${user}` };
}

const OFF: readonly (readonly [string, string])[] = [
  ['', 'DisableAntiSpyware'],
  ['', 'DisableAntiVirus'],
  ['Real-Time Protection', 'DisableRealtimeMonitoring'],
  ['Real-Time Protection', 'DisableBehaviorMonitoring'],
  ['Real-Time Protection', 'DisableOnAccessProtection'],
  ['Real-Time Protection', 'DisableIOAVProtection'],
];
/** Whole drives, and folders that anybody may write to. */
const WIDE_PATH =
  /^(?:[a-z]:[\\/]?\*?|\*|\\|%systemdrive%\\?|[a-z]:[\\/](?:windows|users|users[\\/]public|programdata|windows[\\/]temp|te?mp|windows[\\/]system32)[\\/]?\*?|%(?:temp|tmp|public|appdata|localappdata|programdata|userprofile|windir|systemroot)%[\\/]?\*?)$/i;
const WIDE_EXTENSION = /^\*?\.?(?:exe|dll|ps1|bat|cmd|vbs|js|hta|scr|sys|msi|\*)$/i;
const WIDE_PROCESS =
  /(?:^|[\\/])(?:powershell|pwsh|cmd|wscript|cscript|mshta|rundll32|regsvr32|explorer|svchost)\.exe$|^\*/i;
const EXCLUSIONS: readonly (readonly [string, RegExp])[] = [
  ['Paths', WIDE_PATH],
  ['Extensions', WIDE_EXTENSION],
  ['Processes', WIDE_PROCESS],
];

function* defender(hive: Hive): Generator<Told> {
  for (const path of ['Microsoft\\Windows Defender', 'Policies\\Microsoft\\Windows Defender']) {
    const root = hive.key(path);
    for (const [below, name] of OFF)
      if (textOf(root?.key(below), name) === '1')
        yield { rule: DEFENDER, tier: 'review', evidence: `${path}${below && `\\${below}`} ${name} = 1` };
    for (const [kind, wide] of EXCLUSIONS)
      for (const { name } of root?.key(`Exclusions\\${kind}`)?.values() ?? [])
        if (wide.test(name.trim()))
          yield { rule: DEFENDER, tier: 'review', evidence: `${path}\\Exclusions\\${kind}: ${name}` };
  }
}

/** Names that end in a dollar sign are those of machines: `net user` leaves them out. */
function* accounts(hive: Hive): Generator<Told> {
  for (const { name } of hive.key('SAM\\Domains\\Account\\Users\\Names')?.subkeys() ?? [])
    if (name.endsWith('$')) yield { rule: ACCOUNT, tier: 'review', evidence: `local account ${name}` };
}
