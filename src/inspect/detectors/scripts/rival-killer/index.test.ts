import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { rivalKiller } from './index.ts';

const block = (path: string) => [`block scripts/rival-killer ${path}`];

const cases: readonly DetectorCase[] = [
  { name: 'by name', files: { 'x.sh': '#!/bin/sh\npkill -f kinsing\n' }, expected: block('x.sh') },
  {
    name: 'by a pipeline',
    files: { 'x.sh': "ps aux | grep -v grep | grep 'xmrig' | awk '{print $2}' | xargs -I % kill -9 %\n" },
    expected: block('x.sh'),
  },
  {
    name: 'by pool',
    files: { 'x.sh': 'pkill -f pool.minexmr.com\nkillall -9 xmrig\n' },
    expected: [...block('x.sh'), ...block('x.sh')],
  },
  { name: 'from Python', files: { 'x.py': 'os.system("killall -9 minerd")\n' }, expected: block('x.py') },
  { name: 'at the start', config: { cmd: ['sh', '-c', 'pkill xmrig; exec /app'] }, expected: block('Cmd') },
  {
    name: 'nothing: other programs',
    files: { 'x.sh': '#!/bin/sh\npkill -f nginx\nkill -9 $PID\n' },
    expected: [],
  },
  { name: 'nothing: a comment', files: { 'x.sh': '#!/bin/sh\n# pkill xmrig\n' }, expected: [] },
  { name: 'nothing: documentation', files: { 'README.md': 'pkill -f xmrig' }, expected: [] },
  {
    name: 'nothing: names without a kill',
    files: { 'x.py': 'MINERS = ["xmrig", "kinsing"]\ndef kill (pid): pass\n' },
    expected: [],
  },
];

testCases(rivalKiller, cases);
