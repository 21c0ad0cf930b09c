import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Credentials, findCredentials } from './credentials.ts';
import { NEVER } from './testing/server.ts';

const HOST = 'r.example';
const REPOSITORY = 'team/app';

let home = '';
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'pratique-credentials-'));
});
after(() => rm(home, { recursive: true, force: true }));

const config = (user: string, key = HOST): string =>
  JSON.stringify({ auths: { [key]: { auth: Buffer.from(`${user}:pw`).toString('base64') } } });

/** A fresh home with these files; programs (`bin/…`) are executable. */
async function place(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(home, 'home-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    if (name.startsWith('bin/')) await chmod(path, 0o755);
  }
  return folder;
}

interface Setup {
  readonly files?: Record<string, string>;
  /** `~` stands for the home folder. */
  readonly env?: Record<string, string>;
  readonly explicit?: Credentials;
  readonly explicitHost?: string;
  readonly host?: string;
  readonly repository?: string;
  readonly helperMs?: number;
}

async function find(setup: Setup): Promise<{ who: string; where: string }> {
  const homeDir = await place(setup.files ?? {});
  const expand = (text: string): string => text.replaceAll('~', homeDir);
  const env = Object.fromEntries(
    Object.entries(setup.env ?? {}).map(([name, value]) => [name, expand(value)]),
  );
  const answer = await findCredentials(
    setup.host ?? HOST,
    setup.repository ?? REPOSITORY,
    {
      ...(setup.explicit === undefined ? {} : { explicit: setup.explicit }),
      explicitHost: setup.explicitHost ?? HOST,
      env: { ...env, PATH: `${join(homeDir, 'bin')}:${process.env.PATH}` },
      homeDir,
      helperMs: setup.helperMs ?? 5000,
    },
    NEVER,
  );
  const { credentials } = answer;
  if (credentials === undefined)
    return { who: '-', where: answer.searched.join(' ').replaceAll(homeDir, '~') };
  const who =
    credentials.kind === 'password' ? credentials.username : `${credentials.kind} ${credentials.token}`;
  return { who, where: answer.source.replaceAll(homeDir, '~') };
}

const ENV = {
  PRATIQUE_REGISTRY_USERNAME: 'environment',
  PRATIQUE_REGISTRY_PASSWORD: 'pw',
  PRATIQUE_REGISTRY_AUTH_HOST: HOST,
};
const ALL_FILES = {
  'named.json': config('named'),
  'run/containers/auth.json': config('run'),
  '.config/containers/auth.json': config('podman'),
  '.docker/config.json': config('docker'),
  'other/config.json': config('other'),
};
const explicit: Credentials = { kind: 'password', username: 'option', password: 'pw' };

/** Each row takes away what won in the row before. */
const precedence: [name: string, setup: Setup, who: string, where: string][] = [
  ['options', { explicit, env: ENV, files: ALL_FILES }, 'option', 'the options'],
  [
    'environment',
    { env: { ...ENV, DOCKER_AUTH_CONFIG: config('inline') }, files: ALL_FILES },
    'environment',
    'PRATIQUE_REGISTRY_USERNAME',
  ],
  [
    'DOCKER_AUTH_CONFIG',
    { env: { DOCKER_AUTH_CONFIG: config('inline'), REGISTRY_AUTH_FILE: '~/named.json' }, files: ALL_FILES },
    'inline',
    'DOCKER_AUTH_CONFIG',
  ],
  [
    'REGISTRY_AUTH_FILE',
    { env: { REGISTRY_AUTH_FILE: '~/named.json', XDG_RUNTIME_DIR: '~/run' }, files: ALL_FILES },
    'named',
    '~/named.json',
  ],
  [
    'XDG_RUNTIME_DIR',
    { env: { XDG_RUNTIME_DIR: '~/run' }, files: ALL_FILES },
    'run',
    '~/run/containers/auth.json',
  ],
  ['~/.config', { files: ALL_FILES }, 'podman', '~/.config/containers/auth.json'],
  [
    'DOCKER_CONFIG',
    { env: { DOCKER_CONFIG: '~/other', XDG_CONFIG_HOME: '~/none' }, files: ALL_FILES },
    'other',
    '~/other/config.json',
  ],
  ['~/.docker', { env: { XDG_CONFIG_HOME: '~/none' }, files: ALL_FILES }, 'docker', '~/.docker/config.json'],
  ['nothing', {}, '-', ''],
  [
    'nothing for this host',
    { host: 'q.example', explicit, env: ENV, files: { '.docker/config.json': config('docker') } },
    '-',
    '~/.docker/config.json',
  ],
];

for (const [name, setup, who, where] of precedence) {
  test(`credentials: ${name} come first`, async () => assert.deepEqual(await find(setup), { who, where }));
}

const docker = (value: unknown): Setup => ({ files: { '.docker/config.json': JSON.stringify(value) } });
const entry = (user: string): { auth: string } => ({ auth: Buffer.from(`${user}:pw`).toString('base64') });

