import { at, buildHive } from '../../../registry/testing/hive-builder.ts';
import { testCases } from '../../../testing/detector-cases.ts';
import { scheduledTasks } from './index.ts';

const PATH = 'Windows/System32/Tasks/Vendor/x';
const SOFTWARE = 'Windows/System32/config/SOFTWARE';

const taskOf = (command: string, parameters?: string): string =>
  `<?xml version="1.0" encoding="UTF-16"?><Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
<Actions Context="Author"><Exec><Command>${command}</Command>${
    parameters === undefined ? '' : `<Arguments>${parameters}</Arguments>`
  }</Exec></Actions></Task>`;
const wide = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

const string = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
};
const cached = (command: string, parameters: string): Buffer =>
  Buffer.concat([
    Buffer.from([3, 0]),
    string('LocalSystem'),
    Buffer.from([0x66, 0x66]),
    ...['', command, parameters, ''].map(string),
    Buffer.alloc(2),
  ]);
const CACHE = 'Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache';
const hiveOf = (actions: Buffer, sd = true): Buffer =>
  buildHive(
    at(CACHE, {
      keys: {
        Tasks: { keys: { '{1}': { values: { Path: '\\x', Actions: { type: 3, data: actions } } } } },
        Tree: {
          keys: { x: { values: { Id: '{1}', ...(sd && { SD: { type: 3, data: Buffer.alloc(8) } }) } } },
        },
      },
    }),
  );

const job = (command: string): Buffer => {
  const head = Buffer.alloc(70);
  head.writeUInt16LE(70, 20);
  const bytes = Buffer.from(`${command}\0`, 'utf16le');
  return Buffer.concat([head, Buffer.from([bytes.length / 2, 0]), bytes, Buffer.from([0, 0])]);
};

testCases(scheduledTasks, [
  {
    name: 'tasks of Windows, of an agent and of EC2',
    kind: 'disk',
    files: {
      'Windows/System32/Tasks/Microsoft/Windows/PLA/x': wide(
        taskOf(
          '%systemroot%\\system32\\rundll32.exe',
          '%systemroot%\\system32\\pla.dll,PlaHost &quot;x&quot;',
        ),
      ),
      'Windows/System32/Tasks/MicrosoftEdgeUpdate': wide(
        taskOf('C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe', '/c'),
      ),
      'Windows/System32/Tasks/Amazon Ec2 Launch': wide(
        taskOf(
          'powershell.exe',
          '-NoProfile -ExecutionPolicy Unrestricted -File &quot;C:\\ProgramData\\Amazon\\EC2-Windows\\Launch\\Scripts\\InitializeInstance.ps1&quot;',
        ),
      ),
      [SOFTWARE]: hiveOf(cached('%windir%\\system32\\usoclient.exe', 'StartScan')),
      'home/tasks/x': taskOf('C:\\Temp\\x.exe'),
    },
    expected: [],
  },
  {
    name: 'a program in Temp, as UTF-16',
    files: { [PATH]: wide(taskOf('C:\\Windows\\Temp\\x.exe')) },
    expected: [`block windows/scheduled-task ${PATH}`],
  },
  {
    name: 'an encoded command, as UTF-8',
    files: { [PATH]: taskOf('powershell', '-enc SQBFAFgAIAAnAGkAbgBlAHIAdAAnAA==') },
    expected: [`block windows/scheduled-task ${PATH}`],
  },
  {
    name: 'a program with a space in its path',
    files: { [PATH]: taskOf('C:\\Users\\Public\\a b\\x.exe', '-x') },
    expected: [`block windows/scheduled-task ${PATH}`],
  },
  {
    name: 'a task in the registry only, and in no list',
    files: { [SOFTWARE]: hiveOf(cached('cmd.exe', '/c C:\\ProgramData\\x.bat'), false) },
    expected: [`block windows/scheduled-task ${SOFTWARE}`, `review windows/hidden-task ${SOFTWARE}`],
  },
  {
    name: 'a task in the registry that is written otherwise',
    files: { [SOFTWARE]: hiveOf(Buffer.from('xx cmd /c C:\\Users\\Public\\x.bat', 'utf16le')) },
    expected: [`block windows/scheduled-task ${SOFTWARE}`],
  },
  {
    name: 'an old job',
    files: { 'Windows/Tasks/At1.job': job('C:\\PerfLogs\\x.exe') },
    expected: ['block windows/scheduled-task Windows/Tasks/At1.job'],
  },
]);
