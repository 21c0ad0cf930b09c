import type { Hive, HiveKey } from '../../../registry/hive.ts';
import { gravest, judgeCommand } from '../command-line.ts';
import { controlSets, stringsOf, textOf } from '../hives.ts';
import { expandVariables, judgePlace, type Verdict } from '../program-place.ts';
import { type Told, toldOf } from '../told.ts';

const NT = 'Microsoft\\Windows NT\\CurrentVersion\\';

/** What can be started at the logon screen, by whoever stands before it. */
const LOGON_SCREEN =
  /^(?:sethc|utilman|osk|magnify|narrator|displayswitch|atbroker|ezaccess|easeofaccessdialog|logonui|lockapphost)\.exe$/i;

const DEFAULT_SHELL = /^(?:(?:c:\\windows\\)?explorer\.exe)?$/;
const DEFAULT_USERINIT = /^(?:(?:c:\\windows\\(?:system32|syswow64)\\)?userinit(?:\.exe)?)?$/;
const NEVER = /^$/;

/** Values of Winlogon that are programs, and what they are in Windows as it comes; several are separated by commas. */
const WINLOGON: readonly (readonly [string, RegExp])[] = [
  ['Shell', DEFAULT_SHELL],
  ['Userinit', DEFAULT_USERINIT],
  [
    'VmApplet',
    /^(?:(?:c:\\windows\\system32\\)?systempropertiesperformance\.exe(?: \/pagefile)?|rundll32 shell32|control_rundll "sysdm\.cpl")?$/,
  ],
  ['AppSetup', NEVER],
  ['System', NEVER],
  ['Taskman', NEVER],
  ['GinaDLL', NEVER],
  ['mpnotify', NEVER],
];

/** Of a SOFTWARE hive, or of the same keys of a user. */
export function* machineHooksOf(hive: Hive, root: string, rule: string): Generator<Told> {
  for (const node of ['', 'WOW6432Node\\']) {
    const path = `${root}${node}${NT}`;
    yield* winlogon(hive.key(`${path}Winlogon`), `${path}Winlogon`, rule);
    yield* appInit(hive.key(`${path}Windows`), `${path}Windows`, rule);
    yield* imageOptions(hive.key(`${path}Image File Execution Options`), rule);
    for (const key of hive.key(`${path}SilentProcessExit`)?.subkeys() ?? [])
      yield* program(key, `SilentProcessExit\\${key.name}`, 'MonitorProcess', rule);
  }
}

function* winlogon(key: HiveKey | undefined, path: string, rule: string): Generator<Told> {
  for (const [name, usual] of WINLOGON)
    for (const part of stringsOf(key, name, /[,\n]/))
      if (!usual.test(expandVariables(part)))
        yield toldOf(rule, `${path} ${name}`, part, atLeastReview(part));
}

function* appInit(key: HiveKey | undefined, path: string, rule: string): Generator<Told> {
  const dlls = textOf(key, 'AppInit_DLLs')?.trim() ?? '';
  if (dlls === '') return;
  const verdict = atLeastReview(dlls);
  const off = textOf(key, 'LoadAppInit_DLLs') === '0';
  yield toldOf(rule, `${path} AppInit_DLLs`, dlls, off ? { ...verdict, tier: 'note' } : verdict);
}

/** A debugger is started in the place of the program that the key is named for. */
function* imageOptions(options: HiveKey | undefined, rule: string): Generator<Told> {
  for (const key of options?.subkeys() ?? []) {
    // With UseFilter, keys below it hold the same for programs in one place.
    for (const one of [key, ...key.subkeys()]) {
      const where = `Image File Execution Options\\${key.name}`;
      const debuggerLine = textOf(one, 'Debugger')?.trim() ?? '';
      if (debuggerLine !== '')
        yield toldOf(
          rule,
          `${where} Debugger`,
          debuggerLine,
          LOGON_SCREEN.test(key.name)
            ? { tier: 'block', why: 'it is started at the logon screen, as the system' }
            : atLeastReview(debuggerLine),
        );
      // Application Verifier loads these into the program: a flag in GlobalFlag says so.
      const verifier = textOf(one, 'VerifierDlls')?.trim() ?? '';
      if (verifier !== '' && (Number(textOf(one, 'GlobalFlag') ?? 0) & 0x100) !== 0)
        yield toldOf(rule, `${where} VerifierDlls`, verifier, atLeastReview(verifier));
    }
  }
}

