import type { Detector, FileView } from '../../../contract.ts';
import type { Hive } from '../../../registry/hive.ts';
import { type HiveKind, readHive, wantHives } from '../hives.ts';
import { type Told, toFindings } from '../told.ts';
import { autostartsOf } from './autostarts.ts';
import { machineHooksOf, perUserClassesOf, systemHooksOf } from './hooks.ts';

/*
 * The registry is where most of what persists on Windows is written (ATT&CK T1547, T1546): lists of commands for each logon, and
 * settings that put another program, or a library, in the place of a part of Windows.
 */

const AUTOSTART = 'windows/autostart';
const HOOK = 'windows/system-hook';
const KINDS: readonly HiveKind[] = ['software', 'system', 'user', 'classes'];

export const registryAutostart: Detector<Told> = {
  id: 'windows/registry-autostart',
  rules: [
    {
      id: AUTOSTART,
      tier: 'review',
      title: 'The registry starts a program at boot or logon',
      remedy:
        'Delete the value and the program that it starts, or install the program where programs belong.',
      attack: ['T1547.001', 'T1547.014', 'T1037.001'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://attack.mitre.org/techniques/T1547/001/'],
    },
    {
      id: HOOK,
      tier: 'review',
      title: 'The registry puts a program or library in the place of a part of Windows',
      remedy: 'Set the value back to what Windows comes with, and look for the program that it names.',
      attack: ['T1546.008', 'T1546.010', 'T1546.012', 'T1546.015', 'T1547.002', 'T1547.004', 'T1556.002'],
      controls: ['TVM-06', 'UEM-14', 'IAM-16'],
      references: [
        'https://attack.mitre.org/techniques/T1546/012/',
        'https://attack.mitre.org/techniques/T1547/004/',
      ],
    },
  ],
  examiner: {
    id: 'windows/registry-autostart',
    version: 2,
    namesMatter: true,
    wants: wantHives(...KINDS),
    examine: (file: FileView) => readHive(file, KINDS, told),
  },
  judge: (_image, seen) => toFindings(seen),
};

function* told(hive: Hive, kind: HiveKind): Generator<Told> {
  if (kind === 'classes') yield* perUserClassesOf(hive.root, HOOK);
  if (kind === 'system') yield* systemHooksOf(hive, HOOK);
  if (kind === 'software') {
    yield* autostartsOf(hive, '', AUTOSTART);
    yield* machineHooksOf(hive, '', HOOK);
  }
  if (kind === 'user') {
    yield* autostartsOf(hive, 'Software\\', AUTOSTART);
    yield* machineHooksOf(hive, 'Software\\', HOOK);
    yield* perUserClassesOf(hive.key('Software\\Classes'), HOOK);
  }
}
