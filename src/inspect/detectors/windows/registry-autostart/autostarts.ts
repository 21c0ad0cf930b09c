import type { Hive, HiveKey } from '../../../registry/hive.ts';
import { judgeCommand } from '../command-line.ts';
import { textOf } from '../hives.ts';
import { type Told, toldOf } from '../told.ts';

const CURRENT = 'Microsoft\\Windows\\CurrentVersion\\';
/** Keys each of whose values is a command. */
const LISTS = ['Run', 'RunOnce', 'RunOnceEx', 'RunServices', 'RunServicesOnce', 'Policies\\Explorer\\Run'];
/** What a terminal server gives each user who logs on. */
const INSTALLED = 'Microsoft\\Windows NT\\CurrentVersion\\Terminal Server\\Install\\Software\\';
const PREFIXES = ['', 'WOW6432Node\\', INSTALLED];

/** Single values that are commands. */
const VALUES: readonly (readonly [key: string, value: string])[] = [
  ['Microsoft\\Windows NT\\CurrentVersion\\Windows', 'Load'],
  ['Microsoft\\Windows NT\\CurrentVersion\\Windows', 'Run'],
  ['Microsoft\\Command Processor', 'AutoRun'],
];

/** Every command that a SOFTWARE or user hive starts at boot or logon, but for what is part of Windows. */
export function* autostartsOf(hive: Hive, root: string, rule: string): Generator<Told> {
  for (const prefix of PREFIXES) {
    for (const list of LISTS) {
      const path = `${root}${prefix}${CURRENT}${list}`;
      yield* commandsOf(hive.key(path), path, rule);
    }
    for (const [key, value] of VALUES) {
      const path = `${root}${prefix}${key}`;
      yield* single(hive.key(path), path, value, rule);
    }
    yield* activeSetups(hive, `${root}${prefix}Microsoft\\Active Setup\\Installed Components`, rule);
  }
  if (root === '') return;
  yield* single(hive.key('Environment'), 'Environment', 'UserInitMprLogonScript', rule);
  yield* single(hive.key('Control Panel\\Desktop'), 'Control Panel\\Desktop', 'SCRNSAVE.EXE', rule);
}

function* commandsOf(key: HiveKey | undefined, path: string, rule: string, depth = 0): Generator<Told> {
  if (key === undefined) return;
  for (const value of key.values()) {
    const command = value.text() ?? '';
    // RunOnceEx has the title of what it shows in values of no command, and files as `library|entry|arguments`.
    const verdict = /^\d{0,10}$/.test(command) ? undefined : judgeCommand(command.replace(/^\|\|/, ''));
    if (verdict !== undefined) yield toldOf(rule, `${path} ${value.name || '(default)'}`, command, verdict);
  }
  // RunOnce\Setup, and the sections of RunOnceEx.
  if (depth < 2)
    for (const sub of key.subkeys()) yield* commandsOf(sub, `${path}\\${sub.name}`, rule, depth + 1);
}

function* single(key: HiveKey | undefined, path: string, value: string, rule: string): Generator<Told> {
  const command = textOf(key, value)?.trim() ?? '';
  const verdict = command === '' ? undefined : judgeCommand(command);
  if (verdict === undefined) return;
  // No installer sets these: whatever is not part of Windows deserves a look.
  const tier = verdict.tier === 'note' ? 'review' : verdict.tier;
  yield toldOf(rule, `${path} ${value}`, command, { ...verdict, tier });
}

/** What runs once for each user: every browser has one, in its own folder. */
function* activeSetups(hive: Hive, path: string, rule: string): Generator<Told> {
  for (const component of hive.key(path)?.subkeys() ?? []) {
    const command = textOf(component, 'StubPath') ?? '';
    const verdict = judgeCommand(command);
    if (verdict !== undefined && verdict.tier !== 'note')
      yield toldOf(rule, `${path}\\${component.name} StubPath`, command, verdict);
  }
}
