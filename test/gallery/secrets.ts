import { generateKeyPairSync } from 'node:crypto';
import { checksumOf } from '../../src/inspect/detectors/secrets/tokens/checksum.ts';
import type { Exhibit } from './exhibit.ts';

/* Keys are made when the tests run, and tokens joined, so that no scanner of repositories takes this file for a leak. */

const RANDOM = 'q7Zk2VbN9xTf4LmW8sYdRc3HjPeA1u';
export const GITHUB_TOKEN = `${'gh'}p_${RANDOM}${checksumOf(RANDOM)}`;
const AWS = `aws_access_key_id = ${'AK'}IAQ3EGLKZ7NVWTRB5D\naws_secret_access_key = w4Jk/8sYdRc3HjPeA1uq7Zk2VbN9xTf+LmWo5GhX\n`;
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

const files: readonly (readonly [name: string, rule: string, path: string, text: string])[] = [
  ['a private key', 'secrets/private-key', 'srv/app/server.key', String(KEY)],
  ['a GitHub token', 'secrets/token', 'app/.env', `GITHUB_TOKEN=${GITHUB_TOKEN}\n`],
  ['an AWS key with its secret', 'secrets/token', 'app/settings.ini', AWS],
];

export const SECRETS: readonly Exhibit[] = [
  ...files.map(([name, rule, path, text]) => ({
    indicator: 'secret' as const,
    name: `${name} in a file`,
    layers: [{ [path]: text }],
    expect: { rule, tier: 'review', path, layer: 1 } as const,
  })),
  ...files.map(([name, rule, path, text]) => ({
    indicator: 'secret' as const,
    name: `${name} in a file that a later layer deletes`,
    layers: [{ [path]: text }, { [path]: null }],
    expect: { rule, tier: 'review', path, layer: 1, hidden: 'deleted' } as const,
  })),
  {
    indicator: 'secret',
    name: 'a GitHub token in the environment',
    config: { Cmd: ['/bin/sh'], Env: [`DEPLOY=${GITHUB_TOKEN}`] },
    expect: { rule: 'secrets/environment', tier: 'review', config: 'Env.DEPLOY' },
  },
  {
    indicator: 'secret',
    name: 'a GitHub token in the history',
    history: [{ created_by: `RUN |1 TOKEN=${GITHUB_TOKEN} /bin/sh -c make # buildkit` }],
    expect: { rule: 'secrets/environment', tier: 'review', config: 'history[0]' },
  },
];
