import type { Detector, FileView } from '../../../contract.ts';
import { type Told, toFindings } from '../told.ts';
import { answersOf } from './answer-file.ts';
import { scriptOf } from './script.ts';
import { consumersOf, NEEDLES } from './wmi-consumers.ts';

/*
 * Files that Windows runs because of where they lie: the Startup folders, what set-up runs when it is done, answers to set-up, user data of
 * clouds, profiles of PowerShell, and consumers of events in the repository of WMI (ATT&CK T1547.001, T1546.003, T1546.013).
 */

const STARTUP = 'windows/startup-file';
const ANSWERS = 'windows/answer-file';
const USER_DATA = 'windows/user-data';
const CONSUMER = 'windows/wmi-consumer';

/** What lies in a Startup folder is opened at logon; `desktop.ini` is its icon. */
const FOLDER = /(?:^|\/)start menu\/programs\/startup\/(?!desktop\.ini$)[^/]{1,255}$/i;
const AFTER_SETUP =
  /(?:^|\/)windows\/(?:setup\/scripts\/(?:setupcomplete|errorhandler|oobe)\.cmd|system32\/grouppolicy\/(?:machine|user)\/scripts\/(?:startup|shutdown|logon|logoff)\/[^/]{1,255})$|(?:^|\/)recovery\/oem\/[^/]{1,255}\.(?:cmd|bat|ps1)$/i;
const PROFILE =
  /(?:^|\/)(?:windowspowershell\/v1\.0|documents\/(?:windows)?powershell|program files\/powershell\/[^/]{1,20})\/(?:microsoft\.[a-z]{1,30}_)?profile\.ps1$/i;
const ANSWER_FILE =
  /(?:^|\/)(?:(?:windows\/(?:panther(?:\/unattend)?|system32\/sysprep(?:\/panther)?)|programdata\/amazon\/ec2launch\/sysprep|ec2-windows\/launch\/sysprep|ec2configservice|cloudbase-init\/conf)\/[^/]{0,60}(?:unattend|sysprep)[^/]{0,60}\.(?:xml|inf)|(?:auto)?unattend\.xml)$/i;
const CLOUD_DATA =
  /(?:^|\/)(?:amazon\/ec2-windows\/launch\/scripts\/userscript\.(?:ps1|bat|cmd)|amazon\/ec2launch\/(?:state|run|temp)\/[^/]{0,100}(?:userscript|user-?data)[^/]{0,100}|amazon\/ec2configservice\/scripts\/userscript\.(?:ps1|bat|cmd)|windows\/(?:temp|system32\/config\/systemprofile\/appdata\/local\/temp)\/(?:amazon\/)?(?:[^/]{1,60}\/)?userscript\.(?:ps1|bat|cmd)|cloudbase-init\/localscripts\/[^/]{1,255}|azuredata\/customdata\.bin)$/i;
const REPOSITORY = /(?:^|\/)wbem\/repository\/(?:fs\/)?objects\.data$/i;
/** Scripts and answer files are small; shortcuts and programs are told by their place. */
const MAX_FILE = 2 * 2 ** 20;

const shared = { controls: ['TVM-06', 'UEM-14'] };

export const startupFiles: Detector<Told> = {
  id: 'windows/startup-files',
  rules: [
    {
      id: STARTUP,
      tier: 'review',
      title: 'Windows runs a file because of where it lies',
      remedy:
        'Remove it, unless it is your own: what an image runs by itself should be known to who starts it.',
      attack: ['T1547.001', 'T1546.013', 'T1037'],
      ...shared,
      references: ['https://attack.mitre.org/techniques/T1547/001/'],
    },
    {
      id: ANSWERS,
      tier: 'review',
      title: 'An answer file of set-up holds a password or runs commands',
      remedy: 'Delete it when set-up is done, and change the passwords in it wherever they are used.',
      attack: ['T1552.001', 'T1037'],
      controls: ['DSP-17', 'UEM-14'],
      references: [
        'https://learn.microsoft.com/windows-hardware/manufacture/desktop/windows-setup-automation-overview',
      ],
    },
    {
      id: USER_DATA,
      tier: 'review',
      title: 'A script that a cloud gave an instance was left in the image, or runs at its first boot',
      remedy: 'Delete it before the image is made, and change every secret in it.',
      attack: ['T1059.001', 'T1552.001', 'T1525'],
      controls: ['DSP-17', 'TVM-06', 'UEM-14'],
      references: ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html'],
    },
    {
      id: CONSUMER,
      tier: 'review',
      title: 'WMI runs a command or script when an event occurs',
      remedy: 'Delete the consumer, its filter and their binding, and what it runs.',
      attack: ['T1546.003'],
      ...shared,
      references: ['https://attack.mitre.org/techniques/T1546/003/'],
    },
  ],
  examiner: {
    id: 'windows/startup-files',
    version: 1,
    namesMatter: true,
    wants: [
      { paths: FOLDER },
      ...[AFTER_SETUP, PROFILE, ANSWER_FILE, CLOUD_DATA].map((paths) => ({ paths, maxSize: MAX_FILE })),
      { paths: REPOSITORY, needles: NEEDLES },
    ],
    examine: told,
  },
  judge: (_image, seen) => toFindings(seen),
};

function* told(file: FileView): Generator<Told> {
  const { path } = file.record;
  if (REPOSITORY.test(path)) yield* consumersOf(file, CONSUMER);
  else if (file.base > 0) return;
  else if (ANSWER_FILE.test(path)) yield* answersOf(file, ANSWERS);
  else if (CLOUD_DATA.test(path)) yield* scriptOf(file, USER_DATA);
  else if (FOLDER.test(path) || AFTER_SETUP.test(path) || PROFILE.test(path)) yield* scriptOf(file, STARTUP);
}