const hosts: [name: string, setup: Setup, who: string][] = [
  ['options are for their host only', { explicit, explicitHost: 'q.example' }, '-'],
  [
    'the environment is for its host only',
    { env: { ...ENV, PRATIQUE_REGISTRY_AUTH_HOST: `${HOST}:5000` } },
    '-',
  ],
  [
    'the environment knows Docker Hub by its old name',
    { host: 'docker.io', env: { ...ENV, PRATIQUE_REGISTRY_AUTH_HOST: 'https://index.docker.io/v1/' } },
    'environment',
  ],
  ['another port is another host', docker({ auths: { 'r.example:5000': entry('me') } }), '-'],
  [
    'a longer name is another host',
    docker({ auths: { 'r.example.evil': entry('me'), 'a.r.example': entry('me') } }),
    '-',
  ],
  ['an old key', docker({ auths: { 'https://r.example/v1/': entry('me') } }), 'me'],
  [
    'Docker Hub',
    { ...docker({ auths: { 'https://index.docker.io/v1/': entry('me') } }), host: 'docker.io' },
    'me',
  ],
  [
    'the most specific Podman key',
    docker({
      auths: {
        'r.example': entry('host'),
        'r.example/team': entry('team'),
        'r.example/team/app': entry('app'),
      },
    }),
    'app',
  ],
  [
    'a Podman key above',
    docker({
      auths: { 'r.example': entry('host'), 'r.example/team': entry('team'), 'r.example/te': entry('no') },
    }),
    'team',
  ],
  ['a Podman key for something else', docker({ auths: { 'r.example/other': entry('other') } }), '-'],
];

for (const [name, setup, who] of hosts) {
  test(`credentials: ${name}`, async () => assert.equal((await find(setup)).who, who));
}

const SCRIPT = '#!/bin/sh\nread -r server\n';
const helper = (body: string, store: object = { credHelpers: { [HOST]: 'test' } }): Setup => ({
  files: { 'bin/docker-credential-test': `${SCRIPT}${body}\n`, '.docker/config.json': JSON.stringify(store) },
});
const SAY = `printf '{"Username":"<token>","Secret":"%s"}' "$1-$server"`;
const NONE = 'echo "credentials not found in native keychain"; exit 1';

const helpers: [name: string, setup: Setup, who: string][] = [
  ['is asked for the host', helper(SAY), `identity-token get-${HOST}`],
  [
    'is asked for the old name of Docker Hub',
    { ...helper(SAY, { credsStore: 'test' }), host: 'docker.io' },
    'identity-token get-https://index.docker.io/v1/',
  ],
  ['gives an identity token', helper(`echo '{"Username":"<token>","Secret":"t"}'`), 'identity-token t'],
  [
    'comes before an entry',
    helper(SAY, { credHelpers: { [HOST]: 'test' }, auths: { [HOST]: entry('me') } }),
    `identity-token get-${HOST}`,
  ],
  [
    'knows nothing: the entry counts',
    helper(NONE, { credHelpers: { [HOST]: 'test' }, auths: { [HOST]: entry('me') } }),
    'me',
  ],
  [
    'common store comes after an entry',
    helper(SAY, { credsStore: 'test', auths: { [HOST]: entry('me') } }),
    'me',
  ],
  [
    'common store comes for an empty entry',
    helper(SAY, { credsStore: 'test', auths: { [HOST]: {} } }),
    `identity-token get-${HOST}`,
  ],
  ['of another host is not asked', helper('exit 9', { credHelpers: { 'q.example': 'test' } }), '-'],
];

for (const [name, setup, who] of helpers) {
  test(`credential helper: ${name}`, async () => assert.equal((await find(setup)).who, who));
}

const failing: [name: string, setup: Setup, message: RegExp][] = [
  [
    'is missing',
    helper('', { credsStore: 'nowhere' }),
    /docker-credential-nowhere could not be run: install it/,
  ],
  ['has a name that is a path', helper('', { credsStore: '../bin/test' }), /no credential helper's name/],
  ['fails', helper('echo "no\ndaemon"; exit 3'), /exit status 3\): no daemon$/],
  ['talks nonsense', helper('echo "s3cret"'), /^docker-credential-test did not answer with/],
  ['talks without end', helper('exec yes'), /more than 65536 bytes/],
  ['never answers', { ...helper('sleep 60 & sleep 60'), helperMs: 100 }, /no answer within 100 ms/],
];

for (const [name, setup, message] of failing) {
  test(`credential helper: ${name}`, async () => {
    await assert.rejects(find(setup), { code: 'CREDENTIAL_HELPER_FAILED', message });
  });
}

const bad: [name: string, setup: Setup, message: RegExp][] = [
  ['the environment without a host', { env: { ...ENV, PRATIQUE_REGISTRY_AUTH_HOST: '' } }, /AUTH_HOST/],
  ['the environment without a password', { env: { ...ENV, PRATIQUE_REGISTRY_PASSWORD: '' } }, /together/],
  ['REGISTRY_AUTH_FILE that is missing', { env: { REGISTRY_AUTH_FILE: '~/gone.json' } }, /does not exist/],
  ['a broken file', { files: { '.docker/config.json': '{' } }, /config\.json: not valid JSON/],
  ['a huge file', { files: { '.docker/config.json': ' '.repeat(2 ** 20 + 1) } }, /larger than/],
  ['a user name with a colon', { explicit: { kind: 'password', username: 'a:b', password: 'c' } }, /colon/],
  [
    'a password with a line break',
    { explicit: { kind: 'password', username: 'a', password: 'c\nX: y' } },
    /header/,
  ],
  ['a token with a space', docker({ auths: { [HOST]: { registrytoken: 'a b' } } }), /header/],
];

for (const [name, setup, message] of bad) {
  test(`credentials: refuses ${name}`, async () => {
    await assert.rejects(find(setup), { code: 'USAGE', message });
  });
}
