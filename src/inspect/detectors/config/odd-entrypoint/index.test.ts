import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { oddEntrypoint } from './index.ts';

const odd: readonly (readonly string[])[] = [
  ['/tmp/run'],
  ['/dev/shm/x'],
  ['/var/tmp/.x/app'],
  ['/usr/lib/.hidden/app'],
  ['/.x'],
  ['/var/sbin/bash'],
  ['sh', '/tmp/start.sh'],
  ['sh', '-c', 'exec /dev/shm/a --b'],
  ['/sbin/tini', '--', '/tmp/run'],
  ['/data/sshd', '-D'],
];
const ordinary: readonly (readonly string[])[] = [
  ['/app/server'],
  ['/server'],
  ['/usr/local/bin/app'],
  ['nginx', '-g', 'daemon off;'],
  ['/docker-entrypoint.sh', 'postgres'],
  ['/app/.venv/bin/python', '-m', 'app'],
  ['node', '.output/server/index.mjs'],
  ['/root/.local/bin/tool'],
  ['sh', '-c', 'cd /tmp && exec /app/run'],
  ['./app'],
  ['/usr/sbin/sshd', '-D'],
  ['/usr/bin/tini', '-g', '--', '/opt/app/run', '--data', '/tmp/x'],
  ['java', '-Djava.io.tmpdir=/tmp', '-jar', '/app.jar'],
];

const cases: readonly DetectorCase[] = [
  ...odd.map((entrypoint) => ({
    name: entrypoint.join(' '),
    config: { entrypoint },
    expected: ['review config/odd-entrypoint Entrypoint'],
  })),
  ...ordinary.map((entrypoint) => ({
    name: `nothing: ${entrypoint.join(' ')}`,
    config: { entrypoint },
    expected: [],
  })),
  {
    name: 'from the working folder',
    config: { cmd: ['./run'], workingDir: '/tmp' },
    expected: ['review config/odd-entrypoint Cmd'],
  },
];

testCases(oddEntrypoint, cases);
