import { at, buildHive, type ValueDraft } from '../../../registry/testing/hive-builder.ts';
import { testCases } from '../../../testing/detector-cases.ts';
import { services } from './index.ts';

const SYSTEM = 'Windows/System32/config/SYSTEM';

const hiveOf = (
  given: Record<string, Record<string, ValueDraft>>,
  dlls: Record<string, string> = {},
): Buffer => {
  const keys = Object.entries(given).map(([name, values]) => [
    name,
    { values, keys: dlls[name] === undefined ? {} : { Parameters: { values: { ServiceDll: dlls[name] } } } },
  ]);
  return buildHive(at('ControlSet001\\Services', { keys: Object.fromEntries(keys) }));
};

testCases(services, [
  {
    name: 'Windows, Defender and agents are silent',
    kind: 'disk',
    files: {
      [SYSTEM]: hiveOf(
        {
          EventLog: {
            Type: 0x20,
            ImagePath: '%SystemRoot%\\System32\\svchost.exe -k LocalServiceNetworkRestricted -p',
          },
          TrustedInstaller: { Type: 0x10, ImagePath: '%SystemRoot%\\servicing\\TrustedInstaller.exe' },
          WinDefend: {
            Type: 0x10,
            ImagePath: '"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18\\MsMpEng.exe"',
          },
          AmazonSSMAgent: { Type: 0x10, ImagePath: '"C:\\Program Files\\Amazon\\SSM\\amazon-ssm-agent.exe"' },
          RdAgent: { Type: 0x10, ImagePath: 'C:\\WindowsAzure\\Packages\\WaAppAgent.exe' },
          ACPI: { Type: 1, ImagePath: 'System32\\drivers\\ACPI.sys' },
          BasicDisplay: {
            Type: 1,
            ImagePath: '\\SystemRoot\\System32\\DriverStore\\FileRepository\\x\\BasicDisplay.sys',
          },
          Beep: { Type: 1 },
        },
        { EventLog: '%SystemRoot%\\System32\\wevtsvc.dll' },
      ),
    },
    expected: [],
  },
  {
    name: 'programs, libraries and interpreters',
    files: {
      [SYSTEM]: hiveOf(
        {
          a: { Type: 0x10, ImagePath: 'C:\\ProgramData\\x.exe' },
          b: { Type: 0x20, ImagePath: '%SystemRoot%\\System32\\svchost.exe -k b' },
          c: { Type: 0x10, ImagePath: '%COMSPEC% /c powershell -enc SQBFAFgAIAAnAGkAbgBlAHIAdAAnAA==' },
          d: { Type: 0x10, ImagePath: 'C:\\Windows\\System32\\cmd.exe /c start x' },
          e: {
            Type: 0x10,
            ImagePath: 'C:\\Program Files\\e\\e.exe',
            FailureCommand: 'C:\\Windows\\Temp\\x.bat',
          },
        },
        { b: 'C:\\Users\\Public\\x.dll' },
      ),
    },
    expected: [
      ...Array.from({ length: 4 }, () => `block windows/service ${SYSTEM}`),
      `review windows/service ${SYSTEM}`,
    ],
  },
  {
    name: 'drivers elsewhere',
    files: {
      [SYSTEM]: hiveOf({
        a: { Type: 1, ImagePath: '\\??\\C:\\Windows\\Temp\\x.sys' },
        b: { Type: 1, ImagePath: '\\??\\C:\\Windows\\x.sys' },
        c: {
          Type: 1,
          ImagePath: '\\??\\C:\\Program Files\\Common Files\\VMware\\Drivers\\memctl\\vmmemctl.sys',
        },
        d: { Type: 2, ImagePath: '\\??\\C:\\tools\\x.sys' },
      }),
    },
    expected: [
      `block windows/driver ${SYSTEM}`,
      `note windows/driver ${SYSTEM}`,
      `review windows/driver ${SYSTEM}`,
      `review windows/driver ${SYSTEM}`,
    ],
  },
]);
