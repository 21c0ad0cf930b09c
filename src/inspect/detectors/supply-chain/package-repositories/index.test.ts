import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectFixture, summary } from '../../../testing/fixture.ts';
import { listedPackages, packageOf } from '../../../testing/listed-packages.ts';
import { packageRepositories } from './index.ts';
import { repositoriesIn } from './repositories.ts';

const RULE = 'supply-chain/package-repository';

const DEBIAN_SOURCES = `Types: deb
# http://snapshot.debian.org/archive/debian/20250520T000000Z
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main
`;
const ALMA = `[baseos]
name=AlmaLinux $releasever - BaseOS
mirrorlist=https://mirrors.almalinux.org/mirrorlist/$releasever/baseos
# baseurl=https://repo.almalinux.org/almalinux/$releasever/BaseOS/$basearch/os/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-AlmaLinux-9

[debug]
baseurl=http://x.invalid/
enabled=0
gpgcheck=0
`;

const cases = [
  {
    name: "distributions' and vendors' own are nothing",
    files: {
      'etc/apt/sources.list':
        'deb http://archive.ubuntu.com/ubuntu noble main\n# deb http://x.invalid/ x main\ndeb-src http://x.invalid/ x main\n',
      'etc/apt/sources.list.d/debian.sources': DEBIAN_SOURCES,
      'etc/apt/sources.list.d/docker.list':
        'deb [arch=amd64 signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable\n',
      'etc/yum.repos.d/alma.repo': ALMA,
      'etc/yum.repos.d/al.repo':
        '[a]\nmirrorlist=https://cdn.amazonlinux.com/al2023/core/mirrors/x/mirror.list\ngpgcheck=1\n',
      'etc/apk/repositories':
        'https://dl-cdn.alpinelinux.org/alpine/v3.20/main\nhttp://dl-cdn.alpinelinux.org/alpine/v3.20/community\n/local/x\n',
      'etc/apt/apt.conf.d/x':
        'APT::Get::AllowUnauthenticated "false";\n// APT::Get::AllowUnauthenticated "true";\n',
    },
    expected: [],
  },
  {
    name: 'an unknown host in each format',
    files: {
      'etc/apt/sources.list.d/x.list': 'deb https://apt.x.invalid/debian stable main\n',
      'etc/apt/sources.list.d/y.sources':
        'Types: deb\nURIs:\n http://deb.debian.org/debian\n https://x.invalid/d\nSuites: s\n',
      'etc/yum.repos.d/x.repo': '[x]\nbaseurl=https://x.invalid/a\n        https://y.invalid/a\ngpgcheck=1\n',
      'etc/apk/repositories': '@edge https://x.invalid/alpine\n',
    },
    expected: [
      `review ${RULE} etc/apk/repositories`,
      `review ${RULE} etc/apt/sources.list.d/x.list`,
      `review ${RULE} etc/apt/sources.list.d/y.sources`,
      `review ${RULE} etc/yum.repos.d/x.repo`,
      `review ${RULE} etc/yum.repos.d/x.repo`,
    ],
  },
  {
    name: 'signatures not checked, even of a known host',
    files: {
      'etc/apt/sources.list': 'deb [ arch=amd64 trusted=yes ] http://deb.debian.org/debian bookworm main\n',
      'etc/apt/sources.list.d/a.sources': DEBIAN_SOURCES.replace('Signed-By:', 'Trusted: yes\nSigned-By:'),
      'etc/yum.repos.d/a.repo': '[a]\nbaseurl=https://repo.almalinux.org/x\ngpgcheck = 0\n',
      'etc/dnf/dnf.conf': '[main]\ngpgcheck=0\n',
      'etc/apt/apt.conf.d/x': 'APT::Get::AllowUnauthenticated "true";\n',
    },
    expected: [
      `review ${RULE} etc/apt/apt.conf.d/x`,
      `review ${RULE} etc/apt/sources.list`,
      `review ${RULE} etc/apt/sources.list.d/a.sources`,
      `review ${RULE} etc/dnf/dnf.conf`,
      `review ${RULE} etc/yum.repos.d/a.repo`,
    ],
  },
  {
    name: 'a vendor over http is for review, a PPA a note',
    files: {
      'etc/apt/sources.list.d/a.list': 'deb http://nginx.org/packages/debian bookworm nginx\n',
      'etc/apt/sources.list.d/b.list': 'deb https://ppa.launchpadcontent.net/x/y/ubuntu noble main\n',
    },
    expected: [`note ${RULE} etc/apt/sources.list.d/b.list`, `review ${RULE} etc/apt/sources.list.d/a.list`],
  },
  {
    name: 'disabled ones, and names apt does not read, are nothing',
    files: {
      'etc/apt/sources.list.d/a.sources': 'Enabled: no\nTypes: deb\nURIs: http://x.invalid/\n',
      'etc/apt/sources.list.d/a.list.disabled': 'deb http://x.invalid/ x main\n',
    },
    expected: [],
  },
  {
    name: 'a look-alike is unknown',
    files: { 'etc/apt/sources.list': 'deb http://deb.debian.org.x.invalid/debian bookworm main\n' },
    expected: [`review ${RULE} etc/apt/sources.list`],
  },
  {
    name: 'what a package ships unchanged is nothing',
    files: {
      ...packageOf('listed', { 'etc/yum.repos.d/a.repo': '[a]\nbaseurl=http://x.invalid/\n' }),
      'etc/yum.repos.d/a.repo': '[a]\nbaseurl=http://x.invalid/\n',
    },
    expected: [],
  },
];

for (const { name, files, expected } of cases) {
  test(`package-repositories: ${name}`, () => {
    const given = { layers: [files], catalogers: [listedPackages] };
    const { findings, problems } = inspectFixture(given, [packageRepositories]);
    assert.deepEqual(summary(findings), expected);
    assert.deepEqual(problems, []);
  });
}

test('package-repositories: says line and why, and masks credentials', () => {
  const layers = [{ 'etc/apt/sources.list': '#\ndeb https://me:secret@x.invalid/d s main\n' }];
  const [finding] = inspectFixture({ layers }, [packageRepositories]).findings;
  assert.equal(finding?.location.line, 2);
  assert.equal(finding?.evidence, 'unknown host: https://***@x.invalid/d');
});

test('repositories: any text is read', () => {
  const word = fc.constantFrom(
    'deb ',
    '[',
    ']',
    'trusted=yes',
    'http://x.invalid/',
    '\n',
    ' ',
    'URIs: ',
    'Types: deb',
    'baseurl=',
    ':',
    '=',
  );
  const path = fc.constantFrom(
    'etc/apt/sources.list',
    'etc/apt/sources.list.d/x.sources',
    'etc/yum.repos.d/x.repo',
    'etc/apk/repositories',
    'etc/apt/apt.conf',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), path, (words, where) => {
      for (const { line } of repositoriesIn(where, words.join(''))) assert.ok(line >= 1);
    }),
    { numRuns: 300 },
  );
});
