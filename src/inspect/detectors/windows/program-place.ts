import { win32 } from 'node:path';
import type { Tier } from '../../../core/finding.ts';

/** Why something that Windows starts by itself deserves a look, and how grave that is. */
export interface Verdict {
  readonly tier: Tier;
  /** As in `it lies in a temporary folder`. */
  readonly why: string;
}

const VARIABLES: Readonly<Record<string, string>> = {
  allusersprofile: 'c:\\programdata',
  appdata: 'c:\\users\\someone\\appdata\\roaming',
  commonprogramfiles: 'c:\\program files\\common files',
  'commonprogramfiles(x86)': 'c:\\program files (x86)\\common files',
  commonprogramw6432: 'c:\\program files\\common files',
  comspec: 'c:\\windows\\system32\\cmd.exe',
  homedrive: 'c:',
  homepath: '\\users\\someone',
  localappdata: 'c:\\users\\someone\\appdata\\local',
  programdata: 'c:\\programdata',
  programfiles: 'c:\\program files',
  'programfiles(x86)': 'c:\\program files (x86)',
  programw6432: 'c:\\program files',
  public: 'c:\\users\\public',
  systemdrive: 'c:',
  systemroot: 'c:\\windows',
  temp: 'c:\\users\\someone\\appdata\\local\\temp',
  tmp: 'c:\\users\\someone\\appdata\\local\\temp',
  userprofile: 'c:\\users\\someone',
  windir: 'c:\\windows',
};

/** Lower case, with the variables of cmd and PowerShell at the values that they have on most machines. */
export function expandVariables(text: string): string {
  return text
    .toLowerCase()
    .replace(/%([a-z0-9()]{1,30})%/g, (whole, name: string) => VARIABLES[name] ?? whole)
    .replace(/\$\{?env:([a-z0-9()]{1,30})\}?/g, (whole, name: string) => VARIABLES[name] ?? whole);
}

/** A path as the kernel, a service or a command line has it, in one form: `c:\…`, without `..` and trailing dots. */
export function toPlainPath(path: string): string {
  const plain = expandVariables(path)
    .trim()
    .replace(/^["']|["']$/g, '')
    .replaceAll('/', '\\')
    .replace(/^\\(?:\?\?|\\[?.])\\(?:unc\\)?(?=[a-z]:|\\)/, '')
    .replace(/^\\?(?:systemroot|windows)\\/, 'c:\\windows\\')
    .replace(/^\\?(system32|syswow64)\\/, 'c:\\windows\\$1\\');
  return plain === '' ? '' : win32.normalize(plain).replace(/[. ]{1,20}$/, '');
}

/** Where a program is that Windows starts: the graver places first. */
const PLACES: readonly (readonly [RegExp, Tier, string])[] = [
  [/^[a-z]:\\[^:]*:[^\\]/, 'block', 'it is in an alternate stream of a file'],
  [
    /^[a-z]:\\(?:windows\\)?te?mp\\|\\appdata\\local(?:low)?\\te?mp\\|\\local settings\\temp\\/,
    'block',
    'it lies in a temporary folder',
  ],
  [/^[a-z]:\\(?:users\\public|documents and settings\\public)\\/, 'block', 'it lies in the public folder'],
  [
    /^[a-z]:\\(?:\$recycle\.bin|recycler|perflogs|system volume information)\\/,
    'block',
    'it lies where no programs are',
  ],
  [
    /^[a-z]:\\windows\\(?:tasks|tracing|debug|fonts|system32\\(?:tasks|spool\\drivers\\color|microsoft\\crypto)|syswow64\\tasks)\\/,
    'block',
    'it lies where no programs are',
  ],
  [/^\\\\[^\\]{1,255}@(?:ssl|\d{1,5})/, 'block', 'it is fetched from a web folder'],
  [/^[a-z]:\\programdata\\[^\\]{1,255}$/, 'block', 'it lies where anybody may write'],
  [
    /^[a-z]:\\users\\[^\\]{1,255}\\(?:appdata\\(?:(?:roaming|local|locallow)\\)?)?[^\\]{1,255}$/,
    'block',
    'it lies at the top of a profile, where no installer puts programs',
  ],
  [
    /^[a-z]:\\programdata\\(?:microsoft\\windows defender\\(?:platform|definition updates)|amazon\\ec2-windows|amazon\\ec2launch|package cache|chocolatey)\\|^[a-z]:\\users\\[^\\]{1,255}\\appdata\\local\\(?:microsoft\\(?:onedrive|teams|windowsapps|edgeupdate)|google\\(?:update|googleupdater)|programs)\\/,
    'note',
    'it is not part of Windows',
  ],
  [/^[a-z]:\\(?:programdata|users|documents and settings)\\/, 'review', 'it lies where its user may write'],
  [/^\\\\/, 'review', 'it lies on another machine'],
  [/^[a-z]:\\[^\\]{1,255}$/, 'review', 'it lies at the root of a drive'],
];

/** Programs whose names are borrowed so that nobody looks twice. */
const IMITATED =
  /\\(?:svchost|lsass|csrss|winlogon|services|smss|wininit|spoolsv|taskhostw?|conhost|dllhost|rundll32|lsm|dwm|ctfmon|sihost|runtimebroker)\.exe$/;
const DOUBLE_EXTENSION =
  /\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|rtf|zip)\s{0,100}\.(?:exe|scr|com|pif|bat|cmd|js|jse|vbs|vbe|wsf|hta|lnk|ps1)$/;

/** Judges the place of a program; undefined where it is among those of Windows. */
export function judgePlace(path: string): Verdict | undefined {
  const plain = toPlainPath(path);
  if (plain === '') return undefined;
  for (const [pattern, tier, why] of PLACES) {
    if (!pattern.test(plain)) continue;
    if (tier !== 'block' && imitates(plain)) break;
    return { tier, why };
  }
  if (imitates(plain)) return { tier: 'block', why: 'it has the name of a part of Windows, elsewhere' };
  if (DOUBLE_EXTENSION.test(plain)) return { tier: 'review', why: 'its name pretends to be a document' };
  if (/^[a-z]:\\windows\\/.test(plain)) return undefined;
  return { tier: 'note', why: 'it is not part of Windows' };
}

function imitates(plain: string): boolean {
  return IMITATED.test(plain) && !/^[a-z]:\\windows\\/.test(plain);
}
