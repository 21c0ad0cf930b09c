import type { Detector, FileView } from '../../../contract.ts';
import type { Hive, HiveKey } from '../../../registry/hive.ts';
import { gravest, judgeCommand } from '../command-line.ts';
import { decodeText, xmlTexts } from '../decoded-text.ts';
import { readHive, textOf, wantHives } from '../hives.ts';
import { type Told, toFindings, toldOf } from '../told.ts';
import { type Action, actionsOf, jobOf } from './actions.ts';

/*
 * A task is written twice: as XML below System32\Tasks, and in the registry, from where the scheduler runs it. One whose file was deleted
 * still runs, and one whose descriptor was deleted is in no list (ATT&CK T1053.005). So both are read.
 */

const TASK = 'windows/scheduled-task';
const HIDDEN = 'windows/hidden-task';
const FILE = /(?:^|\/)(?:system32|syswow64|sysnative)\/tasks(?:_migrated)?\/.{1,1000}$/i;
const JOB = /(?:^|\/)windows\/tasks\/[^/]{1,255}\.job$/i;
/** Files of tasks have a few thousand bytes. */
const MAX_FILE = 4 * 2 ** 20;
const CACHE = 'Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\';
const MAX_DEPTH = 32;

export const scheduledTasks: Detector<Told> = {
  id: 'windows/scheduled-tasks',
  rules: [
    {
      id: TASK,
      tier: 'review',
      title: 'A scheduled task starts something from an odd place, or something odd',
      remedy: 'Delete the task and what it starts, or install the program where programs belong.',
      attack: ['T1053.005'],
      controls: ['TVM-06', 'UEM-14'],
      references: ['https://attack.mitre.org/techniques/T1053/005/'],
    },
    {
      id: HIDDEN,
      tier: 'review',
      title: 'A scheduled task is hidden from the lists of tasks',
      remedy: 'Delete the task in the registry, and look for who made it.',
      attack: ['T1053.005', 'T1564'],
      controls: ['TVM-06', 'UEM-14'],
      references: [
        'https://www.microsoft.com/security/blog/2022/04/12/tarrask-malware-uses-scheduled-tasks-for-defense-evasion/',
      ],
    },
  ],
  examiner: {
    id: 'windows/scheduled-tasks',
    version: 2,
    namesMatter: true,
    wants: [{ paths: FILE, maxSize: MAX_FILE }, { paths: JOB, maxSize: MAX_FILE }, ...wantHives('software')],
    examine: told,
  },
  judge: (_image, seen) => toFindings(seen),
};

function* told(file: FileView): Generator<Told> {
  const { path } = file.record;
  if (JOB.test(path)) {
    const job = jobOf(file.bytes);
    if (job === undefined) file.cut('the task: it is damaged');
    else yield* judged('Job', job);
  } else if (FILE.test(path)) {
    for (const action of actionsOfXml(decodeText(file.bytes))) yield* judged('Exec', action);
  } else yield* readHive(file, ['software'], cached);
}

function* actionsOfXml(text: string): Generator<Action> {
  let command: string | undefined;
  for (const element of xmlTexts(text)) {
    if (element.within.at(-1)?.toLowerCase() !== 'exec') continue;
    const name = element.name.toLowerCase();
    // Arguments follow their command, as the schema has it; in another order they are judged alone.
    if (name === 'command') {
      if (command !== undefined) yield { command, parameters: '' };
      command = element.text.trim();
    } else if (name === 'arguments') {
      yield { command: command ?? '', parameters: element.text.trim() };
      command = undefined;
    }
  }
  if (command !== undefined) yield { command, parameters: '' };
}

function* cached(hive: Hive): Generator<Told> {
  for (const task of hive.key(`${CACHE}Tasks`)?.subkeys() ?? []) {
    const data = task.value('Actions')?.data;
    const where = `TaskCache ${textOf(task, 'Path') ?? task.name}`;
    for (const action of data === undefined ? [] : actionsOf(data)) yield* judged(where, action);
  }
  yield* hiddenBelow(hive.key(`${CACHE}Tree`), '', 0);
}

function* hiddenBelow(folder: HiveKey | undefined, path: string, depth: number): Generator<Told> {
  for (const key of folder?.subkeys() ?? []) {
    const name = `${path}\\${key.name}`;
    if (textOf(key, 'Id') !== undefined && key.value('SD') === undefined)
      yield { rule: HIDDEN, tier: 'review', evidence: `${name} has no security descriptor` };
    if (depth < MAX_DEPTH) yield* hiddenBelow(key, name, depth + 1);
  }
}

function* judged(where: string, { command, parameters }: Action): Generator<Told> {
  const program = /\s/.test(command) && !command.startsWith('"') ? `"${command}"` : command;
  const line = parameters === '' ? command : `${program} ${parameters}`;
  // As it is, and as a program with spaces in its path.
  const verdict = gravest([judgeCommand(line), judgeCommand(program)]);
  if (verdict !== undefined && verdict.tier !== 'note') yield toldOf(TASK, where, line, verdict);
}
