import { type DetectorCase, historyOf, testCases } from '../../../testing/detector-cases.ts';
import { coverUp } from './index.ts';

const review = ['review scripts/cover-up x.sh'];
const script = (text: string) => ({ 'x.sh': `#!/bin/sh\n${text}\n` });

const cases: readonly DetectorCase[] = [
  { name: 'a cron table made immutable', files: script('chattr +i /etc/cron.d/job'), expected: review },
  { name: 'itself made immutable', files: script('chattr -R +ia "$0"'), expected: review },
  { name: 'no history file', files: script('unset HISTFILE'), expected: review },
  { name: 'history to nowhere', files: script('export HISTFILE=/dev/null'), expected: review },
  { name: 'history switched off', files: script('set +o history'), expected: review },
  { name: 'logs and history gone', files: script('history -c; echo > /var/log/wtmp'), expected: review },
  {
    name: 'nothing: logs emptied by a build',
    files: script('rm -rf /var/log/* /var/lib/apt/lists/*'),
    expected: [],
  },
  { name: 'nothing: one log emptied', files: script('truncate -s 0 /var/log/messages'), expected: [] },
  {
    name: 'nothing: an image sealed',
    files: script('apt-get clean\n> /var/log/wtmp\nrm -f /root/.bash_history'),
    expected: [],
  },
  { name: 'nothing: resolv.conf kept', files: script('chattr +i /etc/resolv.conf'), expected: [] },
  { name: 'nothing: build history', config: historyOf('RUN unset HISTFILE && make'), expected: [] },
];

testCases(coverUp, cases);
