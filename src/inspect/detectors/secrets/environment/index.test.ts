import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageConfig } from '../../../../core/image.ts';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { checksumOf } from '../tokens/checksum.ts';
import { environment } from './index.ts';

const RANDOM = 'q7Zk2VbN9xTf4LmW8sYdRc3HjPeA1u';
const TOKEN = `ghp_${RANDOM}${checksumOf(RANDOM)}`;
const history = (createdBy: string) => ({ history: [{ createdBy, emptyLayer: true }] });

const cases: readonly { name: string; config: Partial<ImageConfig>; expected: readonly string[] }[] = [
  { name: 'a token', config: { env: [`X=${TOKEN}`] }, expected: ['review secrets/environment Env.X'] },
  {
    name: 'a token in a label',
    config: { labels: { 'a.b': TOKEN } },
    expected: ['review secrets/environment Labels.a.b'],
  },
  {
    name: 'a random password',
    config: { env: [`DB_PASSWORD=${RANDOM}`] },
    expected: ['review secrets/environment Env.DB_PASSWORD'],
  },
  {
    name: 'a password with spaces',
    config: { env: ['DB_PASSWORD=correct horse battery'] },
    expected: ['note secrets/environment Env.DB_PASSWORD'],
  },
  {
    name: 'a weak password',
    config: { env: ['DB_PASSWORD=hunter42'] },
    expected: ['note secrets/environment Env.DB_PASSWORD'],
  },
  {
    name: 'a build argument',
    config: history(`|1 NPM_TOKEN=${RANDOM} /bin/sh -c npm ci`),
    expected: ['review secrets/environment history[0]'],
  },
  {
    name: 'a default of one',
    config: history(`ARG API_KEY=${RANDOM}`),
    expected: ['review secrets/environment history[0]'],
  },
  {
    name: 'stand-ins, references, paths, switches and names about secrets',
    config: {
      env: [
        ...[
          'DB_PASSWORD=changeme',
          'DB_PASSWORD=${DB}',
          'DB_PASSWORD=',
          'API_TOKEN=<token>',
          'SECRET=xxxxxxxxxx',
        ],
        ...[
          'DB_PASSWORD_FILE=/run/secrets/db',
          'TOKEN_TTL=360000',
          'SECRET_DIR=somewhere-else',
          'KEYS_TOKEN=/a/b/c',
        ],
        ...[
          'PASSWORD_REQUIRED=enabled',
          'TOKEN_ENDPOINT=https://a.invalid/token',
          'AUTH_TOKEN=http://a.invalid:80/x',
        ],
        ...[
          'PATH=/usr/bin',
          'NODE_OPTIONS=--max-old-space-size=4096',
          'GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D',
        ],
        'PYTHON_GET_PIP_SHA256=45a2bb8bf2bb5eff16fdd00faef6f29731831c7c59bd9fc2bf1f3bed511ff1fe',
      ],
    },
    expected: [],
  },
];

for (const { name, config, expected } of cases) {
  test(`environment: ${name}`, () => {
    const { findings } = inspectFixture({ layers: [{}], config }, [environment]);
    assert.deepEqual(summary(findings), expected);
    for (const { evidence } of findings) assert.ok(!evidence.includes(RANDOM.slice(0, 8)), evidence);
  });
}
