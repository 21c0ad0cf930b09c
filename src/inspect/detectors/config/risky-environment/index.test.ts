import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DetectorCase, testCases } from '../../../testing/detector-cases.ts';
import { inspectFixture } from '../../../testing/fixture.ts';
import { riskyEnvironment } from './index.ts';

const RULES = {
  index: 'config/package-index-environment',
  proxy: 'config/proxy-environment',
  hook: 'config/startup-hook-environment',
  verification: 'config/verification-off-environment',
};

const risky: readonly (readonly [keyof typeof RULES, string])[] = [
  ['index', 'PIP_INDEX_URL=https://pypi.invalid/simple'],
  ['index', 'npm_config_registry=http://registry.npmjs.org/'],
  ['index', 'NPM_CONFIG_REGISTRY=https://npm.invalid'],
  ['index', 'GOPROXY=https://go.invalid,direct'],
  ['index', 'UV_INDEX_URL=https://u:p@pypi.invalid/simple'],
  ['proxy', 'http_proxy=http://proxy.invalid:3128'],
  ['proxy', 'HTTPS_PROXY=http://proxy.invalid:3128'],
  ['hook', 'NODE_OPTIONS=--max-old-space-size=4096 --require /tmp/h.js'],
  ['hook', 'NODE_OPTIONS=--import=/opt/x.mjs'],
  ['hook', 'NODE_OPTIONS=-r ./x.js'],
  ['hook', 'PYTHONSTARTUP=/etc/start.py'],
  ['hook', 'BASH_ENV=/etc/x'],
  ['hook', 'ENV=/etc/x'],
  ['hook', 'PERL5OPT=-Mevil'],
  ['hook', 'RUBYOPT=-r/tmp/x'],
  ['hook', 'LD_LIBRARY_PATH=/usr/lib:/tmp/lib'],
  ['hook', 'PYTHONPATH=/dev/shm/x'],
  ['hook', 'JAVA_TOOL_OPTIONS=-javaagent:/tmp/a.jar'],
  ['verification', 'NODE_TLS_REJECT_UNAUTHORIZED=0'],
  ['verification', 'GIT_SSL_NO_VERIFY=true'],
  ['verification', 'PYTHONHTTPSVERIFY=0'],
  ['verification', 'GOFLAGS=-mod=mod -insecure'],
  ['verification', 'GONOSUMCHECK=1'],
  ['verification', 'GOSUMDB=off'],
  ['verification', 'NPM_CONFIG_STRICT_SSL=false'],
  ['verification', 'PIP_TRUSTED_HOST=pypi.invalid'],
];
const ordinary = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'NODE_OPTIONS=--max-old-space-size=4096 --enable-source-maps',
  'NODE_ENV=production',
  'ENV=production',
  'PIP_INDEX_URL=https://pypi.org/simple',
  'PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu',
  'npm_config_registry=https://registry.npmjs.org/',
  'GOPROXY=https://proxy.golang.org,direct',
  'GOPROXY=off',
  'http_proxy=',
  'no_proxy=localhost',
  'RUBYOPT=-W:no-deprecated --yjit',
  'LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64',
  'PYTHONPATH=/app',
  'GOFLAGS=-mod=vendor',
  'NODE_TLS_REJECT_UNAUTHORIZED=1',
  'GIT_SSL_NO_VERIFY=false',
  'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
  'JAVA_TOOL_OPTIONS=-javaagent:/opt/otel/agent.jar',
  'NOT A VARIABLE',
];

const nameOf = (line: string) => line.slice(0, line.indexOf('='));
const cases: readonly DetectorCase[] = [
  ...risky.map(([rule, line]) => ({
    name: line,
    config: { env: [line] },
    expected: [`review ${RULES[rule]} Env.${nameOf(line)}`],
  })),
  ...ordinary.map((line) => ({ name: `nothing: ${line}`, config: { env: [line] }, expected: [] })),
  {
    name: 'a known tracer is a note',
    config: { env: ['NODE_OPTIONS=--require dd-trace/init'] },
    expected: [`note ${RULES.hook} Env.NODE_OPTIONS`],
  },
  {
    name: 'the hook of Red Hat images is a note',
    config: { env: ['BASH_ENV=/opt/app-root/etc/scl_enable'] },
    expected: [`note ${RULES.hook} Env.BASH_ENV`],
  },
];

testCases(riskyEnvironment, cases);

test('risky-environment: credentials are masked', () => {
  const config = { env: ['PIP_INDEX_URL=https://user:hunter2@pypi.invalid/simple'] };
  const [finding] = inspectFixture({ layers: [], config, catalogers: [] }, [riskyEnvironment]).findings;
  assert.equal(finding?.evidence, 'PIP_INDEX_URL=https://***@pypi.invalid/simple');
});
