import type { Detector, FileView } from '../../../contract.ts';
import type { Hive, HiveKey } from '../../../registry/hive.ts';
import { gravest, judgeCommand } from '../command-line.ts';
import { controlSets, type HiveKind, readHive, textOf, wantHives } from '../hives.ts';
import { judgePlace, toPlainPath, type Verdict } from '../program-place.ts';
import { type Told, toFindings, toldOf } from '../told.ts';

/*
 * Services start with the machine and as the system; drivers in its kernel. Windows keeps them in the SYSTEM hive, one key
 * each: a program, or a library that svchost loads, and what to run when it fails (ATT&CK T1543.003, T1569.002).
 */

const SERVICE = 'windows/service';
const DRIVER = 'windows/driver';
const KINDS: readonly HiveKind[] = ['system'];

export const services: Detector<Told> = {
  id: 'windows/services',
  rules: [
    {
      id: SERVICE,
      tier: 'review',
      title: 'A service of Windows starts something from an odd place, or something odd',
      remedy: 'Delete the service and its program, or install the program where programs belong.',
      attack: ['T1543.003', 'T1569.002'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://attack.mitre.org/techniques/T1543/003/'],
    },
    {
      id: DRIVER,
      tier: 'review',
      title: 'A driver of the kernel lies outside the folders of drivers',
      remedy: 'Delete the service of the driver and the file, or install the driver by its maker’s package.',
      attack: ['T1543.003', 'T1068', 'T1014'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://learn.microsoft.com/windows-hardware/drivers/develop/run-from-driver-store'],
    },
  ],
  examiner: {
    id: 'windows/services',
    version: 2,
    namesMatter: true,
    wants: wantHives(...KINDS),
    examine: (file: FileView) => readHive(file, KINDS, told),
  },
  judge: (_image, seen) => toFindings(seen),
};

function* told(hive: Hive): Generator<Told> {
  for (const set of controlSets(hive))
    for (const service of set.key('Services')?.subkeys() ?? [])
      yield* judgeService(service, `${set.name}\\Services\\${service.name}`);
}

function* judgeService(service: HiveKey, path: string): Generator<Told> {
  const image = textOf(service, 'ImagePath')?.trim() ?? '';
  // 1 and 2: drivers of the kernel and of file systems; 4, 8 and above: adapters, recognizers, programs.
  const isDriver = (Number(textOf(service, 'Type') ?? 0) & 0x3) !== 0;
  if (isDriver) {
    const verdict = image === '' ? undefined : judgeDriver(image);
    if (verdict !== undefined) yield toldOf(DRIVER, `${path} ImagePath`, image, verdict);
    return;
  }
  yield* judged(`${path} ImagePath`, image);
  yield* judged(`${path} FailureCommand`, textOf(service, 'FailureCommand') ?? '');
  const parameters = service.key('Parameters');
  yield* judged(`${path}\\Parameters ServiceDll`, textOf(parameters, 'ServiceDll') ?? '');
  yield* judged(`${path} ServiceDll`, textOf(service, 'ServiceDll') ?? '');
  // What NSSM and srvany start: a service of any program.
  const application = textOf(parameters, 'Application') ?? '';
  yield* judged(
    `${path}\\Parameters Application`,
    application === ''
      ? ''
      : `"${application.replaceAll('"', '')}" ${textOf(parameters, 'AppParameters') ?? ''}`,
  );
}

const SHELL =
  /^"?(?:[^"\s]{1,300}[\\/])?(?:cmd|powershell|pwsh|wscript|cscript|rundll32|regsvr32|conhost)(?:\.exe)?(?=["\s]|$)/i;

function* judged(where: string, command: string): Generator<Told> {
  if (command.trim() === '') return;
  // A service has to answer the service manager; a shell does not, so it is there to run one thing once.
  const shell: Verdict | undefined = SHELL.test(command.trim())
    ? { tier: 'review', why: 'it is an interpreter, not a service' }
    : undefined;
  const verdict = gravest([judgeCommand(command), shell]);
  if (verdict !== undefined && verdict.tier !== 'note') yield toldOf(SERVICE, where, command, verdict);
}

const DRIVER_FOLDERS =
  /^c:\\windows\\(?:system32\\(?:drivers\\|driverstore\\|[^\\]{1,255}$)|syswow64\\drivers\\|sysnative\\drivers\\)/;

function judgeDriver(image: string): Verdict | undefined {
  const plain = toPlainPath(image);
  if (DRIVER_FOLDERS.test(plain)) return undefined;
  const verdict = judgePlace(plain);
  // Drivers of hypervisors and of Defender lie with their programs.
  if (verdict?.tier === 'note' && !/^c:\\(?:program files(?: \(x86\))?|programdata)\\/.test(plain))
    return { tier: 'review', why: 'no drivers are there' };
  return verdict ?? { tier: 'review', why: 'no drivers are there' };
}