/** Packages that Windows and its roles come with. */
const USUAL_PACKAGES: Readonly<Record<string, RegExp>> = {
  'Security Packages':
    /^(?:kerberos|msv1_0|schannel|wdigest|tspkg|pku2u|cloudap|livessp|negoexts|negoextender|rdpnp|rassfm)$/,
  'Authentication Packages':
    /^(?:msv1_0|kerberos|schannel|wdigest|pku2u|cloudap|livessp|vmwauth|sshdpinauthlsa)$/,
  'Notification Packages': /^(?:scecli|rassfm|kdcsvc|wdigest|dsprotect|azureadpasswordprotectionfilter)$/,
};
const AUTOCHECK = /^autocheck\s{1,9}autochk(?:\.exe)?(?:\s[ /*:a-z?\\]{0,100})?$/;

/** Of a SYSTEM hive: what the session manager and the local security authority load. */
export function* systemHooksOf(hive: Hive, rule: string): Generator<Told> {
  for (const set of controlSets(hive)) {
    const control = set.key('Control');
    const path = `${set.name}\\Control\\`;
    for (const below of ['Lsa', 'Lsa\\OSConfig'])
      yield* packages(control?.key(below), `${path}${below}`, rule);
    yield* sessionManager(control?.key('Session Manager'), `${path}Session Manager`, rule);
  }
}

function* packages(key: HiveKey | undefined, path: string, rule: string): Generator<Told> {
  for (const [name, usual] of Object.entries(USUAL_PACKAGES))
    for (const item of stringsOf(key, name))
      if (!usual.test(item.toLowerCase().replace(/\.dll$/, '')))
        yield toldOf(rule, `${path} ${name}`, item, atLeastReview(item));
}

const BEFORE_SESSION = ['BootExecute', 'BootExecuteNoPnpSync', 'SetupExecute', 'Execute', 'S0InitialCommand'];

function* sessionManager(key: HiveKey | undefined, path: string, rule: string): Generator<Told> {
  for (const name of BEFORE_SESSION)
    for (const item of stringsOf(key, name))
      if (!AUTOCHECK.test(item.toLowerCase()))
        yield toldOf(rule, `${path} ${name}`, item, atLeastReview(item));
  for (const value of key?.key('AppCertDlls')?.values() ?? []) {
    const dll = value.text() ?? '';
    if (dll !== '') yield toldOf(rule, `${path}\\AppCertDlls ${value.name}`, dll, atLeastReview(dll));
  }
}

const COMMAND_CLASSES = [
  'ms-settings',
  'mscfile',
  'exefile',
  'Folder',
  'AppX82a6gwre4fdg3bt635tn5ctqjf8msdd2',
];

/** Classes of one user come before those of the machine: a program that asks for a part of Windows gets this one. */
export function* perUserClassesOf(classes: HiveKey | undefined, rule: string): Generator<Told> {
  for (const name of COMMAND_CLASSES) {
    const path = `${name}\\Shell\\Open\\command`;
    const key = classes?.key(path);
    const command = textOf(key, '')?.trim() ?? '';
    // `"%1" %*` is what it is for the machine.
    if (command !== '' && !command.startsWith('"%1"'))
      yield toldOf(rule, path, command, {
        tier: 'block',
        why: 'it is what programs that run as administrator open',
      });
  }
  for (const node of ['CLSID', 'WOW6432Node\\CLSID']) {
    for (const key of classes?.key(node)?.subkeys() ?? []) {
      for (const server of ['InprocServer32', 'LocalServer32']) {
        const command = textOf(key.key(server), '')?.trim() ?? '';
        const verdict = judgeCommand(command);
        if (verdict !== undefined && verdict.tier !== 'note')
          yield toldOf(rule, `${node}\\${key.name}\\${server}`, command, verdict);
      }
    }
  }
}

function* program(key: HiveKey, path: string, name: string, rule: string): Generator<Told> {
  const command = textOf(key, name)?.trim() ?? '';
  if (command !== '') yield toldOf(rule, `${path} ${name}`, command, atLeastReview(command));
}

/** What has no business there at all is for a person to see, wherever it lies. */
function atLeastReview(command: string): Verdict {
  const verdict = gravest([
    judgeCommand(command),
    ...command
      .split(/[\s,;]+/, 50)
      .filter((word) => /[\\/:]/.test(word))
      .map(judgePlace),
  ]);
  return verdict === undefined || verdict.tier === 'note'
    ? { tier: 'review', why: 'Windows comes without it' }
    : verdict;
}
